package web_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// The budget of a page as it is sent.
const (
	maxHTML   = 14 << 10 // compressed
	maxCSS    = 12 << 10 // as it stands in the page
	maxScript = 16 << 10 // of one page, compressed
	maxMap    = 8 << 10
)

func TestBudget(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	p := w.practiceByKey(t, "ee-thn")
	paths := []string{"/", "/library", fmt.Sprintf("/p/%d-take-home-naloxone-through-needle-exchanges-and-prisons", p.ID), "/workspaces",
		"/search?q=naloxone", "/search?q=a", "/directory", "/notifications", "/about", "/api", "/t/1?page=1", "/w/1"}
	for _, email := range []string{officer, karim} {
		for _, path := range paths {
			t.Run(email+path, func(t *testing.T) { w.measure(t, email, path) })
		}
	}
}

func (w *world) measure(t *testing.T, email, path string) {
	fetch := func(path, coding string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", coding)
		rec := w.do(t, email, r)
		if to := rec.Header().Get("Location"); to != "" { // its right address, or the reader's language
			r = httptest.NewRequest(http.MethodGet, to, nil)
			r.Header.Set("Accept-Encoding", coding)
			rec = w.do(t, email, r)
		}
		return rec
	}
	for _, coding := range []string{"gzip", "br", "zstd"} {
		rec := fetch(path, coding)
		if rec.Code == http.StatusNotFound {
			return // not for this reader
		}
		if got := rec.Header().Get("Content-Encoding"); got != coding {
			t.Fatalf("sent as %q, not %s", got, coding)
		}
		if rec.Body.Len() > maxHTML {
			t.Errorf("%d bytes by %s", rec.Body.Len(), coding)
		}
	}
	z, err := gzip.NewReader(bytes.NewReader(fetch(path, "gzip").Body.Bytes()))
	must(t, err)
	body, err := io.ReadAll(z)
	must(t, err)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindSubmatch(body)
	if style == nil || len(style[1]) > maxCSS {
		t.Errorf("the style has %d bytes", len(style[1]))
	}
	for _, m := range regexp.MustCompile(`(?s)<svg class="map".*?</svg>`).FindAll(body, -1) {
		if len(m) > maxMap {
			t.Errorf("the map has %d bytes", len(m))
		}
	}
	scripts := 0
	for _, m := range regexp.MustCompile(`<script type="module" src="([^"]+)"`).FindAllSubmatch(body, -1) {
		rec := fetch(string(m[1]), "br")
		if rec.Code != http.StatusOK || rec.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("the script %s: %d %s", m[1], rec.Code, rec.Header().Get("Cache-Control"))
		}
		scripts += rec.Body.Len()
	}
	if scripts == 0 || scripts > maxScript {
		t.Errorf("the scripts have %d bytes", scripts)
	}
}

// A visitor's page is not sent twice; a member's is kept by nobody.
func TestCaching(t *testing.T) {
	w := newWorld(t)
	rec := w.get(t, visitor, "/about")
	tag := rec.Header().Get("ETag")
	r := httptest.NewRequest(http.MethodGet, "/about", nil)
	r.Header.Set("If-None-Match", tag)
	if again := w.do(t, visitor, r); tag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("the same page again: %d with %d bytes", again.Code, again.Body.Len())
	}
	if got := w.get(t, ana, "/about").Header().Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("a member's page: %q", got)
	}
	if rec := w.get(t, visitor, "/assets/nothing.js"); rec.Code != http.StatusNotFound {
		t.Errorf("an asset that is not there: %d", rec.Code)
	}
}
