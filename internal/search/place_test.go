package search_test

import (
	"slices"
	"strings"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// TestPlacesAreFoundByAnyName: countries and organizations are found by what they are called in whatever
// language, by everybody, and shown in the reader's; what an officer changes shows at once.
func TestPlacesAreFoundByAnyName(t *testing.T) {
	w := newWorldOn(t, pgtest.URL(t, migrate, "praxis"))
	w.tx(func(tx *postgres.Tx) error {
		return tx.SeedRoster(ctx,
			[]portal.Country{{Code: "EE", Names: map[string]string{"en": "Estonia", "fr": "Estonie", "ru": "Эстония", "ar": "إستونيا"}, Membership: "no", Source: "a test"}},
			[]portal.Organization{{Code: "UNODC", NameEN: "United Nations Office on Drugs and Crime", Names: map[string]string{"es": "Oficina de las Naciones Unidas contra la Droga y el Delito"}, Membership: "yes", Source: "a test"}})
	})
	w.start(t.TempDir())
	for typed, want := range map[string]string{"Estonia": "country Estonia /countries/EE", "эстония": "country Estonia /countries/EE", "estonie": "country Estonia /countries/EE",
		"إستونيا": "country Estonia /countries/EE", "unodc": "organization United Nations Office on Drugs and Crime /organizations/UNODC",
		"oficina de las naciones unidas": "organization United Nations Office on Drugs and Crime /organizations/UNODC"} {
		hits := w.find(portal.Viewer{}, search.Query{Text: typed, Locale: "en", Exact: true}).Hits
		if len(hits) == 0 || string(hits[0].Kind)+" "+hits[0].Title+" "+hits[0].URL != want {
			t.Errorf("%q finds %+v, want %s", typed, hits, want)
		}
	}
	if hits := w.find(portal.Viewer{}, search.Query{Text: "эстония", Locale: "en"}).Hits; len(hits) != 1 || hits[0].Language != "ru" || len(hits[0].Snippet) == 0 || !hits[0].Snippet[0].Match {
		t.Errorf("the name that matched is not shown: %+v", hits)
	}
	if got := w.find(portal.Viewer{}, search.Query{Text: "estonia kind:país", Locale: "es"}); got.Total != 1 || got.Hits[0].Kind != portal.KindCountry {
		t.Errorf("by its kind: %+v", got.Hits)
	}
	got, err := w.service.Suggest(ctx, portal.Viewer{}, "эсто", 5)
	if err != nil || len(got) != 1 || got[0].Text != "Эстония" || got[0].URL != "/countries/EE" {
		t.Errorf("suggested: %+v, %v", got, err)
	}
	if w.find(portal.Viewer{}, search.Query{Text: "estonia"}).Hits[0].Place.Member {
		t.Error("it is a member already")
	}
	w.tx(func(tx *postgres.Tx) error {
		if err := tx.SetCountryMember(ctx, "EE", true, "a test"); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Action: "roster.set", Target: portal.Ref{Kind: portal.KindCountry}})
	})
	w.relay()
	if hits := w.find(portal.Viewer{}, search.Query{Text: "estonia"}).Hits; len(hits) != 1 || !hits[0].Place.Member {
		t.Errorf("after the officer: %+v", hits)
	}
}

// TestReadingListsAreFound: by whoever may read them, by title and introduction, until they are removed.
func TestReadingListsAreFound(t *testing.T) {
	w := newWorld(t)
	list := func(k portal.Collection) (id int64) {
		w.tx(func(tx *postgres.Tx) (err error) {
			k.WorkspaceID, k.Language, k.CreatedBy = w.rooms[0], "en", w.members[0]
			if id, err = tx.InsertCollection(ctx, k); err != nil {
				return err
			}
			return tx.Record(ctx, postgres.Change{Action: "collection.create", Target: portal.Ref{Kind: portal.KindCollection, ID: id}, WorkspaceID: k.WorkspaceID})
		})
		return id
	}
	open := list(portal.Collection{Title: "First steps with drug checking", Introduction: "Where **reagents** come from.", Handling: portal.Clear})
	amber := list(portal.Collection{Title: "Drug checking in prisons", Handling: portal.Amber})
	w.relay()
	finds := func(v portal.Viewer, text string) []int64 {
		var ids []int64
		for _, h := range w.find(v, search.Query{Text: text}).Hits {
			if h.Kind != portal.KindCollection || !strings.HasPrefix(h.URL, "/c/") {
				t.Errorf("%q finds %+v", text, h)
			}
			ids = append(ids, h.ID)
		}
		slices.Sort(ids)
		return ids
	}
	for name, c := range map[string]struct {
		viewer portal.Viewer
		text   string
		want   []int64
	}{
		"a visitor":        {portal.Viewer{}, "drug checking", []int64{open}},
		"by introduction":  {portal.Viewer{}, "reagents", []int64{open}},
		"another member":   {w.viewer(1), "drug checking", []int64{open}},
		"in the workspace": {w.viewer(1, w.rooms[0]), "drug checking", []int64{open, amber}},
	} {
		if got := finds(c.viewer, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	w.tx(func(tx *postgres.Tx) error {
		if err := tx.DeleteCollection(ctx, open); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Action: "collection.delete", Target: portal.Ref{Kind: portal.KindCollection, ID: open}, WorkspaceID: w.rooms[0]})
	})
	w.relay()
	if got := w.find(portal.Viewer{}, search.Query{Text: "reagents"}); got.Total != 0 {
		t.Errorf("after its removal: %+v", got)
	}
}

// TestOnlyInSomeLanguages: a choice of languages narrows to any of them; a person and a country, which have
// none, stay. A list without words leaves countries out, unless they are asked for.
func TestOnlyInSomeLanguages(t *testing.T) {
	w := newWorld(t)
	for _, language := range []string{"en", "es", "pt-BR"} {
		w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Naloxone " + language, Language: language}}, portal.Published)
	}
	w.tx(func(tx *postgres.Tx) error {
		return tx.SeedRoster(ctx, []portal.Country{{Code: "NL", Names: map[string]string{"en": "Naloxone Land"}, Membership: "no", Source: "a test"}}, nil)
	})
	if err := w.indexer.Rebuild(ctx, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	for chosen, want := range map[string]int{"": 4, "es": 2, "es,PT": 3, " pt , zz-nonsense, ": 2, "fr": 1, "not a language": 4} {
		q := search.Query{Text: "naloxone", Languages: search.LanguagesOf(chosen)}
		if got := w.find(portal.Viewer{}, q); got.Total != want {
			t.Errorf("in %q: %d are found, want %d", chosen, got.Total, want)
		}
	}
	if got := w.find(portal.Viewer{}, search.Query{}); got.Total != 3 {
		t.Errorf("a list without words has %d, want the practices", got.Total)
	}
	if got := w.find(portal.Viewer{}, search.Query{Kind: "country"}); got.Total != 4 {
		t.Errorf("all countries are %d, want 4", got.Total)
	}
}

// TestPeopleAreFoundInOtherScripts: a name is found as it is written in Latin, Cyrillic and Arabic letters, and
// not taken for a misspelling; a text in those letters is not found by it, nor a name by its exact letters.
func TestPeopleAreFoundInOtherScripts(t *testing.T) {
	w := newWorld(t)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "О кармане", Summary: "Карим писал", Language: "ru"}}, portal.Published)
	w.relay()
	for _, typed := range []string{"Карим", "كريم", "Karim", "Карим Алауи"} {
		got := w.find(w.viewer(1), search.Query{Text: typed, Kind: "member"})
		if got.Total != 1 || got.Hits[0].Title != "Karim Alaoui" || len(got.Replaced) != 0 {
			t.Errorf("%q finds %+v, replaced %v", typed, got.Hits, got.Replaced)
		}
	}
	if got := w.find(w.viewer(1), search.Query{Text: "كريم"}); got.Total != 1 {
		t.Errorf("beside the person: %+v", got.Hits)
	}
	if got := w.find(w.viewer(1), search.Query{Text: "كريم", Exact: true}); got.Total != 0 {
		t.Errorf("by the exact letters: %+v", got.Hits)
	}
	if got := w.find(portal.Viewer{}, search.Query{Text: "كريم"}); got.Total != 0 {
		t.Errorf("a visitor finds people: %+v", got.Hits)
	}
}
