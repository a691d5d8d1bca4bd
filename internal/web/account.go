package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// cookieLife is as long as a session can live that is used; whether it does, the database says.
const cookieLife = 90 * 24 * time.Hour

func (w *Web) accountRoutes() []Route {
	return []Route{
		{Method: get, Path: "/sign-in", Access: Anyone, handler: w.signInPage},
		{Method: post, Path: "/sign-in", Access: Anyone, handler: w.signIn},
		{Method: post, Path: "/sign-out", Access: Anyone, handler: w.signOut},
		{Method: get, Path: "/forgot", Access: Anyone, handler: w.forgotPage},
		{Method: post, Path: "/forgot", Access: Anyone, handler: w.forgot},
		{Method: get, Path: "/invitation/:token", Access: Anyone, handler: w.invitationPage},
		{Method: post, Path: "/invitation/:token", Access: Anyone, handler: w.acceptInvitation},
	}
}

// doorstep is a page before the portal: slim, without the rail.
func (w *Web) doorstep(c echo.Context, title string, data any) *page.View {
	v := w.bare(c, middleware.Locale(c).T(title), data)
	v.Narrow = true
	return v
}

type signInData struct {
	Next string
	Demo bool
}

func (w *Web) signInPage(c echo.Context) error {
	next := inside(c.QueryParam("next"))
	if middleware.Who(c).SignedIn() {
		return c.Redirect(http.StatusSeeOther, next)
	}
	v := w.doorstep(c, "sign_in.title", signInData{next, w.f.Demo})
	v.Form = form.New("next", next)
	return w.render(c, "sign-in/sign-in", v)
}

func (w *Web) signIn(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	next := inside(f.Value("next"))
	token, _, err := w.f.Accounts.SignIn(c.Request().Context(), account.SignIn{Email: f.Text("email"), Password: f.Value("password"),
		Kind: "browser", Agent: c.Request().UserAgent(), Address: c.RealIP()})
	if err == nil {
		w.common.SetSession(c, token, cookieLife)
		return c.Redirect(http.StatusSeeOther, next)
	}
	v := w.doorstep(c, "sign_in.title", signInData{next, w.f.Demo})
	v.Path = "/sign-in"
	f.Set("password", "") // a page never holds a password
	status := middleware.Status(err)
	if portal.KindOf(err) == portal.Unauthorized {
		f.Wrong(l, "email", "error.wrong_password")
	} else if !f.Take(l, err) {
		return err
	}
	v.Form = f
	middleware.RetryAfter(c, err)
	return w.renderAs(c, status, "sign-in/sign-in", v)
}

func (w *Web) signOut(c echo.Context) error {
	err := w.f.Accounts.SignOut(c.Request().Context(), middleware.Who(c))
	// A session that is over already is signed out, too.
	if kind := portal.KindOf(err); err != nil && kind != portal.Unauthorized && kind != portal.NotFound {
		return err
	}
	w.common.SetSession(c, "", 0)
	return seeOther(c, "/", "signed_out")
}

type forgotData struct {
	Mailing bool
	Sent    string // the address to which a link goes, if it is a member's
}

func (w *Web) forgotPage(c echo.Context) error {
	v := w.doorstep(c, "forgot.title", forgotData{Mailing: w.f.Mailing})
	v.Form = form.New()
	return w.render(c, "sign-in/forgot", v)
}

func (w *Web) forgot(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	v := w.doorstep(c, "forgot.title", forgotData{Mailing: w.f.Mailing})
	v.Path, v.Form = "/forgot", f
	email := f.Text("email")
	switch {
	case email == "":
		f.Wrong(l, "email", "error.required")
	case !portal.ValidEmail(portal.NormalEmail(email)):
		f.Wrong(l, "email", "error.email")
	}
	if f.Failed() {
		return w.render(c, "sign-in/forgot", v)
	}
	if w.f.Mailing {
		if err := w.f.Accounts.RequestReset(c.Request().Context(), email); err != nil {
			return w.again(c, "sign-in/forgot", v, f, err)
		}
	}
	v.Data = forgotData{Mailing: w.f.Mailing, Sent: email}
	return w.render(c, "sign-in/forgot", v)
}

type invitationData struct {
	postgres.Invitation
	Action string
	Reset  bool     // for a member who lost her password
	Rooms  []string // names of the workspaces that she joins
}

// invitationOf finds what a one-time link is for; a used one gets a page of its own.
func (w *Web) invitationOf(c echo.Context) (*page.View, error) {
	in, err := w.f.Accounts.InvitationByToken(c.Request().Context(), c.Param("token"))
	if portal.KindOf(err) == portal.NotFound {
		v := w.doorstep(c, "invitation.over_title", nil)
		v.Path = "/sign-in"
		return nil, w.renderAs(c, http.StatusNotFound, "invitation/over", v)
	}
	if err != nil {
		return nil, err
	}
	d := invitationData{Invitation: in, Action: c.Request().URL.EscapedPath(), Reset: in.MemberID != 0}
	rooms, err := w.f.Workspaces.Named(c.Request().Context(), in.Workspaces)
	if err != nil {
		return nil, err
	}
	for _, id := range in.Workspaces {
		room := rooms[id]
		d.Rooms = append(d.Rooms, room.NameIn(middleware.Locale(c).Lang()))
	}
	title := "invitation.title"
	if d.Reset {
		title = "invitation.reset_title"
	}
	return w.doorstep(c, title, d), nil
}

func (w *Web) invitationPage(c echo.Context) error {
	v, err := w.invitationOf(c)
	if v == nil {
		return err
	}
	v.Form = form.New("name", v.Data.(invitationData).Name)
	return w.render(c, "invitation/invitation", v)
}

func (w *Web) acceptInvitation(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	v, err := w.invitationOf(c)
	if v == nil {
		return err
	}
	name, password := f.Text("name"), f.Value("password")
	if !v.Data.(invitationData).Reset && name == "" {
		f.Wrong(l, "name", "error.required")
	}
	if password == "" {
		f.Wrong(l, "password", "error.required")
	}
	f.Set("password", "")
	if f.Failed() {
		v.Form = f
		return w.render(c, "invitation/invitation", v)
	}
	member, err := w.f.Accounts.Accept(c.Request().Context(), c.Param("token"), password, name)
	if err != nil {
		return w.again(c, "invitation/invitation", v, f, err)
	}
	token, err := w.f.Accounts.OpenSession(c.Request().Context(), member.ID, account.SignIn{Kind: "browser", Agent: c.Request().UserAgent(), Address: c.RealIP()})
	if err != nil {
		return err
	}
	w.common.SetSession(c, token, cookieLife)
	done := "welcome"
	if v.Data.(invitationData).Reset {
		done = "password"
	}
	return seeOther(c, "/", done)
}

// link is the full address of a one-time link, for whoever passes it on by hand.
func (w *Web) link(token string) string {
	return strings.TrimRight(w.f.BaseURL, "/") + "/invitation/" + token
}
