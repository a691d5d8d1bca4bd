package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

type memberView struct {
	ID               int64           `json:"id"`
	Name             string          `json:"name"`
	Country          string          `json:"country"`
	Email            string          `json:"email,omitempty"`
	Organization     string          `json:"organization,omitempty"`
	OrganizationText string          `json:"organization_text,omitempty"`
	Sector           string          `json:"sector,omitempty"`
	Expertise        string          `json:"expertise,omitempty"`
	Bio              string          `json:"bio,omitempty"`
	Programme        string          `json:"programme,omitempty"`
	Year             int             `json:"year,omitempty"`
	Locale           string          `json:"locale,omitempty"`
	TimeZone         string          `json:"time_zone,omitempty"`
	Officer          bool            `json:"officer"`
	Suspended        bool            `json:"suspended,omitempty"`
	Sharing          *portal.Sharing `json:"sharing,omitempty"`
	Presence         *bool           `json:"presence,omitempty"`
	Workspaces       []int64         `json:"workspaces,omitempty"`
	Moderates        []int64         `json:"moderates,omitempty"`
	Unread           *int            `json:"unread,omitempty"`
	CreatedAt        time.Time       `json:"created_at"`
	Hidden           bool            `json:"hidden,omitempty"` // what is written freely
}

func viewMember(m portal.Member) memberView {
	return memberView{ID: m.ID, Name: m.Name, Country: m.Country, Email: m.Email, Organization: m.Organization,
		OrganizationText: m.OrganizationText, Sector: m.Sector, Expertise: m.Expertise, Bio: m.Bio, Programme: m.Programme,
		Year: m.Year, Locale: m.Locale, TimeZone: m.TimeZone, Officer: m.Officer, Suspended: m.Suspended, CreatedAt: m.CreatedAt, Hidden: m.Hidden}
}

func viewMe(m portal.Member, who portal.Identity) memberView {
	v := viewMember(m)
	v.Presence = new(!m.Unseen)
	v.Sharing, v.Workspaces, v.Moderates, v.Unread = &m.Sharing, who.Workspaces, who.Moderates, &who.Unread
	return v
}

func (a *API) signIn(c echo.Context) error {
	in, err := decode[struct{ Email, Password, OTP string }](c, false)
	if err != nil {
		return err
	}
	token, m, err := a.f.Accounts.SignIn(c.Request().Context(), account.SignIn{Email: in.Email, Password: in.Password, Kind: "api",
		Agent: c.Request().UserAgent(), Address: c.RealIP()})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{"token": token, "member": viewMember(m)})
}

func (a *API) signOut(c echo.Context) error {
	if err := a.f.Accounts.SignOut(c.Request().Context(), middleware.Who(c)); err != nil {
		return err
	}
	if middleware.Who(c).Browser {
		a.common.SetSession(c, "", 0)
	}
	return c.NoContent(http.StatusNoContent)
}

type sessionView struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind"`
	Agent     string    `json:"agent"`
	Address   string    `json:"address"`
	Current   bool      `json:"current"`
	CreatedAt time.Time `json:"created_at"`
	LastSeen  time.Time `json:"last_seen"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (a *API) sessions(c echo.Context) error {
	who := middleware.Who(c)
	sessions, err := a.f.Accounts.Sessions(c.Request().Context(), who)
	if err != nil {
		return err
	}
	return all(c, sessions, func(s portal.Session) sessionView {
		return sessionView{ID: s.ID, Kind: s.Kind, Agent: s.Agent, Address: s.Address, Current: s.ID == who.SessionID,
			CreatedAt: s.CreatedAt.UTC(), LastSeen: s.LastSeen.UTC(), ExpiresAt: s.ExpiresAt.UTC()}
	})
}

func (a *API) endSession(c echo.Context, session int64) error {
	if err := a.f.Accounts.EndSession(c.Request().Context(), middleware.Who(c), session); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) me(c echo.Context) error {
	m, err := a.f.Accounts.Me(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewMe(m, middleware.Who(c)))
}

func (a *API) updateMe(c echo.Context) error {
	p, err := decode[account.Profile](c, false)
	if err != nil {
		return err
	}
	m, err := a.f.Accounts.UpdateMe(c.Request().Context(), middleware.Who(c), p)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewMe(m, middleware.Who(c)))
}

func (a *API) changePassword(c echo.Context) error {
	in, err := decode[struct{ Current, Password string }](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Accounts.ChangePassword(c.Request().Context(), middleware.Who(c), in.Current, in.Password); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) members(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	workspace, err := param(c, "workspace")
	if err != nil {
		return err
	}
	members, err := a.f.Accounts.Directory(c.Request().Context(), middleware.Who(c), postgres.Directory{Query: c.QueryParam("q"),
		Country: c.QueryParam("country"), Workspace: workspace, Programme: c.QueryParam("programme"), Page: p})
	if err != nil {
		return err
	}
	return list(c, p, members, func(m portal.Member) int64 { return m.ID }, viewMember)
}

func (a *API) member(c echo.Context, member int64) error {
	m, err := a.f.Accounts.Member(c.Request().Context(), middleware.Who(c), member)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewMember(m))
}

func (a *API) setStanding(c echo.Context, member int64) error {
	in, err := decode[struct {
		Officer, Suspended    *bool
		Country, Organization *string
	}](c, false)
	if err != nil {
		return err
	}
	m, err := a.f.Accounts.SetStanding(c.Request().Context(), middleware.Who(c), member, account.Standing(in))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewMember(m))
}

type invitationView struct {
	ID        int64     `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	Country   string    `json:"country,omitempty"`
	Programme string    `json:"programme,omitempty"`
	ExpiresAt time.Time `json:"expires_at"`
	Link      string    `json:"link,omitempty"`
}

func (a *API) viewInvited(made account.Invited) invitationView {
	v := invitationView{ID: made.ID, Email: made.Email, ExpiresAt: made.ExpiresAt}
	if made.Token != "" {
		v.Link = a.link("invitation", made.Token)
	}
	return v
}

func (a *API) resetLink(c echo.Context, member int64) error {
	made, err := a.f.Accounts.ResetLink(c.Request().Context(), middleware.Who(c), member)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, a.viewInvited(made))
}

func (a *API) invite(c echo.Context) error {
	in, err := decode[struct {
		Email, Name, Country, Programme, Locale string
		Year                                    int
		Workspaces                              []int64
		Officer                                 bool
	}](c, false)
	if err != nil {
		return err
	}
	made, err := a.f.Accounts.Invite(c.Request().Context(), middleware.Who(c), account.Invitation{Email: in.Email, Name: in.Name,
		Country: in.Country, Programme: in.Programme, Year: in.Year, Locale: in.Locale, Workspaces: in.Workspaces, Officer: in.Officer})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, a.viewInvited(made))
}

func viewInvitation(i postgres.Invitation) invitationView {
	return invitationView{ID: i.ID, Email: i.Email, Name: i.Name, Country: i.Country, Programme: i.Programme, ExpiresAt: i.ExpiresAt.UTC()}
}

func (a *API) invitations(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	found, err := a.f.Accounts.Invitations(c.Request().Context(), middleware.Who(c), p)
	if err != nil {
		return err
	}
	return list(c, p, found, func(i postgres.Invitation) int64 { return i.ID }, viewInvitation)
}

func (a *API) invitation(c echo.Context) error {
	i, err := a.f.Accounts.InvitationByToken(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewInvitation(i))
}

func (a *API) accept(c echo.Context) error {
	in, err := decode[struct{ Password, Name string }](c, false)
	if err != nil {
		return err
	}
	m, err := a.f.Accounts.Accept(c.Request().Context(), c.Param("token"), in.Password, in.Name)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{"member": viewMember(m)})
}

type tokenView struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	Token     string     `json:"token,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	LastUsed  *time.Time `json:"last_used"`
	ExpiresAt time.Time  `json:"expires_at"`
}

func viewToken(t postgres.Token) tokenView {
	return tokenView{ID: t.ID, Name: t.Name, Scopes: t.Scopes, CreatedAt: t.CreatedAt.UTC(), LastUsed: t.LastUsed, ExpiresAt: t.ExpiresAt.UTC()}
}

func (a *API) tokens(c echo.Context) error {
	tokens, err := a.f.Accounts.Tokens(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	return all(c, tokens, viewToken)
}

func (a *API) createToken(c echo.Context) error {
	in, err := decode[struct {
		Name          string   `json:"name"`
		Scopes        []string `json:"scopes"`
		ExpiresInDays int      `json:"expires_in_days"`
	}](c, false)
	if err != nil {
		return err
	}
	plain, t, err := a.f.Accounts.CreateToken(c.Request().Context(), middleware.Who(c), in.Name, in.Scopes, in.ExpiresInDays)
	if err != nil {
		return err
	}
	v := viewToken(t)
	v.Token = plain
	return c.JSON(http.StatusCreated, v)
}

func (a *API) revokeToken(c echo.Context, token int64) error {
	if err := a.f.Accounts.RevokeToken(c.Request().Context(), middleware.Who(c), token); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
