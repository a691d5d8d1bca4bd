package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Officers are told when search was last built anew, and while it is being built how far that is.
func TestOfficersAreToldOfTheIndex(t *testing.T) {
	w := newWorld(t)
	holds(t, w.get(t, officer, "/officer").Body.String(), "The search index was last built anew on ")
	w.f.CaughtUp = func(context.Context) (bool, int) { return false, 63 }
	w.mount(t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	rec := w.get(t, officer, "/officer")
	holds(t, rec.Body.String(), "Search is catching up (63 %)")
	w.sound(t, rec, "en", "ltr")
}

// A member narrows a search to her languages by a box that is off until she ticks it; other filters stay.
func TestOnlyInMyLanguages(t *testing.T) {
	w := newWorld(t)
	ask := func(path string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Language", "pt-BR, fr;q=0.5")
		return w.do(t, officer, r).Body.String()
	}
	page := ask("/search?q=naloxone&country=EE&sort=newest")
	holds(t, page, `<input type="checkbox" name="languages" value="en,pt,fr"> Only in my languages (English, Portuguese and French)`)
	for _, kept := range []string{`name="q" value="naloxone"`, `name="country" value="EE"`, `name="sort" value="newest"`} {
		holds(t, page, `<input type="hidden" `+kept+`>`)
	}
	page = ask("/search?q=naloxone&languages=es,fr")
	holds(t, page, `<input type="checkbox" name="languages" value="es,fr" checked>`)
	if strings.Contains(page, `<p lang="en">`) {
		t.Error("something in English is among what is in Spanish and French")
	}
	if strings.Contains(w.get(t, visitor, "/search?q=naloxone").Body.String(), `name="languages"`) {
		t.Error("a visitor is asked for her languages")
	}
}
