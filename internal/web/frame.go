package web

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

// view makes what a page shows around its data. The rail is added by render, so that a page that
// redirects does not ask for it.
func (w *Web) view(c echo.Context, title string, data any) *page.View {
	who := middleware.Who(c)
	l := middleware.Locale(c)
	v := &page.View{L: l, Who: who, Zone: w.zoneOf(who), Now: time.Now(), Title: title, Path: w.pathOf(c.Request()),
		Demo: w.f.Demo, Data: data}
	if done := c.QueryParam("done"); done != "" && l.Has("done."+done) {
		v.Done = l.T("done." + done)
	}
	v.SetLangs(w.f.Catalogues)
	return v
}

// bare makes a view without the rail, for pages that must come when the database does not answer.
func (w *Web) bare(c echo.Context, title string, data any) *page.View {
	v := w.view(c, title, data)
	v.Rail = &page.Rail{}
	return v
}

// render answers with a screen, 200 unless its form failed.
func (w *Web) render(c echo.Context, screen string, v *page.View) error {
	if lang := c.QueryParam("lang"); lang != "" && c.Request().Method == http.MethodGet {
		w.common.SetLocale(c, v.Lang())
	}
	status := http.StatusOK
	if v.Form.Failed() {
		status = http.StatusUnprocessableEntity
		if c.Response().Header().Get("Retry-After") != "" { // nothing is wrong with it but the hour
			status = http.StatusTooManyRequests
		}
	}
	return w.renderAs(c, status, screen, v)
}

// Bounds of the rail: it is asked for at every page and changes rarely, so each node keeps it for
// less than the second in which a change of access must act.
const (
	railLife       = 800 * time.Millisecond
	railsKept      = 5000
	railWorkspaces = 50
)

type rails struct {
	mu   sync.Mutex
	kept map[railKey]keptRail
}

type railKey struct {
	member int64
	lang   string
}

type keptRail struct {
	viewer portal.Viewer
	rail   *page.Rail
	until  time.Time
}

func (w *Web) rail(ctx context.Context, v *page.View) (*page.Rail, error) {
	return w.railAround(ctx, v, func() ([]postgres.UnreadThread, error) {
		return w.f.Discussions.Unread(ctx, v.Who, portal.MaxPage)
	})
}

// railAround is the rail of a page that asks itself for the threads with new posts: once is enough.
func (w *Web) railAround(ctx context.Context, v *page.View, unread func() ([]postgres.UnreadThread, error)) (*page.Rail, error) {
	if !v.SignedIn() {
		return &page.Rail{}, nil
	}
	key := railKey{v.Who.MemberID, v.Lang()}
	w.rails.mu.Lock()
	kept, ok := w.rails.kept[key]
	w.rails.mu.Unlock()
	if ok && time.Now().Before(kept.until) && sameViewer(kept.viewer, v.Who.Viewer) {
		return kept.rail, nil
	}
	rail, err := w.readRail(ctx, v, unread)
	if err != nil {
		return nil, err
	}
	w.rails.mu.Lock()
	defer w.rails.mu.Unlock()
	if w.rails.kept == nil || len(w.rails.kept) >= railsKept {
		w.rails.kept = map[railKey]keptRail{}
	}
	w.rails.kept[key] = keptRail{viewer: v.Who.Viewer, rail: rail, until: time.Now().Add(railLife)}
	return rail, nil
}

func (w *Web) readRail(ctx context.Context, v *page.View, asked func() ([]postgres.UnreadThread, error)) (*page.Rail, error) {
	mine, err := w.f.Workspaces.List(ctx, v.Who, true, portal.Page{Limit: railWorkspaces})
	if err != nil {
		return nil, err
	}
	threads, err := asked()
	if err != nil {
		return nil, err
	}
	unread := map[int64]int{}
	for _, t := range threads {
		unread[t.WorkspaceID] += t.New
	}
	rail := &page.Rail{}
	for _, ws := range mine {
		name := ws.NameIn(v.Lang())
		rail.Workspaces = append(rail.Workspaces, page.RailWorkspace{ID: ws.ID, Name: name, Path: workspacePath(ws), Unread: unread[ws.ID]})
	}
	if v.Moderator() {
		if rail.Queue, err = w.f.Moderation.Waiting(ctx, v.Who); err != nil {
			return nil, err
		}
	}
	return rail, nil
}

func sameViewer(a, b portal.Viewer) bool {
	return a.MemberID == b.MemberID && a.Officer == b.Officer && a.Country == b.Country && a.Organization == b.Organization &&
		slices.Equal(a.Workspaces, b.Workspaces) && slices.Equal(a.Moderates, b.Moderates)
}

// pathWithoutLang is the address of the page itself, for the language switcher and the way back
// from signing in.
func pathWithoutLang(u *url.URL) string {
	query := u.Query()
	if !query.Has("lang") && !query.Has("done") {
		return u.RequestURI()
	}
	query = maps.Clone(query)
	query.Del("lang")
	query.Del("done")
	if len(query) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + query.Encode()
}

// maxZones bounds the zones kept; the world has some 600.
const maxZones = 1000

// zones keeps time zones, which are read from files otherwise.
type zones struct {
	mu   sync.Mutex
	kept map[string]*time.Location
}

func (z *zones) find(name string) *time.Location {
	if name == "" || name == "UTC" {
		return time.UTC
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if loc := z.kept[name]; loc != nil {
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // the page is worth more than the zone
	}
	if z.kept == nil || len(z.kept) >= maxZones {
		z.kept = map[string]*time.Location{}
	}
	z.kept[name] = loc
	return loc
}
