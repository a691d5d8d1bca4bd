package web

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

func (w *Web) workspaceRoutes() []Route {
	return []Route{
		{Method: get, Path: "/workspaces", Access: Anyone, handler: w.workspaces},
		{Method: get, Path: "/w/:id", Access: Anyone, handler: w.workspace},
		{Method: post, Path: "/w/:id/join", Access: Members, handler: w.join},
		{Method: post, Path: "/w/:id/leave", Access: Members, handler: w.leave},
		{Method: post, Path: "/w/:id/watch", Access: Members, handler: w.watchWorkspace},
		{Method: post, Path: "/w/:id/members", Access: Moderators, handler: w.letIn},
	}
}

// What a workspace's page shows of each thing.
const (
	workspaceThreads   = 20
	workspacePractices = 5
	workspaceMembers   = 60
	workspaceRequests  = 10
)

// workspaceRow is a workspace in the list.
type workspaceRow struct {
	Path, Name, About, Kind, Line string
	Joined                        bool
}

func (w *Web) workspaces(c echo.Context) error {
	l := middleware.Locale(c)
	list, err := w.f.Workspaces.List(c.Request().Context(), middleware.Who(c), false, portal.Page{Limit: portal.MaxPage})
	if err != nil {
		return err
	}
	rows := make([]workspaceRow, len(list))
	for i, ws := range list {
		rows[i] = workspaceRow{Path: workspacePath(ws), Name: ws.NameIn(l.Lang()), About: ws.AboutIn(l.Lang()), Kind: l.T("workspace.kind." + ws.Kind),
			Joined: ws.Role != "", Line: l.N("home.members", ws.Members) + between + l.N("home.countries", ws.Countries) + between + l.T("workspace.access."+ws.Access)}
	}
	v := w.view(c, l.T("workspaces.title"), rows)
	v.Screen = "workspaces"
	return w.render(c, "workspace/workspaces", v)
}

type workspaceData struct {
	portal.Workspace
	Path, Title, About string
	Kind               string
	Threads            []threadRow
	Sessions           []threadRow // that are not over
	Pager              *pager
	Practices          []card
	Lists              []collectionRow
	People             []portal.WorkspaceMember
	More               bool // there are more people than shown
	Requests           []portal.Person
	AllRequests        string // where they all are, if there are more than shown
	Inside             bool
	Follow             following
	CanWrite           bool
	Moderates          bool
}

func (w *Web) workspace(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	ws, err := w.f.Workspaces.Get(ctx, who, id)
	if err != nil {
		return err
	}
	path := workspacePath(ws)
	if right := moved(c, path); right != "" {
		return toRight(c, right)
	}
	v := w.view(c, ws.NameIn(l.Lang()), nil)
	v.Screen = "w:" + strconv.FormatInt(id, 10)
	d := workspaceData{Workspace: ws, Path: path, Title: ws.NameIn(l.Lang()), About: ws.AboutIn(l.Lang()), Kind: l.T("workspace.kind." + ws.Kind),
		Moderates: who.SignedIn() && who.ModeratorOf(id)}
	d.Inside = who.In(id) || d.Moderates
	d.CanWrite = who.Can(portal.ActWrite, portal.Audience{WorkspaceID: id})
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	threads, err := w.f.Discussions.List(ctx, who, postgres.ThreadFilter{Workspace: id, Page: portal.Page{After: after, Limit: workspaceThreads + 1}})
	if err != nil {
		return err
	}
	threads, d.Pager = paged(c, threads, workspaceThreads, func(t portal.Thread) int64 { return t.ID })
	if d.Threads, err = w.threadRows(ctx, v, threads); err != nil {
		return err
	}
	if err := w.aroundWorkspace(ctx, v, &d); err != nil {
		return err
	}
	v.Data = d
	return w.render(c, "workspace/workspace", v)
}

// threadRows makes rows of threads, with how many posts are new to the reader.
func (w *Web) threadRows(ctx context.Context, v *page.View, threads []portal.Thread) ([]threadRow, error) {
	unread, err := w.f.Discussions.Unread(ctx, v.Who, portal.MaxPage)
	if err != nil {
		return nil, err
	}
	fresh := map[int64]int{}
	for _, t := range unread {
		fresh[t.ID] = t.New
	}
	rows := make([]threadRow, len(threads))
	for i, t := range threads {
		rows[i] = threadRowOf(v, t, false)
		rows[i].New = fresh[t.ID]
	}
	return rows, nil
}

func (w *Web) aroundWorkspace(ctx context.Context, v *page.View, d *workspaceData) error {
	practices, err := w.f.Practices.List(ctx, v.Who, postgres.PracticeFilter{Workspace: d.ID, Page: portal.Page{Limit: workspacePractices}})
	if err != nil {
		return err
	}
	d.Practices = w.cards(v.L, practices)
	if d.Lists, err = w.workspaceLists(ctx, v, d.ID); err != nil {
		return err
	}
	sessions, err := w.f.Discussions.Sessions(ctx, v.Who, d.ID)
	if err != nil {
		return err
	}
	for _, t := range sessions {
		d.Sessions = append(d.Sessions, threadRowOf(v, t, false))
	}
	d.Follow.Path = "/w/" + decimal(d.ID)
	if d.Follow.Level, err = w.f.Workspaces.Level(ctx, v.Who, d.ID); err != nil || !d.Inside {
		return err
	}
	if d.People, err = w.f.Workspaces.Members(ctx, v.Who, d.ID, portal.Page{Limit: workspaceMembers + 1}); err != nil {
		return err
	}
	if d.More = len(d.People) > workspaceMembers; d.More {
		d.People = d.People[:workspaceMembers]
	}
	if d.Moderates {
		d.Requests, err = w.f.Workspaces.Requests(ctx, v.Who, d.ID, portal.Page{Limit: workspaceRequests + 1})
		if len(d.Requests) > workspaceRequests {
			d.Requests, d.AllRequests = d.Requests[:workspaceRequests], requestsPath(d.ID)
		}
	}
	return err
}

func (w *Web) join(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	joined, err := w.f.Workspaces.Join(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	done := "asked"
	if joined {
		done = "joined"
	}
	return seeOther(c, "/w/"+strconv.FormatInt(id, 10), done)
}

func (w *Web) leave(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	who := middleware.Who(c)
	if err := w.f.Workspaces.RemoveMember(c.Request().Context(), who, id, who.MemberID); err != nil {
		return err
	}
	return seeOther(c, "/w/"+strconv.FormatInt(id, 10), "left")
}

func (w *Web) letIn(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	member := f.ID(l, "member")
	if member == 0 {
		return portal.ErrNotFound()
	}
	if err := w.f.Workspaces.PutMember(c.Request().Context(), middleware.Who(c), id, member, portal.RoleMember); err != nil {
		return err
	}
	return seeOther(c, "/w/"+strconv.FormatInt(id, 10), "let_in")
}

// named is a workspace's name in a language, with its path.
type named struct {
	Name, Path string
	until      time.Time
}

// Bounds of the names kept: a workspace's name is public and hardly ever changes.
const (
	namesLife = 30 * time.Second
	namesKept = 2000
)

type nameKey struct {
	id   int64
	lang string
}

type nameCache struct {
	mu   sync.Mutex
	kept map[nameKey]named
}

// workspaceName gives a workspace's name; an empty one where there is no workspace.
func (w *Web) workspaceName(ctx context.Context, who portal.Identity, id int64, lang string) (named, error) {
	if id == 0 {
		return named{}, nil
	}
	key := nameKey{id, lang}
	w.names.mu.Lock()
	kept, ok := w.names.kept[key]
	w.names.mu.Unlock()
	if ok && time.Now().Before(kept.until) {
		return kept, nil
	}
	ws, err := w.f.Workspaces.Get(ctx, who, id)
	if err != nil {
		return named{}, err
	}
	made := named{ws.NameIn(lang), workspacePath(ws), time.Now().Add(namesLife)}
	w.names.mu.Lock()
	defer w.names.mu.Unlock()
	if w.names.kept == nil || len(w.names.kept) >= namesKept {
		w.names.kept = map[nameKey]named{}
	}
	w.names.kept[key] = made
	return made, nil
}
