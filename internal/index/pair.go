package index

import (
	"context"
	"errors"
	"slices"

	"github.com/blevesearch/bleve/v2/search"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// pair looks whether two words of a question stand side by side in a document that has both. Only then
// positions are read, which are the dear part of an index.
type pair struct {
	ctx         context.Context
	reader      bleveindex.IndexReader
	left, right []formIn
	mean        means
	rarity      float64
	lists       [2][]*postings // with positions; nil until the first look
	opened      bool
}

// newPair is nil for what are not two words.
func newPair(ctx context.Context, r bleveindex.IndexReader, left, right search.Searcher) *pair {
	l, isWord := left.(*wordSearcher)
	n, too := right.(*wordSearcher)
	if !isWord || !too {
		return nil
	}
	return &pair{ctx: ctx, reader: r, left: l.there, right: n.there, mean: l.query.mean, rarity: min(l.rarity, n.rarity)}
}

func (p *pair) open() error {
	p.opened = true
	for side, forms := range [][]formIn{p.left, p.right} {
		for _, f := range forms {
			t, err := p.reader.TermFieldReader(p.ctx, []byte(f.form), string(ranks[f.rank].field), true, true, true)
			if err != nil {
				return err
			}
			p.lists[side] = append(p.lists[side], &postings{reader: t, rank: f.rank})
		}
	}
	return nil
}

// most is what the pair adds at most.
func (p *pair) most() float64 { return neighbours * (saturation + 1) * p.rarity }

// score is what the pair adds to a document.
func (p *pair) score(id bleveindex.IndexInternalID) (float64, error) {
	if !p.opened {
		if err := p.open(); err != nil {
			return 0, err
		}
	}
	for _, lists := range p.lists {
		for _, l := range lists {
			if err := l.advance(id); err != nil {
				return 0, err
			}
		}
	}
	var times [searchedFields]int
	var norm [searchedFields]float64
	for _, l := range p.lists[0] {
		if !l.on(id) {
			continue
		}
		for _, r := range p.lists[1] {
			if r.rank == l.rank && r.on(id) {
				times[l.rank], norm[l.rank] = max(times[l.rank], sideBySide(l.head.Vectors, r.head.Vectors)), l.head.Norm
			}
		}
	}
	sum := 0.0
	for i, n := range times {
		if n > 0 {
			sum += ranks[i].weighed(float64(n), norm[i], p.mean[ranks[i].field])
		}
	}
	return neighbours * saturated(sum, p.rarity), nil
}

// on tells whether the postings stand on a document.
func (p *postings) on(id bleveindex.IndexInternalID) bool {
	return p.head != nil && p.head.ID.Equals(id)
}

// sideBySide counts how often the second word follows the first at once, within one text.
func sideBySide(left, right []*bleveindex.TermFieldVector) int {
	n, r := 0, 0
	for _, l := range left {
		for r < len(right) && before(right[r], l) {
			r++
		}
		if r < len(right) && right[r].Pos == l.Pos+1 && slices.Equal(right[r].ArrayPositions, l.ArrayPositions) {
			n++
		}
	}
	return n
}

// before tells whether a place lies before the one right behind l.
func before(place, l *bleveindex.TermFieldVector) bool {
	if c := slices.Compare(place.ArrayPositions, l.ArrayPositions); c != 0 {
		return c < 0
	}
	return place.Pos < l.Pos+1
}

func (p *pair) close() error {
	var all []error
	for _, lists := range p.lists {
		for _, l := range lists {
			all = append(all, l.reader.Close())
		}
	}
	return errors.Join(all...)
}
