package web

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
)

func (w *Web) inviteRoutes() []Route {
	return []Route{
		{Method: get, Path: "/invite", Access: Moderators, handler: w.invitePage},
		{Method: post, Path: "/invite", Access: Moderators, handler: w.invite},
		{Method: get, Path: "/w/:id/members", Access: Members, handler: w.members},
		{Method: post, Path: "/w/:id/members/:member", Access: Members, handler: w.changeMember},
	}
}

type inviteData struct {
	Countries  []form.Choice
	Programmes []form.Choice
	Locales    []form.Choice
	Workspaces []form.Choice
	Open       []postgres.Invitation
	Pager      *pager
	Made       account.Invited // the one that was just made
	Link       string          // told once, where no mail goes out
	Officer    bool
}

func (w *Web) invitePage(c echo.Context) error {
	f := form.New("country", c.QueryParam("country"), "workspaces", c.QueryParam("workspace"), "locale", middleware.Locale(c).Lang())
	return w.showInvite(c, f, account.Invited{})
}

func (w *Web) showInvite(c echo.Context, f *form.State, made account.Invited) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	d := inviteData{Countries: w.countryChoices(l), Programmes: withoutNotes(w.termChoices(l, "programmes")), Made: made, Officer: who.Officer}
	if made.Token != "" {
		d.Link = w.link(made.Token)
	}
	for _, tag := range w.f.Catalogues.Tags() {
		d.Locales = append(d.Locales, form.Choice{Value: tag.String(), Label: i18n.LanguageName(tag)})
	}
	list, err := w.f.Workspaces.List(ctx, who, !who.Officer, portal.Page{Limit: portal.MaxPage})
	if err != nil {
		return err
	}
	for _, ws := range list {
		if who.ModeratorOf(ws.ID) {
			d.Workspaces = append(d.Workspaces, form.Choice{Value: decimal(ws.ID), Label: ws.NameIn(l.Lang())})
		}
	}
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	if d.Open, err = w.f.Accounts.Invitations(ctx, who, portal.Page{After: after, Limit: portal.DefaultPage + 1}); err != nil {
		return err
	}
	d.Open, d.Pager = paged(c, d.Open, portal.DefaultPage, func(i postgres.Invitation) int64 { return i.ID })
	v := w.view(c, l.T("invite.title"), d)
	v.Screen, v.Form = "people", f
	return w.render(c, "invite/invite", v)
}

// invite shows the link on the answer itself: it is told once and kept nowhere.
func (w *Web) invite(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	in := account.Invitation{Email: f.Text("email"), Name: f.Text("name"), Country: f.Text("country"), Programme: f.Text("programme"),
		Year: f.Int(l, "year"), Locale: f.Text("locale"), Workspaces: f.IDs("workspaces"), Officer: f.Text("officer") == "1"}
	if f.Failed() {
		return w.showInvite(c, f, account.Invited{})
	}
	made, err := w.f.Accounts.Invite(c.Request().Context(), middleware.Who(c), in)
	if err != nil {
		if !f.Take(l, err) {
			return err
		}
		return w.showInvite(c, f, account.Invited{})
	}
	return w.showInvite(c, form.New("locale", f.Text("locale")), made)
}

type membersData struct {
	portal.Workspace
	Title     string
	Crumbs    []crumb
	People    []portal.WorkspaceMember
	Requests  []portal.Person
	Moderates bool
	Pager     *pager
	More      string // where the next who ask are
}

// requestsPath is where moderators read who asks to be let in.
func requestsPath(workspace int64) string { return "/w/" + decimal(workspace) + "/members#requests" }

// members lists who is in a workspace; its moderators let in, name moderators and take out.
func (w *Web) members(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	ws, err := w.f.Workspaces.Get(ctx, who, id)
	if err != nil {
		return err
	}
	d := membersData{Workspace: ws, Title: ws.NameIn(l.Lang()), Crumbs: []crumb{{Name: ws.NameIn(l.Lang()), Path: workspacePath(ws)}}, Moderates: who.ModeratorOf(id)}
	if d.People, err = w.f.Workspaces.Members(ctx, who, id, portal.Page{After: after, Limit: portal.DefaultPage + 1}); err != nil {
		return err
	}
	d.People, d.Pager = paged(c, d.People, portal.DefaultPage, func(m portal.WorkspaceMember) int64 { return m.Member.ID })
	if d.Moderates {
		asked, _ := strconv.ParseInt(c.QueryParam("asked"), 10, 64) // of what is no number: from the start
		if d.Requests, err = w.f.Workspaces.Requests(ctx, who, id, portal.Page{After: asked, Limit: portal.DefaultPage + 1}); err != nil {
			return err
		}
		if len(d.Requests) > portal.DefaultPage {
			d.Requests = d.Requests[:portal.DefaultPage]
			d.More = withQuery(c, "asked", decimal(d.Requests[portal.DefaultPage-1].ID)) + "#requests"
		}
	}
	v := w.view(c, l.T("members.title"), d)
	v.Screen = "w:" + decimal(id)
	return w.render(c, "invite/members", v)
}

// changeMember lets a member in, changes her role, or takes her out.
func (w *Web) changeMember(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	member, err := strconv.ParseInt(c.Param("member"), 10, 64)
	if err != nil {
		return portal.ErrNotFound()
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	done := "member_changed"
	switch role := f.Text("role"); role {
	case "none":
		done, err = "member_removed", w.f.Workspaces.RemoveMember(ctx, who, id, member)
	case "refuse":
		done, err = "request_refused", w.f.Workspaces.RemoveMember(ctx, who, id, member)
	default:
		err = w.f.Workspaces.PutMember(ctx, who, id, member, role)
	}
	if err != nil {
		return err
	}
	return seeOther(c, "/w/"+decimal(id)+"/members", done)
}
