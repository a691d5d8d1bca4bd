package i18n_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/text/language"

	"praxis/internal/i18n"
)

func load(t testing.TB) *i18n.Catalogues {
	t.Helper()
	c, err := i18n.Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMatch(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		accept    string
		preferred []string
		want      string
	}{
		{"", nil, "en"},
		{"es-EC,es;q=0.9,en;q=0.8", nil, "es"},
		{"es-419", nil, "es"},
		{"de,fr;q=0.5", nil, "fr"},
		{"de", nil, "en"},
		{"ar-MA", nil, "ar"},
		{"es", []string{"fr"}, "fr"},
		{"es", []string{"", "no language", "de", "ar"}, "ar"},
		{"es", []string{"de"}, "es"},
		{"x;;;q=&", nil, "en"},
		{strings.Repeat("fr-CA,", 10_000), nil, "fr"},
		{strings.Repeat("-", 100_000), nil, "en"},
	} {
		if got := c.Match(tt.accept, tt.preferred...); got.String() != tt.want {
			t.Errorf("Match(%.30q, %q) = %s, want %s", tt.accept, tt.preferred, got, tt.want)
		}
	}
	for tag, want := range map[string]string{"es-EC": "es", "de": "en", "fr": "fr", "und": "en"} {
		if got := c.Localizer(language.MustParse(tag)).Lang(); got != want {
			t.Errorf("localizer of %s speaks %s, want %s", tag, got, want)
		}
	}
}

func TestMessages(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		lang, id string
		args     []any
		want     string
	}{
		{"en", "practice.publish", nil, "Publish practice"},
		{"es", "practice.publish", nil, "Publicar práctica"},
		{"es", "only.english", nil, "Only here"},
		{"es", "no.such", nil, "no.such"},
		{"es", "greeting", []any{"Name", "Ana"}, "Hola, Ana"},
		{"en", "greeting", []any{"Name", "{{.Name}}"}, "Hello, {{.Name}}"},
		{"en", "greeting", []any{"Name", 1234}, "Hello, 1,234"},
		{"en", "greeting", []any{"Name", language.French}, "Hello, fr"},
		{"en", "greeting", nil, "Hello, {Name}"},
		{"en", "greeting", []any{"Name"}, "Hello, {Name}"},
		{"en", "moved", []any{"Count", 3, "Place", "B", "Name", "Ana"}, "Ana moved 3 posts to B."},
		{"ar", "greeting", []any{"Name", "كريم"}, "مرحبا كريم"},
		{"ar", "greeting", []any{"Name", "Ana"}, "مرحبا \u2068Ana\u2069"},
		{"en", "greeting", []any{"Name", "كريم"}, "Hello, \u2068كريم\u2069"},
		{"ar", "greeting", []any{"Name", "https://e.example"}, "مرحبا https://e.example"},
	} {
		if got := c.Localizer(language.MustParse(tt.lang)).T(tt.id, tt.args...); got != tt.want {
			t.Errorf("%s T(%s, %v) = %q, want %q", tt.lang, tt.id, tt.args, got, tt.want)
		}
	}
}

func TestPlurals(t *testing.T) {
	c := load(t)
	for _, tt := range []struct {
		lang  string
		count int
		want  string
	}{
		{"en", 0, "0 posts"}, {"en", 1, "1 post"}, {"en", 2, "2 posts"}, {"en", 12345, "12,345 posts"}, {"en", -1, "-1 post"},
		{"fr", 0, "0 message"}, {"fr", 2, "2 messages"},
		{"es", 1, "1 mensaje"}, {"es", 1500, "1500 mensajes"}, {"es", 1_000_000, "1.000.000 de mensajes"},
		{"ar", 0, "لا رسائل"}, {"ar", 1, "رسالة واحدة"}, {"ar", 2, "رسالتان"}, {"ar", 3, "3 رسائل"}, {"ar", 11, "11 رسالة"}, {"ar", 100, "100 رسالة"},
	} {
		if got := c.Localizer(language.MustParse(tt.lang)).N("post.count", tt.count); got != tt.want {
			t.Errorf("%s N(%d) = %q, want %q", tt.lang, tt.count, got, tt.want)
		}
	}
	en := c.Localizer(language.English)
	if got := en.N("post.count.by", 2, "Name", "Ana"); got != "2 posts by Ana" {
		t.Errorf("with a name: %q", got)
	}
	if got := en.N("practice.publish", 2); got != "Publish practice" {
		t.Errorf("plain message with a count: %q", got)
	}
	if got := en.N("no.such", 2); got != "no.such" {
		t.Errorf("unknown message: %q", got)
	}
	if got := c.Localizer(language.Arabic).N("post.count.by", 2, "Name", "كريم"); got != "2 رسالة من كريم" {
		t.Errorf("form that the catalogue lacks: %q", got)
	}
}

// A message that falls back to English follows English plurals.
func TestFallbackKeepsItsPlurals(t *testing.T) {
	c, err := i18n.Load(fstest.MapFS{
		"en.json": {Data: []byte(`{"n": {"one": "{{.Count}} post", "other": "{{.Count}} posts"}}`)},
		"fr.json": {Data: []byte(`{}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Localizer(language.French).N("n", 0); got != "0 posts" {
		t.Errorf("got %q", got)
	}
}

func TestProblemsAreTold(t *testing.T) {
	c := load(t)
	var told []string
	c.OnProblem(func(lang, problem string) { told = append(told, lang+": "+problem) })
	es := c.Localizer(language.Spanish)
	es.T("only.english")
	es.T("no.such")
	es.T("greeting")
	want := []string{"es: no message no.such", "es: message greeting: no value for Name"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if !es.Has("only.english") || es.Has("no.such") {
		t.Error("Has is wrong")
	}
}

func TestMissing(t *testing.T) {
	got := load(t).Missing()
	want := map[string][]string{
		"es": {
			"left.over: not in English",
			"moved: has variables [Name], English has [Name Place]",
			"only.english: missing",
		},
		"ar": {
			"post.count.by: lacks the plural form few", "post.count.by: lacks the plural form many",
			"post.count.by: lacks the plural form two", "post.count.by: lacks the plural form zero",
		},
	}
	for lang := range want {
		if !slices.Equal(got[lang], want[lang]) {
			t.Errorf("%s: got %q, want %q", lang, got[lang], want[lang])
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	const en = `{"a": "b"}`
	for name, fsys := range map[string]fstest.MapFS{
		"bad name":      {"en.json": {Data: []byte(en)}, "no language.json": {Data: []byte(en)}},
		"not JSON":      {"en.json": {Data: []byte(`{"a": "b"`)}},
		"a list":        {"en.json": {Data: []byte(`["a"]`)}},
		"two values":    {"en.json": {Data: []byte(en + en)}},
		"twice":         {"en.json": {Data: []byte(`{"a": "b", "a": "c"}`)}},
		"number":        {"en.json": {Data: []byte(`{"a": 1}`)}},
		"empty":         {"en.json": {Data: []byte(`{"a": ""}`)}},
		"nested":        {"en.json": {Data: []byte(`{"a": {"b": {"other": "c"}}}`)}},
		"unknown form":  {"en.json": {Data: []byte(`{"a": {"several": "b", "other": "c"}}`)}},
		"no other form": {"en.json": {Data: []byte(`{"a": {"one": "b"}}`)}},
		"template":      {"en.json": {Data: []byte(`{"a": "{{if .X}}b{{end}}"}`)}},
		"open gap":      {"en.json": {Data: []byte(`{"a": "{{.Name"}`)}},
		"too large":     {"en.json": {Data: []byte(`{"a": "` + strings.Repeat("x", i18n.MaxCatalogueBytes) + `"}`)}},
	} {
		if _, err := i18n.Load(fsys); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := i18n.Load(fstest.MapFS{"fr.json": {Data: []byte(en)}}); !errors.Is(err, i18n.ErrNoBase) {
		t.Errorf("without English: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"a": "b {{.Name}}", "c": {"one": "d", "other": "{{.Count}}"}}`))
	f.Add([]byte(`{"other": "b", "id": {"description": "x", "other": "}}{{"}}`))
	f.Add([]byte(`{"id": "a", "other": "b", "one": ""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := i18n.Load(fstest.MapFS{"en.json": {Data: data}})
		if err != nil {
			return
		}
		l := c.Localizer(language.English)
		_ = l.T("a") + l.N("c", 2, "Name")
		c.Missing()
	})
}

func TestConcurrentUse(t *testing.T) {
	c := load(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			l := c.Localizer(c.Tags()[i%len(c.Tags())])
			names := []string{"b", "a", "c"}
			for n := range 300 {
				_ = l.T("greeting", "Name", "Ana") + l.N("post.count", n) + l.Number(n*n) + l.Country("EC")
				_ = l.Bytes(int64(n)*1000) + l.Percent(float64(n)/300) + l.Language("es")
				i18n.SortBy(l, names, func(s string) string { return s })
			}
		})
	}
	wg.Wait()
}

// A page has about 150 strings: this is the cost of one.
func BenchmarkPage(b *testing.B) {
	c := load(b)
	tag := c.Match("es-EC")
	b.ReportAllocs()
	for b.Loop() {
		l := c.Localizer(tag)
		for i := range 150 {
			switch i % 15 {
			case 0:
				l.T("greeting", "Name", "Ana")
			case 1:
				l.N("post.count", i)
			default:
				l.T("practice.publish")
			}
		}
	}
}

func ExampleLocalizer_N() {
	c, err := i18n.Load(os.DirFS("testdata"))
	if err != nil {
		panic(err)
	}
	l := c.Localizer(c.Match("es-EC,en;q=0.5"))
	fmt.Println(l.T("greeting", "Name", "Ana"), l.N("post.count", 2))
	// Output: Hola, Ana 2 mensajes
}
