package index_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// What a document answers by itself is what the index finds when every word is needed: asked by questions of
// every kind over documents in every way of writing.
func TestReadingAgreesWithTheIndex(t *testing.T) {
	narrow := doc(8, "en", "Drug checking in prisons", "Kits for customs")
	narrow.Kind, narrow.Country, narrow.Tags, narrow.Sectors, narrow.Authors, narrow.Workspace = portal.KindThread, "", []string{"naloxone"}, []string{"police"}, []int64{5}, 3
	hidden := doc(9, "en", "Naloxone for police", "Kits")
	hidden.Access = []string{"w3"}
	documents := []index.Document{
		doc(1, "en", "Naloxone kits for the police", "Officers carry take-home kits; checked drugs are kept."),
		doc(2, "es", "Naloxona y policía", "Los agentes llevan estuches de naloxona."),
		doc(3, "ru", "Налоксон для полиции", "Наборы в каждой машине."),
		doc(4, "ar", "النالوكسون مع الشرطة", "حقائب في كل سيارة"),
		doc(5, "zh", "警察携带纳洛酮", "每辆车都有急救包"),
		doc(6, "th", "ตำรวจพกยานาล็อกโซน", "ชุดอยู่ในรถทุกคัน"),
		doc(7, "", "Drug-free checking", "Nothing of the kind: drug policy, checking later"),
		narrow, hidden,
	}
	x := live(t, documents...)
	of := func(f index.Field, values ...string) []index.Filter {
		return []index.Filter{{Field: f, Values: values}}
	}
	tests := []index.Request{
		{}, {Filters: of(index.Kind, "thread")}, {Filters: of(index.Country, "EC")}, {Filters: of(index.Tag, "naloxone", "x")}, {Filters: of(index.Sector, "health")},
		{Filters: of(index.Author, "5")}, {Filters: of(index.Workspace, "3")}, {Filters: of(index.Language, "en", "es")}, {Filters: of(index.Country, "")},
		{From: time.UnixMilli(1_700_000_000_004)}, {To: time.UnixMilli(1_700_000_000_004)}, {Access: []string{"w3"}}, {Access: []string{"w4"}},
	}
	for _, text := range []string{"naloxone", "naloxone police", "kit officer", "naloxona", "policia agentes", "налоксон", "полиция машина", "شرطة", "纳洛酮", "警察", "ตำรวจ", "นาล็อกโซน", "酮", "customs", "nothing", "prison customs kits", "the"} {
		tests = append(tests, index.Request{Must: index.QueryWords(text)})
	}
	for _, text := range []string{"drug checking", "take-home kits", "kits for the police", "checking drug", "每辆车", "carry the kits"} {
		phrase, ok := index.QueryPhrase(text)
		if !ok {
			t.Fatalf("%q is no phrase", text)
		}
		tests = append(tests, index.Request{Must: []index.Word{phrase}}, index.Request{Must: index.QueryWords("kits"), MustNot: []index.Word{phrase}})
	}
	found := 0
	for i, r := range tests {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			if r.Access == nil {
				r.Access = []string{"all"}
			}
			got := []int64{}
			for _, d := range documents {
				reading := d.Read()
				if reading.Answers(r) {
					got = append(got, d.ID)
					if keys := r.Keys(); len(keys) > 0 && !slices.ContainsFunc(slices.Collect(reading.Terms), func(term string) bool { return slices.Contains(keys, term) }) {
						t.Errorf("document %d answers without one of the keys %q", d.ID, keys)
					}
				}
			}
			want := find(t, x, r)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%+v: answered by %v, found %v", r, got, want)
			}
			found += len(got)
		})
	}
	if found < 60 {
		t.Errorf("only %d answers in all", found)
	}
}

// Unasked, a document tells only whoever asked for all of it, as it stands or by its meaning.
func TestReadingWantsEveryWord(t *testing.T) {
	thesaurus := index.NewThesaurus([]index.Concept{
		{Key: "opioids", Names: []index.ConceptName{{Language: "en", Text: "opioids"}}},
		{Key: "fentanyl", Broader: "opioids", Names: []index.ConceptName{{Language: "en", Text: "fentanyl"}, {Language: "es", Text: "fentanilo"}}},
	})
	d := doc(1, "es", "Fentanilo en el correo", "Paquetes pequeños")
	d.Thesaurus = thesaurus
	reading := d.Read()
	for text, want := range map[string]bool{"fentanyl": true, "opioids": true, "fentanyl correo": true, "fentanyl parcels": false, "paquetes": true, "paquetes aduana": false} {
		words := index.QueryWords(text)
		r := index.Request{Words: words, Meanings: thesaurus.Meant(words), Access: []string{"all"}}
		if got := reading.Answers(r); got != want {
			t.Errorf("%q is answered: %t, want %t", text, got, want)
		}
		if got := slices.ContainsFunc(slices.Collect(reading.Terms), func(term string) bool { return slices.Contains(r.Keys(), term) }); want && !got {
			t.Errorf("%q is not found by its keys", text)
		}
	}
}
