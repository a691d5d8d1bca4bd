package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"praxis/assets"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// A failure after the client went away is told as that; a panic, and a failure under the eyes of
// the client, are told as the portal's.
func TestClientsThatWentAway(t *testing.T) {
	locales, err := fs.Sub(assets.Files, "locales")
	if err != nil {
		t.Fatal(err)
	}
	catalogues, err := i18n.Load(locales)
	if err != nil {
		t.Fatal(err)
	}
	failed := errors.New("sql: transaction has already been committed or rolled back")
	tests := []struct {
		name   string
		leaves bool
		do     func() error
		status int
		level  string
	}{
		{"gone", true, func() error { return failed }, 499, "INFO"},
		{"gone while the database is asked", true, func() error { return portal.Fail(portal.Unavailable, "error.unavailable") }, 499, "INFO"},
		{"there", false, func() error { return failed }, 500, "ERROR"},
		{"gone, and a panic", true, func() error { panic("a bug") }, 500, "ERROR"},
		{"gone, and refused", true, func() error { return portal.ErrNotFound() }, 404, "DEBUG"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var told bytes.Buffer
			log := slog.New(slog.NewTextHandler(&told, &slog.HandlerOptions{Level: slog.LevelDebug}))
			common, err := middleware.New(middleware.Options{BaseURL: "http://praxis.test", Catalogues: catalogues, Log: log})
			if err != nil {
				t.Fatal(err)
			}
			e := echo.New()
			e.HTTPErrorHandler = func(err error, c echo.Context) { c.Response().WriteHeader(middleware.Status(err)) }
			e.Use(common.Every)
			ctx, leave := context.WithCancel(context.Background())
			defer leave()
			e.GET("/", func(c echo.Context) error {
				// As a handler that works on even if the client leaves: its own context is over when it is.
				own, done := context.WithCancel(context.WithoutCancel(c.Request().Context()))
				defer done()
				c.SetRequest(c.Request().WithContext(own))
				if tt.leaves {
					leave()
				}
				return tt.do()
			})
			rec := httptest.NewRecorder()
			e.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
			if line := told.String(); rec.Code != tt.status || !strings.Contains(line, "level="+tt.level) {
				t.Errorf("status %d, want %d and %s: %s", rec.Code, tt.status, tt.level, line)
			}
		})
	}
}
