package browsertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"praxis/internal/storytest"
)

// The audit finds what it looks for: each page here has one fault.
func TestAuditFindsFaults(t *testing.T) {
	html := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, html)
	}))
	t.Cleanup(server.Close)
	w := &world{Portal: &storytest.Portal{URL: server.URL}, browser: startBrowser(t)}
	r := w.reader(t, phone)
	audit := func(sound, fault, part, lang string) []string {
		html = strings.Replace(sound, "FAULT", fault, 1)
		r.goes("/")
		return r.audit(question{Parts: []string{part}, Lang: lang, Theme: "light", Keys: []string{"practice.archive"}})
	}
	sound := `<!doctype html><html lang="en" dir="ltr"><head><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Sound</title><style>:focus-visible { outline: 3px solid }</style></head><body><main><h1>One</h1>FAULT</main></body></html>`
	faults := []struct{ part, html, finds string }{
		{"width", `<div style="width: 500px">wide</div>`, "508 wide"},
		{"structure", `<h1>Two</h1>`, "2 headings"},
		{"structure", `<p id="a"></p><p id="a"></p>`, "stands 2 times"},
		{"structure", `<h3>Deep</h3>`, "level 3"},
		{"structure", `<a href="#gone">there</a>`, "leads nowhere"},
		{"structure", `<input aria-label="a" aria-describedby="gone">`, "is not there"},
		{"names", `<input name="q">`, "no label"},
		{"names", `<button></button>`, "no name"},
		{"names", `<fieldset><input aria-label="a"></fieldset>`, "no legend"},
		{"names", `<table><tr><th>Port</th></tr></table>`, "without scope"},
		{"targets", `<button style="width: 10px; height: 10px; padding: 0">a</button><button style="width: 10px; height: 10px; padding: 0">b</button>`, "10 x 10"},
		{"focus", `<style>a:focus-visible { outline: none }</style><a href="/">there</a>`, "not seen"},
		{"contrast", `<p style="color: #999">pale</p>`, "contrast 2.8"},
		{"contrast", `<p style="opacity: 0.4">faint</p>`, "contrast"},
		{"words", `<p>practice.archive</p>`, "was not said"},
		{"words", `<p>{{name}}</p>`, "unfinished"},
	}
	for _, f := range faults {
		if wrong := audit(sound, "", f.part, "en"); len(wrong) > 0 {
			t.Fatalf("%s blames a sound page: %v", f.part, wrong)
		}
		wrong := audit(sound, f.html, f.part, "en")
		if !slices.ContainsFunc(wrong, func(s string) bool { return strings.Contains(s, f.finds) }) {
			t.Errorf("%s: %q is not found in %s: %v", f.part, f.finds, f.html, wrong)
		}
	}
	arabic := strings.Replace(sound, `lang="en" dir="ltr"`, `lang="ar" dir="rtl"`, 1)
	if wrong := audit(arabic, `<button>Save</button>`, "words", "ar"); !slices.ContainsFunc(wrong, func(s string) bool { return strings.Contains(s, "not in Arabic: <button>") }) {
		t.Errorf("a word that is not Arabic: %v", wrong)
	}
	if wrong := audit(sound, "", "words", "ar"); len(wrong) < 2 {
		t.Errorf("a page in another language and direction: %v", wrong)
	}
}
