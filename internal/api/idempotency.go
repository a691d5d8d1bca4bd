package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

const (
	maxKey      = 200 // characters of an Idempotency-Key
	onceTimeout = 30 * time.Second
)

// keeping is how the first answer to a POST is kept, and by what a repeat is known.
type keeping int

const (
	whole    keeping = iota
	sealed           // body or answer hold a secret: the database keeps neither in the clear
	streamed         // the body is too large to be looked at before: key and path are all that tells
)

var keepings = map[string]keeping{"/sessions": sealed, "/me/password": sealed, "/tokens": sealed, "/me/feed": sealed, "/invitations": sealed,
	"/invitations/:token/accept": sealed, "/members/:id/reset": sealed}

// keeping is how a route's answers are kept: a body that may be larger than any that is looked at is a stream.
func (r Route) keeping() keeping {
	if r.Limit() > portal.MaxBody {
		return streamed
	}
	return keepings[r.Path]
}

// once is one request with an Idempotency-Key.
type once struct {
	owner, key string
	request    []byte // tells requests apart: method, path and body
	how        keeping
	box        *secret.Box // of a sealed one: of what only its sender knows
}

// idempotent gives the first answer again to a repeat of a POST with the same Idempotency-Key
// within 24 hours. A repeat that comes while the first is under way is told to wait (409); the
// same key on another request is refused (422). An answer of the server's own failure is not
// kept, so that a repeat may cure it; but what was done once is never done again.
func (a *API) idempotent(how keeping) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			key := c.Request().Header.Get("Idempotency-Key")
			if key == "" {
				return next(c)
			}
			if len(key) > maxKey {
				return invalid("Idempotency-Key", "error.too_long", "Max", maxKey)
			}
			o, err := a.onceOf(c, key, how)
			if err != nil {
				return err
			}
			// From here on the work is done to its end even if the client goes away: only so does a
			// repeat find out what became of it. How long a stream may take, its deadline says.
			ctx := context.WithoutCancel(c.Request().Context())
			if how != streamed {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, onceTimeout)
				defer cancel()
			}
			c.SetRequest(c.Request().WithContext(postgres.WithClaim(ctx, o.owner, o.key)))
			first, claimed, err := a.f.Once.BeginOnce(ctx, o.owner, o.key, o.request)
			switch {
			case err != nil:
				return err
			case first != nil:
				return a.again(c, o, *first)
			case !claimed:
				wait := portal.Fail(portal.Conflict, "error.under_way")
				wait.RetryAfter = time.Second
				return wait
			}
			return a.first(c, o, next)
		}
	}
}

// onceOf reads what tells a request with a key apart from others.
func (a *API) onceOf(c echo.Context, key string, how keeping) (once, error) {
	o := once{owner: fmt.Sprintf("m:%d", middleware.Who(c).MemberID), key: key, how: how}
	if !middleware.Who(c).SignedIn() {
		o.owner = fmt.Sprintf("a:%x", sha256.Sum256([]byte(c.RealIP())))
	}
	what := fmt.Appendf(nil, "%s %s\n", c.Request().Method, c.Request().URL.Path)
	if how != streamed {
		body, err := readBody(c)
		if err != nil {
			return o, err
		}
		c.Request().Body = io.NopCloser(bytes.NewReader(body))
		what = append(what, body...)
	}
	if how != sealed {
		sum := sha256.Sum256(what)
		o.request = sum[:]
		return o, nil
	}
	token, _ := a.common.Token(c.Request())
	var err error
	o.request, o.box, err = secret.NewBox(c.Request().Context(), append(what, "\n"+token...), []byte(o.owner+"\n"+key))
	if err != nil {
		busy := portal.Fail(portal.Unavailable, "error.busy")
		busy.Cause, busy.RetryAfter = err, time.Second
		return o, busy
	}
	return o, nil
}

// first runs the request and keeps its answer.
func (a *API) first(c echo.Context, o once, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context())
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
	// What is to be done elsewhere was not done: the same key goes along.
	if status >= 500 || status == http.StatusTooManyRequests || status == http.StatusPermanentRedirect || o.how == streamed && status >= 300 { // a stream may just have been cut
		return a.f.Once.ForgetOnce(ctx, o.owner, o.key)
	}
	headers := map[string]string{}
	for _, name := range []string{"Content-Type", "Content-Location", "Location", "ETag"} {
		if value := c.Response().Header().Get(name); value != "" {
			headers[name] = value
		}
	}
	body := kept.body.Bytes()
	if len(body) > portal.MaxBody {
		body = nil // a repeat reads it where it stands
	}
	if o.box != nil {
		body = o.box.Seal(body)
	}
	return a.f.Once.FinishOnce(ctx, o.owner, o.key, postgres.Answer{Status: status, Headers: headers, Body: body})
}

// again gives the first answer once more, unless what it tells of is out of the member's sight by
// now: a label may have changed since.
func (a *API) again(c echo.Context, o once, first postgres.Answer) error {
	if first.Status == 0 {
		if first = remade(c, first.Done); first.Status == 0 {
			return portal.Fail(portal.Conflict, "error.done_already")
		}
	} else if o.box != nil {
		body, err := o.box.Open(first.Body)
		if err != nil {
			return portal.Fail(portal.Conflict, "error.done_already")
		}
		first.Body = body
	}
	if about := first.Headers["Content-Location"]; about != "" {
		now, err := look(c, about)
		if err != nil {
			return err
		}
		if len(first.Body) == 0 {
			first.Body, first.Headers["Content-Type"], first.Headers["ETag"] = now.body.Bytes(), now.header.Get("Content-Type"), now.header.Get("ETag")
		}
	}
	for name, value := range first.Headers {
		if value != "" {
			c.Response().Header().Set(name, value)
		}
	}
	c.Response().Header().Set("Idempotent-Replayed", "true")
	if len(first.Body) == 0 {
		return c.NoContent(first.Status)
	}
	return c.Blob(first.Status, first.Headers["Content-Type"], first.Body)
}

// remade makes the answer to a request that was carried out, but whose answer was never kept, for
// its node died. Status 0 where only that is known.
func remade(c echo.Context, done portal.Ref) postgres.Answer {
	places := map[portal.Kind]string{portal.KindPractice: "/practices/", portal.KindThread: "/threads/", portal.KindPost: "/posts/"}
	headers := map[string]string{"Content-Location": fmt.Sprintf("%s%s%d", Prefix, places[done.Kind], done.ID)}
	switch strings.TrimPrefix(c.Path(), Prefix) {
	case "/practices", "/workspaces/:id/threads", "/threads/:id/posts":
		headers["Location"] = headers["Content-Location"]
		return postgres.Answer{Status: http.StatusCreated, Headers: headers}
	case "/practices/:id/submit", "/practices/:id/approve", "/practices/:id/request-changes", "/practices/:id/reject", "/practices/:id/archive":
		return postgres.Answer{Status: http.StatusOK, Headers: headers}
	}
	return postgres.Answer{}
}

// look reads what stands at a path of the API as whoever makes the request.
func look(c echo.Context, path string) (*sheet, error) {
	r := c.Request().Clone(c.Request().Context())
	r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
	r.URL, r.RequestURI = &url.URL{Path: path}, path
	r.Header.Del("Accept-Encoding")
	seen := &sheet{header: http.Header{}}
	c.Echo().ServeHTTP(seen, r)
	switch {
	case seen.status == http.StatusOK:
		return seen, nil
	case seen.status == http.StatusTooManyRequests || seen.status >= 500:
		later := portal.Fail(portal.Unavailable, "error.unavailable")
		later.RetryAfter = time.Second
		return nil, later
	}
	return nil, portal.ErrNotFound()
}

// sheet is an answer that goes nowhere.
type sheet struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (s *sheet) Header() http.Header { return s.header }

func (s *sheet) WriteHeader(status int) { s.status = status }

func (s *sheet) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.body.Write(p)
}

type recorder struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}
