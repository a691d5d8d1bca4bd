package web

import (
	"context"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"

	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

func (w *Web) queueRoutes() []Route {
	return []Route{
		{Method: get, Path: "/queue", Access: Moderators, handler: w.queue},
		{Method: get, Path: "/queue/:case", Access: Moderators, handler: w.casePage},
		{Method: post, Path: "/queue/:case", Access: Moderators, handler: w.decide},
	}
}

// queueLength is how many cases a page of the queue lists.
const queueLength = 30

// caseRow is one case in the list.
type caseRow struct {
	Path, Title, Lang string
	Handling          portal.Handling
	Line              string // what it is, from where, how long it waits
	When              template.HTML
	Current           bool
	Escalated         bool
}

type queueData struct {
	Rows  []caseRow
	Pager *pager
	Case  *caseData
}

// caseData is the case that is being decided.
type caseData struct {
	portal.Case
	Path     string // of the target
	Lang     string
	Practice portal.Practice
	Meta     []string
	Parts    []diffPart // the difference to what moderators saw before, where there is such
	Since    string     // what the difference is to
	Sections []section  // the whole, where there is no difference to show
	Text     template.HTML
	Missing  []string
	Files    []postgres.Attachment
	Ratings  []form.Choice
	Labels   labelField
	Next     string // path of the case after this one
	Own      bool   // it was the viewer who closed it
	Hidden   bool   // what it is about is hidden
}

func (w *Web) queue(c echo.Context) error {
	d, err := w.queueList(c, 0)
	if err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("queue.title"), d)
	v.Screen = "queue"
	return w.render(c, "queue/queue", v)
}

func (w *Web) queueList(c echo.Context, current int64) (*queueData, error) {
	after, err := afterOf(c)
	if err != nil {
		return nil, err
	}
	who := middleware.Who(c)
	cases, err := w.f.Moderation.Queue(c.Request().Context(), who, 0, portal.Page{After: after, Limit: queueLength + 1})
	if err != nil {
		return nil, err
	}
	d := &queueData{}
	cases, d.Pager = paged(c, cases, queueLength, func(k portal.Case) int64 { return k.ID })
	v := w.view(c, "", nil)
	for _, k := range cases {
		d.Rows = append(d.Rows, caseRow{Path: "/queue/" + decimal(k.ID), Title: k.Title, Handling: k.Handling, When: v.When(k.OpenedAt),
			Line: caseLine(v, k), Current: k.ID == current, Escalated: k.Escalated})
	}
	return d, nil
}

func caseLine(v *page.View, k portal.Case) string {
	if k.Kind != "flag" {
		return v.L.T("queue.submission") + between + v.L.Country(k.Author.Country)
	}
	reasons := make([]string, len(k.Reasons))
	for i, r := range k.Reasons {
		reasons[i] = v.L.T("flag.reason." + r)
	}
	return v.L.T("queue.flag."+string(k.Target.Kind)) + between + v.L.List(reasons)
}

func (w *Web) casePage(c echo.Context) error {
	id, err := numbered(c, "case")
	if err != nil {
		return err
	}
	k, err := w.f.Moderation.Case(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	f := form.New("handling", string(k.Handling))
	return w.showCase(c, http.StatusOK, k, f)
}

// showCase shows the queue with one case open. What was typed of the decision stays with it.
func (w *Web) showCase(c echo.Context, status int, k portal.Case, f *form.State) error {
	d, err := w.queueList(c, k.ID)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	v := w.view(c, l.T("queue.title")+": "+k.Title, d)
	v.Screen, v.Path, v.Form = "queue", "/queue/"+decimal(k.ID), f
	d.Case = &caseData{Case: k}
	if !k.Open {
		next, err := w.f.Moderation.Next(c.Request().Context(), v.Who, k.ID)
		if err != nil {
			return err
		}
		if next != 0 {
			d.Case.Next = "/queue/" + decimal(next)
		}
		d.Case.Own = len(k.Actions) > 0 && k.Actions[len(k.Actions)-1].Actor.ID == v.Who.MemberID
	}
	if err := w.aroundCase(c, v, d.Case); err != nil {
		return err
	}
	return w.renderAs(c, status, "queue/queue", v)
}

// aroundCase reads the thing that is to be decided over.
func (w *Web) aroundCase(c echo.Context, v *page.View, d *caseData) error {
	ctx := c.Request().Context()
	d.Meta = []string{d.Author.Name, v.L.Country(d.Author.Country)}
	d.Ratings = append([]form.Choice{{Label: v.L.T("queue.no_rating")}}, w.termChoices(v.L, "evidence")...)
	var err error
	switch d.Target.Kind {
	case portal.KindPractice:
		if err = w.casePractice(ctx, v, d); err != nil {
			return err
		}
	case portal.KindThread:
		t, posts, err := w.f.Discussions.Posts(ctx, v.Who, d.Target.ID, 0, 1)
		if err != nil {
			return err
		}
		if len(posts) == 1 { // what it begins with
			d.Text = w.markup.html(markupKey{portal.KindPost, posts[0].ID, posts[0].Version, ""}, posts[0].Body, markup.Options{})
		}
		d.Path, d.Lang, d.Hidden = threadPath(t.ID, t.Title), t.Language, t.Hidden
	case portal.KindPost:
		p, t, err := w.f.Discussions.Post(ctx, v.Who, d.Target.ID)
		if err != nil {
			return err
		}
		d.Path, d.Lang, d.Hidden = postPath(t.ID, t.Title, p.ID), p.Language, !p.HiddenAt.IsZero()
		d.Text = w.markup.html(markupKey{portal.KindPost, p.ID, p.Version, ""}, p.Body, markup.Options{})
	}
	d.Labels, err = w.labelFieldFor(c, v.Form, d.WorkspaceID, d.Practice.NamedPersons)
	return err
}

// casePractice shows a practice to its reviewer: what changed, what is missing, who wrote it.
func (w *Web) casePractice(ctx context.Context, v *page.View, d *caseData) error {
	p, err := w.f.Practices.Get(ctx, v.Who, d.Target.ID)
	if err != nil {
		return err
	}
	d.Practice, d.Path, d.Lang, d.Hidden = p, practicePath(p.ID, p.Title), p.Language, p.Hidden
	published, err := w.f.Moderation.Published(ctx, v.Who, p.AuthorID)
	if err != nil {
		return err
	}
	d.Meta = append(d.Meta, v.L.N("queue.record", published))
	if !p.SubmittedAt.IsZero() {
		d.Meta = append(d.Meta, v.L.T("queue.submitted", "When", v.L.Relative(p.SubmittedAt, v.Now, v.Zone)))
	}
	if d.Files, err = w.f.Attachments.List(ctx, p.ID); err != nil {
		return err
	}
	for _, field := range p.Missing(w.f.Vocabulary) {
		d.Missing = append(d.Missing, w.needName(v.L, field))
	}
	before, asked, err := w.f.Moderation.SeenBefore(ctx, v.Who, d.Case, p.Version)
	switch {
	case portal.KindOf(err) == portal.NotFound:
	case err != nil:
		return err
	default:
		d.Since = v.L.T("queue.since_published")
		if before.Status != portal.Published {
			d.Since = v.L.T("queue.since_decision", "When", v.L.Relative(asked, v.Now, v.Zone))
		}
		d.Parts = w.diffParts(v, w.f.Practices.Compare(before.Text, p.PracticeText))
	}
	for _, s := range w.f.Vocabulary.Sections() {
		if text := p.Sections[s.Key]; text != "" {
			d.Sections = append(d.Sections, section{Key: s.Key, Name: s.Name(v.Lang()),
				HTML: w.markup.html(markupKey{portal.KindPractice, p.ID, p.Version, s.Key}, text, markup.Options{})})
		}
	}
	return nil
}

// decide takes the decision. Where a colleague was faster, the page says so and keeps the note.
func (w *Web) decide(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "case")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	k, err := w.f.Moderation.Case(ctx, who, id)
	if err != nil {
		return err
	}
	if f.Text("action") == "show" {
		if err := w.f.Moderation.Show(ctx, who, k.Target); err != nil {
			return err
		}
		return seeOther(c, "/queue/"+decimal(id), "case_show")
	}
	d := moderation.Decision{Action: f.Text("action"), Note: f.Text("note"), IfVersion: f.ID(l, "version")}
	if rating, basis := f.Text("evidence.rating"), f.Text("evidence.basis"); d.Action == "approve" && (rating != "" || basis != "") {
		d.Evidence = &portal.Evidence{Rating: rating, Basis: basis}
	}
	if d.Action == "relabel" {
		handling, named, err := w.labelOf(c, f)
		if err != nil {
			return err
		}
		d.Handling, d.Named = *handling, *named
	}
	if f.Failed() {
		return w.showCase(c, http.StatusUnprocessableEntity, k, f)
	}
	if _, err = w.f.Moderation.Act(ctx, who, id, d); err == nil {
		path := "/queue"
		if next, err := w.f.Moderation.Next(ctx, who, id); err == nil && next != 0 { // else the list says it better
			path += "/" + decimal(next)
		}
		return seeOther(c, path, "case_"+d.Action)
	}
	refused := err
	if k, err = w.f.Moderation.Case(ctx, who, id); err != nil {
		return err
	}
	if portal.KindOf(refused) == portal.Conflict && !k.Open {
		return w.showCase(c, http.StatusConflict, k, f) // which says who was faster
	}
	if !f.Take(l, refused) {
		return refused
	}
	return w.showCase(c, http.StatusUnprocessableEntity, k, f)
}
