package web

import (
	"html/template"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

func (w *Web) countryRoutes() []Route {
	return []Route{
		{Method: get, Path: "/countries", Access: Anyone, handler: w.countries},
		{Method: get, Path: "/countries/:code", Access: Anyone, handler: w.country},
		{Method: get, Path: "/organizations/:code", Access: Anyone, handler: w.organization},
	}
}

// countryMembers is how many members of a country its page shows.
const countryMembers = 10

// placeRow is a country or organization in the list of all.
type placeRow struct {
	Path, Name       string
	Member           bool
	Practices, Tried int
}

type countriesData struct {
	Countries     []placeRow
	Organizations []placeRow
	Map           template.HTML
	Chips         []chip // what the practices are narrowed to; reports are not
}

// countries lists the countries that are members or of which there is anything, and the organizations. It
// knows the library's filters: from its map one comes here to read how many.
func (w *Web) countries(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	chips, err := w.browseChips(c, nil, libraryFacets)
	if err != nil {
		return err
	}
	written, tried, err := w.f.Practices.CountPlaces(ctx, who, libraryFilter(c))
	if err != nil {
		return err
	}
	if len(chips) > 0 {
		tried = nil
	}
	all, err := w.f.Admin.Countries(ctx)
	if err != nil {
		return err
	}
	organizations, err := w.f.Admin.Organizations(ctx)
	if err != nil {
		return err
	}
	practices, reports := byValue(written["country"]), byValue(tried["country"])
	to := countryPath // or, with filters, to the practices that they leave
	if len(chips) > 0 {
		to = func(code string) string {
			return "/library" + strings.TrimPrefix(filtered(c, "country", code), "/countries")
		}
	}
	d := countriesData{Chips: chips, Map: w.sources(written["country"], func(code string) (href, title string) {
		return to(code), l.Country(code) + between + l.Number(practices[code])
	})}
	for _, country := range all {
		row := placeRow{to(country.Code), l.Country(country.Code), country.Member, practices[country.Code], reports[country.Code]}
		if row.Member && len(chips) == 0 || row.Practices > 0 || row.Tried > 0 {
			d.Countries = append(d.Countries, row)
		}
	}
	for _, o := range organizations {
		d.Organizations = append(d.Organizations, placeRow{Path: "/organizations/" + o.Code, Name: o.Name(l.Lang()), Member: o.Member})
	}
	byName := func(r placeRow) string { return r.Name }
	i18n.SortBy(l, d.Countries, byName)
	i18n.SortBy(l, d.Organizations, byName)
	v := w.view(c, l.T("countries.title"), d)
	v.Screen = "library"
	return w.render(c, "country/countries", v)
}

func byValue(counts []postgres.Count) map[string]int {
	by := make(map[string]int, len(counts))
	for _, count := range counts {
		by[count.Value] = count.N
	}
	return by
}

func countryPath(code string) string { return "/countries/" + code }

// placeData is what there is of a country or an organization.
type placeData struct {
	Code, Name   string
	Crumbs       []crumb
	Member       bool
	Presumed     bool // no source attests it
	Source       string
	Organization bool
	Seat         string
	Practices    []card
	Written      int
	Reports      []report
	Tried        int
	Workspaces   []tag
	Members      []personRow
	Map          template.HTML
}

func (w *Web) place(c echo.Context, d placeData, a practice.Around) error {
	l, who := middleware.Locale(c), middleware.Who(c)
	d.Crumbs = []crumb{{Name: l.T("frame.library"), Path: "/library"}, {Name: l.T("countries.title"), Path: "/countries"}}
	d.Practices, d.Written = w.cards(l, a.Practices), a.Written
	d.Reports, d.Tried = w.reportsOver(l, who, a.Adoptions), a.Tried
	if err := w.withFiles(c.Request().Context(), who, d.Reports); err != nil {
		return err
	}
	for _, ws := range a.Workspaces {
		d.Workspaces = append(d.Workspaces, tag{ws.NameIn(l.Lang()), workspacePath(ws)})
	}
	v := w.view(c, d.Name, d)
	v.Screen = "library"
	return w.render(c, "country/country", v)
}

func (w *Web) country(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	all, err := w.f.Admin.Countries(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(country portal.Country) bool { return strings.EqualFold(country.Code, c.Param("code")) })
	if i < 0 {
		return portal.ErrNotFound()
	}
	country := all[i]
	if right := moved(c, countryPath(country.Code)); right != "" {
		return toRight(c, right)
	}
	d := placeData{Code: country.Code, Name: l.Country(country.Code), Member: country.Member, Presumed: country.Membership != "yes", Source: country.Source,
		Map: w.pages.Map(map[string]string{country.Code: "worked"})}
	a, err := w.f.Practices.Country(ctx, who, country.Code)
	if err != nil {
		return err
	}
	if who.SignedIn() {
		members, err := w.f.Accounts.Directory(ctx, who, postgres.Directory{Country: country.Code, Page: portal.Page{Limit: countryMembers}})
		if err != nil {
			return err
		}
		for _, m := range members {
			d.Members = append(d.Members, w.personRow(l, m))
		}
	}
	return w.place(c, d, a)
}

func (w *Web) organization(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	all, err := w.f.Admin.Organizations(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(o portal.Organization) bool { return strings.EqualFold(o.Code, c.Param("code")) })
	if i < 0 {
		return portal.ErrNotFound()
	}
	o := all[i]
	if right := moved(c, "/organizations/"+o.Code); right != "" {
		return toRight(c, right)
	}
	d := placeData{Code: o.Code, Name: o.Name(l.Lang()), Member: o.Member, Presumed: o.Membership != "yes", Source: o.Source, Organization: true, Seat: o.Seat}
	a, err := w.f.Practices.Organization(ctx, who, o)
	if err != nil {
		return err
	}
	for _, m := range a.Members {
		d.Members = append(d.Members, personRow{Path: memberPath(m.ID), Name: m.Name, Line: l.Country(m.Country)})
	}
	return w.place(c, d, a)
}
