package index

import (
	"context"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// anyForm is the question for one word: its forms in the searched fields are alternatives, so a
// document counts as much as its best form does, not as the sum. The ranking that is to come
// (BM25F over all fields at once) takes the place of this question's searcher.
type anyForm struct{ forms []string }

// Searcher implements bleve's query.
func (q anyForm) Searcher(ctx context.Context, r bleveindex.IndexReader, _ mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	s := &bestOf{}
	for field, weight := range weights {
		for _, form := range q.forms {
			t, err := searcher.NewTermSearcher(ctx, r, form, string(field), weight, o)
			if err != nil {
				_ = s.Close() // the first error is the one to tell
				return nil, err
			}
			if t.Count() == 0 {
				_ = t.Close()
				continue
			}
			s.children = append(s.children, t)
		}
	}
	s.heads = make([]*search.DocumentMatch, len(s.children))
	return s, nil
}

var _ query.Query = anyForm{}

// bestOf walks the union of its children in order; each document has its best child's score.
// The children are few, so the nearest is found by looking at all.
type bestOf struct {
	children []search.Searcher
	heads    []*search.DocumentMatch
	started  bool
}

// Next gives the next document that any child has.
func (s *bestOf) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
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
	nearest := -1
	for i, h := range s.heads {
		if h != nil && (nearest < 0 || h.IndexInternalID.Compare(s.heads[nearest].IndexInternalID) < 0) {
			nearest = i
		}
	}
	if nearest < 0 {
		return nil, nil
	}
	return s.take(ctx, nearest)
}

// take merges the heads that are on the same document as head first, and moves them on.
func (s *bestOf) take(ctx *search.SearchContext, first int) (*search.DocumentMatch, error) {
	best := s.heads[first]
	for i, h := range s.heads {
		if i == first || h == nil || !h.IndexInternalID.Equals(best.IndexInternalID) {
			continue
		}
		best.Score = max(best.Score, h.Score)
		best.FieldTermLocations = append(best.FieldTermLocations, h.FieldTermLocations...)
		ctx.DocumentMatchPool.Put(h)
		next, err := s.children[i].Next(ctx)
		if err != nil {
			return nil, err
		}
		s.heads[i] = next
	}
	next, err := s.children[first].Next(ctx)
	if err != nil {
		return nil, err
	}
	s.heads[first] = next
	return best, nil
}

// Advance gives the first document at or after id.
func (s *bestOf) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	for i, c := range s.children {
		h := s.heads[i]
		if s.started && (h == nil || h.IndexInternalID.Compare(id) >= 0) {
			continue
		}
		if h != nil {
			ctx.DocumentMatchPool.Put(h)
		}
		next, err := c.Advance(ctx, id)
		if err != nil {
			return nil, err
		}
		s.heads[i] = next
	}
	s.started = true
	return s.Next(ctx)
}

// Close closes the children.
func (s *bestOf) Close() error {
	var first error
	for _, c := range s.children {
		if err := c.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Weight is the children's best, for bleve's normalization.
func (s *bestOf) Weight() float64 {
	w := 0.0
	for _, c := range s.children {
		w = max(w, c.Weight())
	}
	return w
}

// SetQueryNorm hands bleve's normalization down.
func (s *bestOf) SetQueryNorm(n float64) {
	for _, c := range s.children {
		c.SetQueryNorm(n)
	}
}

// Count is the most documents that there can be.
func (s *bestOf) Count() uint64 {
	n := uint64(0)
	for _, c := range s.children {
		n += c.Count()
	}
	return n
}

// Min is how many children must match: none in particular.
func (s *bestOf) Min() int { return 0 }

// Size is a rough number of bytes.
func (s *bestOf) Size() int {
	n := 64
	for _, c := range s.children {
		n += c.Size() + 16
	}
	return n
}

// DocumentMatchPoolSize is how many matches are in hand at once.
func (s *bestOf) DocumentMatchPoolSize() int {
	n := len(s.children)
	for _, c := range s.children {
		n += c.DocumentMatchPoolSize()
	}
	return n
}
