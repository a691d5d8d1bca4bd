package page_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"praxis/assets"
	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/web/page"
)

// small is the least that pages are made of.
func small(extra map[string]string) fstest.MapFS {
	files := map[string]string{
		"shared/layout.html":    `{{define "layout"}}<!doctype html><title>{{.Title}}</title>{{.Style}}{{.Script}}{{block "head" .}}{{end}}{{template "main" .}}{{end}}{{define "rail"}}{{end}}`,
		"shared/tokens.css":     `:root { --water: #0b5563 }`,
		"shared/layout.css":     `a { color: var(--water) }`,
		"shared/components.css": ``,
		"shared/shared.js":      `console.log("shared")`,
		"shared/worker.js":      `self.addEventListener("fetch", () => {})`,
		"icons/favicon.svg":     `<svg xmlns="http://www.w3.org/2000/svg"/>`,
		"icons/bell.svg":        `<svg viewBox="0 0 1 1"/>`,
		"map.json":              `{"EC": [0, 0], "TH": [2, 1]}`,
		"pages/a/one.html":      `{{define "main"}}<h1>{{t "hello" "Name" .Data}}</h1>{{template "part" .}}{{end}}`,
		"pages/a/part.html":     `{{define "part"}}<p>{{badge "amber+strict"}}{{icon "bell"}}</p>{{end}}`,
		"pages/a/one.css":       `h1 { color: red }`,
		"pages/a/one.js":        `import { x } from "./x.js"; console.log(x)`,
		"pages/a/x.js":          `export const x = "from x"`,
	}
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range extra {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func catalogues(t testing.TB) *i18n.Catalogues {
	t.Helper()
	c, err := i18n.Load(fstest.MapFS{"en.json": &fstest.MapFile{Data: []byte(`{"hello": "Hello {{.Name}}", "said": "\"a\" <b> & c"}`)},
		"ar.json": &fstest.MapFile{Data: []byte(`{"hello": "مرحبًا {{.Name}}", "said": "ألف"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func vocabulary(t testing.TB) *portal.Vocabulary {
	t.Helper()
	v, err := portal.ParseVocabulary([]byte(`{"evidence": [{"key": "emerging"}, {"key": "evaluated"}]}`), []byte(`[]`))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func makePages(t testing.TB, files fs.FS) (*page.Pages, error) {
	t.Helper()
	return page.New(page.Config{Files: files, Catalogues: catalogues(t), Vocabulary: vocabulary(t)})
}

func view(t testing.TB, lang string, data any) *page.View {
	c := catalogues(t)
	return &page.View{L: c.Localizer(c.Match("", lang)), Zone: time.UTC, Now: time.Now(), Title: "<T>", Data: data}
}

func TestRender(t *testing.T) {
	pages, err := makePages(t, small(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := pages.Screens(); len(got) != 1 || got[0] != "a/one" {
		t.Fatalf("screens: %v", got)
	}
	for lang, want := range map[string]string{"en": "<h1>Hello &lt;b&gt;</h1>", "ar": "<h1>مرحبًا "} {
		rec := httptest.NewRecorder()
		if err := pages.Render(rec, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, "a/one", view(t, lang, "<b>")); err != nil {
			t.Fatal(err)
		}
		body := rec.Body.String()
		for _, s := range []string{want, "&lt;T&gt;", `<span class="tlp amber" dir="ltr">TLP:AMBER+STRICT</span>`, `<svg class="icon" aria-hidden="true"`, "color:red", "#0b5563"} {
			if !strings.Contains(body, s) {
				t.Errorf("%s: the page lacks %q: %s", lang, s, body)
			}
		}
		if rec.Header().Get("Content-Language") != lang {
			t.Errorf("language %q", rec.Header().Get("Content-Language"))
		}
	}
}

// What a template says by constants alone is written into it at start, in each language, escaped.
func TestConstantTextsAreBaked(t *testing.T) {
	pages, err := makePages(t, small(map[string]string{"pages/a/part.html": `{{define "part"}}<p title="{{t "said"}}">{{t "said"}}` +
		`{{if .Data}}<b>{{t "hello" "Name" "<i>"}}</b>{{else}}{{t "said"}}{{end}}{{range .Data}}{{t "said"}}{{end}}</p>{{end}}`}))
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{
		"en": `<p title="&#34;a&#34; &lt;b&gt; &amp; c">&#34;a&#34; &lt;b&gt; &amp; c<b>Hello &lt;i&gt;</b>&#34;a&#34; &lt;b&gt; &amp; c</p>`,
		"ar": `<p title="ألف">ألف<b>مرحبًا ` + "\u2068&lt;i&gt;\u2069" + `</b>ألف</p>`} {
		rec := httptest.NewRecorder()
		if err := pages.Render(rec, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, "a/one", view(t, lang, []string{"x"})); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: the page lacks %q: %s", lang, want, rec.Body)
		}
	}
}

var (
	bakedCall = regexp.MustCompile(`\{\{(t|language|icon) "`)
	anyAction = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	textual   = regexp.MustCompile(`\s(aria-[a-z]+|alt|content|data-[a-z-]+|label|placeholder|title|value)="[^"]*$`)
)

// What is baked is escaped as text and quoted attributes need it: it stands nowhere else.
func TestBakedTextsStandWhereTextsMay(t *testing.T) {
	seen := 0
	err := fs.WalkDir(assets.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		source, err := fs.ReadFile(assets.Files, name)
		for _, at := range bakedCall.FindAllIndex(source, -1) {
			before := anyAction.ReplaceAllString(string(source[:at[0]]), "")
			if strings.LastIndex(before, "<") > strings.LastIndex(before, ">") && !textual.MatchString(before) {
				t.Errorf("%s: a text stands in a tag: …%s{{t", name, before[max(0, len(before)-60):])
			}
			seen++
		}
		return err
	})
	if err != nil || seen < 100 {
		t.Errorf("%d texts were looked at: %v", seen, err)
	}
}

// An error in a template sends nothing: what comes after it can still be an error page.
func TestRenderIsWholeOrNotAtAll(t *testing.T) {
	pages, err := makePages(t, small(map[string]string{"pages/a/one.html": `{{define "main"}}before {{.Data.Missing}}{{end}}`}))
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	if err := pages.Render(rec, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, "a/one", view(t, "en", struct{}{})); err == nil {
		t.Fatal("no error")
	}
	if rec.Body.Len() > 0 || len(rec.Header()) > 0 {
		t.Errorf("half a page was sent: %q", rec.Body)
	}
	if err := pages.Render(rec, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, "a/none", view(t, "en", nil)); err == nil {
		t.Error("a screen that does not exist renders")
	}
}

func TestNewRefusesWhatIsBroken(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"template": {"pages/a/one.html": `{{define "main"}}{{if}}{{end}}`},
		"script":   {"pages/a/one.js": `import "./nowhere.js"`},
		"syntax":   {"pages/a/one.js": `const = 1`},
		"map":      {"map.json": `[1]`},
		"function": {"pages/a/one.html": `{{define "main"}}{{nosuch "x"}}{{end}}`},
	} {
		if _, err := makePages(t, small(files)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAssets(t *testing.T) {
	pages, err := makePages(t, small(nil))
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	v := view(t, "en", "x")
	if err := pages.Render(rec, httptest.NewRequest(http.MethodGet, "/", nil), http.StatusOK, "a/one", v); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(v.Script), `src="`)
	address, _, _ := strings.Cut(rest, `"`)
	for _, c := range []struct{ accept, coding string }{{"", ""}, {"identity;q=1, br;q=0", ""}} {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		rec := httptest.NewRecorder()
		if !pages.ServeAsset(rec, r) || rec.Header().Get("Content-Encoding") != c.coding {
			t.Errorf("%q: sent as %q", c.accept, rec.Header().Get("Content-Encoding"))
		}
		if !strings.Contains(rec.Body.String(), "from x") || !strings.Contains(rec.Body.String(), "shared") {
			t.Errorf("the script is not whole: %s", rec.Body)
		}
	}
	for _, path := range []string{"/assets/../page.go", "/assets/none.js", "/other/" + strings.TrimPrefix(address, "/assets/")} {
		if pages.ServeAsset(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://x"+path, nil)) {
			t.Errorf("%s was served", path)
		}
	}
}

func TestMap(t *testing.T) {
	pages, err := makePages(t, small(nil))
	if err != nil {
		t.Fatal(err)
	}
	svg := string(pages.Map(map[string]string{"TH": "worked", "XX": "failed"}))
	if !strings.Contains(svg, `<path class="none" d="M0 0h4v4h-4z"/>`) || !strings.Contains(svg, `<path class="worked" d="M10 5h4v4h-4z"/>`) || strings.Contains(svg, "failed") {
		t.Errorf("the map: %s", svg)
	}
}

// On the wide map each square says how many; on dark squares in the light colour, and in four figures' room.
func TestMapWithNumbers(t *testing.T) {
	pages, err := makePages(t, small(nil))
	if err != nil {
		t.Fatal(err)
	}
	svg := string(pages.MapNumbers(map[string]string{"TH": "worked"}, map[string]int{"TH": 12, "XX": 3}, nil))
	if !strings.Contains(svg, `<path class="worked" d="M10 5h4v4h-4z"/>`) || !strings.Contains(svg, `<g class="worked"><text x="12" y="7.9">12</text></g>`) || strings.Count(svg, "<text") != 1 {
		t.Errorf("the map: %s", svg)
	}
	if svg = string(pages.MapNumbers(map[string]string{"TH": "tried"}, map[string]int{"TH": 1999}, nil)); !strings.Contains(svg, `<g class="tried"><text x="12" y="7.9">1k</text></g>`) {
		t.Errorf("the map: %s", svg)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Ana Molina": "AM", "Somchai": "S", "Hyun-woo Bae": "HB", "": "", "  ": "", "Åsa de la Cruz": "ÅC", "أحمد علي": "أ\u200cع"} {
		if got := page.Initials(name); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}
