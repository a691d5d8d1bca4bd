package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

type newThreadData struct {
	Action    string
	Crumbs    []crumb
	About     crumb // the practice that it is about
	Labels    labelField
	Languages []form.Choice
	Similar   *similar // what is like it already
	Default   portal.Handling
}

func (w *Web) newThreadPage(c echo.Context) error {
	f := form.New("once", onceToken(), "handling", string(portal.Amber), "language", middleware.Who(c).Locale, "practice_id", c.QueryParam("practice"), "title", c.QueryParam("title"))
	return w.showNewThread(c, f)
}

func (w *Web) showNewThread(c echo.Context, f *form.State) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	ws, err := w.f.Workspaces.Get(ctx, who, id)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActWrite, portal.Audience{WorkspaceID: id}) {
		return portal.ErrForbidden()
	}
	d := &newThreadData{Action: "/w/" + decimal(id) + "/new-thread", Crumbs: []crumb{{Name: ws.NameIn(l.Lang()), Path: workspacePath(ws)}},
		Languages: languageChoices(l, f.Value("language")), Default: portal.Amber}
	if about, err := strconv.ParseInt(f.Text("practice_id"), 10, 64); err == nil && about > 0 {
		p, err := w.f.Practices.Get(ctx, who, about)
		if err != nil {
			return err
		}
		d.About = crumb{p.Title, practicePath(p.ID, p.Title), p.Language}
	}
	if d.Labels, err = w.labelFieldFor(c, f, id, nil); err != nil {
		return err
	}
	v := w.view(c, l.T("thread.new_title"), d)
	v.Screen, v.Path, v.Form = "w:"+decimal(id), d.Action, f
	if d.Similar, err = w.similarTo(ctx, v, f, portal.KindThread, portal.Practice{}, f.Value("do") == "similar"); err != nil {
		return err
	}
	return w.render(c, "thread/new", v)
}

func (w *Web) newThread(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	if f.Value("do") == "similar" {
		return w.showNewThread(c, f)
	}
	n := discussion.NewThread{Title: f.Text("title"), Body: f.Value("body"), PracticeID: f.ID(l, "practice_id"), Language: f.Text("language")}
	handling, named, err := w.labelOf(c, f)
	if err != nil {
		return err
	}
	n.Handling, n.Named = *handling, *named
	if f.Failed() {
		return w.showNewThread(c, f)
	}
	path, err := w.once(c, f, func() (string, error) {
		t, err := w.f.Discussions.Open(c.Request().Context(), middleware.Who(c), id, n)
		return threadPath(t.ID, t.Title), err
	})
	if err == nil {
		return c.Redirect(http.StatusSeeOther, path)
	}
	if !f.Take(l, err) {
		return err
	}
	return w.showNewThread(c, f)
}

type threadSettingsData struct {
	Thread portal.Thread
	Path   string
	Crumbs []crumb
	Labels labelField
}

func (w *Web) threadSettingsPage(c echo.Context) error {
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActLabel, t.Audience) {
		return portal.ErrForbidden()
	}
	f := form.New("version", decimal(t.Version), "title", t.Title, "handling", string(t.Handling))
	named := make([]string, len(t.Named))
	for i, id := range t.Named {
		named[i] = decimal(id)
	}
	f.Set("named", named...)
	if t.Closed {
		f.Set("closed", "1")
	}
	return w.showThreadSettings(c, t, f)
}

func (w *Web) showThreadSettings(c echo.Context, t portal.Thread, f *form.State) error {
	labels, err := w.labelFieldFor(c, f, t.WorkspaceID, t.NamedPersons)
	if err != nil {
		return err
	}
	path := threadPath(t.ID, t.Title)
	v := w.view(c, middleware.Locale(c).T("thread.settings"), threadSettingsData{Thread: t, Path: path, Crumbs: []crumb{{t.Title, path, t.Language}}, Labels: labels})
	v.Screen, v.Form = "w:"+decimal(t.WorkspaceID), f
	return w.render(c, "thread/settings", v)
}

func (w *Web) threadSettings(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActLabel, t.Audience) {
		return portal.ErrForbidden()
	}
	handling, named, err := w.labelOf(c, f)
	if err != nil {
		return err
	}
	title, closed, version := f.Text("title"), f.Text("closed") == "1", f.ID(l, "version")
	if f.Failed() {
		return w.showThreadSettings(c, t, f)
	}
	changed, err := w.f.Discussions.Change(c.Request().Context(), who, t.ID, version,
		discussion.ThreadFields{Title: &title, Handling: handling, Named: named, Closed: &closed})
	switch kind := portal.KindOf(err); {
	case err == nil:
		return seeOther(c, threadPath(changed.ID, changed.Title), "saved")
	case kind == portal.NotFound: // relabelled out of the moderator's own sight
		return seeOther(c, "/", "relabelled")
	case kind == portal.Stale:
		f.Set("version", decimal(t.Version))
	}
	if !f.Take(l, err) {
		return err
	}
	return w.showThreadSettings(c, t, f)
}
