package index

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// sumQuery is the question for several words: what a document counts for each of them is added up.
type sumQuery struct {
	parts []query.Query // wordQuery, or sumQuery for a run of a script without spaces
	least int           // parts that a document must have
	whole float64       // factor for a document that has them all; 1 for none
}

var _ query.Query = sumQuery{}

// Searcher implements bleve's query.
func (q sumQuery) Searcher(ctx context.Context, r bleveindex.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	s := &sumSearcher{least: q.least, whole: q.whole}
	for i, part := range q.parts {
		child, err := part.Searcher(ctx, r, m, o)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.children = append(s.children, child)
		if i > 0 && o.Score != "none" {
			s.pairs = append(s.pairs, newPair(ctx, r, s.children[i-1], child))
		}
	}
	s.heads = make([]*search.DocumentMatch, len(s.children))
	return s, nil
}

// sumSearcher walks the union of its children in order.
type sumSearcher struct {
	children []search.Searcher
	heads    []*search.DocumentMatch
	pairs    []*pair // of a child and the one before; nil where there is none
	least    int
	whole    float64
	started  bool
	meant    *meant // what the words mean; nil: they are only words
	bar      *bar   // nil: every score is wanted as it is
	alone    bool   // the document in hand is weighed without its pairs
}

// Next gives the next document that has enough of the parts.
func (s *sumSearcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	if !s.started {
		s.started = true
		for i, c := range s.children {
			head, err := c.Next(ctx)
			if err != nil {
				return nil, err
			}
			s.heads[i] = head
		}
	}
	for {
		var nearest *search.DocumentMatch
		for _, h := range s.heads {
			if h != nil && (nearest == nil || h.IndexInternalID.Compare(nearest.IndexInternalID) < 0) {
				nearest = h
			}
		}
		if nearest == nil {
			return nil, nil
		}
		m, enough, err := s.take(ctx, nearest)
		if err != nil || enough {
			return m, err
		}
		ctx.DocumentMatchPool.Put(m)
	}
}

// take adds up the heads that are on a document, and moves them on.
func (s *sumSearcher) take(ctx *search.SearchContext, on *search.DocumentMatch) (m *search.DocumentMatch, enough bool, err error) {
	s.alone = s.bar != nil && s.most(on) < s.bar.least
	weigh := s.weighWords
	if s.meant != nil {
		weigh = s.weighMeant
	}
	parts, score, err := weigh(on)
	if err != nil {
		return nil, false, err
	}
	if parts == len(s.children) || s.meant != nil && parts == s.meant.words {
		score *= s.whole
	}
	for i, h := range s.heads {
		if h == nil || h != on && !h.IndexInternalID.Equals(on.IndexInternalID) {
			continue
		}
		if s.heads[i], err = s.children[i].Next(ctx); err != nil {
			return nil, false, err
		}
		if h != on {
			ctx.DocumentMatchPool.Put(h)
		}
	}
	on.Score = score
	return on, parts >= s.least, nil
}

// most is what a document can count at most, with all boosts.
func (s *sumSearcher) most(on *search.DocumentMatch) float64 {
	sum := 0.0
	for _, h := range s.heads {
		if h != nil && (h == on || h.IndexInternalID.Equals(on.IndexInternalID)) {
			sum += h.Score
		}
	}
	for _, p := range s.pairs {
		if p != nil {
			sum += p.most()
		}
	}
	return sum * s.whole * mostBoost
}

// weighWords is what a document counts, and how many of the parts it has.
func (s *sumSearcher) weighWords(on *search.DocumentMatch) (parts int, score float64, err error) {
	for i, h := range s.heads {
		if h == nil || !h.IndexInternalID.Equals(on.IndexInternalID) {
			continue
		}
		parts++
		score += h.Score
		if before := i - 1; i > 0 && len(s.pairs) > 0 && !s.alone && s.pairs[before] != nil && s.heads[before] != nil &&
			s.heads[before].IndexInternalID.Equals(on.IndexInternalID) {
			side, err := s.pairs[before].score(on.IndexInternalID)
			if err != nil {
				return 0, 0, err
			}
			score += side
		}
	}
	return parts, score, nil
}

// Advance gives the first document at or after id that has enough of the parts.
func (s *sumSearcher) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	for i, c := range s.children {
		h := s.heads[i]
		if s.started && (h == nil || h.IndexInternalID.Compare(id) >= 0) {
			continue
		}
		if h != nil {
			ctx.DocumentMatchPool.Put(h)
		}
		head, err := c.Advance(ctx, id)
		if err != nil {
			return nil, err
		}
		s.heads[i] = head
	}
	s.started = true
	return s.Next(ctx)
}

// Close closes the children.
func (s *sumSearcher) Close() error {
	var all []error
	for _, c := range s.children {
		all = append(all, c.Close())
	}
	for _, p := range s.pairs {
		if p != nil {
			all = append(all, p.close())
		}
	}
	return errors.Join(all...)
}

// Weight is 1, see wordSearcher.
func (s *sumSearcher) Weight() float64 { return 1 }

// SetQueryNorm does nothing, see wordSearcher.
func (s *sumSearcher) SetQueryNorm(float64) {}

// Count is the most documents that there can be.
func (s *sumSearcher) Count() uint64 {
	n := uint64(0)
	for _, c := range s.children {
		n += c.Count()
	}
	return n
}

// Min is how many children must match.
func (s *sumSearcher) Min() int { return s.least }

// Size is a rough number of bytes.
func (s *sumSearcher) Size() int {
	n := 64
	for _, c := range s.children {
		n += c.Size() + 16
	}
	return n
}

// DocumentMatchPoolSize is how many matches are in hand at once.
func (s *sumSearcher) DocumentMatchPoolSize() int {
	n := len(s.children) + 1
	for _, c := range s.children {
		n += c.DocumentMatchPoolSize()
	}
	return n
}
