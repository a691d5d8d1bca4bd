package web

import (
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
	Kind      portal.Purpose
	Kinds     []kindLink
	Shape     shapeFields
}

// kindLink leads to the form for another purpose.
type kindLink struct {
	Path, Name string
	Current    bool
}

func (w *Web) newThreadPage(c echo.Context) error {
	f := form.New("kind", c.QueryParam("kind"), "starts_at", "", "minutes", "60", "host_id", "", "once", onceToken(), "handling", string(portal.Amber), "language", middleware.Who(c).Locale, "practice_id", c.QueryParam("practice"), "title", c.QueryParam("title"))
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
	d.kinds(l, f, who.ModeratorOf(id))
	if d.Shape, err = w.shapeFieldsFor(c, f, id, d.Kind); err != nil {
		return err
	}
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
	if d.Kind != portal.Discussion {
		v.Path += "?kind=" + string(d.Kind)
	}
	if d.Similar, err = w.similarTo(ctx, v, f, portal.KindThread, portal.Practice{}, f.Value("do") == "similar"); err != nil {
		return err
	}
	return w.render(c, "thread/new", v)
}

func (w *Web) newThread(c echo.Context) error {
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
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
	n.Kind, n.Sectors = portal.Purpose(f.Text("kind")), f.List("sectors")
	if n.Kind != portal.Question {
		n.Sectors = nil
	}
	if n.Kind == portal.LiveSession {
		n.StartsAt, n.EndsAt = w.hoursOf(c, f)
		n.HostID = f.ID(l, "host_id")
	}
	if f.Failed() {
		return w.showNewThread(c, f)
	}
	became, err := w.onceMade(c, f, func() (outcome, error) {
		t, err := w.f.Discussions.Open(c.Request().Context(), middleware.Who(c), id, n)
		return outcome{path: threadPath(t.ID, t.Title), made: t.LastPostID}, err
	})
	if err == nil && became.path == "" {
		err = portal.Fail(portal.Conflict, "error.done_already")
	}
	if err == nil {
		return w.toPost(c, became)
	}
	if !f.Take(l, err) {
		return err
	}
	return w.showNewThread(c, f)
}
