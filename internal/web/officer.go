package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

func (w *Web) officerRoutes() []Route {
	return []Route{
		{Method: get, Path: "/officer", Access: Officers, handler: w.roster},
		{Method: get, Path: "/officer/roster/:kind/:code", Access: Officers, handler: w.rosterEntryPage},
		{Method: post, Path: "/officer/roster/:kind/:code", Access: Officers, handler: w.setRoster},
		{Method: get, Path: "/officer/members", Access: Officers, handler: w.officerMembers},
		{Method: get, Path: "/officer/members/:id", Access: Officers, handler: w.standingPage},
		{Method: post, Path: "/officer/members/:id", Access: Officers, handler: w.setStanding},
		{Method: post, Path: "/officer/members/:id/reset", Access: Officers, handler: w.resetMember},
		{Method: get, Path: "/officer/audit", Access: Officers, handler: w.audit},
		{Method: get, Path: "/officer/workspaces/new", Access: Officers, handler: w.newWorkspacePage},
		{Method: post, Path: "/officer/workspaces/new", Access: Officers, handler: w.newWorkspace},
		{Method: get, Path: reviewPath, Access: Officers, handler: w.reviewPage},
		{Method: post, Path: reviewPath, Access: Officers, handler: w.setReview},
		{Method: get, Path: "/officer/import", Access: Officers, handler: w.importPage},
		{Method: post, Path: "/officer/import", Access: Officers, Limit: maxImportForm, handler: w.importPractices},
		{Method: get, Path: "/officer/reports", Access: Officers, handler: w.officersReports},
		{Method: get, Path: "/officer/reports.csv", Access: Officers, handler: w.officersReportFile},
		{Method: get, Path: "/w/:id/edit", Access: Moderators, handler: w.editWorkspacePage},
		{Method: post, Path: "/w/:id/edit", Access: Moderators, handler: w.editWorkspace},
	}
}

func officerTabs(l *i18n.Localizer, current string) []tab {
	return tabs(l, current, "/officer", "officer.roster", "/officer/members", "officer.members", "/officer/reports", "reports.title", "/officer/audit", "officer.audit",
		"/officer/workspaces/new", "officer.new_workspace", "/officer/import", "import.title", reviewPath, "officer.review", thesaurusPath, "thesaurus.title", "/officer/mail", "officer.mail", "/invite", "invite.title")
}

// rosterEntry is one country or organization with what is known of its membership.
type rosterEntry struct {
	Kind, Code, Name, Path, Source string
	Member                         bool
	Attested                       string // yes, likely, no
}

type officerData struct {
	Tabs      []tab
	Rows      []rosterEntry
	Entry     rosterEntry
	Count     int
	Filters   []form.Choice
	People    []personRow
	Pager     *pager
	Member    portal.Member
	Countries []form.Choice
	Orgs      []form.Choice
	Made      account.Invited
	Link      string
	Audit     []auditRow
	Search    string // how far the search index is
}

func (w *Web) officerView(c echo.Context, path, title string) (*page.View, *officerData) {
	l := middleware.Locale(c)
	d := &officerData{Tabs: officerTabs(l, path)}
	v := w.view(c, l.T(title), d)
	v.Screen = "officer"
	return v, d
}

// rosterRows lists countries and organizations by their names in the reader's language.
func (w *Web) rosterRows(c echo.Context) ([]rosterEntry, error) {
	ctx, l := c.Request().Context(), middleware.Locale(c)
	countries, err := w.f.Admin.Countries(ctx)
	if err != nil {
		return nil, err
	}
	organizations, err := w.f.Admin.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]rosterEntry, 0, len(countries)+len(organizations))
	for _, n := range countries {
		rows = append(rows, rosterEntry{Kind: "country", Code: n.Code, Name: n.Name(l.Lang()), Member: n.Member, Attested: n.Membership, Source: n.Source})
	}
	for _, o := range organizations {
		rows = append(rows, rosterEntry{Kind: "organization", Code: o.Code, Name: o.Name(l.Lang()), Member: o.Member, Attested: o.Membership, Source: o.Source})
	}
	for i := range rows {
		rows[i].Path = "/officer/roster/" + rows[i].Kind + "/" + rows[i].Code
	}
	i18n.SortBy(l, rows, func(r rosterEntry) string { return r.Name })
	return rows, nil
}

func (w *Web) roster(c echo.Context) error {
	rows, err := w.rosterRows(c)
	if err != nil {
		return err
	}
	v, d := w.officerView(c, "/officer", "officer.roster")
	d.Search = w.searchState(c.Request().Context(), v)
	q, show := strings.ToLower(strings.TrimSpace(c.QueryParam("q"))), c.QueryParam("show")
	for _, r := range rows {
		if r.Member {
			d.Count++
		}
		shown := show == "" || show == "members" && r.Member || show == "others" && !r.Member || show == r.Kind || show == "presumed" && r.Member && r.Attested != "yes"
		if shown && (q == "" || strings.Contains(strings.ToLower(r.Name), q) || strings.EqualFold(r.Code, q)) {
			d.Rows = append(d.Rows, r)
		}
	}
	for _, f := range []string{"members", "presumed", "others", "country", "organization"} {
		d.Filters = append(d.Filters, form.Choice{Value: f, Label: v.L.T("officer.show." + f)})
	}
	if v.Form, err = form.Of(c.Request().URL.Query()); err != nil {
		return err
	}
	return w.render(c, "officer/roster", v)
}

func (w *Web) rosterEntryOf(c echo.Context) (rosterEntry, error) {
	rows, err := w.rosterRows(c)
	if err != nil {
		return rosterEntry{}, err
	}
	i := slices.IndexFunc(rows, func(r rosterEntry) bool { return r.Kind == c.Param("kind") && r.Code == c.Param("code") })
	if i < 0 {
		return rosterEntry{}, portal.ErrNotFound()
	}
	return rows[i], nil
}

func (w *Web) rosterEntryPage(c echo.Context) error {
	entry, err := w.rosterEntryOf(c)
	if err != nil {
		return err
	}
	v, d := w.officerView(c, "/officer", "officer.entry")
	d.Entry = entry
	v.Form = form.New("source", entry.Source)
	if entry.Member {
		v.Form.Set("member", "1")
	}
	return w.render(c, "officer/entry", v)
}

func (w *Web) setRoster(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	entry, err := w.rosterEntryOf(c)
	if err != nil {
		return err
	}
	set := w.f.Admin.SetCountry
	if entry.Kind == "organization" {
		set = w.f.Admin.SetOrganization
	}
	if err := set(c.Request().Context(), middleware.Who(c), entry.Code, f.Text("member") == "1", f.Text("source")); err != nil {
		v, d := w.officerView(c, "/officer", "officer.entry")
		d.Entry = entry
		return w.again(c, "officer/entry", v, f, err)
	}
	return seeOther(c, "/officer", "saved")
}

// auditRow is one line of the audit in the reader's words.
type auditRow struct {
	ID          int64
	When        template.HTML
	Who         string
	What        string
	Path        string // of what it tells of, where it has a page
	Target      string
	Detail      string
	Fingerprint string
}

func (w *Web) audit(c echo.Context) error {
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	rows, err := w.f.Admin.Audit(c.Request().Context(), middleware.Who(c), portal.Page{After: after, Limit: portal.DefaultPage + 1})
	if err != nil {
		return err
	}
	v, d := w.officerView(c, "/officer/audit", "officer.audit")
	rows, d.Pager = paged(c, rows, portal.DefaultPage, func(r portal.AuditRow) int64 { return r.ID })
	for _, r := range rows {
		d.Audit = append(d.Audit, w.auditRowOf(v, r))
	}
	return w.render(c, "officer/audit", v)
}

func (w *Web) auditRowOf(v *page.View, r portal.AuditRow) auditRow {
	row := auditRow{ID: r.ID, When: v.At(r.At), What: r.Action, Who: v.L.T("audit.nobody"), Target: string(r.Target.Kind)}
	if id := "audit.kind." + row.Target; v.L.Has(id) {
		row.Target = v.L.T(id)
	}
	switch {
	case r.Actor != nil:
		row.Who = r.Actor.Name
	case r.Action == "flag.create": // it was one, of whom the officer is not told
		row.Who = v.L.T("audit.some_member")
	}
	if id := "audit." + r.Action; v.L.Has(id) {
		row.What = v.L.T(id)
	}
	if r.Target.ID != 0 {
		row.Target += " " + decimal(r.Target.ID)
		switch r.Target.Kind {
		case portal.KindPractice:
			row.Path = "/p/" + decimal(r.Target.ID)
		case portal.KindThread:
			row.Path = "/t/" + decimal(r.Target.ID)
		case portal.KindConcept:
			if key, ok := r.Detail["concept"].(string); ok {
				row.Path = conceptPath(key)
			}
		case portal.KindMember:
			row.Path = memberPath(r.Target.ID)
		case portal.KindWorkspace:
			row.Path = "/w/" + decimal(r.Target.ID)
		}
	}
	row.Detail = w.detailOf(v, r.Detail)
	if len(r.Hash) >= 6 {
		row.Fingerprint = fmt.Sprintf("%x", r.Hash[:6])
	}
	return row
}
