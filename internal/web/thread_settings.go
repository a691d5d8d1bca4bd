package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// shapeFields are the choices that a thread's form has by its purpose.
type shapeFields struct {
	Question bool
	Session  bool
	Sectors  []form.Choice
	Minutes  []form.Choice
	Hosts    []form.Choice
	Zone     string
}

// shapeFieldsFor makes the choices for a thread in a workspace.
func (w *Web) shapeFieldsFor(c echo.Context, f *form.State, workspace int64, kind portal.Purpose) (shapeFields, error) {
	l, who := middleware.Locale(c), middleware.Who(c)
	d := shapeFields{Question: kind == portal.Question, Session: kind == portal.LiveSession, Zone: w.zoneOf(who).String()}
	if d.Question {
		for _, s := range w.termChoices(l, "sectors") {
			d.Sectors = append(d.Sectors, form.Choice{Value: s.Value, Label: s.Label})
		}
	}
	if !d.Session {
		return d, nil
	}
	known := false
	for _, m := range lengths {
		d.Minutes = append(d.Minutes, form.Choice{Value: strconv.Itoa(m), Label: l.N("thread.minutes", m)})
		known = known || f.Text("minutes") == strconv.Itoa(m)
	}
	if n, err := strconv.Atoi(f.Text("minutes")); err == nil && !known && n > 0 {
		d.Minutes = append(d.Minutes, form.Choice{Value: strconv.Itoa(n), Label: l.N("thread.minutes", n)})
	}
	members, err := w.f.Workspaces.Members(c.Request().Context(), who, workspace, portal.Page{Limit: portal.MaxPage})
	if err != nil {
		return d, err
	}
	var hosts []int64
	for _, m := range members {
		hosts = append(hosts, m.Member.ID)
		d.Hosts = append(d.Hosts, form.Choice{Value: decimal(m.Member.ID), Label: m.Member.Name})
	}
	if f.Text("host_id") == "" {
		f.Set("host_id", decimal(who.MemberID))
	}
	// Officers moderate where they are no members.
	if host := f.ID(l, "host_id"); !slices.Contains(hosts, host) {
		named, err := w.f.Discussions.Hosts(c.Request().Context(), portal.Thread{Shape: portal.Shape{HostID: host}})
		if err != nil {
			return d, err
		}
		if p, ok := named[host]; ok {
			d.Hosts = append(d.Hosts, form.Choice{Value: decimal(host), Label: p.Name})
		}
	}
	i18n.SortBy(l, d.Hosts, func(c form.Choice) string { return c.Label })
	return d, nil
}

// kinds offers the form for each purpose that the member may open here.
func (d *newThreadData) kinds(l *i18n.Localizer, f *form.State, moderates bool) {
	d.Kind = portal.Purpose(f.Text("kind"))
	if !d.Kind.Valid() || d.Kind.ByModerators() && !moderates {
		d.Kind = portal.Discussion
	}
	f.Set("kind", string(d.Kind))
	for _, k := range portal.Purposes {
		if !k.ByModerators() || moderates {
			path := d.Action + "?kind=" + string(k)
			if about := f.Text("practice_id"); about != "" {
				path += "&practice=" + about
			}
			d.Kinds = append(d.Kinds, kindLink{path, l.T("thread.kind." + string(k)), k == d.Kind})
		}
	}
}

// shapeChanges reads what a form changes of what a thread has by its purpose; what it did not send stays.
func (w *Web) shapeChanges(c echo.Context, f *form.State, t portal.Thread) discussion.ShapeFields {
	l, s := middleware.Locale(c), discussion.ShapeFields{}
	if kind := portal.Purpose(f.Text("kind")); kind != "" && kind != t.Purpose {
		s.Kind = &kind
	}
	if f.Has("sectors_shown") && (s.Kind == nil || *s.Kind == portal.Question) {
		sectors := f.List("sectors")
		s.Sectors = &sectors
	}
	if f.Has("summary") {
		summary := f.Text("summary")
		s.Summary = &summary
	}
	if f.Has("slow") {
		slow := f.Int(l, "slow")
		s.Slow = &slow
	}
	if f.Has("starts_at") && t.Purpose == portal.LiveSession {
		starts, ends := w.hoursOf(c, f)
		host := f.ID(l, "host_id")
		s.StartsAt, s.EndsAt, s.HostID = &starts, &ends, &host
	}
	return s
}

type threadSettingsData struct {
	Thread portal.Thread
	Path   string
	Crumbs []crumb
	Labels labelField
	Kinds  []form.Choice
	Shape  shapeFields
	Slows  []form.Choice // for moderators, as are the summary and what moves
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
	digest, err := w.f.Discussions.Digest(c.Request().Context(), t)
	if err != nil {
		return err
	}
	f.Set("kind", string(t.Purpose))
	f.Set("sectors", t.Sectors...)
	f.Set("summary", digest.Text)
	f.Set("slow", strconv.Itoa(int(t.Slow/time.Second)))
	if t.Purpose == portal.LiveSession {
		f.Set("starts_at", t.StartsAt.In(w.zoneOf(who)).Format(localTime))
		f.Set("minutes", strconv.Itoa(int(t.EndsAt.Sub(t.StartsAt)/time.Minute)))
		f.Set("host_id", decimal(t.HostID))
	}
	return w.showThreadSettings(c, t, f)
}

func (w *Web) showThreadSettings(c echo.Context, t portal.Thread, f *form.State) error {
	labels, err := w.labelFieldFor(c, f, t.WorkspaceID, t.NamedPersons)
	if err != nil {
		return err
	}
	path := threadPath(t.ID, t.Title)
	d := threadSettingsData{Thread: t, Path: path, Crumbs: []crumb{{t.Title, path, t.Language}}, Labels: labels}
	if d.Shape, err = w.shapeFieldsFor(c, f, t.WorkspaceID, t.Purpose); err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("thread.settings"), nil)
	moderates := middleware.Who(c).ModeratorOf(t.WorkspaceID)
	for _, k := range portal.Purposes[:3] { // a session stays one, and nothing else becomes one
		if moderates || k == t.Purpose || !k.ByModerators() && !t.Purpose.ByModerators() {
			d.Kinds = append(d.Kinds, form.Choice{Value: string(k), Label: v.L.T("thread.kind." + string(k))})
		}
	}
	if moderates {
		d.Slows = []form.Choice{{Value: "0", Label: v.L.T("thread.not_slow")}}
		for _, wait := range slowTimes {
			d.Slows = append(d.Slows, form.Choice{Value: strconv.Itoa(int(wait / time.Second)), Label: slowWords(v, wait)})
		}
	}
	v.Data = d
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
	shape := w.shapeChanges(c, f, t)
	if f.Failed() {
		return w.showThreadSettings(c, t, f)
	}
	changed, err := w.f.Discussions.Change(c.Request().Context(), who, t.ID, version,
		discussion.ThreadFields{Title: &title, Handling: handling, Named: named, Closed: &closed, ShapeFields: shape})
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
