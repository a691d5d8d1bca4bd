package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"praxis/internal/demo"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func TestProfile(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 121)
	w.sendAll(t, []sending{
		{name: "no name", who: lena, path: "/settings", values: values("name", " ", "bio", "Prosecutor since 2009"), status: 422, links: []string{"name"}, keeps: []string{"Prosecutor since 2009"}},
		{name: "too long", who: lena, path: "/settings", values: values("name", "Lena", "organization_text", long), status: 422, links: []string{"organization_text"}, keeps: []string{long}},
		{name: "saved", who: lena, path: "/settings", values: values("name", "Lena Hofer", "bio", "Prosecutor since 2009", "expertise", "drug courts", "share", "bio", "share", "email"), status: 303, to: "/settings?done=saved"},
	})
	me, err := w.f.Accounts.Me(ctx, w.who(t, lena))
	must(t, err)
	if me.Bio != "Prosecutor since 2009" || !me.Sharing.Bio || !me.Sharing.Email || me.Sharing.Expertise {
		t.Errorf("saved %+v", me)
	}
	body := w.page(t, lena, "/settings?done=saved")
	holds(t, body, "Saved.", `value="bio" checked`, `value="email" checked`)
	lacks(t, body, `value="expertise" checked`)
}

func TestLanguageAndZone(t *testing.T) {
	w := newWorld(t)
	w.sendAll(t, []sending{
		{name: "unknown zone", who: lena, path: "/settings/language", values: values("locale", "es", "time_zone", "Mars/Olympus"), status: 422, links: []string{"time_zone"}},
		{name: "unknown language", who: lena, path: "/settings/language", values: values("locale", "tlh", "time_zone", "Europe/Vienna"), status: 422, links: []string{"locale"}},
		{name: "saved", who: lena, path: "/settings/language", values: values("locale", "es", "time_zone", "Europe/Vienna"), status: 303, to: "/settings/language?done=saved"},
	})
	rec := w.get(t, lena, "/settings/language")
	holds(t, rec.Body.String(), `<html lang="es"`, `value="Europe/Vienna" selected`)
}

func TestPassword(t *testing.T) {
	w := newWorld(t)
	w.token(t, lena)
	other, _, err := w.f.Accounts.SignIn(ctx, signInOf(lena))
	must(t, err)
	w.sendAll(t, []sending{
		{name: "nothing", who: lena, path: "/settings/password", values: values(), status: 422, links: []string{"current", "password"}},
		{name: "wrong", who: lena, path: "/settings/password", values: values("current", "nope", "password", "harbour lantern seventeen"), status: 422, links: []string{"current"}},
		{name: "short", who: lena, path: "/settings/password", values: values("current", demo.Password, "password", "short"), status: 422, links: []string{"password"}},
		{name: "changed", who: lena, path: "/settings/password", values: values("current", demo.Password, "password", "harbour lantern seventeen"), status: 303, to: "/settings/password?done=password"},
	})
	if _, err := w.f.Accounts.Identify(ctx, other); err == nil {
		t.Error("another session lives on")
	}
	w.page(t, lena, "/settings/password") // this one does
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	w.token(t, lena)
	for range 2 {
		_, _, err := w.f.Accounts.SignIn(ctx, signInOf(lena))
		must(t, err)
	}
	body := w.page(t, lena, "/settings/sessions")
	ids := regexp.MustCompile(`name="session" value="(\d+)"`).FindAllStringSubmatch(body, -1)
	if len(ids) != 3 || !strings.Contains(body, "This session") {
		t.Fatalf("%d sessions are listed", len(ids))
	}
	mine := strconv.FormatInt(w.who(t, lena).SessionID, 10)
	for _, id := range ids {
		if id[1] != mine {
			w.send(t, sending{who: lena, path: "/settings/sessions/end", values: values("session", id[1]), status: 303, to: "/settings/sessions?done=session_ended"})
			break
		}
	}
	theirs := strconv.FormatInt(w.who(t, karim).SessionID, 10)
	w.send(t, sending{who: lena, path: "/settings/sessions/end", values: values("session", theirs), status: 303, to: "/settings/sessions"})
	w.page(t, karim, "/settings/sessions") // somebody else's session cannot be ended
	w.send(t, sending{who: lena, path: "/settings/sessions/end-others", status: 303, to: "/settings/sessions?done=sessions_ended"})
	if n := strings.Count(w.page(t, lena, "/settings/sessions"), `name="session"`); n != 1 {
		t.Errorf("%d sessions are left", n)
	}
	rec := w.send(t, sending{who: lena, path: "/settings/sessions/end", values: values("session", mine), status: 303, to: "/?done=signed_out"})
	if c := cookieOf(rec); c == nil || c.MaxAge >= 0 {
		t.Error("the cookie stays")
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	w.sendAll(t, []sending{
		{name: "no name", who: ana, path: "/settings/tokens", values: values("scopes", "read", "expires_in_days", "30"), status: 422, links: []string{"name"}},
		{name: "too long a life", who: ana, path: "/settings/tokens", values: values("name", "Monthly report", "expires_in_days", "4000"), status: 422, keeps: []string{"Monthly report"}},
		{name: "no number", who: ana, path: "/settings/tokens", values: values("name", "Monthly report", "expires_in_days", "soon"), status: 422, links: []string{"expires_in_days"}},
	})
	rec := w.post(t, ana, "/settings/tokens", values("name", "Monthly report", "scopes", "read", "expires_in_days", "30"))
	body := rec.Body.String()
	m := regexp.MustCompile(`readonly dir="ltr" aria-label="[^"]+" value="([^"]+)"`).FindStringSubmatch(body)
	if rec.Code != http.StatusOK || m == nil {
		t.Fatalf("status %d, no token shown", rec.Code)
	}
	if _, err := w.f.Accounts.Identify(ctx, m[1]); err != nil {
		t.Errorf("the token does not work: %v", err)
	}
	again := w.page(t, ana, "/settings/tokens")
	lacks(t, again, m[1])
	holds(t, again, "Monthly report")
	id := regexp.MustCompile(`name="token" value="(\d+)"`).FindStringSubmatch(again)
	w.send(t, sending{who: ana, path: "/settings/tokens/revoke", values: values("token", id[1]), status: 303, to: "/settings/tokens?done=token_revoked"})
	if _, err := w.f.Accounts.Identify(ctx, m[1]); err == nil {
		t.Error("a revoked token works")
	}
}
