package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// Problem is an RFC 9457 problem document.
type Problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail,omitempty"`
	Errors []ProblemField `json:"errors,omitempty"`
}

// ProblemField tells what is wrong with one field of the request.
type ProblemField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Fail answers an error as a problem document in the request's language: the one exit for errors
// of the API.
func (a *API) Fail(c echo.Context, err error) error {
	l := middleware.Locale(c)
	status := middleware.Status(err)
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: l.T("error.status." + strconv.Itoa(status))}
	var e *portal.Error
	if errors.As(err, &e) {
		// "error.out_of_turn.draft" is of the type out_of_turn: the sentence differs, the problem does not.
		name, _, _ := strings.Cut(strings.TrimPrefix(e.Message, "error."), ".")
		p.Type = "urn:praxis:" + string(e.Kind) + ":" + name
		p.Detail = l.T(e.Message, e.Args...)
		for _, f := range e.Fields {
			p.Errors = append(p.Errors, ProblemField{Field: f.Field, Message: l.T(f.Message, f.Args...)})
		}
	}
	middleware.RetryAfter(c, err)
	if status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="praxis"`)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write a problem document: %w", err)
	}
	return c.Blob(status, "application/problem+json", body)
}

// readBody reads a request's body: TooLarge past the route's limit, Malformed where it is cut.
func readBody(c echo.Context) ([]byte, error) {
	body, err := io.ReadAll(c.Request().Body)
	if err == nil {
		return body, nil
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return nil, portal.Fail(portal.TooLarge, "error.body_too_large", "Max", big.Limit>>20)
	}
	return nil, &portal.Error{Kind: portal.Malformed, Message: "error.upload_cut", Cause: err}
}

// decode reads a JSON body into T. An empty body is T's zero value only where optional.
func decode[T any](c echo.Context, optional bool) (T, error) {
	var v T
	r := c.Request()
	contentType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("Content-Type") != "" && (err != nil || contentType != "application/json" && !strings.HasSuffix(contentType, "+json")) {
		if !(optional && r.ContentLength == 0) {
			return v, portal.Fail(portal.Unsupported, "error.json_only")
		}
	}
	body, err := readBody(c)
	if err != nil {
		return v, err
	}
	if len(body) == 0 && optional {
		return v, nil
	}
	if len(body) > 0 && r.Header.Get("Content-Type") == "" {
		return v, portal.Fail(portal.Unsupported, "error.json_only")
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return v, unreadable(err)
	}
	return v, nil
}

// unreadable tells which field has the wrong type, where JSON can tell.
func unreadable(err error) error {
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) && typ.Field != "" {
		return &portal.Error{Kind: portal.Invalid, Message: "error.invalid", Cause: err,
			Fields: []portal.FieldError{{Field: typ.Field, Message: "error.type"}}}
	}
	return &portal.Error{Kind: portal.Malformed, Message: "error.json", Cause: err}
}

// id reads an identifier from the path. What is no identifier names nothing: NotFound.
func id(c echo.Context, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || n <= 0 || n >= 1<<53 {
		return 0, portal.ErrNotFound()
	}
	return n, nil
}

// param reads a number from the query; 0 where it is missing.
func param(c echo.Context, name string) (int64, error) {
	s := c.QueryParam(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n >= 1<<53 {
		return 0, invalid(name, "error.type")
	}
	return n, nil
}

func invalid(field, message string, args ...any) error {
	return &portal.Error{Kind: portal.Invalid, Message: "error.invalid", Fields: []portal.FieldError{{Field: field, Message: message, Args: args}}}
}

// pageOf reads limit and after. One more than asked for is fetched, to know whether more follows.
func pageOf(c echo.Context) (portal.Page, error) {
	limit, err := limitOf(c)
	if err != nil {
		return portal.Page{}, err
	}
	p := portal.Page{Limit: limit + 1}
	if s := c.QueryParam("after"); s != "" {
		if p.After, err = openCursor(s); err != nil {
			return p, err
		}
	}
	return p, nil
}

func limitOf(c echo.Context) (int, error) {
	limit, err := param(c, "limit")
	if err != nil || limit > portal.MaxPage || limit == 0 && c.QueryParam("limit") != "" {
		return 0, invalid("limit", "error.limit")
	}
	if limit == 0 {
		limit = portal.DefaultPage
	}
	return int(limit), nil
}

const cursorMark = "c1."

func sealCursor(n int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(cursorMark + strconv.FormatInt(n, 36)))
}

func openCursor(s string) (int64, error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	digits, marked := strings.CutPrefix(string(raw), cursorMark)
	if err != nil || !marked || len(s) > 64 {
		return 0, invalid("after", "error.cursor")
	}
	n, err := strconv.ParseInt(digits, 36, 64)
	if err != nil || n <= 0 {
		return 0, invalid("after", "error.cursor")
	}
	return n, nil
}

// List is one page of a list.
type List[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

// list answers one page: items beyond the limit only tell that there are more.
func list[T, V any](c echo.Context, p portal.Page, items []T, cursor func(T) int64, view func(T) V) error {
	answer := List[V]{Items: []V{}}
	limit := p.Limit - 1
	for i, item := range items {
		if i == limit {
			next := sealCursor(cursor(items[i-1]))
			answer.Next = &next
			break
		}
		answer.Items = append(answer.Items, view(item))
	}
	return c.JSON(http.StatusOK, answer)
}

// all answers a list that has no pages.
func all[T, V any](c echo.Context, items []T, view func(T) V) error {
	answer := List[V]{Items: make([]V, len(items))}
	for i, item := range items {
		answer.Items[i] = view(item)
	}
	return c.JSON(http.StatusOK, answer)
}

// located says where what an answer shows can be read again, and where a new thing is.
func located(c echo.Context, status int, path string, id int64) {
	at := Prefix + path + strconv.FormatInt(id, 10)
	c.Response().Header().Set("Content-Location", at)
	if status == http.StatusCreated {
		c.Response().Header().Set("Location", at)
	}
}

// tagged answers something that has a version, with its ETag for If-Match. The version tells of
// the text and the label, not of counts and reactions beside them, so it is no ground for a 304.
func tagged(c echo.Context, status int, version int64, v any) error {
	c.Response().Header().Set("ETag", `"`+strconv.FormatInt(version, 10)+`"`)
	return c.JSON(status, v)
}

// ifMatch reads the version that a change is meant for: 0 where the request names none, and one
// that nothing ever has where it names nonsense.
func ifMatch(c echo.Context) int64 {
	s := strings.TrimSpace(c.Request().Header.Get("If-Match"))
	if s == "" || s == "*" {
		return 0
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(s, "W/"), `"`), 10, 64)
	if err != nil || n <= 0 {
		return -1
	}
	return n
}

// link makes an absolute address of the portal.
func (a *API) link(parts ...string) string {
	s, err := url.JoinPath(a.f.BaseURL, parts...)
	if err != nil {
		return a.f.BaseURL
	}
	return s
}

func zeroTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func zeroID(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
