package index_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// TestSecretsStaySecretWhileIndexChanges: while documents are relabelled to and fro and merged, nothing that
// only a member may see, and never was open, is ever found, counted or in a facet of a visitor's; and every
// facet counts as many as are found.
func TestSecretsStaySecretWhileIndexChanges(t *testing.T) {
	write := func(id int64, secret bool) index.Document {
		d := doc(id, "en", "Naloxone", "Kits are handed out.")
		if d.Country = "EC"; secret {
			d.Country, d.Access = "TH", []string{"m:5"}
		}
		return d
	}
	x := live(t)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for r := rand.New(rand.NewPCG(1, 2)); ctx.Err() == nil; {
				var b index.Batch
				for id := range int64(40) { // those of odd numbers are secret, always
					b.Put = append(b.Put, write(id+1, id%2 == 0))
				}
				b.Delete = []portal.Ref{{Kind: portal.KindPractice, ID: 1 + r.Int64N(40)}}
				if err := x.Apply(b); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	searches := 0
	for ctx.Err() == nil {
		for _, words := range [][]index.Word{index.QueryWords("naloxone kits"), nil} {
			answer, err := x.Search(t.Context(), index.Request{Words: words, Access: []string{"all"}, Facets: everyFacet, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range answer.Hits {
				if h.Ref.ID%2 == 1 {
					t.Fatalf("a secret was found: %v", h.Ref)
				}
			}
			for _, c := range answer.Facets[index.Country] {
				if c.Value != "EC" || c.Count != answer.Total || len(answer.Hits) != answer.Total {
					t.Fatalf("%v counts %d of %d, with %d hits", c.Value, c.Count, answer.Total, len(answer.Hits))
				}
			}
			searches++
		}
	}
	stop()
	all.Wait()
	if searches < 10 {
		t.Errorf("%d searches prove little", searches)
	}
}

// TestLargeSegmentsAreSearchedAtOnce: the columns of many documents come by and by, and until then searches
// answer all the same.
func TestLargeSegmentsAreSearchedAtOnce(t *testing.T) {
	x := live(t)
	var b index.Batch
	for id := range int64(6000) {
		b.Put = append(b.Put, doc(id+1, "en", "Naloxone", ""))
	}
	if err := x.Apply(b); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		answer, err := x.Search(t.Context(), index.Request{Words: index.QueryWords("naloxone"), Access: []string{"all"}, Facets: everyFacet})
		if err != nil || answer.Facets[index.Country][0].Count != answer.Total {
			t.Fatalf("%d found, countries %v, %v", answer.Total, answer.Facets[index.Country], err)
		}
		return answer.Total
	}
	if n := count(); n != 6000 {
		t.Errorf("%d found at once", n)
	}
	for until := time.Now().Add(time.Minute); ; {
		_, there := x.Columns()
		if n := count(); n != 6000 {
			t.Fatalf("%d found while columns of %d documents are there", n, there)
		}
		if there >= 6000 {
			break
		}
		if time.Now().After(until) {
			t.Fatalf("after a minute columns of %d documents are there", there)
		}
	}
}

// TestLateAnswers: when the time is over, what was found until then is the answer, and says so; any hits at
// all are had without walking over the rest.
func TestLateAnswers(t *testing.T) {
	x := live(t)
	var b index.Batch
	for id := range int64(3000) {
		b.Put = append(b.Put, doc(id+1, "en", "Naloxone", ""))
	}
	if err := x.Apply(b); err != nil {
		t.Fatal(err)
	}
	r := index.Request{Words: index.QueryWords("naloxone"), Access: []string{"all"}, Limit: 5}
	answer, err := x.Search(&late{Context: t.Context(), looks: 2}, r)
	if err != nil || !answer.Partial || len(answer.Hits) != 5 || answer.Total == 0 || answer.Total >= 3000 {
		t.Errorf("late: %d hits of %d, partial %v, %v", len(answer.Hits), answer.Total, answer.Partial, err)
	}
	if _, err := x.Search(&late{Context: t.Context()}, r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("too late for anything: %v", err)
	}
	r.Quick = true
	if answer, err = x.Search(t.Context(), r); err != nil || answer.Partial || len(answer.Hits) != 5 || answer.Total >= 3000 {
		t.Errorf("quick: %d hits of %d, partial %v, %v", len(answer.Hits), answer.Total, answer.Partial, err)
	}
}

// late is a context whose time is over after so many looks at it.
type late struct {
	context.Context
	looks int
}

// Err implements context.Context.
func (l *late) Err() error {
	if l.looks--; l.looks < 0 {
		return context.DeadlineExceeded
	}
	return nil
}
