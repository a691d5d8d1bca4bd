package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	maxKey      = 200 // characters of an Idempotency-Key
	onceTimeout = 30 * time.Second
)

// idempotent gives the first answer again to a repeat of a POST with the same Idempotency-Key
// within 24 hours. A repeat that comes while the first is under way is told to wait (409); the
// same key on another request is refused (422). An answer of the server's own failure is not
// kept, so that a repeat may cure it.
func (a *API) idempotent(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		key := c.Request().Header.Get("Idempotency-Key")
		if key == "" {
			return next(c)
		}
		if len(key) > maxKey {
			return invalid("Idempotency-Key", "error.too_long")
		}
		owner := fmt.Sprintf("m:%d", middleware.Who(c).MemberID)
		if !middleware.Who(c).SignedIn() {
			owner = fmt.Sprintf("a:%x", sha256.Sum256([]byte(c.RealIP())))
		}
		request, err := fingerprint(c)
		if err != nil {
			return err
		}
		// From here on the work is done to its end even if the client goes away: only so does a
		// repeat find out what became of it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), onceTimeout)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		first, claimed, err := a.f.Once.BeginOnce(ctx, owner, key, request)
		if err != nil {
			return err
		}
		if first != nil {
			return a.again(c, *first)
		}
		if !claimed {
			wait := portal.Fail(portal.Conflict, "error.under_way")
			wait.RetryAfter = time.Second
			return wait
		}
		return a.first(c, next, owner, key)
	}
}

// fingerprint tells requests apart: method, path and body.
func fingerprint(c echo.Context) ([]byte, error) {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, err
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(body))
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n", c.Request().Method, c.Request().URL.Path)
	h.Write(body)
	return h.Sum(nil), nil
}

// again gives the first answer once more, unless what it tells of is out of the member's sight by
// now: a label may have changed since.
func (a *API) again(c echo.Context, first postgres.Answer) error {
	if about := first.Headers["Content-Location"]; about != "" {
		look := c.Request().Clone(c.Request().Context())
		look.Method, look.Body, look.ContentLength = http.MethodGet, http.NoBody, 0
		look.URL, look.RequestURI = &url.URL{Path: about}, about
		seen := &blind{header: http.Header{}}
		c.Echo().ServeHTTP(seen, look)
		if seen.status != http.StatusOK {
			return portal.ErrNotFound()
		}
	}
	for name, value := range first.Headers {
		c.Response().Header().Set(name, value)
	}
	c.Response().Header().Set("Idempotent-Replayed", "true")
	return c.Blob(first.Status, first.Headers["Content-Type"], first.Body)
}

// first runs the request and keeps its answer.
func (a *API) first(c echo.Context, next echo.HandlerFunc, owner, key string) error {
	ctx := c.Request().Context()
	kept := &recorder{ResponseWriter: c.Response().Writer}
	c.Response().Writer = kept
	err := next(c)
	if err != nil {
		// The answer to an error is an answer too; it is written here so that it can be kept.
		if err := a.Fail(c, err); err != nil {
			return err
		}
	}
	c.Response().Writer = kept.ResponseWriter
	status := c.Response().Status
	if status >= 500 || status == http.StatusTooManyRequests {
		if forget := a.f.Once.ForgetOnce(ctx, owner, key); forget != nil {
			return forget
		}
		return nil
	}
	headers := map[string]string{}
	for _, name := range []string{"Content-Type", "Content-Location", "Location", "ETag"} {
		if value := c.Response().Header().Get(name); value != "" {
			headers[name] = value
		}
	}
	if kept.body.Len() > portal.MaxBody {
		return nil
	}
	return a.f.Once.FinishOnce(ctx, owner, key, postgres.Answer{Status: status, Headers: headers, Body: kept.body.Bytes()})
}

// blind notes the status of an answer and nothing else.
type blind struct {
	header http.Header
	status int
}

func (b *blind) Header() http.Header { return b.header }

func (b *blind) WriteHeader(status int) { b.status = status }

func (b *blind) Write(p []byte) (int, error) {
	if b.status == 0 {
		b.status = http.StatusOK
	}
	return len(p), nil
}

type recorder struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}
