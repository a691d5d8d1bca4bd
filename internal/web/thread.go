package web

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

func (w *Web) threadRoutes() []Route {
	return []Route{{Method: get, Path: "/t/:id", Access: Anyone, handler: w.thread}}
}

// postsAPage is how many posts a page of a thread holds: what the first round trip carries.
const postsAPage = 20

type threadData struct {
	portal.Thread
	Head      int64  // position of the log before the posts were read: a script follows from there on
	Path      string // of the thread, without a page
	Crumbs    []crumb
	Meta      string
	About     crumb         // the practice that it is about, where the reader may see it
	List      template.HTML // the page's posts
	Reading   int           // number of the last post that the reader had read
	Follow    following
	Page      int
	Pages     []pageLink
	PrevPage  string
	NextPage  string
	LastShown int64 // identifier of the last post on the page
	AtEnd     bool  // the page holds the last post: new ones can be added below
	CanReply  bool
	CanEdit   bool // title, closing
	CanLabel  bool
	Hiding    *hiding // who hid it, for those who moderate it
	Shown     shapeData
}

type pageLink struct {
	Number  int
	Path    string
	Current bool
	Gap     bool // pages are left out before it
}

// postPath is a post's lasting address; the page on which it stands is found when it is opened.
func postPath(thread int64, title string, post int64) string {
	n := strconv.FormatInt(post, 10)
	return threadPath(thread, title) + "?post=" + n + "#post-" + n
}

func (w *Web) thread(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	head := w.f.Log.Head() // before anything is read: what comes after it is not on the page, or is told twice
	t, reading, err := w.f.Discussions.Standing(ctx, who, id)
	if err != nil {
		return err
	}
	path := threadPath(t.ID, t.Title)
	if right := moved(c, path); right != "" {
		return toRight(c, right)
	}
	at, elsewhere, err := w.pageOf(c, who, t, reading.Number)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return c.Redirect(http.StatusFound, elsewhere)
	}
	last := max(1, (t.Posts+postsAPage-1)/postsAPage)
	at = min(at, last) // everything is read and the page was full, or the address says too much
	posts, err := w.f.Discussions.PostsOf(ctx, who, t, (at-1)*postsAPage, postsAPage)
	if err != nil {
		return err
	}
	v := w.view(c, t.Title, nil)
	v.Screen = "w:" + strconv.FormatInt(t.WorkspaceID, 10)
	d := threadData{Thread: t, Head: head, Path: path, Reading: reading.Number, Follow: following{"/t/" + decimal(t.ID), reading.Level}, Page: at, AtEnd: at == last,
		CanReply: who.Can(portal.ActReply, t.Audience) && !t.Closed, CanEdit: who.Can(portal.ActEdit, t.Audience) || who.Can(portal.ActDecide, t.Audience),
		CanLabel: who.Can(portal.ActLabel, t.Audience)}
	d.pages(last)
	if d.List, err = w.postList(ctx, v, t, posts, reading.Number); err != nil {
		return err
	}
	if len(posts) > 0 {
		d.LastShown = posts[len(posts)-1].ID
	}
	if err := w.aroundThread(ctx, v, &d); err != nil {
		return err
	}
	if err := w.noteRead(ctx, who, posts, reading.Number); err != nil {
		// A full disk, say: whoever cannot be remembered to have read can still read.
		w.common.Log().WarnContext(ctx, "where a reader stopped is not noted", "request", middleware.RequestID(c), "err", err)
	}
	v.Data = d
	return w.render(c, "thread/thread", v)
}

// pageOf finds the page to show: the one asked for, the one of the post or of the date asked for, or the one
// where the reader stopped. A post that is in another thread by now is elsewhere.
func (w *Web) pageOf(c echo.Context, who portal.Identity, t portal.Thread, read int) (at int, elsewhere string, err error) {
	if n, err := strconv.Atoi(c.QueryParam("page")); err == nil && n > 0 && n < 1<<20 {
		return n, "", nil
	}
	if id, err := strconv.ParseInt(c.QueryParam("post"), 10, 64); err == nil && id > 0 {
		p, in, err := w.f.Discussions.Post(c.Request().Context(), who, id)
		switch {
		case err == nil && in.ID != t.ID:
			return 0, postPath(in.ID, in.Title, id), nil
		case err == nil:
			return (p.Number-1)/postsAPage + 1, "", nil
		case portal.KindOf(err) != portal.NotFound:
			return 0, "", err
		}
	}
	if date, err := time.ParseInLocation(time.DateOnly, c.QueryParam("at"), w.zoneOf(who)); err == nil {
		n, err := w.f.Discussions.NumberAt(c.Request().Context(), t, date)
		if n == 0 {
			n = t.Posts
		}
		return (n-1)/postsAPage + 1, "", err
	}
	return read/postsAPage + 1, "", nil
}

func (d *threadData) pages(last int) {
	if last < 2 {
		return
	}
	link := func(n int) string { return d.Path + "?page=" + strconv.Itoa(n) }
	for n := 1; n <= last; n++ {
		if n == 1 || n == last || n >= d.Page-2 && n <= d.Page+2 {
			gap := len(d.Pages) > 0 && d.Pages[len(d.Pages)-1].Number < n-1
			d.Pages = append(d.Pages, pageLink{n, link(n), n == d.Page, gap})
		}
	}
	if d.Page > 1 {
		d.PrevPage = link(d.Page - 1)
	}
	if d.Page < last {
		d.NextPage = link(d.Page + 1)
	}
}

func (w *Web) aroundThread(ctx context.Context, v *page.View, d *threadData) error {
	name, err := w.workspaceName(ctx, v.Who, d.WorkspaceID, v.Lang())
	if err != nil {
		return err
	}
	d.Crumbs = []crumb{{Name: name.Name, Path: name.Path}}
	d.Meta = threadRowOf(v, d.Thread, false).Line
	if d.Hiding, err = w.hidingOf(ctx, v, d.WorkspaceID, portal.Ref{Kind: portal.KindThread, ID: d.ID}, d.Hidden, d.AuthorID == v.Who.MemberID); err != nil {
		return err
	}
	if d.Shown, err = w.shapeOf(ctx, v, d.Thread); err != nil {
		return err
	}
	d.Shown.FirstNew = d.firstNew()
	if d.PracticeID != 0 {
		d.About, err = w.aboutOf(ctx, v.Who, d.PracticeID)
	}
	return err
}

// noteRead moves the reader's position to the last post shown, when that is news.
func (w *Web) noteRead(ctx context.Context, who portal.Identity, posts []portal.Post, read int) error {
	if !who.SignedIn() || len(posts) == 0 || posts[len(posts)-1].Number <= read {
		return nil
	}
	last := posts[len(posts)-1]
	return w.f.Discussions.MarkRead(ctx, who, last.ThreadID, last.ID)
}
