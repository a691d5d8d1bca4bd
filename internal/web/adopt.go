package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// excerpt is the beginning of a Markdown text, as plain words.
func excerpt(text string) string { return markup.Excerpt(markup.Text(text), quoteLength) }

type adoptData struct {
	Title, Lang, Path string
	Handling          portal.Handling
	Crumbs            []crumb
	Results           []form.Choice
	Countries         []form.Choice
}

// adoptPage is where a member tells of having tried a practice.
func (w *Web) adoptPage(c echo.Context) error {
	return w.showAdopt(c, form.New("once", onceToken(), "country", middleware.Who(c).Country))
}

func (w *Web) showAdopt(c echo.Context, f *form.State) error {
	p, _, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if p.Status != portal.Published && p.Status != portal.Archived {
		return portal.ErrOutOfTurn(p.Status)
	}
	l := middleware.Locale(c)
	d := adoptData{Title: p.Title, Lang: p.Language, Path: practicePath(p.ID, p.Title), Handling: p.Handling, Countries: w.countryChoices(l)}
	d.Crumbs = []crumb{{p.Title, d.Path, p.Language}}
	for _, r := range portal.AdoptionResults {
		d.Results = append(d.Results, form.Choice{Value: r, Label: l.T("result." + r)})
	}
	v := w.view(c, l.T("adopt.title"), d)
	v.Form = f
	return w.render(c, "write/adopt", v)
}

func (w *Web) adopt(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	a := portal.Adoption{Country: f.Text("country"), Organization: f.Text("organization"), Year: f.Int(l, "year"), Result: f.Text("result"), Note: f.Text("note")}
	if a.Result == "" {
		f.Wrong(l, "result", "error.choose")
	}
	if f.Failed() {
		return w.showAdopt(c, f)
	}
	path := practicePath(p.ID, p.Title)
	_, err = w.once(c, f, func() (string, error) {
		_, err := w.f.Practices.Adopt(c.Request().Context(), who, p.ID, a)
		return path, err
	})
	if err == nil {
		return seeOther(c, path, "adopted")
	}
	if !f.Take(l, err) {
		return err
	}
	return w.showAdopt(c, f)
}
