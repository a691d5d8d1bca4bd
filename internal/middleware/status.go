package middleware

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/portal"
)

// statuses of the kinds of error; what is no answer is a failure: 500.
var statuses = map[portal.ErrorKind]int{
	portal.NotFound:     http.StatusNotFound,
	portal.Unauthorized: http.StatusUnauthorized,
	portal.Forbidden:    http.StatusForbidden,
	portal.Invalid:      http.StatusUnprocessableEntity,
	portal.Malformed:    http.StatusBadRequest,
	portal.Conflict:     http.StatusConflict,
	portal.Stale:        http.StatusPreconditionFailed,
	portal.TooLarge:     http.StatusRequestEntityTooLarge,
	portal.Unsupported:  http.StatusUnsupportedMediaType,
	portal.TooMany:      http.StatusTooManyRequests,
	portal.Unavailable:  http.StatusServiceUnavailable,
}

// Status gives the HTTP status of an error, of the router's own ones too.
func Status(err error) int {
	var he *echo.HTTPError
	if errors.As(err, &he) {
		return he.Code
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return http.StatusRequestEntityTooLarge
	}
	if status, ok := statuses[portal.KindOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// RetryAfter tells the client how long an error lasts, in whole seconds, where that is known.
func RetryAfter(c echo.Context, err error) {
	var e *portal.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int((e.RetryAfter+time.Second-1)/time.Second)))
	}
}
