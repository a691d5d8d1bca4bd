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
	left, right wordQuery
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
	return &pair{ctx: ctx, reader: r, left: l.query, right: n.query, rarity: min(l.rarity, n.rarity)}
}

func (p *pair) open() error {
	p.opened = true
	for side, q := range []wordQuery{p.left, p.right} {
		for i, rank := range ranks {
			for _, form := range q.forms {
				t, err := p.reader.TermFieldReader(p.ctx, []byte(form), string(rank.field), true, true, true)
				if err != nil {
					return err
				}
				p.lists[side] = append(p.lists[side], &postings{reader: t, rank: i})
			}
		}
	}
	return nil
}

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
	sum := 0.0
	for i, rank := range ranks {
		n, norm := 0, 0.0
		for _, l := range p.lists[0] {
			for _, r := range p.lists[1] {
				if l.rank == i && r.rank == i && l.on(id) && r.on(id) {
					n, norm = max(n, sideBySide(l.head.Vectors, r.head.Vectors)), l.head.Norm
				}
			}
		}
		if n > 0 {
			sum += rank.weighed(float64(n), norm, p.left.mean[rank.field])
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
