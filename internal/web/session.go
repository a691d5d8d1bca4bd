package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

func (w *Web) sessionsPage(c echo.Context) error {
	v, d, err := w.settingsView(c, "/settings/sessions", "settings.sessions")
	if err != nil {
		return err
	}
	d.Current = v.Who.SessionID
	sessions, err := w.f.Accounts.Sessions(c.Request().Context(), v.Who)
	if err != nil {
		return err
	}
	d.Sessions = devices(v.L, sessions)
	return w.render(c, "settings/sessions", v)
}

func (w *Web) endSession(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	who, id := middleware.Who(c), f.ID(l, "session")
	if err := w.f.Accounts.EndSession(c.Request().Context(), who, id); err != nil && portal.KindOf(err) != portal.NotFound {
		return err
	}
	if id == who.SessionID {
		w.common.SetSession(c, "", 0)
		return seeOther(c, "/", "signed_out")
	}
	return seeOther(c, "/settings/sessions", "session_ended")
}

func (w *Web) endOtherSessions(c echo.Context) error {
	if err := w.f.Accounts.EndOtherSessions(c.Request().Context(), middleware.Who(c)); err != nil {
		return err
	}
	return seeOther(c, "/settings/sessions", "sessions_ended")
}

func (w *Web) tokensView(c echo.Context) (*page.View, *settingsData, error) {
	v, d, err := w.settingsView(c, "/settings/tokens", "settings.tokens")
	if err != nil {
		return nil, nil, err
	}
	if d.Tokens, err = w.f.Accounts.Tokens(c.Request().Context(), v.Who); err != nil {
		return nil, nil, err
	}
	for _, scope := range []string{"read", "write", "moderate"} {
		d.Scopes = append(d.Scopes, form.Choice{Value: scope, Label: v.L.T("token.scope." + scope)})
	}
	for _, days := range []int{7, 30, 90, 365} {
		d.Days = append(d.Days, form.Choice{Value: yearText(days), Label: v.L.N("token.days", days)})
	}
	return v, d, nil
}

func (w *Web) tokensPage(c echo.Context) error {
	v, _, err := w.tokensView(c)
	if err != nil {
		return err
	}
	v.Form = form.New("scopes", "read", "expires_in_days", "90")
	return w.render(c, "settings/tokens", v)
}

// createToken shows the new token on the answer itself: a redirect would have to keep it somewhere.
func (w *Web) createToken(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	days := f.Int(l, "expires_in_days")
	secret := ""
	if !f.Failed() {
		secret, _, err = w.f.Accounts.CreateToken(c.Request().Context(), middleware.Who(c), f.Text("name"), f.List("scopes"), days)
		if err != nil && !f.Take(l, err) {
			return err
		}
	}
	v, d, err := w.tokensView(c)
	if err != nil {
		return err
	}
	v.Form = f
	if d.Secret = secret; secret != "" {
		v.Form = form.New("scopes", "read", "expires_in_days", "90")
	}
	return w.render(c, "settings/tokens", v)
}

func (w *Web) revokeToken(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	if err := w.f.Accounts.RevokeToken(c.Request().Context(), middleware.Who(c), f.ID(l, "token")); err != nil && portal.KindOf(err) != portal.NotFound {
		return err
	}
	return seeOther(c, "/settings/tokens", "token_revoked")
}
