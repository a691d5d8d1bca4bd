package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"praxis/internal/web"
)

// filled is a route's address with something that exists in each of its places.
func filled(path string) string {
	return strings.NewReplacer(":id", "1", ":case", "31", ":member", "2", ":post", "1", ":n", "1", ":kind", "country", ":code", "EC", ":token", "none").Replace(path)
}

// Whoever may not call a route is stopped before anything of it happens.
func TestRoutesByReader(t *testing.T) {
	w := newWorld(t)
	readers := []struct {
		email string
		level web.Access
	}{{visitor, web.Anyone}, {ana, web.Members}, {moderator, web.Moderators}, {officer, web.Officers}}
	for _, r := range (&web.Web{}).Routes() {
		for _, reader := range readers {
			if r.Method == http.MethodPost && reader.level >= r.Access {
				continue // what the forms do is held by the tests of each
			}
			t.Run(r.Method+" "+r.Path+" "+reader.email, func(t *testing.T) {
				req := httptest.NewRequest(r.Method, filled(r.Path), strings.NewReader(""))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Sec-Fetch-Site", "same-origin")
				rec := w.do(t, reader.email, req)
				switch {
				case reader.level >= r.Access:
					if rec.Code >= 500 || rec.Code == http.StatusUnauthorized {
						t.Errorf("status %d", rec.Code)
					}
				case reader.email == visitor && r.Method == http.MethodGet:
					if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
						t.Errorf("status %d to %q, not to the sign-in", rec.Code, to)
					}
				case reader.email == visitor:
					if rec.Code != http.StatusUnauthorized {
						t.Errorf("status %d, not 401", rec.Code)
					}
				default:
					if rec.Code != http.StatusForbidden {
						t.Errorf("status %d, not 403", rec.Code)
					}
				}
			})
		}
	}
}

// No form can be sent from another site, whoever's browser it is.
func TestFormsFromOtherSites(t *testing.T) {
	w := newWorld(t)
	forms := 0
	for _, r := range (&web.Web{}).Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		forms++
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
			t.Run(r.Path+" "+name, func(t *testing.T) {
				req := httptest.NewRequest(http.MethodPost, filled(r.Path), strings.NewReader("title=x"))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set(name, value)
				if rec := w.do(t, officer, req); rec.Code != http.StatusForbidden {
					t.Errorf("status %d, not 403", rec.Code)
				}
			})
		}
	}
	if forms < 30 {
		t.Errorf("only %d forms were tried", forms)
	}
}

// What cannot be read as a form, or is too large, is refused as such.
func TestFormsThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, path, kind, body string
		status                 int
	}{
		{"json", "/settings", "application/json", `{}`, http.StatusUnsupportedMediaType},
		{"no type", "/settings", "", `name=x`, http.StatusUnsupportedMediaType},
		{"broken escape", "/settings", "application/x-www-form-urlencoded", "name=%zz", http.StatusBadRequest},
		{"too many fields", "/settings", "application/x-www-form-urlencoded", strings.Repeat("a=1&", 1001), http.StatusBadRequest},
		{"too large", "/settings", "application/x-www-form-urlencoded", "bio=" + strings.Repeat("x", 1<<20), http.StatusRequestEntityTooLarge},
		{"broken upload", "/write", "multipart/form-data; boundary=b", "--b\r\nContent-Disp", http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := httptest.NewRequest(http.MethodPost, c.path, strings.NewReader(c.body))
			req.Header.Set("Content-Type", c.kind)
			if rec := w.do(t, ana, req); rec.Code != c.status {
				t.Errorf("status %d, not %d", rec.Code, c.status)
			}
		})
	}
}
