// Package web is the door for people: pages and forms that work without scripts. A handler
// decodes, calls one feature and renders; errors go up to one place that makes pages of them.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/admin"
	"praxis/internal/attachment"
	"praxis/internal/collection"
	"praxis/internal/discussion"
	"praxis/internal/harvest"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/notify"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
	reporting "praxis/internal/report"
	"praxis/internal/search"
	"praxis/internal/thesaurus"
	"praxis/internal/web/page"
	"praxis/internal/workspace"
)

// Features are what the pages call.
type Features struct {
	Accounts    *account.Service
	Workspaces  *workspace.Service
	Practices   *practice.Service
	Attachments *attachment.Service
	Discussions *discussion.Service
	Moderation  *moderation.Service
	Search      *search.Service
	Notify      *notify.Service
	Admin       *admin.Service
	Collections *collection.Service
	Thesaurus   *thesaurus.Service
	Harvest     *harvest.Service
	Reports     *reporting.Service
	Vocabulary  *portal.Vocabulary
	Catalogues  *i18n.Catalogues
	OpenAPI     []byte // the document that /api shows
	BaseURL     string
	Demo        bool   // show the banner of the demonstration
	Mailing     bool   // links can be sent by mail
	Contact     string // address of the portal's operators, told to harvesters
	// CaughtUp tells whether the search index answers for everything, and how many per cent of the
	// way are done.
	CaughtUp   func(ctx context.Context) (ok bool, percent int)
	IndexBuilt func() time.Time // when the search index was last built anew; zero where there is none
	Log        Log              // where the log of events stands
	Once       postgres.Once    // first answers to forms that are sent twice
}

// Web is the door.
type Web struct {
	f      Features
	common *middleware.Common
	pages  *page.Pages
	rails  rails
	zones  zones
	markup markupCache
	names  nameCache
	lists  postLists
	abouts abouts
	world  worldCache
	calls  []apiGroup

	visitors memo
}

// New makes the door. It shows pages in the languages of the catalogues that pages was made with.
func New(f Features, pages *page.Pages, common *middleware.Common) (*Web, error) {
	calls, err := readAPI(f.OpenAPI)
	return &Web{f: f, common: common, pages: pages, calls: calls}, err
}

// Mount puts the pages onto a router.
func (w *Web) Mount(e *echo.Echo) {
	e.GET(page.AssetPrefix+"*", w.asset)
	e.GET(page.WorkerPath, func(c echo.Context) error { return w.pages.ServeWorker(c.Response()) })
	for _, r := range w.Routes() {
		chain := []echo.MiddlewareFunc{w.common.Identify(false), w.common.SameOrigin, w.common.Rates, w.allow(r), bounded(r)}
		if r.Method == http.MethodGet {
			chain = append(chain, w.forVisitors)
		}
		e.Add(r.Method, r.Path, w.withMoved(r), chain...)
	}
}

func (w *Web) asset(c echo.Context) error {
	if !w.pages.ServeAsset(c.Response(), c.Request()) {
		return portal.ErrNotFound()
	}
	return nil
}

// allow holds what the table says of a route.
func (w *Web) allow(r Route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			who := middleware.Who(c)
			if r.Access == Anyone {
				return next(c)
			}
			if !who.SignedIn() {
				return portal.ErrSignIn()
			}
			switch {
			case r.Access == Officers && !who.Officer:
				return portal.ErrOfficersOnly()
			case r.Access == Moderators && !who.Moderator():
				return portal.ErrModeratorsOnly()
			}
			return next(c)
		}
	}
}

// zoneOf finds the reader's time zone; UTC where it is unknown.
func (w *Web) zoneOf(who portal.Identity) *time.Location { return w.zones.find(who.TimeZone) }
