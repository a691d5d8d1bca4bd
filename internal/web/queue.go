package web

import (
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
		{Method: get, Path: "/queue/of/:kind/:id", Access: Moderators, handler: w.caseOf},
		{Method: post, Path: "/queue/:case", Access: Moderators, handler: w.decide},
		{Method: get, Path: "/w/:id/replies", Access: Moderators, handler: w.repliesPage},
		{Method: post, Path: "/w/:id/replies", Access: Moderators, handler: w.changeReplies},
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
	Late              bool   // waits longer than authors are promised
	Holder            string // of the claim, where it is not the viewer's
	Own               bool   // the viewer's own thing: a colleague decides
}

type queueData struct {
	Undo  string // case of the decision just taken, which can be taken back
	Rows  []caseRow
	Pager *pager
	Case  *caseData
	Head  int64 // position of the log before the cases were read: a script follows from there on
}

// caseData is the case that is being decided.
type caseData struct {
	portal.Case
	Path      string // of the target
	Lang      string
	Practice  portal.Practice
	Meta      []string
	Parts     []diffPart // the difference to what moderators saw before, where there is such
	Since     string     // what the difference is to
	Sections  []section  // the whole
	Facts     []fact
	Text      template.HTML
	Missing   []string
	Files     []postgres.Attachment
	Ratings   []form.Choice
	Questions []question
	RatedAt   string // the page on which the original of a translation is judged
	Labels    labelField
	Next      string // path of the case after this one
	Own       bool   // it was the viewer who closed it
	Hidden    bool   // what it is about is hidden
	Gone      bool   // what it was about was taken away since
	Yours     bool   // what it is about is the viewer's: a colleague decides
	Hiding    *hiding
	Mine      bool   // claimed by the viewer
	Holder    string // who else claimed it
	Due       string // until when somebody waits for an answer
	Alike     []relatedRow
	Replies   []portal.SavedReply
	Report    *report               // that was flagged
	Flagged   []postgres.Attachment // the file that was
	Words     []string              // more of what was: of a list or a profile
	CanLabel  bool                  // it has a label of its own, or its thread's
	CanPass   bool
	HiddenToo []translation // what is hidden with it, unless the moderator says else
	Others    []translation // what says the same and is others' to decide over
	Officers  []form.Choice // of whom one is named when it is passed on
}

// alikeShown is how many possible duplicates a case lists.
const alikeShown = 3

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
	head := w.f.Log.Head()
	cases, err := w.f.Moderation.Queue(c.Request().Context(), who, 0, portal.Page{After: after, Limit: queueLength + 1})
	if err != nil {
		return nil, err
	}
	d := &queueData{Undo: c.QueryParam("undo"), Head: head}
	cases, d.Pager = paged(c, cases, queueLength, func(k portal.Case) int64 { return k.ID })
	v := w.view(c, "", nil)
	for _, k := range cases {
		row := caseRow{Path: "/queue/" + decimal(k.ID), Title: k.Title, Handling: k.Handling, When: v.When(k.OpenedAt),
			Line: caseLine(v, k), Current: k.ID == current, Escalated: k.Escalated,
			Late: v.Now.Sub(k.OpenedAt) > portal.AnswerWithin, Own: k.Own}
		if k.Claim != nil && k.Claim.By.ID != who.MemberID {
			row.Holder = k.Claim.By.Name
		}
		d.Rows = append(d.Rows, row)
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
	d.Case = &caseData{Case: k, Yours: k.Own}
	if err := w.standing(c, v, d.Case); err != nil {
		return err
	}
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
	if d.Kind == "flag" {
		d.Meta = append(d.Meta, v.L.T("queue.flag."+string(d.Target.Kind)))
	}
	if d.Author.ID != 0 {
		d.Meta = append(d.Meta, d.Author.Name, v.L.Country(d.Author.Country))
	}
	d.Questions = questionsOf(v.L)
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
	default:
		err = w.caseFlagged(ctx, v, d)
		if portal.KindOf(err) == portal.NotFound && !d.Open { // what was decided over it stays
			d.Gone = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	target := d.Target.Kind
	d.CanLabel = target == portal.KindPractice || target == portal.KindThread || target == portal.KindPost
	d.CanPass = target != portal.KindMember
	if d.Hiding, err = w.hidingOf(ctx, v, d.WorkspaceID, d.Target, d.Hidden, d.Yours); err != nil {
		return err
	}
	if err = w.passing(ctx, v, d); err != nil || !d.CanLabel {
		return err
	}
	d.Labels, err = w.labelFieldFor(c, v.Form, d.WorkspaceID, d.Practice.NamedPersons)
	return err
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
	if done, err := w.handle(c, f, k); done || err != nil {
		return err
	}
	d := moderation.Decision{Action: f.Text("action"), Note: f.Text("note"), IfVersion: f.ID(l, "version"), Officer: f.ID(l, "officer"),
		KeepTranslations: f.Text("keep_translations") != ""}
	if e := evidenceOf(f); d.Action == "approve" && (e.Rating != "" || e.Basis != "") {
		d.Evidence = &e
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
		return seeOther(c, path+"?undo="+decimal(id), "case_"+d.Action)
	}
	refused := err
	if k, err = w.f.Moderation.Case(ctx, who, id); err != nil {
		return err
	}
	conflict := portal.KindOf(refused) == portal.Conflict
	if conflict && (!k.Open || k.Claim != nil && k.Claim.By.ID != who.MemberID) {
		return w.showCase(c, http.StatusConflict, k, f) // which says who was faster, or is at it
	}
	if !f.Take(l, refused) {
		return refused
	}
	return w.showCase(c, http.StatusUnprocessableEntity, k, f)
}
