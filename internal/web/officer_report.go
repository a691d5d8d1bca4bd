package web

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	reporting "praxis/internal/report"
	"praxis/internal/web/form"
)

// reportRows is how many rows of each section stand on the page of all.
const reportRows = 20

type reportsData struct {
	Tabs       []tab
	Presets    []tab
	Workspaces []form.Choice
	Period     string // in words
	Months     string // what files and paper are of, where that is another
	Workspace  string // "" for all
	Tables     []reportTable
	Print      bool // the blurred ones, all of them, for paper
	PrintPath  string
	Back       string // from one section, or from print, to all
}

// officersReports shows the sections with their true counts, or blurred and whole for print.
func (w *Web) officersReports(c echo.Context) error {
	v, _ := w.officerView(c, "/officer/reports", "reports.title")
	f, err := form.Of(c.Request().URL.Query())
	if err != nil {
		return err
	}
	d := &reportsData{Tabs: officerTabs(v.L, "/officer/reports"), Print: f.Value("print") == "1"}
	v.Form, v.Data = f, d
	if d.Workspaces, err = w.workspaceChoices(c); err != nil {
		return err
	}
	ask, err := reportAsked(c)
	if err == nil && d.Print {
		err = ask.Period.MayLeave()
	}
	if err == nil {
		err = w.fillReports(c, d, f, ask)
	}
	for _, p := range reporting.Presets(v.Now) {
		d.Presets = append(d.Presets, tab{Path: officersReportPath("", ask.Workspace, p.Period), Name: v.L.T("reports.period." + p.Name), Current: err == nil && p.Period == ask.Period})
	}
	if portal.KindOf(err) == portal.Invalid {
		d.Print, d.Tables = false, nil
		return w.again(c, "officer/reports", v, f, err)
	}
	if err != nil {
		return err
	}
	return w.render(c, "officer/reports", v)
}

func (w *Web) fillReports(c echo.Context, d *reportsData, f *form.State, ask reporting.Ask) error {
	l := middleware.Locale(c)
	sections, most := reporting.Sections, reportRows
	if one := f.Value("section"); one != "" {
		sections, most = []string{one}, reporting.MaxRows
	}
	if d.Print {
		most = reporting.MaxRows
	}
	if len(sections) == 1 || d.Print {
		d.Back = officersReportPath("", ask.Workspace, ask.Period)
	}
	for _, key := range sections {
		section, err := w.f.Reports.Section(c.Request().Context(), middleware.Who(c), key, ask, l.Lang())
		if err != nil && len(sections) > 1 && !refused(err) && c.Request().Context().Err() == nil {
			w.common.Log().Error("a section of the reports could not be read", "section", key, "err", err)
			d.Tables = append(d.Tables, reportTable{Key: key, Title: l.T("reports.section." + key), Failed: true})
			continue // the others are read all the same
		}
		if err != nil {
			return err
		}
		if d.Print {
			section = w.blurred(l, section)
		}
		t := w.reportTable(l, section, most)
		t.File = officersReportPath(".csv", ask.Workspace, ask.Period.Months(), "section", key)
		if len(section.Rows) > most {
			t.All, t.Rest = officersReportPath("", ask.Workspace, ask.Period, "section", key), len(section.Rows)
		}
		d.Tables = append(d.Tables, t)
	}
	_, from, to := ask.Period.Query()
	f.Set("from", from)
	f.Set("to", to)
	d.Period = periodInWords(l, ask.Period)
	for _, choice := range d.Workspaces {
		if choice.Value == decimal(ask.Workspace) {
			d.Workspace = choice.Label
		}
	}
	if months := ask.Period.Months(); months != ask.Period {
		d.Months = periodInWords(l, months)
	}
	d.PrintPath = officersReportPath("", ask.Workspace, ask.Period.Months(), "print", "1")
	return nil
}

// refused tells whether an error is of who asks, or of what is asked for: it is the same for every section.
func refused(err error) bool {
	switch portal.KindOf(err) {
	case portal.Unauthorized, portal.Forbidden, portal.NotFound, portal.Invalid:
		return true
	}
	return false
}

// officersReportFile gives one section as a file, blurred.
func (w *Web) officersReportFile(c echo.Context) error {
	l := middleware.Locale(c)
	ask, err := reportAsked(c)
	if err != nil {
		return err
	}
	if err := ask.Period.MayLeave(); err != nil {
		return err
	}
	key := c.QueryParam("section")
	section, err := w.f.Reports.Section(c.Request().Context(), middleware.Who(c), key, ask, l.Lang())
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := reporting.WriteCSV(&file, w.reportLines(l, w.blurred(l, section))); err != nil {
		return err
	}
	_, from, to := ask.Period.Query()
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Disposition", `attachment; filename="praxis-`+key+"-"+cmp.Or(from, "begin")+"-"+cmp.Or(to, "now")+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8; header=present", file.Bytes())
}

// reportAsked reads what an address asks for; all that is wrong is said at once.
func reportAsked(c echo.Context) (reporting.Ask, error) {
	period, wrong := reporting.ReadPeriod(c.QueryParam("period"), c.QueryParam("from"), c.QueryParam("to"), time.Now())
	workspace, other := reporting.ReadWorkspace(c.QueryParam("workspace"))
	var first, second *portal.Error
	if errors.As(wrong, &first) && errors.As(other, &second) {
		first.Fields = append(first.Fields, second.Fields...)
	}
	return reporting.Ask{Period: period, Workspace: workspace}, cmp.Or(wrong, other)
}

// officersReportPath is the address of a report: all that it depends on stands in it.
func officersReportPath(suffix string, workspace int64, p reporting.Period, more ...string) string {
	values := url.Values{}
	preset, from, to := p.Query()
	pairs := append([]string{"period", preset, "from", from, "to", to}, more...)
	if workspace != 0 {
		pairs = append(pairs, "workspace", decimal(workspace))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return "/officer/reports" + suffix + "?" + values.Encode()
}

func periodInWords(l *i18n.Localizer, p reporting.Period) string {
	from, to := l.Date(p.From, time.UTC), l.Date(p.To, time.UTC)
	switch {
	case p.From.IsZero() && p.To.IsZero():
		return l.T("reports.period.all")
	case p.From.IsZero():
		return l.T("reports.until", "To", to)
	case p.To.IsZero():
		return l.T("reports.since", "From", from)
	}
	return l.T("reports.span", "From", from, "To", to)
}
