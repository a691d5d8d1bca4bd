package search_test

import (
	"slices"
	"testing"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// rate judges a practice, with the event that its verb would write: of that practice alone.
func (w *world) rate(id int64, rating, basis string) {
	w.t.Helper()
	w.tx(func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.Rate(ctx, p, portal.Evidence{Rating: rating, Basis: basis}, w.members[0]); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.PracticeTopic(id), portal.PracticeChanged, portal.Ref{Kind: portal.KindPractice, ID: id}, 0, id))
	})
}

// What is judged is the practice, in whatever language it is read: lists, filters and counts give a
// translation its original's rating, also when that one is judged later or anew.
func TestTranslationsAreRatedAsTheirOriginal(t *testing.T) {
	w := newWorld(t)
	original := w.practice(portal.Practice{PracticeText: text("Naloxone kits", ""), Evidence: &portal.Evidence{Rating: "promising", Basis: "One trial"}}, portal.Published)
	es := text("Naloxona", "")
	es.Language = "es"
	translation := w.practice(portal.Practice{PracticeText: es, TranslationOf: original}, portal.Published)
	fr := text("Naloxone en kit", "")
	fr.Language = "fr"
	w.practice(portal.Practice{PracticeText: fr, TranslationOf: original}, portal.Published)
	reader := w.viewer(1, w.rooms...)
	check := func(rating string) {
		t.Helper()
		w.relay()
		listed, err := w.db.Practices(ctx, reader, postgres.PracticeFilter{Evidence: rating, Page: portal.Page{Limit: 10}})
		if err != nil || len(listed) != 3 {
			t.Errorf("%s: the library lists %d (%v), want 3", rating, len(listed), err)
		}
		counts, err := w.db.CountPractices(ctx, reader, postgres.PracticeFilter{}, postgres.CountBeside)
		if err != nil || !slices.Contains(counts["evidence"], postgres.Count{Value: rating, N: 3}) {
			t.Errorf("%s: the library counts %v (%v)", rating, counts["evidence"], err)
		}
		found := w.find(reader, search.Query{Evidence: rating})
		if found.Total != 3 {
			t.Errorf("%s: %d are found, want 3", rating, found.Total)
		}
		for _, h := range found.Hits {
			if h.Practice.Evidence == nil || h.Practice.Evidence.Rating != rating {
				t.Errorf("%s: %s shows %+v", rating, h.Title, h.Practice.Evidence)
			}
		}
		if p, err := w.db.Practice(ctx, reader, translation); err != nil || p.Evidence == nil || p.Evidence.Basis != "One trial" {
			t.Errorf("%s: read alone it shows %+v (%v)", rating, p.Evidence, err)
		}
	}
	check("promising")
	w.rate(original, "strong", "One trial")
	check("strong")
}

// Whoever may not read an original is told how it was judged, and not why: the reasons are its readers'.
func TestReasonsOfARatingAreTheOriginalsReaders(t *testing.T) {
	w := newWorld(t)
	original := w.practice(portal.Practice{PracticeText: text("Kits", ""), Audience: portal.Audience{Handling: portal.Amber}}, portal.Published)
	es := text("Equipos", "")
	es.Language = "es"
	translation := w.practice(portal.Practice{PracticeText: es, TranslationOf: original}, portal.Published)
	w.rate(original, "strong", "The amber trial")
	p, err := w.db.Practice(ctx, portal.Viewer{}, translation)
	if err != nil || p.Evidence == nil || p.Evidence.Rating != "strong" || p.Evidence.Basis != "" {
		t.Errorf("a visitor reads %+v (%v)", p.Evidence, err)
	}
}

// A translation that was judged before its original was has its own judgement back when the original's
// is taken back.
func TestTranslationsOwnRatingComesBack(t *testing.T) {
	w := newWorld(t)
	original := w.practice(portal.Practice{PracticeText: text("Kits", "")}, portal.Submitted)
	es := text("Equipos", "")
	es.Language = "es"
	translation := w.practice(portal.Practice{PracticeText: es, TranslationOf: original}, portal.Published)
	shows := func(want string) {
		t.Helper()
		p, err := w.db.Practice(ctx, w.viewer(0), translation)
		if got := p.Evidence; err != nil || got == nil || got.Rating != want {
			t.Errorf("it shows %+v (%v), want %s", got, err, want)
		}
	}
	w.rate(translation, "emerging", "Own")
	shows("emerging")
	w.rate(original, "strong", "Whole")
	shows("strong")
	w.rate(translation, "promising", "Own, again")
	shows("strong")
	if _, err := w.db.Raw().Exec(`update practices set evidence_rating = null, evidence_basis = null, evidence_by = null where id = $1`, original); err != nil {
		t.Fatal(err)
	}
	shows("promising")
}

// What an original's readers lose, the translation's lose at once: in the lists, and in the index by the
// event of the original alone.
func TestNarrowedTranslationsAreNotFound(t *testing.T) {
	w := newWorld(t)
	original := w.practice(portal.Practice{PracticeText: text("Kits", "")}, portal.Published)
	es := text("Equipos de naloxona", "")
	es.Language = "es"
	w.practice(portal.Practice{PracticeText: es, TranslationOf: original}, portal.Published)
	w.relay()
	count := func() (n int) {
		t.Helper()
		answer, err := w.ix.Search(ctx, index.Request{Access: portal.Viewer{}.Terms(), Limit: 10,
			Filters: []index.Filter{{Field: index.Kind, Values: []string{string(portal.KindPractice)}}}})
		if err != nil {
			t.Fatal(err)
		}
		return answer.Total
	}
	if n := count(); n != 2 {
		t.Fatalf("the index gives a visitor %d, want both", n)
	}
	w.tx(func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, original)
		if err != nil {
			return err
		}
		p.Handling = portal.Amber
		if _, err := tx.UpdatePractice(ctx, p, postgres.Save{Editor: p.AuthorID}); err != nil {
			return err
		}
		if _, err := tx.NarrowTranslations(ctx, p); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.PracticeTopic(original), portal.PracticeChanged, portal.Ref{Kind: portal.KindPractice, ID: original}, 0, original))
	})
	if r := w.find(portal.Viewer{}, search.Query{Text: "naloxona"}); len(r.Hits) != 0 {
		t.Errorf("before the index has heard of it, a visitor is shown %d", len(r.Hits))
	}
	w.relay()
	if n := count(); n != 0 {
		t.Errorf("the index gives a visitor %d, want none", n)
	}
}
