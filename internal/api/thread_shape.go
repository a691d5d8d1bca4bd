package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// shapeRoutes are the calls that threads have by their purpose, and those by which posts go elsewhere.
func (a *API) shapeRoutes() []Route {
	return []Route{
		member(get, "/questions", read, a.questions),
		open(get, "/live-sessions", a.liveSessions),
		member(put, "/posts/:id/answer", write, onPost(a.f.Discussions.MarkAnswer, true)),
		member(del, "/posts/:id/answer", write, onPost(a.f.Discussions.MarkAnswer, false)),
		member(put, "/posts/:id/vote", write, onPost(a.f.Discussions.Vote, true)),
		member(del, "/posts/:id/vote", write, onPost(a.f.Discussions.Vote, false)),
		open(get, "/threads/:id/questions", byID(a.asked)),
		member(post, "/threads/:id/split", moderate, byID(a.splitThread)),
		member(post, "/threads/:id/move", moderate, byID(a.moveThread)),
		member(post, "/threads/:id/merge", moderate, byID(a.mergeThread)),
	}
}

type shapeView struct {
	Kind       portal.Purpose `json:"kind"`
	Sectors    []string       `json:"sectors,omitempty"` // whose expertise a question asks for
	AnswerID   *int64         `json:"answer_post_id,omitempty"`
	AnsweredAt *time.Time     `json:"answered_at,omitempty"`
	Slow       int            `json:"slow_seconds,omitempty"`
	StartsAt   *time.Time     `json:"starts_at,omitempty"`
	EndsAt     *time.Time     `json:"ends_at,omitempty"`
	HostID     *int64         `json:"host_id,omitempty"`
	State      string         `json:"state,omitempty"` // of a session: ahead, now, over
	Summary    *digestView    `json:"summary,omitempty"`
}

type digestView struct {
	Body string        `json:"body"`
	HTML string        `json:"html"`
	By   portal.Person `json:"by"`
	At   time.Time     `json:"at"`
}

func viewShape(s portal.Shape) shapeView {
	return shapeView{Kind: s.Purpose, Sectors: s.Sectors, AnswerID: zeroID(s.AnswerID), AnsweredAt: zeroTime(s.AnsweredAt), Slow: int(s.Slow / time.Second),
		StartsAt: zeroTime(s.StartsAt), EndsAt: zeroTime(s.EndsAt), HostID: zeroID(s.HostID), State: s.SessionState(portal.Now())}
}

// digest reads the summary of a thread for its view.
func (a *API) digest(c echo.Context, t portal.Thread) (*digestView, error) {
	d, err := a.f.Discussions.Digest(c.Request().Context(), t)
	if err != nil || d.Text == "" {
		return nil, err
	}
	return &digestView{Body: d.Text, HTML: rendered(d.Text), By: d.Person, At: d.At.UTC()}, nil
}

func (a *API) questions(c echo.Context) error {
	found, err := a.f.Discussions.Questions(c.Request().Context(), middleware.Who(c), c.QueryParam("all") != "")
	if err != nil {
		return err
	}
	return all(c, found, viewThread)
}

func (a *API) liveSessions(c echo.Context) error {
	workspace, err := param(c, "workspace")
	if err != nil {
		return err
	}
	found, err := a.f.Discussions.Sessions(c.Request().Context(), middleware.Who(c), workspace)
	if err != nil {
		return err
	}
	return all(c, found, viewThread)
}

// asked lists a session's questions, those with most votes first.
func (a *API) asked(c echo.Context, n int64) error {
	t, posts, err := a.f.Discussions.Asked(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	view, err := a.hiddenPosts(c, t, posts...)
	if err != nil {
		return err
	}
	return all(c, posts, view)
}

// onPost is a call that does something with a post, or takes it back.
func onPost(f func(ctx context.Context, who portal.Identity, post int64, on bool) error, on bool) echo.HandlerFunc {
	return byID(func(c echo.Context, n int64) error {
		if err := f(c.Request().Context(), middleware.Who(c), n, on); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	})
}

func (a *API) splitThread(c echo.Context, n int64) error {
	in, err := decode[struct {
		Posts []int64        `json:"posts"`
		Title string         `json:"title"`
		Kind  portal.Purpose `json:"kind"`
	}](c, false)
	if err != nil {
		return err
	}
	t, err := a.f.Discussions.Split(c.Request().Context(), middleware.Who(c), n, in.Posts, in.Title, in.Kind)
	if err != nil {
		return err
	}
	located(c, http.StatusCreated, "/threads/", t.ID)
	return tagged(c, http.StatusCreated, t.Version, viewThread(t))
}

// moveThread takes posts into another thread, or the whole thread to another workspace.
func (a *API) moveThread(c echo.Context, n int64) error {
	in, err := decode[struct {
		Posts     []int64 `json:"posts"`
		Into      int64   `json:"into"`
		Workspace int64   `json:"workspace_id"`
	}](c, false)
	if err != nil {
		return err
	}
	if (in.Into == 0) == (in.Workspace == 0) {
		return invalid("into", "error.one_place")
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	var t portal.Thread
	if in.Workspace != 0 {
		t, err = a.f.Discussions.MoveThread(ctx, who, n, in.Workspace)
	} else {
		t, err = a.f.Discussions.MovePosts(ctx, who, n, in.Into, in.Posts)
	}
	return a.arrived(c, t, err)
}

func (a *API) mergeThread(c echo.Context, n int64) error {
	in, err := decode[struct{ Into int64 }](c, false)
	if err != nil {
		return err
	}
	t, err := a.f.Discussions.Merge(c.Request().Context(), middleware.Who(c), n, in.Into)
	return a.arrived(c, t, err)
}

// arrived answers with the thread in which posts now are.
func (a *API) arrived(c echo.Context, t portal.Thread, err error) error {
	if err != nil {
		return err
	}
	located(c, http.StatusOK, "/threads/", t.ID)
	return tagged(c, http.StatusOK, t.Version, viewThread(t))
}

// followed has a call on a thread that was merged into another go on there, where whoever calls may see that
// one: the same method, the same body, the same key.
func (a *API) followed(r Route) echo.HandlerFunc { return a.following(r, r.handler) }

// reads tells whether a call reads in a thread or writes in it: it may be carried out where the thread went. What
// changes a thread was meant for that one, its label above all.
func reads(r Route) bool {
	return r.Method == get || slices.Contains([]string{"/posts", "/read", "/watch", "/draft", "/attachments"}, strings.TrimPrefix(r.Path, "/threads/:id"))
}

// following is followed around what may answer for a handler: a call that was already carried out there is known
// by its key, and by the address of there.
func (a *API) following(r Route, h echo.HandlerFunc) echo.HandlerFunc {
	if !strings.HasPrefix(r.Path, "/threads/:id") {
		return h
	}
	return func(c echo.Context) error {
		err := h(c)
		var e *portal.Error
		if !errors.As(err, &e) || e.Kind != portal.NotFound && e.Message != "error.key_reused" || c.Response().Committed {
			return err
		}
		n, bad := id(c, "id")
		if bad != nil {
			return err
		}
		// What had a time of its own to be done in is over by now.
		t, none := a.f.Discussions.MovedTo(context.WithoutCancel(c.Request().Context()), middleware.Who(c), n)
		if none != nil {
			return err
		}
		if !reads(r) {
			return portal.Fail(portal.Conflict, "error.thread_merged", "Path", "/t/"+strconv.FormatInt(t.ID, 10))
		}
		rest := strings.TrimPrefix(c.Request().URL.EscapedPath(), Prefix+"/threads/"+c.Param("id"))
		to := Prefix + "/threads/" + strconv.FormatInt(t.ID, 10) + rest
		if q := c.Request().URL.RawQuery; q != "" {
			to += "?" + q
		}
		return c.Redirect(http.StatusPermanentRedirect, to)
	}
}

// fromDate reads the moment from which a thread's posts are asked for, as the number after which they come.
func (a *API) fromDate(c echo.Context, thread int64) (after int, err error) {
	at, err := time.Parse(time.RFC3339, c.QueryParam("at"))
	if err != nil {
		if at, err = time.Parse(time.DateOnly, c.QueryParam("at")); err != nil {
			return 0, invalid("at", "error.type")
		}
	}
	t, err := a.f.Discussions.Get(c.Request().Context(), middleware.Who(c), thread)
	if err != nil {
		return 0, err
	}
	number, err := a.f.Discussions.NumberAt(c.Request().Context(), t, at)
	if number == 0 {
		return t.Posts, err
	}
	return number - 1, err
}
