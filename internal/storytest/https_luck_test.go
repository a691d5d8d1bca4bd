package storytest

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"praxis/internal/config"
	"praxis/internal/demo"
)

// Where the portal is reached by https, its session cookie is one that no other host and no line in the
// open can set or read; it signs in, and a cookie of any other name does not.
func TestSessionCookieOfHTTPS(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	p := Start(t, func(s *config.Settings) {
		s.BaseURL, s.Addr = "https://praxis.example.org", free.Addr().String()
	})
	send := func(method, path, cookie string, fields url.Values) *http.Response {
		t.Helper()
		r, err := http.NewRequest(method, p.URL+path, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "praxis.example.org"
		r.Header.Set("Cookie", cookie)
		if method == "POST" {
			r.Header.Set("Origin", "https://praxis.example.org")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	session := func(res *http.Response) *http.Cookie {
		t.Helper()
		for _, c := range res.Cookies() {
			if strings.HasSuffix(c.Name, "praxis_session") {
				return c
			}
		}
		t.Fatalf("%d sets no session: %v", res.StatusCode, res.Header)
		return nil
	}
	c := session(send("POST", "/sign-in", "", url.Values{"email": {"ana@demo.example"}, "password": {demo.Password}}))
	if c.Name != "__Host-praxis_session" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || c.MaxAge <= 0 || len(c.Value) < 40 {
		t.Errorf("the session's cookie is %s", c.Raw)
	}
	if res := send("GET", "/settings", c.Name+"="+c.Value, nil); res.StatusCode != 200 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("signed in, the settings answer %d: %v", res.StatusCode, res.Header)
	}
	for _, name := range []string{"praxis_session", "__Secure-praxis_session"} {
		if res := send("GET", "/settings", name+"="+c.Value, nil); res.StatusCode != http.StatusSeeOther {
			t.Errorf("a cookie named %s is answered %d", name, res.StatusCode)
		}
	}
	// A browser takes it away only by a cookie that has the same name, and is as strict.
	if gone := session(send("POST", "/sign-out", c.Name+"="+c.Value, url.Values{})); gone.Name != c.Name || gone.MaxAge >= 0 || !gone.Secure || gone.Path != "/" || gone.Domain != "" {
		t.Errorf("signing out sets %s", gone.Raw)
	}
	if res := send("GET", "/settings", c.Name+"="+c.Value, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signed out, the settings answer %d", res.StatusCode)
	}
}
