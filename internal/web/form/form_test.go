package form_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

func localizer(t testing.TB) *i18n.Localizer {
	t.Helper()
	c, err := i18n.Load(fstest.MapFS{"en.json": &fstest.MapFile{Data: []byte(`{"error.required": "Fill this in.", "error.type": "Wrong form.",
		"error.too_long": "At most {{.Max}}.", "error.stale": "Somebody was faster."}`)}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Localizer(i18n.Base)
}

func request(body, kind string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return r
}

const urlencoded = "application/x-www-form-urlencoded"

func TestRead(t *testing.T) {
	f, err := form.Read(request("title=+A+&body=one%0D%0Atwo&sector=a&sector=b&sector=a&id=7&id=x&none=", urlencoded))
	if err != nil {
		t.Fatal(err)
	}
	if f.Value("title") != " A " || f.Text("title") != "A" || f.Value("body") != "one\ntwo" || !f.Has("none") || f.Has("other") {
		t.Errorf("values: %q %q", f.Value("title"), f.Value("body"))
	}
	if got := f.List("sector"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("list: %v", got)
	}
	if got := f.IDs("id"); !slices.Equal(got, []int64{7}) {
		t.Errorf("identifiers: %v", got)
	}
}

func TestReadRefuses(t *testing.T) {
	many := strings.Repeat("a=1&", form.MaxFields+1)
	for name, c := range map[string]struct {
		r    *http.Request
		kind portal.ErrorKind
	}{
		"another type": {request("{}", "application/json"), portal.Unsupported},
		"no type":      {request("a=1", ""), portal.Unsupported},
		"broken":       {request("a=%zz", urlencoded), portal.Malformed},
		"too many":     {request(many, urlencoded), portal.Malformed},
	} {
		if _, err := form.Read(c.r); portal.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := request("a="+strings.Repeat("x", 100), urlencoded)
	large.Body = http.MaxBytesReader(nil, large.Body, 10)
	if _, err := form.Read(large); portal.KindOf(err) != portal.TooLarge {
		t.Errorf("too large: %v", err)
	}
}

func TestTake(t *testing.T) {
	l := localizer(t)
	f := form.New("title", "typed")
	var c portal.Checks
	c.Text("title", strings.Repeat("x", 9), 5, false)
	c.Text("summary", "", 5, false)
	if !f.Take(l, c.Err()) || f.Error("title") != "At most 5." || f.Error("summary") != "Fill this in." || f.Error("other") != "" {
		t.Errorf("errors: %+v", f.Errors)
	}
	if f.Value("title") != "typed" || !f.Failed() {
		t.Error("what was typed is gone")
	}
	if !f.Take(l, portal.Fail(portal.Stale, "error.stale")) || f.Error("") != "Somebody was faster." {
		t.Errorf("a lost race: %+v", f.Errors)
	}
	for _, err := range []error{portal.ErrNotFound(), portal.ErrForbidden(), errors.New("a failure"), nil} {
		if form.New().Take(l, err) {
			t.Errorf("%v is not for the form to say", err)
		}
	}
}

func TestNumbers(t *testing.T) {
	l := localizer(t)
	for text, want := range map[string]struct {
		n   int
		bad bool
	}{"": {0, false}, " 12 ": {12, false}, "x": {0, true}, "-1": {0, true}, "9007199254740992": {0, true}} {
		f := form.New("year", text)
		if got := f.Int(l, "year"); got != want.n || f.Failed() != want.bad {
			t.Errorf("%q: %d, %v", text, got, f.Errors)
		}
	}
}

func TestField(t *testing.T) {
	f := form.New("color", "b")
	f.Errors = []form.Error{{Field: "color", Message: "no"}}
	choices := []form.Choice{{Value: "a"}, {Value: "b"}}
	got, err := f.Field("color", "Colour", "choices", choices, "help", "h", "optional", true, "rows", 3, "max", 9)
	if err != nil || got.ID != "f-color" || !got.Choices[1].Chosen || got.Choices[0].Chosen || choices[1].Chosen || got.DescribedBy() != "f-color-help f-color-error" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, options := range [][]any{{"nosuch", 1}, {"rows", "x"}, {"help"}} {
		if _, err := f.Field("a", "A", options...); err == nil {
			t.Errorf("%v: no error", options)
		}
	}
	var none *form.State
	if got, err := none.Field("sections.problem", "P"); err != nil || got.Value != "" || got.ID != "f-sections-problem" {
		t.Errorf("an empty form: %+v, %v", got, err)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("a=1&b=2&a=3")
	f.Add("a=%0D%0A;&&=")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s, err := form.Of(values)
		if err != nil {
			if portal.KindOf(err) != portal.Malformed {
				t.Fatal(err)
			}
			return
		}
		for name := range values {
			if !s.Has(name) || strings.Contains(s.Value(name), "\r\n") || !s.Holds(name, s.Value(name)) {
				t.Fatalf("the field %q: %q", name, s.Value(name))
			}
		}
	})
}
