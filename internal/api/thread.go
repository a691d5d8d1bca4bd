package api

import (
	"html"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

type threadView struct {
	ID          int64           `json:"id"`
	WorkspaceID int64           `json:"workspace_id"`
	PracticeID  *int64          `json:"practice_id"`
	URL         string          `json:"url"`
	Title       string          `json:"title"`
	Language    string          `json:"language"`
	Handling    portal.Handling `json:"handling"`
	Named       []int64         `json:"named,omitempty"`
	Author      portal.Person   `json:"author"`
	Closed      bool            `json:"closed"`
	Hidden      bool            `json:"hidden,omitempty"`
	Version     int64           `json:"version"`
	Posts       int             `json:"posts"`
	LastPostID  *int64          `json:"last_post_id"`
	LastPostAt  time.Time       `json:"last_post_at"`
	ReadNumber  *int            `json:"read_number,omitempty"` // the last post that the viewer has read
	Watch       string          `json:"watch,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`
	shapeView
}

func viewThread(t portal.Thread) threadView {
	return threadView{ID: t.ID, WorkspaceID: t.WorkspaceID, PracticeID: zeroID(t.PracticeID), URL: "/t/" + strconv.FormatInt(t.ID, 10),
		Title: t.Title, Language: t.Language, Handling: t.Handling, Named: t.Named, Author: t.Author, Closed: t.Closed, Hidden: t.Hidden,
		Version: t.Version, Posts: t.Posts, LastPostID: zeroID(t.LastPostID), LastPostAt: t.LastPostAt, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, shapeView: viewShape(t.Shape)}
}

type postView struct {
	ID        int64             `json:"id"`
	ThreadID  int64             `json:"thread_id"`
	Number    int               `json:"number"`
	URL       string            `json:"url"`
	Author    portal.Person     `json:"author"`
	Body      string            `json:"body"`
	HTML      string            `json:"html"`
	Language  string            `json:"language"`
	ReplyTo   *int64            `json:"reply_to"`
	Version   int64             `json:"version"`
	Deleted   bool              `json:"deleted"`
	Hidden    bool              `json:"hidden"`
	Hiding    *hidingView       `json:"hiding,omitempty"`
	Reactions []portal.Reaction `json:"reactions"`
	Files     int               `json:"files"`          // on it: its attachments
	Asks      bool              `json:"asks,omitempty"` // a question put to a session
	Votes     int               `json:"votes,omitempty"`
	Voted     bool              `json:"voted,omitempty"`
	Moved     bool              `json:"moved,omitempty"` // it was written in another thread, which not everybody sees
	CreatedAt time.Time         `json:"created_at"`
	EditedAt  *time.Time        `json:"edited_at"`
}

func viewPost(p portal.Post) postView {
	return postView{Asks: p.Asks, Votes: p.Votes, Voted: p.Voted, Moved: p.MovedFrom != 0, ID: p.ID, ThreadID: p.ThreadID, Number: p.Number,
		URL:    "/t/" + strconv.FormatInt(p.ThreadID, 10) + "#post-" + strconv.FormatInt(p.ID, 10),
		Author: p.Author, Body: p.Body, HTML: rendered(p.Body), Language: p.Language, ReplyTo: zeroID(p.ReplyTo), Version: p.Version,
		Deleted: !p.DeletedAt.IsZero(), Hidden: !p.HiddenAt.IsZero(), Reactions: filled(p.Reactions), Files: p.FileCount, CreatedAt: p.CreatedAt, EditedAt: zeroTime(p.EditedAt)}
}

// rendered gives a text as safe HTML; what nests beyond reason is shown as it was typed.
func rendered(markdown string) string {
	if markdown == "" {
		return ""
	}
	safe, err := markup.HTML(markdown, markup.Options{})
	if err != nil {
		return "<pre dir=\"auto\">" + html.EscapeString(markdown) + "</pre>"
	}
	return string(safe)
}

func (a *API) threads(c echo.Context, n int64) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	who := middleware.Who(c)
	if _, err := a.f.Workspaces.Get(c.Request().Context(), who, n); err != nil {
		return err
	}
	f := postgres.ThreadFilter{Workspace: n, Page: p}
	if f.Practice, err = param(c, "practice"); err != nil {
		return err
	}
	found, err := a.f.Discussions.List(c.Request().Context(), who, f)
	if err != nil {
		return err
	}
	return list(c, p, found, func(t portal.Thread) int64 { return t.ID }, viewThread)
}

func (a *API) openThread(c echo.Context, n int64) error {
	in, err := decode[discussion.NewThread](c, false)
	if err != nil {
		return err
	}
	t, err := a.f.Discussions.Open(c.Request().Context(), middleware.Who(c), n, in)
	if err != nil {
		return err
	}
	located(c, http.StatusCreated, "/threads/", t.ID)
	return tagged(c, http.StatusCreated, t.Version, viewThread(t))
}

func (a *API) thread(c echo.Context, n int64) error {
	who := middleware.Who(c)
	t, reading, err := a.f.Discussions.Standing(c.Request().Context(), who, n)
	if err != nil {
		return err
	}
	v := viewThread(t)
	if who.SignedIn() {
		v.ReadNumber, v.Watch = &reading.Number, reading.Level
	}
	if v.Summary, err = a.digest(c, t); err != nil {
		return err
	}
	return tagged(c, http.StatusOK, t.Version, v)
}

func (a *API) changeThread(c echo.Context, n int64) error {
	version := ifMatch(c)
	f, err := decode[discussion.ThreadFields](c, false)
	if err != nil {
		return err
	}
	t, err := a.f.Discussions.Change(c.Request().Context(), middleware.Who(c), n, version, f)
	if err != nil {
		return err
	}
	v := viewThread(t)
	if v.Summary, err = a.digest(c, t); err != nil {
		return err
	}
	return tagged(c, http.StatusOK, t.Version, v)
}

// posts lists a thread's posts in order; the cursor is the number of the last one seen.
func (a *API) posts(c echo.Context, n int64) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	after := int(p.After)
	if c.QueryParam("at") != "" && after == 0 {
		if after, err = a.fromDate(c, n); err != nil {
			return err
		}
	}
	t, posts, err := a.f.Discussions.Posts(c.Request().Context(), middleware.Who(c), n, after, p.Limit)
	if err != nil {
		return err
	}
	view, err := a.hiddenPosts(c, t, posts...)
	if err != nil {
		return err
	}
	return list(c, p, posts, func(p portal.Post) int64 { return int64(p.Number) }, view)
}

func (a *API) reply(c echo.Context, n int64) error {
	in, err := decode[discussion.NewPost](c, false)
	if err != nil {
		return err
	}
	p, err := a.f.Discussions.Reply(c.Request().Context(), middleware.Who(c), n, in)
	if err != nil {
		return err
	}
	located(c, http.StatusCreated, "/posts/", p.ID)
	return tagged(c, http.StatusCreated, p.Version, viewPost(p))
}

func (a *API) post(c echo.Context, n int64) error {
	p, t, err := a.f.Discussions.Post(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	view, err := a.hiddenPosts(c, t, p)
	if err != nil {
		return err
	}
	return tagged(c, http.StatusOK, p.Version, view(p))
}

func (a *API) editPost(c echo.Context, n int64) error {
	version := ifMatch(c)
	in, err := decode[struct {
		Body     *string
		Language *string
	}](c, false)
	if err != nil {
		return err
	}
	p, err := a.f.Discussions.Edit(c.Request().Context(), middleware.Who(c), n, version, in.Body, in.Language)
	if err != nil {
		return err
	}
	return tagged(c, http.StatusOK, p.Version, viewPost(p))
}

func (a *API) deletePost(c echo.Context, n int64) error {
	version := ifMatch(c)
	if err := a.f.Attachments.KeepPost(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	if err := a.f.Discussions.Delete(c.Request().Context(), middleware.Who(c), n, version); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) react(on bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		n, err := id(c, "id")
		if err != nil {
			return err
		}
		if err := a.f.Discussions.React(c.Request().Context(), middleware.Who(c), n, c.Param("name"), on); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	}
}

func (a *API) markRead(c echo.Context, n int64) error {
	in, err := decode[struct {
		PostID int64 `json:"post_id"`
	}](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Discussions.MarkRead(c.Request().Context(), middleware.Who(c), n, in.PostID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) watch(c echo.Context, n int64) error {
	in, err := decode[struct{ Level string }](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Discussions.Watch(c.Request().Context(), middleware.Who(c), n, in.Level); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"level": in.Level})
}
