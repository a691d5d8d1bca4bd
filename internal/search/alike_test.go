package search_test

import (
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/search"
)

// TestRelatedFindsDuplicatesThatTheViewerSees: inflected words count, unseen practices, translations
// and the practice itself do not.
func TestRelatedFindsDuplicatesThatTheViewerSees(t *testing.T) {
	w := newWorld(t)
	twin := portal.PracticeText{Title: "Leaving naloxone kits behind after an overdose call", Summary: "Ambulance crews leave two kits with the family.", Language: "en"}
	near := portal.PracticeText{Title: "Naloxone kit left behind at overdose calls", Summary: "Crews of ambulances leave a kit with families.", Language: "en"}
	far := portal.PracticeText{Title: "Watch-list of precursors at the port", Summary: "Customs compare manifests with a list each night.", Language: "en"}
	amber := portal.Audience{Handling: portal.Amber, WorkspaceID: w.rooms[1]}
	first := w.practice(portal.Practice{PracticeText: twin}, portal.Published)
	second := w.practice(portal.Practice{PracticeText: near}, portal.Published)
	w.practice(portal.Practice{PracticeText: far}, portal.Published)
	hidden := w.practice(portal.Practice{PracticeText: twin, Audience: amber}, portal.Published)
	translated := w.practice(portal.Practice{PracticeText: twin, TranslationOf: first}, portal.Published)
	w.relay()
	p, err := w.db.Practice(ctx, w.viewer(0), first)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		viewer portal.Viewer
		want   []int64
	}{
		"a visitor":  {portal.Viewer{}, []int64{second}},
		"an officer": {w.viewer(0), []int64{hidden, second}},
	} {
		likeness := search.LikenessOf(p)
		likeness.Limit = 5
		related, err := w.service.Related(ctx, c.viewer, likeness)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, a := range related {
			got = append(got, a.Practice.ID)
		}
		if !slices.Equal(got, c.want) || slices.Contains(got, translated) {
			t.Errorf("%s is shown %v as like it, want %v", name, got, c.want)
		}
	}
}

// TestRelatedAnswersWhetherItWasAsked: what is being written, in a few words, finds threads and practices,
// one of a practice in two languages; one word in common is no likeness, and red stays with its readers.
func TestRelatedAnswersWhetherItWasAsked(t *testing.T) {
	w := newWorld(t)
	red := portal.Audience{Handling: portal.Red, WorkspaceID: w.rooms[0], AuthorID: w.members[2]}
	asked := w.thread(portal.Thread{Title: "How do you store naloxone kits in ambulances?", Audience: portal.Audience{Handling: portal.Green, WorkspaceID: w.rooms[0], AuthorID: w.members[1]}})
	secret := w.thread(portal.Thread{Title: "Stored naloxone kits were stolen", Audience: red})
	w.thread(portal.Thread{Title: "Naloxone", Audience: portal.Audience{Handling: portal.Green, WorkspaceID: w.rooms[0], AuthorID: w.members[1]}})
	original := w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Storing kits of naloxone", Summary: "In each ambulance, below 25 degrees.", Language: "en"}}, portal.Published)
	w.practice(portal.Practice{PracticeText: portal.PracticeText{Title: "Storing kits of naloxone (in English again)", Language: "en"}, TranslationOf: original}, portal.Published)
	w.relay()
	likeness := search.Likeness{Title: "storing naloxone kits", Kinds: []portal.Kind{portal.KindThread, portal.KindPractice}, Least: search.LikelySame, Limit: 5}
	for name, c := range map[string]struct {
		viewer portal.Viewer
		want   []string
	}{
		"a visitor":       {portal.Viewer{}, []string{"practice"}},
		"a member":        {w.viewer(1, w.rooms[0]), []string{"practice", "thread"}},
		"the author":      {w.viewer(2, w.rooms[0]), []string{"practice", "thread", "thread"}},
		"nobody suitable": {w.viewer(3), []string{"practice", "thread"}},
	} {
		related, err := w.service.Related(ctx, c.viewer, likeness)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range related {
			switch {
			case r.Practice != nil:
				got = append(got, "practice")
			case r.Thread.ID == asked || r.Thread.ID == secret:
				got = append(got, "thread")
			default:
				got = append(got, r.Thread.Title)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s is told of %v, want %v", name, got, c.want)
		}
	}
}
