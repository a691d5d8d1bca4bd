package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/workspace"
)

func (w *Web) officerMembers(c echo.Context) error {
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	v, d := w.officerView(c, "/officer/members", "officer.members")
	list, err := w.f.Accounts.Directory(c.Request().Context(), v.Who, postgres.Directory{Query: c.QueryParam("q"), Country: c.QueryParam("country"),
		Page: portal.Page{After: after, Limit: portal.DefaultPage + 1}})
	if err != nil {
		return err
	}
	list, d.Pager = paged(c, list, portal.DefaultPage, func(m portal.Member) int64 { return m.ID })
	for _, m := range list {
		row := w.personRow(v.L, m)
		row.Path = "/officer/members/" + decimal(m.ID)
		d.People = append(d.People, row)
	}
	d.Countries = w.countryChoices(v.L)
	if v.Form, err = form.Of(c.Request().URL.Query()); err != nil {
		return err
	}
	return w.render(c, "officer/members", v)
}

func (w *Web) standingPage(c echo.Context) error {
	return w.showStanding(c, nil, account.Invited{}, nil)
}

// showStanding shows a member as officers change her standing; f nil is what stands there.
func (w *Web) showStanding(c echo.Context, f *form.State, made account.Invited, failed error) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	v, d := w.officerView(c, "/officer/members", "officer.member")
	if d.Member, err = w.f.Accounts.Member(c.Request().Context(), v.Who, id); err != nil {
		return err
	}
	d.Made = made
	if made.Token != "" {
		d.Link = w.link(made.Token)
	}
	d.Countries = w.countryChoices(v.L)
	organizations, err := w.f.Admin.Organizations(c.Request().Context())
	if err != nil {
		return err
	}
	for _, o := range organizations {
		d.Orgs = append(d.Orgs, form.Choice{Value: o.Code, Label: o.Name(v.Lang())})
	}
	i18n.SortBy(v.L, d.Orgs, func(c form.Choice) string { return c.Label })
	if f == nil {
		f = form.New("country", d.Member.Country, "organization", d.Member.Organization)
		if d.Member.Officer {
			f.Set("officer", "1")
		}
		if d.Member.Suspended {
			f.Set("suspended", "1")
		}
	}
	v.Form = f
	if failed != nil {
		return w.again(c, "officer/member", v, f, failed)
	}
	return w.render(c, "officer/member", v)
}

func (w *Web) setStanding(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	officer, suspended := f.Text("officer") == "1", f.Text("suspended") == "1"
	country, organization := f.Text("country"), f.Text("organization")
	to := account.Standing{Officer: &officer, Suspended: &suspended, Country: &country, Organization: &organization}
	if _, err := w.f.Accounts.SetStanding(c.Request().Context(), middleware.Who(c), id, to); err != nil {
		return w.showStanding(c, f, account.Invited{}, err)
	}
	return seeOther(c, "/officer/members/"+decimal(id), "saved")
}

// resetMember makes a one-time link for a member who lost her password; it is told once.
func (w *Web) resetMember(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	made, err := w.f.Accounts.ResetLink(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	return w.showStanding(c, nil, made, nil)
}

type workspaceFormData struct {
	Tabs       []tab
	Action     string
	Crumbs     []crumb
	Fresh      bool
	Kinds      []form.Choice
	Accesses   []form.Choice
	Countries  []form.Choice
	Programmes []form.Choice
}

func (w *Web) showWorkspaceForm(c echo.Context, d workspaceFormData, f *form.State, failed error) error {
	l := middleware.Locale(c)
	for _, kind := range []string{"theme", "cohort", "region", "country"} {
		d.Kinds = append(d.Kinds, form.Choice{Value: kind, Label: l.T("workspace.kind." + kind)})
	}
	for _, access := range []string{"open", "request", "invitation"} {
		d.Accesses = append(d.Accesses, form.Choice{Value: access, Label: l.T("workspace.access." + access)})
	}
	d.Countries, d.Programmes = w.countryChoices(l), withoutNotes(w.termChoices(l, "programmes"))
	title, screen := "workspace.edit", "workspaces"
	if d.Fresh {
		title, screen = "officer.new_workspace", "officer"
		d.Tabs = officerTabs(l, "/officer/workspaces/new")
	}
	v := w.view(c, l.T(title), d)
	v.Screen, v.Form = screen, f
	if failed != nil {
		return w.again(c, "officer/workspace", v, f, failed)
	}
	return w.render(c, "officer/workspace", v)
}

func (w *Web) newWorkspacePage(c echo.Context) error {
	return w.showWorkspaceForm(c, workspaceFormData{Fresh: true, Action: "/officer/workspaces/new"}, form.New("kind", "theme", "access", "request"), nil)
}

func workspaceFields(f *form.State) workspace.Fields {
	text := func(name string) *string {
		s := f.Text(name)
		return &s
	}
	return workspace.Fields{Name: text("name"), Kind: text("kind"), Description: text("description"), Access: text("access"), Country: text("country"),
		Programme: text("programme")}
}

func (w *Web) newWorkspace(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	ws, err := w.f.Workspaces.Create(c.Request().Context(), middleware.Who(c), workspaceFields(f))
	if err != nil {
		return w.showWorkspaceForm(c, workspaceFormData{Fresh: true, Action: "/officer/workspaces/new"}, f, err)
	}
	return seeOther(c, workspacePath(ws), "saved")
}

// workspaceToEdit reads the workspace that an address names, for its moderators.
func (w *Web) workspaceToEdit(c echo.Context) (portal.Workspace, workspaceFormData, error) {
	id, err := numbered(c, "id")
	if err != nil {
		return portal.Workspace{}, workspaceFormData{}, err
	}
	who := middleware.Who(c)
	ws, err := w.f.Workspaces.Get(c.Request().Context(), who, id)
	if err == nil && !who.ModeratorOf(id) {
		err = portal.ErrForbidden()
	}
	name := ws.NameIn(middleware.Locale(c).Lang())
	return ws, workspaceFormData{Action: "/w/" + decimal(id) + "/edit", Crumbs: []crumb{{Name: name, Path: workspacePath(ws)}}}, err
}

func (w *Web) editWorkspacePage(c echo.Context) error {
	ws, d, err := w.workspaceToEdit(c)
	if err != nil {
		return err
	}
	f := form.New("version", decimal(ws.Version), "name", ws.Name, "kind", ws.Kind, "description", ws.Description, "access", ws.Access,
		"country", ws.Country)
	return w.showWorkspaceForm(c, d, f, nil)
}

func (w *Web) editWorkspace(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	ws, d, err := w.workspaceToEdit(c)
	if err != nil {
		return err
	}
	changed, err := w.f.Workspaces.Update(c.Request().Context(), middleware.Who(c), ws.ID, f.ID(l, "version"), workspaceFields(f))
	if err != nil {
		if portal.KindOf(err) == portal.Stale {
			f.Set("version", decimal(ws.Version))
		}
		return w.showWorkspaceForm(c, d, f, err)
	}
	return seeOther(c, workspacePath(changed), "saved")
}
