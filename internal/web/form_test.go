package web_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// sending is one form as somebody sends it, and what comes of it.
type sending struct {
	name, who, path string
	values          url.Values
	status          int
	to              string   // where a form that was carried out leads; a beginning is enough
	keeps           []string // what was typed and stands in the page that comes back
	links           []string // fields to which the summary of errors links
	says            []string
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

func (w *world) send(t *testing.T, s sending) *httptest.ResponseRecorder {
	t.Helper()
	rec := w.post(t, s.who, s.path, s.values)
	body := rec.Body.String()
	if rec.Code != s.status {
		t.Fatalf("status %d, not %d: %s", rec.Code, s.status, summary(body))
	}
	if to := rec.Header().Get("Location"); s.to != "" && !strings.HasPrefix(to, s.to) {
		t.Errorf("leads to %q, not to %q", to, s.to)
	}
	for _, text := range s.keeps {
		if !strings.Contains(html.UnescapeString(body), text) {
			t.Errorf("%q is lost", text)
		}
	}
	for _, field := range s.links {
		id := "f-" + strings.NewReplacer(".", "-", "_", "-").Replace(field)
		if !strings.Contains(body, `href="#`+id+`"`) {
			t.Errorf("the summary does not lead to %s", field)
		}
		if !strings.Contains(body, `id="`+id+`"`) {
			t.Errorf("there is no field %s", id)
		}
	}
	for _, text := range s.says {
		if !strings.Contains(html.UnescapeString(body), text) {
			t.Errorf("does not say %q", text)
		}
	}
	if len(s.links) > 0 && !regexp.MustCompile(`id="errors" role="alert" tabindex="-1"`).MatchString(body) {
		t.Error("there is no summary that takes the focus")
	}
	return rec
}

func summary(body string) string {
	if m := regexp.MustCompile(`(?s)<div class="summary".*?</div>|<p class="lead">.*?</p>`).FindString(body); m != "" {
		return m
	}
	return body[:min(len(body), 200)]
}

func (w *world) sendAll(t *testing.T, list []sending) {
	t.Helper()
	for _, s := range list {
		t.Run(s.name, func(t *testing.T) { w.send(t, s) })
	}
}

// page reads a page that must be there, in English.
func (w *world) page(t *testing.T, who, path string) string {
	t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	path += sep + "lang=en"
	rec := w.get(t, who, path)
	if rec.Code == http.StatusMovedPermanently {
		rec = w.get(t, who, rec.Header().Get("Location"))
	}
	if rec.Code != http.StatusOK {
		t.Fatalf("%s for %q: status %d", path, who, rec.Code)
	}
	return html.UnescapeString(rec.Body.String())
}

// holds checks that a page shows what it should.
func holds(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("the page does not hold %q", text)
		}
	}
}

func lacks(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(body, text) {
			t.Errorf("the page holds %q", text)
		}
	}
}

// hidden reads a hidden field of a page's form.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("there is no hidden field %s", name)
	}
	return html.UnescapeString(m[1])
}

// Every screen on which something is written or decided is sound: one heading, no doubled
// identifier, no missing text, its style within the budget; in a left-to-right and a
// right-to-left language.
func TestWorkingScreensAreSound(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	draft := w.draft(t, ana, "A draft to look at")
	screens := []struct{ who, path string }{
		{visitor, "/sign-in"}, {visitor, "/forgot"}, {ana, "/settings"}, {ana, "/settings/language"}, {ana, "/settings/password"},
		{ana, "/settings/sessions"}, {ana, "/settings/tokens"}, {ana, "/write"}, {ana, draft + "/edit"}, {ana, draft + "/handling"},
		{ana, "/w/1/new-thread"}, {ana, "/t/1/reply?to=1"}, {ana, "/flag?kind=thread&id=1"}, {ana, "/flag?kind=post&id=1"}, {ana, "/w/1/members"},
		{officer, "/w/1/members"}, {officer, "/queue"}, {officer, "/queue/31"}, {officer, "/queue/40"}, {officer, "/invite"}, {officer, "/officer"},
		{officer, "/officer/members"}, {officer, "/officer/members/2"}, {officer, "/officer/audit"}, {officer, "/officer/workspaces/new"},
		{officer, "/officer/roster/country/EC"}, {officer, "/w/1/edit"}, {officer, "/t/1/settings"}, {officer, "/posts/2/delete"},
	}
	for _, s := range screens {
		for lang, dir := range map[string]string{"en": "ltr", "ar": "rtl"} {
			t.Run(s.path+" "+lang, func(t *testing.T) {
				sep := "?"
				if strings.Contains(s.path, "?") {
					sep = "&"
				}
				rec := w.get(t, s.who, s.path+sep+"lang="+lang)
				if rec.Code != http.StatusOK {
					t.Fatalf("status %d", rec.Code)
				}
				w.sound(t, rec, lang, dir)
				style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(rec.Body.String())
				if len(style[1]) > maxCSS {
					t.Errorf("the style has %d bytes", len(style[1]))
				}
			})
		}
	}
	for _, s := range screens {
		t.Run("budget "+s.path, func(t *testing.T) { w.measure(t, s.who, s.path) })
	}
}

// draft makes a draft of somebody's and gives its address.
func (w *world) draft(t *testing.T, who, title string) string {
	t.Helper()
	rec := w.post(t, who, "/write", values("once", title, "title", title, "language", "en", "handling", "amber", "workspace_id", "1", "do", "save"))
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("the draft was not made: status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	path, _, _ := strings.Cut(rec.Header().Get("Location"), "/edit")
	return path
}
