package search_test

import (
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

// TestTypedFilters: what is typed as name:value narrows, in the words of several languages; what names
// nothing is looked for as words, and nothing is an error.
func TestTypedFilters(t *testing.T) {
	w := newWorld(t)
	w.tx(func(tx *postgres.Tx) error {
		return tx.SeedRoster(ctx, []portal.Country{{Code: "CR", Names: map[string]string{"en": "Costa Rica"}, Membership: "yes", Source: "a test", Member: true}}, nil)
	})
	here := portal.Practice{PracticeText: text("Naloxone kits", ""), Audience: portal.Audience{AuthorID: w.members[2]}}
	here.Country = "EC"
	a := w.practice(here, portal.Published)
	w.tx(func(tx *postgres.Tx) error { return tx.SetCoAuthors(ctx, a, []int64{w.members[3]}) })
	there := portal.Practice{PracticeText: portal.PracticeText{Title: "Naloxona en Costa Rica", Language: "es"}}
	there.Country = "CR"
	b := w.practice(there, portal.Published)
	thread := w.thread(portal.Thread{Title: "Naloxone?", Audience: portal.Audience{Handling: portal.Clear, AuthorID: w.members[4]}})
	post := w.post(thread, w.members[2], "Naloxone.")
	w.relay()
	pa, pb, th, po := ref("practice", a), ref("practice", b), ref("thread", thread), ref("post", post)
	for typed, want := range map[string][]string{
		"naloxone country:EC": {pa}, "naloxone país:ecuador": {pa}, "بلد:الإكوادور naloxone": {pa}, `pais:"costa rica"`: {pb}, `country:"Costa Rica" naloxona`: {pb},
		"lang:es": {pb}, "idioma:español": {pb}, "LANG:ES-mx": {pb}, "لغة:الإسبانية": {pb}, "naloxone kind:thread": {th}, "tipo:hilo": {th}, "نوع:مشاركة": {po},
		"kind:thread country:EC": {}, "naloxone kind：post": {po}, "kind:practice +kits": {pa}, "kits country:nowhere": {pa}, "kits lang:zzzz": {pa}, "kits author:me": {pa},
		"kits country:": {pa}, "kits :": {pa}, "kits :EC country::EC": {pa}, `kits country:"`: {pa}, `kits country:""`: {pa}, "kits http://x.example": {pa},
	} {
		got := w.found(portal.Viewer{}, search.Query{Text: typed})
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", typed, got, want)
		}
	}
	for typed, want := range map[string][3][]string{"author:me naloxone": {{th}, {po, pa}, {pa}}, "autora:yo": {{th}, {po, pa}, {pa}}, "كاتب:أنا": {{th}, {po, pa}, {pa}}} {
		for i, member := range []int{4, 2, 3} {
			got := w.found(w.viewer(member), search.Query{Text: typed})
			if slices.Sort(got); !slices.Equal(got, want[i]) {
				t.Errorf("%s finds %v for member %d, want %v", typed, got, member, want[i])
			}
		}
	}
}

// TestTypedFilterNarrowsCounts: a typed filter narrows what is counted, but not its own facet.
func TestTypedFilterNarrowsCounts(t *testing.T) {
	w := newWorld(t)
	for _, code := range []string{"EC", "EC", "TH"} {
		p := portal.Practice{PracticeText: text("Naloxone kits", "")}
		p.Country = code
		w.practice(p, portal.Published)
	}
	w.relay()
	r := w.find(portal.Viewer{}, search.Query{Text: "naloxone country:TH"})
	if r.Total != 1 || sumOf(r.Facets["language"]) != 1 || sumOf(r.Facets["country"]) != 3 {
		t.Errorf("%d found, counted %+v", r.Total, r.Facets)
	}
}

// TestExactly: who asks for the words as she typed them gets nothing else.
func TestExactly(t *testing.T) {
	w := newWorld(t)
	w.practice(portal.Practice{PracticeText: text("Fentanyl test strips", "")}, portal.Published)
	w.relay()
	if r := w.find(portal.Viewer{}, search.Query{Text: "fentanil"}); r.Total != 1 || len(r.Replaced) != 1 {
		t.Errorf("mended, it finds %+v", r)
	}
	if r := w.find(portal.Viewer{}, search.Query{Text: "fentanil", Exact: true}); r.Total != 0 || len(r.Replaced) != 0 {
		t.Errorf("exactly, it finds %+v", r)
	}
}
