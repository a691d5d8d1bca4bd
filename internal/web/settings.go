package web

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

func (w *Web) settingsRoutes() []Route {
	return []Route{
		{Method: get, Path: "/settings", Access: Members, handler: w.profilePage},
		{Method: post, Path: "/settings", Access: Members, handler: w.profile},
		{Method: get, Path: "/settings/language", Access: Members, handler: w.languagePage},
		{Method: post, Path: "/settings/language", Access: Members, handler: w.language},
		{Method: get, Path: "/settings/password", Access: Members, handler: w.passwordPage},
		{Method: post, Path: "/settings/password", Access: Members, handler: w.password},
		{Method: get, Path: "/settings/sessions", Access: Members, handler: w.sessionsPage},
		{Method: post, Path: "/settings/sessions/end", Access: Members, handler: w.endSession},
		{Method: post, Path: "/settings/sessions/end-others", Access: Members, handler: w.endOtherSessions},
		{Method: get, Path: "/settings/tokens", Access: Members, handler: w.tokensPage},
		{Method: post, Path: "/settings/tokens", Access: Members, handler: w.createToken},
		{Method: post, Path: "/settings/tokens/revoke", Access: Members, handler: w.revokeToken},
	}
}

// tab is one page of a group; the current one is marked.
type tab struct {
	Path, Name string
	Current    bool
}

// tabs makes the group's pages of pairs of a path and the identifier of a name.
func tabs(l *i18n.Localizer, current string, pairs ...string) []tab {
	list := make([]tab, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, tab{pairs[i], l.T(pairs[i+1]), pairs[i] == current})
	}
	return list
}

func settingsTabs(l *i18n.Localizer, current string) []tab {
	return tabs(l, current, "/settings", "settings.profile", "/settings/language", "settings.language", "/settings/password", "settings.password",
		"/settings/sessions", "settings.sessions", "/settings/tokens", "settings.tokens", mailPath, "settings.mail")
}

type settingsData struct {
	Tabs      []tab
	Me        portal.Member
	Sectors   []form.Choice
	Shares    []form.Choice
	Presence  []form.Choice
	Languages []form.Choice
	Zones     []form.Choice
	Sessions  []device
	Current   int64 // the session that asks
	Tokens    []postgres.Token
	Scopes    []form.Choice
	Days      []form.Choice
	Secret    string // a new token, told once
}

func (w *Web) settingsView(c echo.Context, path, title string) (*page.View, *settingsData, error) {
	me, err := w.f.Accounts.Me(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return nil, nil, err
	}
	l := middleware.Locale(c)
	d := &settingsData{Tabs: settingsTabs(l, path), Me: me}
	v := w.view(c, l.T(title), d)
	v.Path = path
	return v, d, nil
}

// shared names the fields of a profile that a member may keep to herself.
var shared = []string{"organization", "expertise", "bio", "programme", "email"}

func (w *Web) profileView(c echo.Context) (*page.View, *settingsData, error) {
	v, d, err := w.settingsView(c, "/settings", "settings.title")
	if err != nil {
		return nil, nil, err
	}
	d.Sectors = w.termChoices(v.L, "sectors")
	for _, field := range shared {
		d.Shares = append(d.Shares, form.Choice{Value: field, Label: v.L.T("settings.share." + field)})
	}
	d.Presence = []form.Choice{{Value: "on", Label: v.L.T("settings.presence_on")}, {Value: "off", Label: v.L.T("settings.presence_off")}}
	return v, d, nil
}

func (w *Web) profilePage(c echo.Context) error {
	v, d, err := w.profileView(c)
	if err != nil {
		return err
	}
	m := d.Me
	v.Form = form.New("name", m.Name, "organization_text", m.OrganizationText, "sector", m.Sector, "expertise", m.Expertise, "bio", m.Bio)
	var shares []string
	for i, on := range []bool{m.Sharing.Organization, m.Sharing.Expertise, m.Sharing.Bio, m.Sharing.Programme, m.Sharing.Email} {
		if on {
			shares = append(shares, shared[i])
		}
	}
	v.Form.Set("share", shares...)
	v.Form.Set("presence", map[bool]string{false: "on", true: "off"}[m.Unseen])
	return w.render(c, "settings/profile", v)
}

func (w *Web) profile(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	text := func(name string) *string {
		if !f.Has(name) {
			return nil
		}
		s := f.Text(name)
		return &s
	}
	on := func(name string) bool { return slices.Contains(f.List("share"), name) }
	p := account.Profile{Name: text("name"), OrganizationText: text("organization_text"), Sector: text("sector"), Expertise: text("expertise"), Bio: text("bio"),
		Sharing: &portal.Sharing{Organization: on("organization"), Expertise: on("expertise"), Bio: on("bio"), Programme: on("programme"), Email: on("email")}}
	if f.Has("presence") {
		p.Presence = new(f.Text("presence") != "off")
	}
	if _, err := w.f.Accounts.UpdateMe(c.Request().Context(), middleware.Who(c), p); err != nil {
		v, _, failed := w.profileView(c)
		if failed != nil {
			return failed
		}
		return w.again(c, "settings/profile", v, f, err)
	}
	return seeOther(c, "/settings", "saved")
}

func (w *Web) languageView(c echo.Context) (*page.View, *settingsData, error) {
	v, d, err := w.settingsView(c, "/settings/language", "settings.language")
	if err != nil {
		return nil, nil, err
	}
	for _, tag := range w.f.Catalogues.Tags() {
		d.Languages = append(d.Languages, form.Choice{Value: tag.String(), Label: i18n.LanguageName(tag)})
	}
	names := zoneNames
	if !slices.Contains(names, d.Me.TimeZone) {
		names = append([]string{d.Me.TimeZone}, names...)
	}
	for _, zone := range names {
		d.Zones = append(d.Zones, form.Choice{Value: zone, Label: strings.ReplaceAll(zone, "_", " ")})
	}
	return v, d, nil
}

func (w *Web) languagePage(c echo.Context) error {
	v, d, err := w.languageView(c)
	if err != nil {
		return err
	}
	v.Form = form.New("locale", d.Me.Locale, "time_zone", d.Me.TimeZone)
	return w.render(c, "settings/language", v)
}

func (w *Web) language(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	locale, zone := f.Text("locale"), f.Text("time_zone")
	if _, err := w.f.Accounts.UpdateMe(c.Request().Context(), middleware.Who(c), account.Profile{Locale: &locale, TimeZone: &zone}); err != nil {
		v, _, failed := w.languageView(c)
		if failed != nil {
			return failed
		}
		return w.again(c, "settings/language", v, f, err)
	}
	w.common.SetLocale(c, locale)
	return seeOther(c, "/settings/language", "saved")
}

func (w *Web) passwordPage(c echo.Context) error {
	v, _, err := w.settingsView(c, "/settings/password", "settings.password")
	if err != nil {
		return err
	}
	v.Form = form.New()
	return w.render(c, "settings/password", v)
}

func (w *Web) password(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	current, chosen := f.Value("current"), f.Value("password")
	for _, field := range []string{"current", "password"} {
		if f.Value(field) == "" {
			f.Wrong(l, field, "error.required")
		}
		f.Set(field, "")
	}
	if !f.Failed() {
		err = w.f.Accounts.ChangePassword(c.Request().Context(), middleware.Who(c), current, chosen)
		if err == nil {
			return seeOther(c, "/settings/password", "password")
		}
		if !f.Take(l, err) {
			return err
		}
	}
	v, _, err := w.settingsView(c, "/settings/password", "settings.password")
	if err != nil {
		return err
	}
	v.Form = f
	return w.render(c, "settings/password", v)
}
