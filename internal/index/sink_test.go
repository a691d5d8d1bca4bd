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
