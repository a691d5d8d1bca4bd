package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
)

// Access says who may call a route. What she sees there, the labels decide.
type Access int

// The levels of access, from the widest.
const (
	Anyone Access = iota
	Members
	Moderators // of any workspace, and officers
	Officers
)

// Route is one page or form of the portal. Limit bounds the body in bytes; 0 is portal.MaxBody.
type Route struct {
	Method, Path string
	Access       Access
	Limit        int64
	handler      echo.HandlerFunc
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// Routes is the one table of the portal's pages; each feature's file brings its own part.
func (w *Web) Routes() []Route {
	return slices.Concat(
		w.homeRoutes(),
		w.libraryRoutes(),
		w.practiceRoutes(),
		w.adoptRoutes(),
		w.countryRoutes(),
		w.workspaceRoutes(),
		w.threadRoutes(),
		w.threadShapeRoutes(),
		w.searchRoutes(),
		w.memberRoutes(),
		w.notificationRoutes(),
		w.aboutRoutes(),
		w.accountRoutes(),
		w.settingsRoutes(),
		w.mailRoutes(),
		w.privateFeedRoutes(),
		w.inviteRoutes(),
		w.practiceWriteRoutes(),
		w.threadWriteRoutes(),
		w.queueRoutes(),
		w.flagRoutes(),
		w.officerRoutes(),
		w.collectionRoutes(),
		w.thesaurusRoutes(),
		w.worldRoutes(),
	)
}
