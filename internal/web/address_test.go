package web

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"Take-home naloxone: prisons & more": "take-home-naloxone-prisons-more",
		"  ¿Quién puede detener?  ":          "quien-puede-detener",
		"النالوكسون المنزلي":                 "النالوكسون-المنزلي",
		"--- !":                              "",
		"ภาษาไทยที่นี่":                      "ภาษาไทยที่นี่",
	} {
		if got := slug(title); got != want {
			t.Errorf("%q: %q, not %q", title, got, want)
		}
	}
}

func TestInside(t *testing.T) {
	for next, want := range map[string]string{"/p/1-x?a=b#c": "/p/1-x?a=b#c", "//evil.example": "/", "https://evil.example/": "/", "/\\evil.example": "/",
		"": "/", "javascript:alert(1)": "/", "p/1": "/", "/a\nb": "/"} {
		if got := inside(next); got != want {
			t.Errorf("%q: %q, not %q", next, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("Take-home naloxone")
	f.Add("ÀÉ ß ﷺ % / ? # \x00")
	f.Fuzz(func(t *testing.T, title string) {
		path := practicePath(12, title)
		u, err := url.Parse(path)
		if err != nil || u.RawQuery != "" || u.Fragment != "" || strings.Count(path, "/") != 2 || !strings.HasPrefix(path, "/p/12") {
			t.Fatalf("%q makes %q: %v", title, path, err)
		}
		if s := slug(title); utf8.RuneCountInString(s) > maxSlug+1 || !utf8.ValidString(s) {
			t.Fatalf("%q makes words %q", title, s)
		}
	})
}

func FuzzInside(f *testing.F) {
	f.Add("/p/1")
	f.Add("//x")
	f.Fuzz(func(t *testing.T, next string) {
		base, _ := url.Parse("https://praxis.example.org/sign-in")
		to, err := base.Parse(inside(next))
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme {
			t.Fatalf("%q leads to %v, %v", next, to, err)
		}
	})
}
