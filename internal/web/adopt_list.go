package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// report is an adoption report in words that are ready.
type report struct {
	ID                  int64
	Result              string
	Country             string
	When, Organization  string
	Level               string
	Note, Adapted, Took string
	Links               []link
	Files               []fileRow
	Author              portal.Person
	Confirmed           string // by whom; "" where nobody did
	Mine, CanConfirm    bool
	CanFlag, Hidden     bool
	Hiding              *hiding
	Practice            *reportedOn
}

// link leads out of the portal; its name is its host's.
type link struct{ URL, Name string }

// reportedOn is the practice of a report in a list over several.
type reportedOn struct {
	Path, Title, Lang string
	Handling          portal.Handling
}

func (w *Web) report(l *i18n.Localizer, who portal.Identity, a portal.Adoption) report {
	r := report{ID: a.ID, Result: a.Result, Country: a.Country, When: whenTried(l, a), Organization: a.Organization, Note: a.Note,
		Adapted: a.Adapted, Took: a.Took, Author: a.Author, Mine: who.SignedIn() && who.MemberID == a.Author.ID}
	if a.Level != "" {
		r.Level = w.f.Vocabulary.Name("levels", a.Level, l.Lang())
	}
	for _, address := range a.Links {
		if u, err := url.Parse(address); err == nil {
			r.Links = append(r.Links, link{address, strings.TrimPrefix(u.Hostname(), "www.")})
		}
	}
	if a.ConfirmedBy != nil {
		r.Confirmed = a.ConfirmedBy.Name
	}
	r.Hidden, r.CanFlag = a.Hidden, who.SignedIn() && !r.Mine && !a.Hidden
	r.CanConfirm = r.CanFlag && a.ConfirmedAt == nil
	return r
}

func whenTried(l *i18n.Localizer, a portal.Adoption) string {
	switch {
	case a.Year == 0:
		return ""
	case a.Month == 0:
		return strconv.Itoa(a.Year)
	}
	return l.T("report.month", "Month", l.Month(time.Month(a.Month)), "Year", strconv.Itoa(a.Year))
}

// reports puts the reports on one practice in words.
func (w *Web) reports(l *i18n.Localizer, who portal.Identity, list []portal.Adoption) []report {
	reports := make([]report, len(list))
	for i, a := range list {
		reports[i] = w.report(l, who, a)
	}
	return reports
}

// withFiles reads the files of reports.
func (w *Web) withFiles(ctx context.Context, who portal.Identity, reports []report) error {
	if len(reports) == 0 {
		return nil
	}
	ids, at := make([]int64, len(reports)), map[int64]*report{}
	for i := range reports {
		ids[i], at[reports[i].ID] = reports[i].ID, &reports[i]
	}
	files, err := w.f.Attachments.Evidence(ctx, who, ids...)
	for _, f := range files {
		at[f.AdoptionID].Files = append(at[f.AdoptionID].Files, fileRow{Attachment: f, CanFlag: who.SignedIn() && f.UploadedBy != who.MemberID && !f.Hidden})
	}
	return err
}

// reportsOver does so with reports on several, each with its practice.
func (w *Web) reportsOver(l *i18n.Localizer, who portal.Identity, list []portal.Adoption) []report {
	reports := w.reports(l, who, list)
	for i, a := range list {
		reports[i].Practice = &reportedOn{practicePath(a.PracticeID, a.Practice.Title) + "#report-" + decimal(a.ID), a.Practice.Title, a.Practice.Language, a.Practice.Handling}
		reports[i].CanConfirm = false // there, beside what it is about
	}
	return reports
}

// adoptionFilters are the parameters by which the list of all reports can be narrowed, in the order of the page.
var adoptionFilters = []string{"result", "country", "sector", "year", "workspace"}

type adoptionsData struct {
	Reports []report
	Total   int
	Latest  int // only so many were counted, the latest; 0: all
	Chips   []chip
	Facets  []facetGroup
	Pager   *pager
}

func (w *Web) adoptions(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	workspace, _ := strconv.ParseInt(c.QueryParam("workspace"), 10, 64) // what is no number filters nothing
	practice, _ := strconv.ParseInt(c.QueryParam("practice"), 10, 64)
	year, _ := strconv.ParseInt(c.QueryParam("year"), 10, 16)
	f := postgres.AdoptionFilter{Country: c.QueryParam("country"), Result: c.QueryParam("result"), Sector: c.QueryParam("sector"),
		Workspace: workspace, Practice: practice, Year: int(year), Page: portal.Page{After: after, Limit: portal.DefaultPage + 1}}
	list, err := w.f.Practices.AllAdoptions(ctx, who, f)
	if err != nil {
		return err
	}
	var d adoptionsData
	list, d.Pager = paged(c, list, portal.DefaultPage, func(a portal.Adoption) int64 { return a.ID })
	d.Reports = w.reportsOver(l, who, list)
	if err := w.withFiles(ctx, who, d.Reports); err != nil {
		return err
	}
	counts, err := w.f.Practices.CountAdoptions(ctx, who, f)
	if err != nil {
		return err
	}
	if d.Facets, err = w.browseGroups(c, counts, adoptionFilters); err != nil {
		return err
	}
	if d.Chips, err = w.browseChips(c, d.Facets, adoptionFilters); err != nil {
		return err
	}
	if practice != 0 {
		of, err := w.aboutPractice(c, practice)
		if err != nil {
			return err
		}
		d.Chips = append([]chip{of}, d.Chips...)
	}
	d.Total, d.Latest = counts.Total(), counts.Latest()
	v := w.view(c, l.T("adoptions.title"), d)
	v.Screen = "library"
	return w.render(c, "adoptions/adoptions", v)
}

// aboutPractice is the filter by one practice, which only that practice's page leads to; its title is
// for those who may see it.
func (w *Web) aboutPractice(c echo.Context, id int64) (chip, error) {
	made := chip{Name: middleware.Locale(c).T("kind.practice"), Label: decimal(id), Path: filtered(c, "practice", "")}
	p, err := w.f.Practices.Get(c.Request().Context(), middleware.Who(c), id)
	if err == nil {
		made.Label = p.Title
	}
	if portal.KindOf(err) == portal.NotFound {
		err = nil
	}
	return made, err
}
