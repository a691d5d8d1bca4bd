package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// movable is how many posts one page offers to take elsewhere.
const movable = 50

// movablePost is a post that may be taken elsewhere.
type movablePost struct {
	ID         int64
	Name, Text string
	Lang, Dir  string
	Chosen     bool
	Fixed      bool // the opening post, a hidden one
}

type moveData struct {
	Thread     portal.Thread
	Path       string
	Crumbs     []crumb
	Posts      []movablePost
	Pages      []pageLink
	Page       int
	Workspaces []form.Choice // that the moderator moderates, too
}

func (w *Web) movePage(c echo.Context) error {
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	return w.showMove(c, t, who, form.New("title", "", "into", "", "merge_into", "", "workspace_id", ""))
}

func (w *Web) showMove(c echo.Context, t portal.Thread, who portal.Identity, f *form.State) error {
	if !who.Can(portal.ActDecide, t.Audience) {
		return portal.ErrModeratorsOnly()
	}
	ctx, l := c.Request().Context(), middleware.Locale(c)
	path := threadPath(t.ID, t.Title)
	d := moveData{Thread: t, Path: path, Crumbs: []crumb{{t.Title, path, t.Language}}, Page: 1}
	if n, err := strconv.Atoi(c.QueryParam("page")); err == nil && n > 0 && n < 1<<20 {
		d.Page = n
	}
	posts, err := w.f.Discussions.PostsOf(ctx, who, t, (d.Page-1)*movable, movable)
	if err != nil {
		return err
	}
	chosen := f.IDs("posts")
	for _, p := range posts {
		one := movablePost{ID: p.ID, Name: p.Author.Name, Text: markup.Excerpt(markup.Text(p.Body), quoteLength), Lang: p.Language, Dir: i18n.DirOf(p.Language),
			Fixed: p.Number == 1 || !p.HiddenAt.IsZero()}
		for _, id := range chosen {
			one.Chosen = one.Chosen || id == p.ID
		}
		d.Posts = append(d.Posts, one)
	}
	d.pages(t)
	rooms, err := w.f.Workspaces.List(ctx, who, false, portal.Page{Limit: portal.MaxPage})
	if err != nil {
		return err
	}
	for _, room := range rooms {
		if room.ID != t.WorkspaceID && who.ModeratorOf(room.ID) {
			d.Workspaces = append(d.Workspaces, form.Choice{Value: decimal(room.ID), Label: room.NameIn(l.Lang())})
		}
	}
	v := w.view(c, l.T("move.title"), d)
	v.Screen, v.Form = "w:"+decimal(t.WorkspaceID), f
	return w.render(c, "thread/move", v)
}

func (d *moveData) pages(t portal.Thread) {
	last := (t.Posts + movable - 1) / movable
	for n := 1; last > 1 && n <= last; n++ {
		if n == 1 || n == last || n >= d.Page-2 && n <= d.Page+2 {
			gap := len(d.Pages) > 0 && d.Pages[len(d.Pages)-1].Number < n-1
			d.Pages = append(d.Pages, pageLink{n, "/t/" + decimal(t.ID) + "/move?page=" + strconv.Itoa(n), n == d.Page, gap})
		}
	}
}

// move takes posts, or the whole thread, to another place.
func (w *Web) move(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	t, who, err := w.threadOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var at portal.Thread
	done := "moved"
	switch f.Text("do") {
	case "split":
		at, err = w.f.Discussions.Split(ctx, who, t.ID, f.IDs("posts"), f.Text("title"), portal.Purpose(f.Text("kind")))
		done = "split"
	case "posts":
		at, err = w.f.Discussions.MovePosts(ctx, who, t.ID, threadNamed(f.Text("into")), f.IDs("posts"))
	case "merge":
		at, err = w.f.Discussions.Merge(ctx, who, t.ID, threadNamed(f.Text("merge_into")))
		done = "thread_merged"
		err = renamed(err, "into", "merge_into")
	case "workspace":
		at, err = w.f.Discussions.MoveThread(ctx, who, t.ID, f.ID(l, "workspace_id"))
	default:
		return portal.ErrNotFound()
	}
	if err == nil {
		return seeOther(c, threadPath(at.ID, at.Title), done)
	}
	if portal.KindOf(err) == portal.Forbidden || !f.Take(l, err) {
		return err
	}
	return w.showMove(c, t, who, f)
}

// renamed gives an error's field the name that it has in a form.
func renamed(err error, from, to string) error {
	var e *portal.Error
	if !errors.As(err, &e) {
		return err
	}
	fields := make([]portal.FieldError, len(e.Fields))
	for i, f := range e.Fields {
		if fields[i] = f; f.Field == from {
			fields[i].Field = to
		}
	}
	other := *e
	other.Fields = fields
	return &other
}

// threadNamed reads a thread's number, or its address as it stands above its page; 0 where it is neither.
func threadNamed(text string) int64 {
	if _, after, ok := strings.Cut(text, "/t/"); ok {
		text = after
	}
	return practiceNamed(text)
}
