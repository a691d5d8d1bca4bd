package search_test

import (
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// report adds a report on a practice, as practice.Adopt does, and gives its identifier.
func (w *world) report(practice int64, member int, country string) (id int64) {
	w.t.Helper()
	w.tx(func(tx *postgres.Tx) error {
		var err error
		id, err = tx.InsertAdoption(ctx, portal.Adoption{PracticeID: practice, Author: portal.Person{ID: w.members[member]}, Country: country, Result: "worked"})
		if err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.PracticeTopic(practice), portal.PracticeChanged, portal.Ref{Kind: portal.KindPractice, ID: practice}, 0, practice))
	})
	return id
}

// TestMostAdoptedFirst: a report puts a practice before others by the next event, with its translation, and a
// hidden one takes it back; what a reader may not see adds nothing.
func TestMostAdoptedFirst(t *testing.T) {
	w := newWorld(t)
	first := w.practice(portal.Practice{PracticeText: text("Naloxone kits", "")}, portal.Published)
	second := w.practice(portal.Practice{PracticeText: text("Naloxone sprays", "")}, portal.Published)
	closed := w.practice(portal.Practice{PracticeText: text("Naloxone in cells", ""), Audience: portal.Audience{Handling: portal.Green}}, portal.Published)
	es := text("Naloxone en casa", "")
	es.Language = "es"
	translation := w.practice(portal.Practice{PracticeText: es, TranslationOf: first}, portal.Published)
	names := map[int64]string{first: "first", second: "second", closed: "closed", translation: "translation"}
	check := func(when string, v portal.Viewer, want ...string) {
		t.Helper()
		w.relay()
		for _, q := range []search.Query{{Text: "naloxone", Sort: search.Adopted}, {Kind: "practice", Sort: search.Adopted}} {
			var got []string
			for q.Limit = 3; ; {
				r := w.find(v, q)
				for _, h := range r.Hits {
					got = append(got, names[h.ID])
				}
				if q.After = r.Next; r.Next == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %q: %v, want %v", when, q.Text, got, want)
			}
		}
	}
	visitor, member := portal.Viewer{}, w.viewer(1)
	check("no report", visitor, "translation", "second", "first")
	w.report(first, 2, "TH")
	check("one report", visitor, "translation", "first", "second")
	w.report(second, 2, "TH")
	told := []int64{w.report(second, 3, "AT"), w.report(second, 4, "AT")}
	check("two countries", visitor, "second", "translation", "first")
	for i, country := range []string{"TH", "AT", "EC"} {
		w.report(closed, i+2, country)
	}
	check("behind a label", visitor, "second", "translation", "first")
	check("before it", member, "closed", "second", "translation", "first")
	for i, want := range [][]string{{"second", "translation", "first"}, {"translation", "second", "first"}} {
		w.tx(func(tx *postgres.Tx) error {
			if err := tx.SetHidden(ctx, portal.Ref{Kind: portal.KindAdoption, ID: told[i]}, w.members[0]); err != nil {
				return err
			}
			return tx.Record(ctx, event(portal.PracticeTopic(second), portal.PracticeChanged, portal.Ref{Kind: portal.KindAdoption, ID: told[i]}, 0, second))
		})
		check("hidden", visitor, want...)
	}
}
