package search_test

import (
	"slices"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/search"
)

// Told is a search in words that found nothing in all there is: not one that was narrowed, nor a later page,
// nor one that an index answered that is not built yet.
func TestOnNothing(t *testing.T) {
	w := newWorld(t)
	var told []string
	hear := func(locale, text string) { told = append(told, locale+" "+text) }
	w.service.OnNothing(hear)
	for _, q := range []search.Query{
		{Text: "zzzqqq", Locale: "en"},
		{Text: "zzzqqq", Locale: "en", Country: "EC"},
		{Text: "zzzqqq", Locale: "en", Workspace: 99},
		{Text: "zzzqqq", Locale: "en", From: time.Now()},
		{Text: "zzzqqq", Locale: "en", Language: "es"},
		{Text: " ", Locale: "en"},
		{Text: "“”", Locale: "en"},
		{Text: "+zzzqqq -vvvyyy", Locale: "ar"},
	} {
		w.find(portal.Viewer{}, q)
	}
	if want := []string{"en zzzqqq", "ar +zzzqqq -vvvyyy"}; !slices.Equal(told, want) {
		t.Errorf("told is %q, not %q", told, want)
	}
	told = nil
	ix, err := index.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	unbuilt := search.New(w.db, ix, w.vocab, nil)
	unbuilt.OnNothing(hear)
	if r, err := unbuilt.Find(ctx, portal.Viewer{}, search.Query{Text: "zzzqqq"}); err != nil || !r.Partial || len(told) > 0 {
		t.Errorf("an index that is not built: %+v, %v, told %q", r, err, told)
	}
}
