package web

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

func (w *Web) threadShapeRoutes() []Route {
	return []Route{
		{Method: get, Path: "/questions", Access: Members, handler: w.questions},
		{Method: get, Path: "/sessions", Access: Anyone, handler: w.liveSessions},
		{Method: get, Path: "/t/:id/session.ics", Access: Anyone, handler: w.sessionCalendar},
		{Method: post, Path: "/t/:id/questions", Access: Members, handler: w.ask},
		{Method: post, Path: "/posts/:id/answer", Access: Members, handler: w.markAnswer},
		{Method: post, Path: "/posts/:id/vote", Access: Members, handler: w.vote},
		{Method: get, Path: "/t/:id/move", Access: Moderators, handler: w.movePage},
		{Method: post, Path: "/t/:id/move", Access: Moderators, handler: w.move},
	}
}

// questionsShown is how many of a session's questions its page shows.
const questionsShown = 20

// shapeData is what a thread's page shows of its purpose, above the posts.
type shapeData struct {
	Answer    *quote // of a question
	Digest    template.HTML
	DigestBy  string
	DigestAt  template.HTML
	Slow      string // how long between two posts, in words
	State     string // of a session
	Starts    template.HTML
	Ends      template.HTML
	Host      *portal.Person
	Calendar  string // address of the session's entry for a calendar; "" for none
	Asked     []askedRow
	CanAsk    bool
	FirstNew  string // where the first unread post is, when it is not on this page
	CanMove   bool
	ForSector []string
}

// askedRow is a question put to a session.
type askedRow struct {
	ID        int64
	Votes     int
	Voted     bool
	CanVote   bool
	Path      string
	Name      string
	Text      string
	Lang, Dir string
}

// kindOf names what a thread is for, and how it stands; "" for a discussion.
func kindOf(v *page.View, t portal.Thread) string {
	if t.Purpose == portal.Discussion || t.Purpose == "" {
		return ""
	}
	words := v.L.T("thread.kind." + string(t.Purpose))
	switch t.Purpose {
	case portal.Question:
		if t.AnswerID != 0 {
			return words + between + v.L.T("thread.answered")
		}
		return words + between + v.L.T("thread.open")
	case portal.LiveSession:
		return words + between + isolate + v.L.DateTime(t.StartsAt, v.Zone) + endIsolate
	}
	return words
}

// shapeOf fills in what a thread's page shows of its purpose.
func (w *Web) shapeOf(ctx context.Context, v *page.View, t portal.Thread) (shapeData, error) {
	d := shapeData{CanMove: v.SignedIn() && v.Who.ModeratorOf(t.WorkspaceID) && !t.Hidden}
	if t.Slow > 0 {
		d.Slow = slowWords(v, t.Slow)
	}
	for _, key := range t.Sectors {
		d.ForSector = append(d.ForSector, w.f.Vocabulary.Name("sectors", key, v.Lang()))
	}
	if err := w.digestOf(ctx, v, t, &d); err != nil {
		return d, err
	}
	if t.AnswerID != 0 {
		posts, err := w.f.Discussions.Quoted(ctx, v.Who, t, []int64{t.AnswerID})
		if err != nil {
			return d, err
		}
		if len(posts) == 1 && posts[0].Body != "" {
			d.Answer = &quote{Path: postPath(t.ID, t.Title, t.AnswerID), Name: posts[0].Author.Name, Text: markup.Excerpt(markup.Text(posts[0].Body), quoteLength)}
		}
	}
	return d, w.sessionOf(ctx, v, t, &d)
}

func (w *Web) digestOf(ctx context.Context, v *page.View, t portal.Thread, d *shapeData) error {
	digest, err := w.f.Discussions.Digest(ctx, t)
	if err != nil || digest.Text == "" {
		return err
	}
	html, err := markup.HTML(digest.Text, markup.Options{})
	if err != nil { // nested beyond reason: shown as it was typed
		html = template.HTML("<pre>" + template.HTMLEscapeString(digest.Text) + "</pre>")
		err = nil
	}
	d.Digest, d.DigestBy, d.DigestAt = html, digest.Name, v.When(digest.At)
	return err
}

func (w *Web) sessionOf(ctx context.Context, v *page.View, t portal.Thread, d *shapeData) error {
	if t.Purpose != portal.LiveSession {
		return nil
	}
	d.State, d.Starts, d.Ends = t.SessionState(v.Now), v.At(t.StartsAt), v.At(t.EndsAt)
	if t.Handling != portal.Red {
		d.Calendar = "/t/" + decimal(t.ID) + "/session.ics"
	}
	hosts, err := w.f.Discussions.Hosts(ctx, t)
	if err != nil {
		return err
	}
	if host, known := hosts[t.HostID]; known {
		d.Host = &host
	}
	open := v.Who.Can(portal.ActReply, t.Audience) && !t.Closed && d.State != portal.SessionOver
	d.CanAsk = open
	asked, err := w.f.Discussions.AskedOf(ctx, v.Who, t, questionsShown)
	for _, p := range asked {
		d.Asked = append(d.Asked, askedRow{ID: p.ID, Votes: p.Votes, Voted: p.Voted, CanVote: open && p.Author.ID != v.Who.MemberID,
			Path: postPath(t.ID, t.Title, p.ID), Name: p.Author.Name, Text: markup.Excerpt(markup.Text(p.Body), 2*quoteLength), Lang: p.Language, Dir: i18n.DirOf(p.Language)})
	}
	return err
}

// slowTimes are the times between two posts that a moderator can choose.
var slowTimes = []time.Duration{30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour}

// slowWords says how long somebody waits.
func slowWords(v *page.View, d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return v.L.N("thread.hours", int(d/time.Hour))
	case d%time.Minute == 0:
		return v.L.N("thread.minutes", int(d/time.Minute))
	}
	return v.L.N("thread.seconds", int(d/time.Second))
}

// ask puts a question to a session.
func (w *Web) ask(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	path, err := w.once(c, f, func() (string, error) {
		p, err := w.f.Discussions.Reply(c.Request().Context(), who, t.ID, discussion.NewPost{Body: f.Value("body"), Language: f.Text("language"), Asks: true})
		return postPath(t.ID, t.Title, p.ID), err
	})
	if err == nil {
		return c.Redirect(http.StatusSeeOther, path)
	}
	if !f.Take(l, err) {
		return err
	}
	d, failed := w.composeView(c, "compose.reply", t, 0)
	if failed != nil {
		return failed
	}
	middleware.RetryAfter(c, err)
	d.Asks = true
	return w.showCompose(c, "thread/reply", "thread.ask", d, f)
}

// onPostForm does with a post what a form's button says, on or off, and shows the post again.
func (w *Web) onPostForm(c echo.Context, do func(ctx context.Context, who portal.Identity, post int64, on bool) error) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	_, t, err := w.f.Discussions.Post(ctx, who, id)
	if err != nil {
		return err
	}
	if err := do(ctx, who, id, f.Text("on") == "1"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, postPath(t.ID, t.Title, id))
}

func (w *Web) markAnswer(c echo.Context) error { return w.onPostForm(c, w.f.Discussions.MarkAnswer) }

func (w *Web) vote(c echo.Context) error { return w.onPostForm(c, w.f.Discussions.Vote) }

// withMoved has a page of a thread that was merged into another lead there, where the reader may see that
// one, and one of a post that is in another thread by now.
func (w *Web) withMoved(r Route) echo.HandlerFunc {
	if !strings.HasPrefix(r.Path, "/t/:id") {
		return r.handler
	}
	return func(c echo.Context) error {
		err := r.handler(c)
		if portal.KindOf(err) != portal.NotFound || c.Response().Committed {
			return err
		}
		id, bad := numbered(c, "id")
		if bad != nil {
			return err
		}
		t, none := w.f.Discussions.MovedTo(c.Request().Context(), middleware.Who(c), id)
		if none != nil {
			return err
		}
		if r.Method == post && !slices.Contains([]string{"/t/:id/posts", "/t/:id/read", "/t/:id/watch"}, r.Path) {
			return portal.Fail(portal.Conflict, "error.thread_merged", "Path", "/t/"+decimal(t.ID)) // it was meant for that one
		}
		if r.Path == "/t/:id" {
			return toRight(c, moved(c, threadPath(t.ID, t.Title)))
		}
		to := "/t/" + decimal(t.ID) + strings.TrimPrefix(c.Request().URL.Path, "/t/"+c.Param("id"))
		if q := c.Request().URL.RawQuery; q != "" {
			to += "?" + q
		}
		return c.Redirect(http.StatusPermanentRedirect, to)
	}
}

// firstNew is where the first post stands that the reader has not read, when she has read some and it is
// not on the page that she sees.
func (d *threadData) firstNew() string {
	n := d.Reading/postsAPage + 1
	if d.Reading == 0 || d.Reading >= d.Posts || n == d.Page {
		return ""
	}
	return d.Path + "?page=" + strconv.Itoa(n) + "#new"
}
