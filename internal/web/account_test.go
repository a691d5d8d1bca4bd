package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"praxis/internal/account"
	"praxis/internal/demo"
	"praxis/internal/portal"
)

func cookieOf(rec *httptest.ResponseRecorder) *http.Cookie {
	for _, c := range rec.Result().Cookies() {
		if c.Name == "praxis_session" {
			return c
		}
	}
	return nil
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	w.sendAll(t, []sending{
		{name: "nothing", path: "/sign-in", values: values(), status: 422, links: []string{"email", "password"}},
		{name: "wrong password", path: "/sign-in", values: values("email", ana, "password", "not this one", "next", "/t/1"), status: 401,
			keeps: []string{ana, `name="next" value="/t/1"`}, links: []string{"email"}},
		{name: "unknown address", path: "/sign-in", values: values("email", "nobody@demo.example", "password", "not this one"), status: 401,
			keeps: []string{"nobody@demo.example"}},
		{name: "back to the page", path: "/sign-in", values: values("email", "Ana@Demo.example ", "password", demo.Password, "next", "/t/1?page=2"), status: 303, to: "/t/1?page=2"},
		{name: "never to another site", path: "/sign-in", values: values("email", ana, "password", demo.Password, "next", "//evil.example/"), status: 303, to: "/"},
		{name: "nor by backslash", path: "/sign-in", values: values("email", ana, "password", demo.Password, "next", `/\evil.example`), status: 303, to: "/"},
	})
	rec := w.post(t, visitor, "/sign-in", values("email", ana, "password", "secret that must not come back"))
	lacks(t, rec.Body.String(), "secret that must not come back")

	rec = w.post(t, visitor, "/sign-in", values("email", lena, "password", demo.Password))
	session := cookieOf(rec)
	if session == nil || !session.HttpOnly || session.SameSite != http.SameSiteLaxMode {
		t.Fatalf("the session's cookie is %v", session)
	}
	if rec := w.get(t, ana, "/sign-in?next=/library"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/library" {
		t.Errorf("who is signed in sees the sign-in again: %d", rec.Code)
	}
}

func TestSignInIsSlowed(t *testing.T) {
	w := newWorld(t)
	for range 7 {
		w.post(t, visitor, "/sign-in", values("email", karim, "password", "wrong"))
	}
	rec := w.post(t, visitor, "/sign-in", values("email", karim, "password", demo.Password))
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") == "" {
		t.Fatalf("status %d, Retry-After %q", rec.Code, rec.Header().Get("Retry-After"))
	}
	holds(t, rec.Body.String(), "seconds and try again", karim)
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	token := w.token(t, lena)
	rec := w.post(t, lena, "/sign-out", nil)
	if c := cookieOf(rec); rec.Code != http.StatusSeeOther || c == nil || c.MaxAge >= 0 {
		t.Fatalf("status %d, cookie %v", rec.Code, c)
	}
	if _, err := w.f.Accounts.Identify(ctx, token); err == nil {
		t.Error("the session lives on")
	}
	if rec := w.post(t, lena, "/sign-out", nil); rec.Code != http.StatusSeeOther {
		t.Errorf("signing out twice: status %d", rec.Code)
	}
}

func TestForgot(t *testing.T) {
	w := newWorld(t)
	holds(t, w.page(t, visitor, "/forgot"), "sends no mail")
	w.f.Mailing = true
	w.f.Accounts = account.New(w.db, w.vocab, true, []string{"en", "es", "ar"}, quiet())
	w.mount(t, quiet())
	w.sendAll(t, []sending{
		{name: "nothing", path: "/forgot", values: values(), status: 422, links: []string{"email"}},
		{name: "no address", path: "/forgot", values: values("email", "ana at demo"), status: 422, links: []string{"email"}, keeps: []string{"ana at demo"}},
		{name: "member", path: "/forgot", values: values("email", ana), status: 200, says: []string{"If " + ana, "on its way"}},
		{name: "nobody", path: "/forgot", values: values("email", "nobody@demo.example"), status: 200, says: []string{"If nobody@demo.example", "on its way"}},
	})
	// The answers are alike; the links are not.
	open, err := w.f.Accounts.Invitations(ctx, w.who(t, officer), portal.Page{Limit: portal.MaxPage})
	must(t, err)
	for _, in := range open {
		if in.Email == "nobody@demo.example" {
			t.Error("a link was made for nobody")
		}
	}
}

func TestInvitationIsAccepted(t *testing.T) {
	w := newWorld(t)
	made, err := w.f.Accounts.Invite(ctx, w.who(t, officer), account.Invitation{Email: "new@demo.example", Name: "New Colleague", Country: "CL", Workspaces: []int64{1}})
	must(t, err)
	path := "/invitation/" + made.Token
	holds(t, w.page(t, visitor, path), "New Colleague", "new@demo.example", "Safe and Secure World", "At least 12 characters")
	w.sendAll(t, []sending{
		{name: "nothing", path: path, values: values(), status: 422, links: []string{"name", "password"}},
		{name: "short", path: path, values: values("name", "N. Colleague", "password", "short"), status: 422, links: []string{"password"}, keeps: []string{"N. Colleague"}},
		{name: "own name", path: path, values: values("name", "N. Colleague", "password", "newcolleague"), status: 422, links: []string{"password"}},
	})
	rec := w.send(t, sending{path: path, values: values("name", "N. Colleague", "password", "harbour lantern seventeen"), status: 303, to: "/?done=welcome"})
	if cookieOf(rec) == nil {
		t.Error("she is not signed in")
	}
	if rec := w.get(t, visitor, path); rec.Code != http.StatusNotFound || !strings.Contains(rec.Body.String(), "cannot be used any more") {
		t.Errorf("the link works twice: %d", rec.Code)
	}
	if rec := w.post(t, visitor, path, values("password", "another lantern seventeen")); rec.Code != http.StatusNotFound {
		t.Errorf("a used link is taken: %d", rec.Code)
	}
}

func signInOf(email string) account.SignIn {
	return account.SignIn{Email: email, Password: demo.Password, Kind: "browser", Address: "192.0.2.9"}
}
