package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// problem is what the error page shows.
type problem struct {
	Status  int
	Heading string // identifier of a sentence
	Text    string
	Help    string // what to do next; "" where the text says it
	Request string // number that the operators know; "" where they need none
	SignIn  bool
	Retry   bool // the same may work in a moment
	Unsent  *unsent
}

// Fail answers an error as a page in the reader's language: the one exit for errors of the pages.
func (w *Web) Fail(c echo.Context, err error) error {
	status := middleware.Status(err)
	if c.Path() == "" || status == http.StatusMethodNotAllowed {
		// No route, so nobody has asked yet who this is. A failure to find out makes a visitor of her.
		_ = w.common.Identify(false)(func(echo.Context) error { return nil })(c)
	}
	who := middleware.Who(c)
	if status == http.StatusUnauthorized && !who.SignedIn() && c.Request().Method == http.MethodGet {
		return c.Redirect(http.StatusSeeOther, w.view(c, "", nil).SignIn())
	}
	l := middleware.Locale(c)
	p := problem{Status: status, Heading: headingOf(status), Text: l.T("error.status." + strconv.Itoa(known(status))),
		SignIn: !who.SignedIn() && (status == http.StatusUnauthorized || status == http.StatusNotFound),
		Retry:  status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests,
		Unsent: w.unsentForm(c.Request())}
	if status >= http.StatusInternalServerError {
		p.Request = middleware.RequestID(c)
	}
	var e *portal.Error
	if errors.As(err, &e) {
		p.Text = w.inWords(l, e)
	}
	middleware.RetryAfter(c, err)
	v := w.bare(c, l.T(p.Heading), p)
	return w.pages.Render(c.Response(), c.Request(), status, "error/error", v)
}

// headings of error pages; others are "error.heading.other".
var headings = map[int]string{404: "error.heading.404", 403: "error.heading.403", 401: "error.heading.401", 413: "error.heading.413",
	429: "error.heading.429", 503: "error.heading.503", 500: "error.heading.500", 412: "error.heading.412"}

func headingOf(status int) string {
	if id, ok := headings[status]; ok {
		return id
	}
	return "error.heading.other"
}

// known gives the nearest status that the catalogues have a sentence for.
func known(status int) int {
	switch status {
	case 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 503:
		return status
	}
	if status >= 500 {
		return 500
	}
	return 400
}

// inWords says a rule's answer, with what is wrong with each field, in the reader's words.
func (w *Web) inWords(l *i18n.Localizer, err error) string {
	var e *portal.Error
	if !errors.As(err, &e) {
		return l.T("error.status.500")
	}
	words := []string{l.T(e.Message, e.Args...)}
	for _, f := range e.Fields {
		words = append(words, l.T(f.Message, f.Args...))
	}
	return strings.Join(words, " ")
}
