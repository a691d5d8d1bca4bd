// Package api is the door for programs: the REST API under /api/v1. A handler decodes, calls one
// feature and answers in JSON; errors go up to one place that makes problem documents of them.
package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/admin"
	"praxis/internal/attachment"
	"praxis/internal/collection"
	"praxis/internal/discussion"
	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/notify"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
	"praxis/internal/report"
	"praxis/internal/search"
	"praxis/internal/workspace"
)

// Prefix stands before every path of the API.
const Prefix = "/api/v1"

// Features are what the API calls.
type Features struct {
	Accounts    *account.Service
	Workspaces  *workspace.Service
	Practices   *practice.Service
	Attachments *attachment.Service
	Collections *collection.Service
	Discussions *discussion.Service
	Moderation  *moderation.Service
	Search      *search.Service
	Notify      *notify.Service
	Admin       *admin.Service
	Reports     *report.Service
	Once        postgres.Once // first answers to requests with an Idempotency-Key
	BaseURL     string
	OpenAPI     []byte // the document at /openapi.json
	Vocabulary  *portal.Vocabulary
}

// API is the door.
type API struct {
	f      Features
	common *middleware.Common
}

// Route is one call of the API. Scope is what a personal access token must allow; Anyone lets a
// visitor call.
type Route struct {
	Method, Path string
	Scope        string
	Anyone       bool
	handler      echo.HandlerFunc
}

// New makes the door.
func New(f Features, common *middleware.Common) *API { return &API{f: f, common: common} }

const (
	get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	read, write, moderate      = "read", "write", "moderate"
)

// Routes is the one table of the API's calls.
func (a *API) Routes() []Route {
	return slices.Concat(a.peopleRoutes(), a.practiceRoutes(), a.adoptRoutes(), a.threadRoutes(), a.shapeRoutes(), a.writingRoutes(), a.curationRoutes(), a.collectionRoutes())
}

// byID takes the identifier out of the path for a handler of one thing.
func byID(h func(c echo.Context, id int64) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		n, err := id(c, "id")
		if err != nil {
			return err
		}
		return h(c, n)
	}
}

// open is a call that a visitor may make; member one for members only.
func open(method, path string, h echo.HandlerFunc) Route {
	return Route{Method: method, Path: path, Scope: read, Anyone: true, handler: h}
}

func member(method, path, scope string, h echo.HandlerFunc) Route {
	return Route{Method: method, Path: path, Scope: scope, handler: h}
}

func (a *API) peopleRoutes() []Route {
	return []Route{
		open(get, "/openapi.json", a.openapi),
		open(post, "/sessions", a.signIn),
		member(del, "/sessions/current", read, a.signOut),
		member(get, "/sessions", read, a.sessions),
		member(del, "/sessions/:id", write, byID(a.endSession)),
		member(get, "/me", read, a.me),
		member(patch, "/me", write, a.updateMe),
		member(post, "/me/password", write, a.changePassword),
		open(get, "/vocabulary", a.vocabulary),
		open(get, "/countries", a.countries),
		open(get, "/organizations", a.organizations),
		member(put, "/countries/:code", moderate, a.setCountry),
		member(put, "/organizations/:code", moderate, a.setOrganization),
		member(get, "/members", read, a.members),
		open(get, "/members/:id", byID(a.member)),
		member(patch, "/members/:id", moderate, byID(a.setStanding)),
		member(post, "/members/:id/reset", moderate, byID(a.resetLink)),
		member(get, "/invitations", moderate, a.invitations),
		member(post, "/invitations", moderate, a.invite),
		open(get, "/invitations/:token", a.invitation),
		open(post, "/invitations/:token/accept", a.accept),
		member(get, "/tokens", read, a.tokens),
		member(post, "/tokens", write, a.createToken),
		member(del, "/tokens/:id", write, byID(a.revokeToken)),
	}
}

func (a *API) practiceRoutes() []Route {
	return []Route{
		open(get, "/practices", a.practices),
		member(post, "/practices", write, a.createPractice),
		open(get, "/practices/:id", byID(a.practice)),
		member(patch, "/practices/:id", write, byID(a.updatePractice)),
		member(post, "/practices/:id/submit", write, byID(a.submit)),
		member(post, "/practices/:id/approve", moderate, a.decide("approve")),
		member(post, "/practices/:id/request-changes", moderate, a.decide("request_changes")),
		member(post, "/practices/:id/reject", moderate, a.decide("reject")),
		member(post, "/practices/:id/archive", write, byID(a.archive)),
		open(get, "/practices/:id/versions", byID(a.versions)),
		open(get, "/practices/:id/versions/:n", a.version),
		open(get, "/practices/:id/diff", byID(a.diff)),
		member(post, "/practices/:id/versions/:n/restore", write, a.restoreVersion),
		member(get, "/practices/:id/watch", read, byID(a.practiceLevel)),
		member(put, "/practices/:id/watch", write, byID(a.watchPractice)),
		member(del, "/practices/:id/watch", write, byID(a.unwatchPractice)),
		member(put, "/practices/:id/authors/:member", write, a.addAuthor),
		member(del, "/practices/:id/authors/:member", write, a.removeAuthor),
		member(post, "/practices/:id/merge", moderate, byID(a.merge)),
		member(del, "/practices/:id/merge", moderate, byID(a.unmerge)),
		member(post, "/practices/:id/confirm", write, byID(a.confirmPractice)),
		open(get, "/practices/:id/ratings", byID(a.ratings)),
		member(post, "/practices/:id/ratings", moderate, byID(a.rate)),
		open(get, "/practices/:id/attachments", byID(a.attachments)),
		member(post, "/practices/:id/attachments", write, byID(a.attach)),
		member(post, "/practices/:id/uploads", write, byID(a.beginUpload)),
		member(get, "/uploads/:id", write, byID(a.upload)),
		member(patch, "/uploads/:id", write, byID(a.appendUpload)),
		open(get, "/attachments/:id", byID(a.attachment)),
		member(del, "/attachments/:id", write, byID(a.detach)),
	}
}

func (a *API) threadRoutes() []Route {
	return []Route{
		open(get, "/workspaces", a.workspaces),
		member(post, "/workspaces", moderate, a.createWorkspace),
		open(get, "/workspaces/:id", byID(a.workspace)),
		member(patch, "/workspaces/:id", moderate, byID(a.updateWorkspace)),
		member(post, "/workspaces/:id/join", write, byID(a.join)),
		member(get, "/workspaces/:id/requests", moderate, byID(a.requests)),
		member(get, "/workspaces/:id/watch", read, byID(a.workspaceLevel)),
		member(put, "/workspaces/:id/watch", write, byID(a.watchWorkspace)),
		open(get, "/workspaces/:id/members", byID(a.workspaceMembers)),
		open(get, "/workspaces/:id/members/:member", a.workspaceMember),
		member(put, "/workspaces/:id/members/:member", moderate, a.putWorkspaceMember),
		member(del, "/workspaces/:id/members/:member", write, a.removeWorkspaceMember),
		member(get, "/workspaces/:id/readers", read, byID(a.readers)),
		open(get, "/workspaces/:id/threads", byID(a.threads)),
		member(post, "/workspaces/:id/threads", write, byID(a.openThread)),
		open(get, "/threads/:id", byID(a.thread)),
		member(patch, "/threads/:id", write, byID(a.changeThread)),
		open(get, "/threads/:id/posts", byID(a.posts)),
		member(post, "/threads/:id/posts", write, byID(a.reply)),
		member(put, "/threads/:id/read", write, byID(a.markRead)),
		member(put, "/threads/:id/watch", write, byID(a.watch)),
		open(get, "/posts/:id", byID(a.post)),
		member(patch, "/posts/:id", write, byID(a.editPost)),
		member(del, "/posts/:id", write, byID(a.deletePost)),
		member(put, "/posts/:id/reactions/:name", write, a.react(true)),
		member(del, "/posts/:id/reactions/:name", write, a.react(false)),
	}
}

func (a *API) curationRoutes() []Route {
	return []Route{
		member(post, "/flags", write, a.flag),
		member(get, "/moderation/queue", moderate, a.queue),
		member(get, "/moderation/cases/:id", moderate, byID(a.moderationCase)),
		member(post, "/moderation/cases/:id/actions", moderate, byID(a.act)),
		member(put, "/moderation/cases/:id/claim", moderate, onCase(a.f.Moderation.Claim)),
		member(del, "/moderation/cases/:id/claim", moderate, onCase(a.f.Moderation.Release)),
		member(post, "/moderation/cases/:id/undo", moderate, onCase(a.f.Moderation.Undo)),
		open(get, "/search", a.search),
		open(get, "/search/suggest", a.suggest),
		member(get, "/searches", read, a.searches),
		member(post, "/searches", write, a.saveSearch),
		member(del, "/searches/:id", write, byID(a.deleteSearch)),
		member(get, "/notifications", read, a.notifications),
		member(put, "/notifications/read", write, a.readNotifications),
		member(get, "/push", read, a.pushKey),
		member(post, "/push/subscriptions", write, a.subscribe),
		member(del, "/push/subscriptions", write, a.unsubscribe),
		member(post, "/me/feed", write, a.makeFeed),
		member(del, "/me/feed", write, a.endFeed),
		member(get, "/me/mail", read, a.mailSettings),
		member(patch, "/me/mail", write, a.setMailSettings),
		member(get, "/audit", moderate, a.audit),
		member(get, "/reports/:section", moderate, a.report),
	}
}

// Limit is how many bytes the body of a call may have: more than usual where it is a file, or a piece of one.
func (r Route) Limit() int64 {
	if strings.HasSuffix(r.Path, "/:id/attachments") && r.Method == post || r.Method == patch && r.Path == "/uploads/:id" {
		return portal.MaxAttachment + portal.MaxBody
	}
	return portal.MaxBody
}

// Mount puts the API onto a router.
func (a *API) Mount(e *echo.Echo) {
	// The chain is each route's own: on the group, a method that a path does not take would answer
	// 404 instead of 405.
	identify := a.common.Identify(true)
	for _, r := range a.Routes() {
		chain := []echo.MiddlewareFunc{identify, a.common.SameOrigin, a.common.Rates, a.allow(r), middleware.Limit(r.Limit())}
		if r.Method == post {
			chain = append(chain, func(next echo.HandlerFunc) echo.HandlerFunc { return a.following(r, next) }, a.idempotent(r.keeping()))
		}
		e.Add(r.Method, Prefix+r.Path, a.followed(r), chain...)
	}
}

// allow holds what the table says of a route: members only, and what a token must allow.
func (a *API) allow(r Route) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Response().Header().Set("Cache-Control", "private, no-store")
			who := middleware.Who(c)
			if !who.SignedIn() {
				if r.Anyone {
					return next(c)
				}
				return portal.ErrSignIn()
			}
			if !who.Allows(r.Scope) {
				return portal.Fail(portal.Forbidden, "error.scope", "Scope", r.Scope)
			}
			return next(c)
		}
	}
}
