package app

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/api"
)

// uploads are the routes over which files come and go.
var uploads = map[string]bool{
	"POST " + api.Prefix + "/practices/:id/attachments": true, "GET " + api.Prefix + "/attachments/:id": true,
	"PATCH " + api.Prefix + "/uploads/:id": true,
	"POST /p/:id/edit":                     true, "POST /write": true, "POST /officer/import": true,
}

// deadlines gives each request a time for its body and its answer: ordinary ones a minute, files
// half an hour, sockets none.
func deadlines(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		limit := bodyTimeout
		if uploads[r.Method+" "+c.Path()] {
			limit = uploadTimeout
		}
		if c.Path() != livePath {
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
