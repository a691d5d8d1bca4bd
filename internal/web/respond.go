package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// Log tells where the log of events stands: the last position that this node knows of, 0 while it
// knows none.
type Log interface {
	Head() int64
}

// again shows a form once more with everything typed and what is wrong, when that is for the form
// to say; any other error goes up.
func (w *Web) again(c echo.Context, screen string, v *page.View, f *form.State, err error) error {
	if !f.Take(v.L, err) {
		return err
	}
	v.Form = f
	return w.render(c, screen, v)
}

// renderAs answers with a screen under a status of its own: a form that failed for a reason that
// has one.
func (w *Web) renderAs(c echo.Context, status int, screen string, v *page.View) error {
	if v.Rail == nil {
		rail, err := w.rail(c.Request().Context(), v)
		if err != nil {
			return err
		}
		v.Rail = rail
	}
	return w.pages.Render(c.Response(), c.Request(), status, screen, v)
}

// readForm reads a posted form; one that cannot be read as fields goes up as it is.
func readForm(c echo.Context) (*form.State, *i18n.Localizer, error) {
	f, err := form.Read(c.Request())
	return f, middleware.Locale(c), err
}

// fragment answers with a part of a page, for a script that puts it into one.
func fragment(c echo.Context, html string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'")
	return c.HTML(http.StatusOK, html)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// yearText writes a year for a form's field; "" for none.
func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

// writtenIn lists the languages in which members write: more than the portal itself speaks.
var writtenIn = []string{"ar", "bn", "de", "en", "es", "fa", "fr", "hi", "id", "it", "ja", "ko", "ms", "nl", "pl", "pt", "ro", "ru", "sq", "sr", "sw", "th", "tr",
	"uk", "ur", "vi", "zh"}

// languageChoices lists the languages in which one can write, the one that stands there included.
func languageChoices(l *i18n.Localizer, present string) []form.Choice {
	tags := writtenIn
	if present != "" && !slices.Contains(tags, present) && portal.ValidLanguage(present) {
		tags = append([]string{present}, tags...)
	}
	choices := make([]form.Choice, len(tags))
	for i, tag := range tags {
		choices[i] = form.Choice{Value: tag, Label: l.Language(tag)}
	}
	i18n.SortBy(l, choices, func(c form.Choice) string { return c.Label })
	return choices
}

// workspaceChoices lists the workspaces in which the member may write.
func (w *Web) workspaceChoices(c echo.Context) ([]form.Choice, error) {
	who, l := middleware.Who(c), middleware.Locale(c)
	list, err := w.f.Workspaces.List(c.Request().Context(), who, !who.Officer, portal.Page{Limit: portal.MaxPage})
	if err != nil {
		return nil, err
	}
	choices := make([]form.Choice, len(list))
	for i, ws := range list {
		choices[i] = form.Choice{Value: decimal(ws.ID), Label: ws.NameIn(l.Lang())}
	}
	return choices, nil
}
