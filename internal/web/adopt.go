package web

import (
	"cmp"
	"context"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
)

func (w *Web) adoptRoutes() []Route {
	return []Route{
		{Method: get, Path: "/p/:id/adopt", Access: Members, handler: w.adoptPage},
		{Method: post, Path: "/p/:id/adopt", Access: Members, Limit: filesInForm, handler: w.adopt},
		{Method: get, Path: "/adoptions", Access: Anyone, handler: w.adoptions},
		{Method: get, Path: "/adoptions/:id", Access: Members, handler: w.correctPage},
		{Method: post, Path: "/adoptions/:id", Access: Members, Limit: filesInForm, handler: w.correct},
		{Method: post, Path: "/adoptions/:id/withdraw", Access: Members, handler: w.withdrawReport},
		{Method: post, Path: "/adoptions/:id/confirm", Access: Members, handler: w.confirmReport},
	}
}

// excerpt is the beginning of a Markdown text, as plain words.
func excerpt(text string) string { return markup.Excerpt(markup.Text(text), quoteLength) }

type adoptData struct {
	Title, Lang, Path string
	Handling          portal.Handling
	Crumbs            []crumb
	Results           []form.Choice
	Countries         []form.Choice
	Levels            []form.Choice
	Months            []form.Choice
	Own               int64 // the report that is corrected; 0 for a new one
	Files             []postgres.Attachment
}

// adoptPage is where a member tells of having tried a practice.
func (w *Web) adoptPage(c echo.Context) error {
	p, _, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	return w.showAdopt(c, p, 0, form.New("once", onceToken(), "country", middleware.Who(c).Country))
}

func (w *Web) showAdopt(c echo.Context, p portal.Practice, own int64, f *form.State) error {
	if own == 0 && p.Status != portal.Published && p.Status != portal.Archived {
		return portal.ErrOutOfTurn(p.Status)
	}
	l := middleware.Locale(c)
	d := adoptData{Title: p.Title, Lang: p.Language, Path: practicePath(p.ID, p.Title), Handling: p.Handling, Own: own,
		Countries: w.countryChoices(l), Levels: w.termChoices(l, "levels"), Months: monthChoices(l)}
	d.Crumbs = []crumb{{p.Title, d.Path, p.Language}}
	for _, r := range portal.AdoptionResults {
		d.Results = append(d.Results, form.Choice{Value: r, Label: l.T("result." + r)})
	}
	title := "adopt.title"
	if own != 0 {
		title = "adopt.correct"
		var err error
		if d.Files, err = w.f.Attachments.Evidence(c.Request().Context(), middleware.Who(c), own); err != nil {
			return err
		}
	}
	v := w.view(c, l.T(title), d)
	v.Form = f
	return w.render(c, "write/adopt", v)
}

func monthChoices(l *i18n.Localizer) []form.Choice {
	choices := make([]form.Choice, 12)
	for i := range choices {
		choices[i] = form.Choice{Value: strconv.Itoa(i + 1), Label: l.Month(time.Month(i + 1))}
	}
	return choices
}

// reportIn reads a report out of its form; what the form does not ask stays as it was.
func reportIn(f *form.State, l *i18n.Localizer) func(portal.Adoption) portal.Adoption {
	year, month := f.Int(l, "year"), f.Int(l, "month")
	if f.Text("result") == "" {
		f.Wrong(l, "result", "error.choose")
	}
	return func(a portal.Adoption) portal.Adoption {
		a.Country, a.Organization, a.Level, a.Result = f.Text("country"), f.Text("organization"), f.Text("level"), f.Text("result")
		a.Year, a.Month = year, month
		a.Note, a.Adapted, a.Took, a.Links = f.Text("note"), f.Text("adapted"), f.Text("took"), strings.Fields(f.Value("links"))
		return a
	}
}

func (w *Web) adopt(c echo.Context) error {
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	told := reportIn(f, l)
	if f.Failed() {
		return w.showAdopt(c, p, 0, f)
	}
	became, err := w.onceMade(c, f, func() (outcome, error) {
		a, err := w.f.Practices.Adopt(c.Request().Context(), who, p.ID, told(portal.Adoption{}))
		if err != nil {
			return outcome{}, err
		}
		return outcome{path: practicePath(a.PracticeID, a.Practice.Title), made: a.ID}, nil // of the one that p was merged into meanwhile
	})
	if err == nil && became.path == "" {
		became, err = w.reportMade(c, became, told(portal.Adoption{}))
	}
	if err != nil {
		if !f.Take(l, err) {
			return err
		}
		return w.showAdopt(c, p, 0, f)
	}
	if err := w.giveEvidence(c, became.made); err != nil && !(became.again && w.given(c, became.made, err)) {
		return w.withoutFile(c, became.made, err)
	}
	if f.Value("do") == "files" { // a script sends them by itself, to where this leads
		return seeOther(c, "/adoptions/"+decimal(became.made), "adopted")
	}
	return seeOther(c, became.path, "adopted")
}

// given tells whether what a form brought again failed only because it is all there, or withdrawn since.
func (w *Web) given(c echo.Context, report int64, failed error) bool {
	if portal.KindOf(failed) == portal.NotFound {
		return true
	}
	have, err := w.f.Attachments.Evidence(c.Request().Context(), middleware.Who(c), report)
	return err == nil && portal.KindOf(failed) == portal.Conflict && len(have) >= len(c.Request().MultipartForm.File["file"])
}

// reportMade finds the report that a sending made whose node died before it could say which.
func (w *Web) reportMade(c echo.Context, became outcome, told portal.Adoption) (outcome, error) {
	who := middleware.Who(c)
	found, err := w.f.Practices.AllAdoptions(c.Request().Context(), who, postgres.AdoptionFilter{Practice: became.to.ID, Country: told.Country, Year: told.Year,
		Page: portal.Page{Limit: portal.MaxPage}})
	for _, a := range found {
		if a.Author.ID == who.MemberID && a.Year == told.Year {
			became.path, became.made = practicePath(a.PracticeID, a.Practice.Title), a.ID
			return became, nil
		}
	}
	return became, cmp.Or(err, error(portal.Fail(portal.Conflict, "error.done_already")))
}

// giveEvidence puts the files that came with the form onto a report. What an earlier sending of the same
// brought is there once.
func (w *Web) giveEvidence(c echo.Context, report int64) error {
	_, err := attachAll(c, func(ctx context.Context, name string, file io.Reader) error {
		_, err := w.f.Attachments.AddEvidence(ctx, middleware.Who(c), report, name, file)
		return err
	})
	return err
}

// withoutFile shows a report that is saved while what came with it failed, to be tried again there.
func (w *Web) withoutFile(c echo.Context, report int64, failed error) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	a, err := w.f.Practices.Adoption(ctx, who, report)
	if err != nil {
		return err
	}
	p, err := w.f.Practices.Get(ctx, who, a.PracticeID)
	if err != nil {
		return err
	}
	f := formOfReport(a)
	if !f.TakeLate(l, failed) {
		return failed
	}
	f.Wrong(l, "file", "adopt.stands")
	return w.showAdopt(c, p, a.ID, f)
}

// reportOf reads a report and its practice.
func (w *Web) reportOf(c echo.Context) (portal.Adoption, portal.Practice, error) {
	id, err := numbered(c, "id")
	if err != nil {
		return portal.Adoption{}, portal.Practice{}, err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	a, err := w.f.Practices.Adoption(ctx, who, id)
	if err != nil {
		return a, portal.Practice{}, err
	}
	p, err := w.f.Practices.Get(ctx, who, a.PracticeID)
	return a, p, err
}

// correctPage is where a reporter corrects her report, or withdraws it.
func (w *Web) correctPage(c echo.Context) error {
	a, p, err := w.reportOf(c)
	if err != nil {
		return err
	}
	if a.Author.ID != middleware.Who(c).MemberID {
		return portal.ErrForbidden()
	}
	return w.showAdopt(c, p, a.ID, formOfReport(a))
}

func formOfReport(a portal.Adoption) *form.State {
	return form.New("result", a.Result, "country", a.Country, "organization", a.Organization, "level", a.Level, "year", yearText(a.Year),
		"month", yearText(a.Month), "note", a.Note, "adapted", a.Adapted, "took", a.Took, "links", strings.Join(a.Links, "\n"))
}

// correct writes a report anew. The files that came with it come when the words are safe.
func (w *Web) correct(c echo.Context) error {
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	a, p, err := w.reportOf(c)
	if err != nil {
		return err
	}
	if a.Author.ID != who.MemberID {
		return portal.ErrForbidden()
	}
	told := reportIn(f, l)
	if f.Failed() {
		return w.showAdopt(c, p, a.ID, f)
	}
	if !reflect.DeepEqual(a, told(a)) { // else whoever confirmed it confirmed these very words
		if _, err = w.f.Practices.CorrectAdoption(ctx, who, a.ID, told); err != nil {
			if !f.Take(l, err) {
				return err
			}
			return w.showAdopt(c, p, a.ID, f)
		}
	}
	if err := w.giveEvidence(c, a.ID); err != nil {
		return w.withoutFile(c, a.ID, err)
	}
	if file, found := strings.CutPrefix(f.Value("do"), "detach-"); found {
		id, _ := strconv.ParseInt(file, 10, 64)
		if err := w.f.Attachments.Remove(ctx, who, id); err != nil {
			return err
		}
		return seeOther(c, "/adoptions/"+decimal(a.ID), "file_removed")
	}
	return seeOther(c, reportPath(p, a.ID), "corrected")
}

// reportPath is where a report stands, on the page of its practice.
func reportPath(p portal.Practice, id int64) string {
	return practicePath(p.ID, p.Title) + "#report-" + decimal(id)
}

func (w *Web) withdrawReport(c echo.Context) error {
	a, p, err := w.reportOf(c)
	if err != nil {
		return err
	}
	if err := w.f.Practices.WithdrawAdoption(c.Request().Context(), middleware.Who(c), a.ID); err != nil {
		return err
	}
	return seeOther(c, practicePath(p.ID, p.Title)+"#adoptions", "report_withdrawn")
}

func (w *Web) confirmReport(c echo.Context) error {
	a, p, err := w.reportOf(c)
	if err != nil {
		return err
	}
	if _, err := w.f.Practices.ConfirmAdoption(c.Request().Context(), middleware.Who(c), a.ID); err != nil {
		return err
	}
	return seeOther(c, reportPath(p, a.ID), "report_confirmed")
}
