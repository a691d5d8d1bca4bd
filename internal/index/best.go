package index

import (
	"cmp"
	"container/heap"
	"slices"
	"strconv"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// contender is a document that may be among a request's hits.
type contender struct {
	score  float64
	number uint64 // the index's
	key    string // "" until it is needed: it is read from the disk
}

// best keeps the hits of the highest scores; of equal ones those whose keys come first. It is a heap whose
// root is the worst.
type best struct {
	shot  *scorch.IndexSnapshot
	limit int
	any   bool // whichever come first will do
	after *contender
	heap  []contender
	bar   bar
	err   error // of reading a key
}

// bar is the score below which a document is none of the hits any more: what would only raise its score,
// and not over the bar, need not be looked at.
type bar struct{ least float64 }

func newBest(r Request, shot *scorch.IndexSnapshot) *best {
	b := &best{shot: shot, limit: r.Limit, any: r.Quick}
	if len(r.After) == 2 && !r.Quick {
		if score, err := strconv.ParseFloat(r.After[0], 64); err == nil {
			b.after = &contender{score: score, key: r.After[1]}
		}
	}
	return b
}

// raise has a question for words know the bar.
func (b *best) raise(found search.Searcher) {
	if s, ok := found.(*sieve); ok {
		found = s.Searcher
	}
	if s, ok := found.(*sumSearcher); ok && !b.any {
		s.bar = &b.bar
	}
}

// full tells that nothing that comes can matter.
func (b *best) full() bool { return b.any && len(b.heap) >= b.limit }

// offer takes a document if it is among the best.
func (b *best) offer(number uint64, score float64) error {
	one := contender{score: score, number: number}
	switch {
	case b.limit <= 0 || b.full():
	case b.after != nil && b.order(&one, b.after) <= 0: // on a page before
	case len(b.heap) < b.limit:
		heap.Push(b, one)
	case b.order(&one, &b.heap[0]) < 0:
		b.heap[0] = one
		heap.Fix(b, 0)
	}
	if b.limit > 0 && len(b.heap) == b.limit {
		b.bar.least = b.heap[0].score
	}
	return b.err
}

// order is below zero when a comes before b in the list.
func (b *best) order(x, y *contender) int {
	if x.score != y.score || b.any {
		return cmp.Compare(y.score, x.score)
	}
	return cmp.Compare(b.keyOf(x), b.keyOf(y))
}

func (b *best) keyOf(c *contender) string {
	if c.key == "" {
		key, err := b.shot.ExternalID(bleveindex.NewIndexInternalID(nil, c.number))
		if err != nil {
			b.err = err
		}
		c.key = key
	}
	return c.key
}

// hits lists what was kept.
func (b *best) hits() ([]Hit, error) {
	for i := range b.heap {
		b.keyOf(&b.heap[i])
	}
	slices.SortFunc(b.heap, func(x, y contender) int { return b.order(&x, &y) })
	var hits []Hit
	for _, c := range b.heap {
		ref, ok := refOf(c.key)
		if !ok {
			continue
		}
		h := Hit{Ref: ref, Score: c.score}
		if !b.any {
			h.Sort = []string{strconv.FormatFloat(c.score, 'g', -1, 64), c.key}
		}
		hits = append(hits, h)
	}
	return hits, b.err
}

// Len, Less, Swap, Push and Pop are container/heap's.
func (b *best) Len() int { return len(b.heap) }

// Less tells whether i is worse than j.
func (b *best) Less(i, j int) bool { return b.order(&b.heap[i], &b.heap[j]) > 0 }

// Swap exchanges two.
func (b *best) Swap(i, j int) { b.heap[i], b.heap[j] = b.heap[j], b.heap[i] }

// Push adds one.
func (b *best) Push(x any) { b.heap = append(b.heap, x.(contender)) }

// Pop is never needed: the root is replaced.
func (b *best) Pop() any {
	last := b.heap[len(b.heap)-1]
	b.heap = b.heap[:len(b.heap)-1]
	return last
}
