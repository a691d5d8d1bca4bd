package index_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"praxis/internal/index"
)

// What was to be looked at again sinks below its like, not below what answers much worse; what is
// due later stays. Nothing is found or lost by it.
func TestOverdueSinksSlightly(t *testing.T) {
	past, later := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	naloxone := func(id int64, title string, due time.Time) index.Document {
		d := doc(id, "en", title, "Kits are handed out.")
		d.Due = due
		return d
	}
	x := live(t,
		naloxone(1, "Naloxone at the border", past), naloxone(2, "Naloxone at the border", later), naloxone(3, "Naloxone at the border", time.Time{}),
		doc(4, "en", "Posts at the border, staffed by people who have seen much and say little of it", "Somebody asked for naloxone, and there was none in the whole post."))
	if got := find(t, x, index.Request{Words: index.QueryWords("naloxone")}); !slices.Equal(got, []int64{2, 3, 1, 4}) {
		t.Errorf("found in the order %v", got)
	}
	if got := find(t, x, index.Request{Words: index.QueryWords("naloxone"), Newest: true}); !slices.Equal(got, []int64{4, 3, 2, 1}) {
		t.Errorf("the newest first: %v", got)
	}
}

// Whatever is overdue, the same is found.
func TestOverdueLosesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 19))
	for range 20 {
		var all []index.Document
		var want []int64
		for id := range int64(60) {
			d := doc(id, "en", "Drill", "A drill.")
			if random.IntN(3) == 0 {
				d = doc(id, "en", "Other", "Nothing.")
			} else {
				want = append(want, id)
			}
			if random.IntN(2) == 0 {
				d.Due = time.Now().Add(time.Duration(random.IntN(200)-100) * time.Hour)
			}
			all = append(all, d)
		}
		x := live(t, all...)
		got := find(t, x, index.Request{Words: index.QueryWords("drill"), Limit: 100})
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("found %v of %v", got, want)
		}
	}
}

// Among what answers as well, what is better proven, was taken up by more countries, or is in the reader's
// language comes first.
func TestBoostsDecideAmongEquals(t *testing.T) {
	alike := func(id int64, change func(*index.Document)) index.Document {
		d := doc(id, "en", "Naloxone at the border", "Kits are handed out.")
		change(&d)
		return d
	}
	all := []index.Document{
		alike(1, func(*index.Document) {}),
		alike(2, func(d *index.Document) { d.Evidence = "monitored" }),
		alike(3, func(d *index.Document) { d.Evidence = "recommended" }),
		alike(4, func(d *index.Document) { d.Adoptions = 1 }),
		alike(5, func(d *index.Document) { d.Adoptions = 7 }),
		alike(6, func(d *index.Document) { d.Adoptions, d.Evidence = 40, "recommended" }),
		alike(7, func(d *index.Document) { d.Language = "es" })}
	words := index.QueryWords("naloxone")
	many := live(t)
	for i := range all {
		if err := many.Apply(index.Batch{Put: all[i : i+1]}); err != nil {
			t.Fatal(err)
		}
	}
	for name, x := range map[string]*index.Index{"in one piece": live(t, all...), "in many": many} {
		if got := find(t, x, index.Request{Words: words}); !slices.Equal(got, []int64{6, 3, 5, 4, 2, 1, 7}) {
			t.Errorf("%s: found in the order %v", name, got)
		}
		if got := find(t, x, index.Request{Words: words, Languages: []string{"es"}}); !slices.Equal(got, []int64{6, 3, 5, 7, 4, 2, 1}) {
			t.Errorf("%s: found for a reader of Spanish in the order %v", name, got)
		}
	}
}

// Whatever is known of a document, words decide: one that has the word in its title stays before one that
// has every boost and the word in its text, and so does one that has both words before one that has one.
func TestNoBoostOutweighsWords(t *testing.T) {
	best := func(d index.Document) index.Document {
		d.Evidence, d.Adoptions, d.Language = "recommended", 100, "es"
		return d
	}
	x := live(t, doc(1, "en", "Naloxone at the border", "Kits are handed out."), best(doc(2, "en", "Kits at the border", "There is naloxone, too, and water.")),
		doc(3, "en", "Prisons", "Needles were exchanged for wastewater tests."), best(doc(4, "en", "Prisons", "Needles were counted, and counted again.")))
	for typed, want := range map[string][]int64{"naloxone": {1, 2}, "needles wastewater": {3, 4}} {
		if got := find(t, x, index.Request{Words: index.QueryWords(typed), Languages: []string{"es"}}); !slices.Equal(got, want) {
			t.Errorf("%s: found in the order %v", typed, got)
		}
	}
}

// The most adopted come first, and of as many the newest; a cursor goes through all of them once.
func TestMostAdopted(t *testing.T) {
	var all []index.Document
	want := []int64{}
	for id := range int64(30) {
		d := doc(id+1, "en", "Naloxone", "Kits.")
		d.Adoptions = int(id) / 7
		all, want = append(all, d), append([]int64{id + 1}, want...)
	}
	x := live(t, all...)
	for _, words := range [][]index.Word{index.QueryWords("naloxone"), nil} {
		var got []int64
		r := index.Request{Words: words, Access: []string{"all"}, Adopted: true, Limit: 8}
		for range 5 {
			answer, err := x.Search(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range answer.Hits {
				got, r.After = append(got, h.Ref.ID), h.Sort
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("found in the order %v", got)
		}
	}
}
