package web

import (
	"cmp"
	"html/template"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

func (w *Web) memberRoutes() []Route {
	return []Route{
		{Method: get, Path: "/directory", Access: Members, handler: w.directory},
		{Method: get, Path: "/m/:id", Access: Members, handler: w.member},
	}
}

// personRow is a member in the directory.
type personRow struct {
	Path, Name, Initials, Line, Expertise string
}

type directoryData struct {
	Rows      []personRow
	Pager     *pager
	Countries []form.Choice
	Programme []form.Choice
	Filtered  bool
}

func (w *Web) directory(c echo.Context) error {
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	workspace, _ := strconv.ParseInt(c.QueryParam("workspace"), 10, 64) // what is no number filters nothing
	q := postgres.Directory{Query: c.QueryParam("q"), Country: c.QueryParam("country"), Programme: c.QueryParam("programme"), Workspace: workspace,
		Page: portal.Page{After: after, Limit: portal.DefaultPage + 1}}
	list, err := w.f.Accounts.Directory(c.Request().Context(), middleware.Who(c), q)
	if err != nil {
		return err
	}
	var d directoryData
	list, d.Pager = paged(c, list, portal.DefaultPage, func(m portal.Member) int64 { return m.ID })
	for _, m := range list {
		d.Rows = append(d.Rows, w.personRow(l, m))
	}
	d.Filtered = q.Query != "" || q.Country != "" || q.Programme != "" || q.Workspace != 0
	d.Countries, d.Programme = w.countryChoices(l), w.termChoices(l, "programmes")
	v := w.view(c, l.T("directory.title"), d)
	v.Screen = "people"
	// The values of the address stand in the form's fields.
	if v.Form, err = form.Of(c.Request().URL.Query()); err != nil {
		return err
	}
	return w.render(c, "member/directory", v)
}

func (w *Web) personRow(l *i18n.Localizer, m portal.Member) personRow {
	return personRow{Path: memberPath(m.ID), Name: m.Name, Initials: page.Initials(m.Name), Line: strings.Join(w.memberLine(l, m), between),
		Expertise: m.Expertise}
}

func (w *Web) memberLine(l *i18n.Localizer, m portal.Member) []string {
	line := []string{l.Country(m.Country)}
	if m.OrganizationText != "" {
		line = append(line, m.OrganizationText)
	}
	if m.Sector != "" {
		line = append(line, w.f.Vocabulary.Name("sectors", m.Sector, l.Lang()))
	}
	if m.Programme != "" {
		programme := w.f.Vocabulary.Name("programmes", m.Programme, l.Lang())
		if m.Year != 0 {
			programme += " " + strconv.Itoa(m.Year)
		}
		line = append(line, programme)
	}
	return line
}

// countryChoices lists the countries by their names in the reader's language.
func (w *Web) countryChoices(l *i18n.Localizer) []form.Choice {
	countries := w.f.Vocabulary.Countries()
	choices := make([]form.Choice, len(countries))
	for i, c := range countries {
		choices[i] = form.Choice{Value: c.Code, Label: l.Country(c.Code)}
	}
	i18n.SortBy(l, choices, func(c form.Choice) string { return c.Label })
	return choices
}

// termChoices lists the terms of a vocabulary's list in their own order.
func (w *Web) termChoices(l *i18n.Localizer, list string) []form.Choice {
	terms := w.f.Vocabulary.List(list)
	choices := make([]form.Choice, len(terms))
	for i, t := range terms {
		choices[i] = form.Choice{Value: t.Key, Label: t.Name(l.Lang()), Help: cmp.Or(t.Note[l.Lang()], t.Note["en"])}
	}
	return choices
}

type memberData struct {
	portal.Member
	Line      []string
	Bio       template.HTML
	Practices []card
	Shared    []portal.Workspace // workspaces that both are in
	Me        bool
	Hiding    *hiding
}

func (w *Web) member(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	m, err := w.f.Accounts.Member(ctx, who, id)
	if err != nil {
		return err
	}
	practices, err := w.f.Practices.List(ctx, who, postgres.PracticeFilter{Author: id, Page: portal.Page{Limit: portal.DefaultPage}})
	if err != nil {
		return err
	}
	d := memberData{Member: m, Line: w.memberLine(l, m), Practices: w.cards(l, practices), Me: id == who.MemberID}
	if m.Bio != "" {
		d.Bio = w.markup.html(markupKey{portal.KindMember, id, m.Version, "bio"}, m.Bio, markup.Options{})
	}
	if d.Shared, err = w.f.Workspaces.Shared(ctx, who, id); err != nil {
		return err
	}
	v := w.view(c, m.Name, nil)
	if d.Hiding, err = w.hidingOf(ctx, v, 0, portal.Ref{Kind: portal.KindMember, ID: id}, m.Hidden, d.Me); err != nil {
		return err
	}
	v.Data, v.Screen = d, "people"
	return w.render(c, "member/member", v)
}
