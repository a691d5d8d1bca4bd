package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/portal"
)

func TestJoinAskLeaveAndLetIn(t *testing.T) {
	w := newWorld(t)
	var open, request int64
	for id := int64(1); id < 50; id++ {
		ws, err := w.db.Workspace(ctx, 0, id)
		if err != nil {
			continue
		}
		switch ws.Access {
		case "open":
			open = id
		case "request":
			request = id
		}
	}
	who := w.who(t, karim)
	if open != 0 {
		rec := w.post(t, karim, fmt.Sprintf("/w/%d/join", open), nil)
		if rec.Code != http.StatusSeeOther || !strings.HasSuffix(rec.Header().Get("Location"), "done=joined") {
			t.Fatalf("join: %d %s", rec.Code, rec.Header().Get("Location"))
		}
		if role, err := w.db.WorkspaceRole(ctx, open, who.MemberID); err != nil || role != portal.RoleMember {
			t.Fatalf("joined as %q, %v", role, err)
		}
		if rec := w.post(t, karim, fmt.Sprintf("/w/%d/leave", open), nil); rec.Code != http.StatusSeeOther {
			t.Fatalf("leave: %d", rec.Code)
		}
	}
	if request == 0 {
		t.Fatal("the demonstration has no workspace on request")
	}
	if rec := w.post(t, karim, fmt.Sprintf("/w/%d/join", request), nil); !strings.HasSuffix(rec.Header().Get("Location"), "done=asked") {
		t.Fatalf("ask: %d %s", rec.Code, rec.Header().Get("Location"))
	}
	ws, err := w.db.Workspace(ctx, 0, request)
	must(t, err)
	if body := w.get(t, officer, fmt.Sprintf("/w/%d-%s", request, strings.ToLower(strings.ReplaceAll(ws.Name, " ", "-")))).Body.String(); !strings.Contains(body, `action="/w/`) {
		t.Error("the officer is not shown the request")
	}
	form := map[string][]string{"member": {fmt.Sprint(who.MemberID)}}
	if rec := w.post(t, ana, fmt.Sprintf("/w/%d/members", request), form); rec.Code != http.StatusForbidden {
		t.Errorf("a member lets in: %d", rec.Code)
	}
	if rec := w.post(t, officer, fmt.Sprintf("/w/%d/members", request), form); rec.Code != http.StatusSeeOther {
		t.Fatalf("let in: %d", rec.Code)
	}
}

func TestSearchesAreSavedAndForgotten(t *testing.T) {
	w := newWorld(t)
	rec := w.post(t, ana, "/searches", map[string][]string{"name": {"Naloxona"}, "query": {"q=naloxone&sector=health"}})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", rec.Code, rec.Body)
	}
	body := w.get(t, ana, "/search").Body.String()
	found := regexp.MustCompile(`action="(/searches/\d+/delete)"`).FindStringSubmatch(body)
	if found == nil || !strings.Contains(body, `href="/search?q=naloxone&amp;sector=health"`) {
		t.Fatal("the saved search is not listed")
	}
	if rec := w.post(t, lena, found[1], nil); rec.Code != http.StatusNotFound {
		t.Errorf("another member removes it: %d", rec.Code)
	}
	if rec := w.post(t, ana, found[1], nil); rec.Code != http.StatusSeeOther || strings.Contains(w.get(t, ana, "/search").Body.String(), found[1]) {
		t.Errorf("remove: %d", rec.Code)
	}
}

// A form that another site sends is not carried out.
func TestOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest(http.MethodPost, "/notifications/read", strings.NewReader("up_to=0"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if rec := w.do(t, ana, r); rec.Code != http.StatusForbidden {
		t.Errorf("status %d", rec.Code)
	}
}

func TestLanguageOfAVisitor(t *testing.T) {
	w := newWorld(t)
	rec := w.get(t, visitor, "/about?lang=ar")
	w.sound(t, rec, "ar", "rtl")
	if !strings.Contains(rec.Header().Get("Set-Cookie"), "praxis_lang=ar") {
		t.Errorf("the choice is not kept: %q", rec.Header().Get("Set-Cookie"))
	}
	r := httptest.NewRequest(http.MethodGet, "/about", nil)
	r.Header.Set("Accept-Language", "es-EC,es;q=0.9")
	w.sound(t, w.do(t, visitor, r), "es", "ltr")
}

// Every kind of error is a page with its status, in the reader's language.
func TestErrorPages(t *testing.T) {
	w := newWorld(t)
	large := httptest.NewRequest(http.MethodPost, "/notifications/read", strings.NewReader(strings.Repeat("x", portal.MaxBody+1)))
	large.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	large.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, c := range map[string]struct {
		r      *http.Request
		who    string
		status int
	}{
		"not found":           {httptest.NewRequest(http.MethodGet, "/p/x", nil), ana, http.StatusNotFound},
		"another method":      {httptest.NewRequest(http.MethodDelete, "/about", nil), ana, http.StatusMethodNotAllowed},
		"too large":           {large, ana, http.StatusRequestEntityTooLarge},
		"not hers":            {httptest.NewRequest(http.MethodGet, "/queue", nil), ana, http.StatusForbidden},
		"a visitor's form":    {httptest.NewRequest(http.MethodPost, "/notifications/read", nil), visitor, http.StatusUnauthorized},
		"a number that is no": {httptest.NewRequest(http.MethodGet, "/t/99999999999999999999", nil), ana, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			rec := w.do(t, c.who, c.r)
			if rec.Code != c.status {
				t.Fatalf("status %d, not %d", rec.Code, c.status)
			}
			lang := "es"
			if c.who == visitor {
				lang = "en"
			}
			w.sound(t, rec, lang, "ltr")
		})
	}
}

// Without a database there is still a page that says so.
func TestUnavailable(t *testing.T) {
	w := newWorld(t)
	w.db.Close()
	rec := w.get(t, visitor, "/library")
	if rec.Code < http.StatusInternalServerError {
		t.Fatalf("status %d", rec.Code)
	}
	w.sound(t, rec, "en", "ltr")
	if !strings.Contains(rec.Body.String(), rec.Header().Get("X-Request-Id")) {
		t.Error("the page does not tell the number of the request")
	}
}
