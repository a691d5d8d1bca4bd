package web

import (
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

const mailPath = "/settings/mail"

func (w *Web) mailRoutes() []Route {
	return []Route{
		{Method: get, Path: mailPath, Access: Members, handler: w.mailPage},
		{Method: post, Path: mailPath, Access: Members, handler: w.setMail},
		{Method: get, Path: "/unsubscribe/:token", Access: Anyone, handler: w.leaveMailPage},
		{Method: post, Path: "/unsubscribe/:token", Access: Anyone, handler: w.leaveMail},
		{Method: get, Path: "/officer/mail", Access: Officers, handler: w.officerMail},
	}
}

// mailTrouble is a mail that did not go out, in words.
type mailTrouble struct {
	Text, Who, Path, Why string
	At, Next             time.Time
}

type mailData struct {
	Tabs     []tab
	Mailing  bool // there is a server that takes mail
	Bounces  int
	Stopped  bool
	Modes    []form.Choice
	Hours    []form.Choice
	Days     []form.Choice
	Troubles []mailTrouble
	State    postgres.MailState
	Feed     string    // the feed's new address, told once
	Since    time.Time // when it got the one that it has; zero: it has none
}

// troublesOf puts mails in words; whose they are, and what is wrong between the portal and its mail server, only
// for officers.
func troublesOf(l *i18n.Localizer, list []postgres.MailTrouble, officer bool) []mailTrouble {
	made := make([]mailTrouble, len(list))
	for i, t := range list {
		what := "waits"
		switch {
		case t.Bounced:
			what = "bounced"
		case t.Outcome != "":
			what = t.Outcome
		}
		made[i] = mailTrouble{Text: l.T("mail.trouble." + what), Who: t.Name, Why: t.Why, At: t.At}
		if !officer && !t.Bounced && t.Outcome != postgres.MailFailed {
			made[i].Why = ""
		}
		if t.NextAt != nil {
			made[i].Next = *t.NextAt
		}
		if t.MemberID != 0 {
			made[i].Path = "/officer/members/" + decimal(t.MemberID)
		}
	}
	return made
}

func (w *Web) mailView(c echo.Context) (*page.View, *mailData, portal.MailSettings, error) {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	s, err := w.f.Notify.MailSettings(ctx, who)
	if err != nil {
		return nil, nil, s, err
	}
	troubles, err := w.f.Notify.Troubles(ctx, who)
	if err != nil {
		return nil, nil, s, err
	}
	d := &mailData{Tabs: settingsTabs(l, mailPath), Mailing: w.f.Mailing, Bounces: s.Bounces, Stopped: s.Bounces >= portal.MaxBounces, Troubles: troublesOf(l, troubles, false)}
	if d.Since, err = w.f.Notify.FeedSince(ctx, who); err != nil && portal.KindOf(err) != portal.NotFound {
		return nil, nil, s, err
	}
	for _, mode := range []string{portal.MailAtOnce, portal.MailDaily, portal.MailWeekly, portal.MailOff} {
		d.Modes = append(d.Modes, form.Choice{Value: mode, Label: l.T("mail.mode." + mode)})
	}
	for hour := range 24 {
		d.Hours = append(d.Hours, form.Choice{Value: strconv.Itoa(hour), Label: l.Time(time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC), time.UTC)})
	}
	for day := 1; day <= 7; day++ {
		d.Days = append(d.Days, form.Choice{Value: strconv.Itoa(day), Label: l.T("mail.day." + strconv.Itoa(day))})
	}
	v := w.view(c, l.T("settings.mail"), d)
	v.Path = mailPath
	return v, d, s, nil
}

func (w *Web) mailPage(c echo.Context) error {
	v, _, s, err := w.mailView(c)
	if err != nil {
		return err
	}
	v.Form = mailForm(s)
	return w.render(c, "settings/mail", v)
}

func mailForm(s portal.MailSettings) *form.State {
	return form.New("mode", s.Mode, "hour", strconv.Itoa(s.Hour), "weekday", strconv.Itoa(s.Weekday), "quiet_from", strconv.Itoa(s.QuietFrom), "quiet_to", strconv.Itoa(s.QuietTo))
}

func (w *Web) setMail(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	s := portal.MailSettings{Mode: f.Text("mode"), Hour: f.Int(l, "hour"), Weekday: f.Int(l, "weekday"), QuietFrom: f.Int(l, "quiet_from"), QuietTo: f.Int(l, "quiet_to")}
	if !f.Failed() {
		err = w.f.Notify.SetMailSettings(c.Request().Context(), middleware.Who(c), s)
		if err == nil {
			return seeOther(c, mailPath, "saved")
		}
		if !f.Take(l, err) {
			return err
		}
	}
	v, _, _, err := w.mailView(c)
	if err != nil {
		return err
	}
	v.Form = f
	return w.render(c, "settings/mail", v)
}

// leaveToken is the link's token; the page that it leads to is for nobody else, and no link on it tells of it.
func leaveToken(c echo.Context) string {
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.Param("token")
}

// leaveMailPage asks before it ends mails: programs that look at links in mails open them, too.
func (w *Web) leaveMailPage(c echo.Context) error {
	token := leaveToken(c)
	if _, err := w.f.Notify.Leaver(c.Request().Context(), token); err != nil {
		return err
	}
	return w.render(c, "settings/leave", w.view(c, middleware.Locale(c).T("leave.title"), token))
}

// leaveMail ends the mails: by the button of the page, or by one POST of a mail program (RFC 8058).
func (w *Web) leaveMail(c echo.Context) error {
	if err := w.f.Notify.Leave(c.Request().Context(), leaveToken(c)); err != nil {
		return err
	}
	return w.render(c, "settings/leave", w.view(c, middleware.Locale(c).T("leave.title"), ""))
}

func (w *Web) officerMail(c echo.Context) error {
	state, list, err := w.f.Notify.MailState(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	d := &mailData{Tabs: officerTabs(l, "/officer/mail"), Mailing: w.f.Mailing, State: state, Troubles: troublesOf(l, list, true)}
	v := w.view(c, l.T("officer.mail"), d)
	v.Screen = "officer"
	return w.render(c, "officer/mail", v)
}
