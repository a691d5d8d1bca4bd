package search_test

import (
	"slices"
	"testing"

	"praxis/internal/portal"
)

// TestAlikeFindsDuplicatesThatTheViewerSees: inflected words count, unseen practices, translations
// and the practice itself do not.
func TestAlikeFindsDuplicatesThatTheViewerSees(t *testing.T) {
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
		alike, err := w.service.Alike(ctx, c.viewer, p, 5)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, a := range alike {
			got = append(got, a.ID)
		}
		if !slices.Equal(got, c.want) || slices.Contains(got, translated) {
			t.Errorf("%s is shown %v as like it, want %v", name, got, c.want)
		}
	}
}
