package app

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/api"
	"praxis/internal/portal"
	"praxis/internal/web"
)

// deadlines gives each request a time for its body and its answer: ordinary ones a minute, those over
// which files come or go half an hour, sockets and streams none. The doors' tables say over which files come.
func deadlines(calls []api.Route, pages []web.Route) echo.MiddlewareFunc {
	files := map[string]bool{"GET " + api.Prefix + "/attachments/:id": true}
	for _, r := range calls {
		if r.Limit() > portal.MaxBody {
			files[r.Method+" "+api.Prefix+r.Path] = true
		}
	}
	for _, r := range pages {
		if r.Limit > portal.MaxBody {
			files[r.Method+" "+r.Path] = true
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc { return bounded(next, files) }
}

func bounded(next echo.HandlerFunc, files map[string]bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := bodyTimeout
		if files[r.Method+" "+c.Path()] {
			limit = uploadTimeout
		}
		if c.Path() != livePath && c.Path() != streamPath {
			// A writer that knows no deadlines (in a test) has none.
			control := http.NewResponseController(c.Response().Writer)
			if err := errors.Join(control.SetReadDeadline(time.Now().Add(limit)), control.SetWriteDeadline(time.Now().Add(2*limit))); err != nil &&
				!errors.Is(err, http.ErrNotSupported) {
				return fmt.Errorf("bound the time of a request: %w", err)
			}
		}
		return next(c)
	}
}
