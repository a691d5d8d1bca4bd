package index

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// maxNarrower is how many kinds of a concept are shown in passages.
const maxNarrower = 200

// Meaning is what a run of the question's words means, beside what they say.
type Meaning struct {
	First, Last int  // of Request.Words
	Whole       bool // the words say nothing else: who has the meaning has them all
	Concepts    []string
	Narrower    []string // kinds of these, whose names are shown as well
}

// conceptQuery finds what names one of the concepts that share a name, or a kind of them, by whatever name.
type conceptQuery struct{ concepts []string }

var _ query.Query = conceptQuery{}

// Searcher implements bleve's query.
func (q conceptQuery) Searcher(ctx context.Context, r bleveindex.IndexReader, _ mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	s := &conceptSearcher{scored: o.Score != "none"}
	for _, concept := range q.concepts {
		t, err := r.TermFieldReader(ctx, []byte(concept), conceptField, s.scored, false, false)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.count += t.Count()
		s.lists = append(s.lists, &postings{reader: t})
	}
	documents, err := r.DocCount()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.rarity = rarity(min(s.count, documents), documents)
	return s, nil
}

// conceptSearcher walks the union of its lists in order. There is one, unless concepts share a name.
type conceptSearcher struct {
	scored  bool
	lists   []*postings
	rarity  float64
	count   uint64
	started bool
}

// Next gives the next document that has the meaning.
func (s *conceptSearcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	if !s.started {
		s.started = true
		for _, p := range s.lists {
			if err := p.next(); err != nil {
				return nil, err
			}
		}
	}
	return s.take(ctx)
}

// Advance gives the first document at or after id.
func (s *conceptSearcher) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	for _, p := range s.lists {
		if s.started && p.head == nil {
			continue // it has come to its end
		}
		if err := p.advance(id); err != nil {
			return nil, err
		}
	}
	s.started = true
	return s.take(ctx)
}

// take makes the match of the nearest head, and moves on the lists that are there.
func (s *conceptSearcher) take(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	var nearest *postings
	for _, p := range s.lists {
		if p.head != nil && (nearest == nil || p.head.ID.Compare(nearest.head.ID) < 0) {
			nearest = p
		}
	}
	if nearest == nil {
		return nil, nil
	}
	m := ctx.DocumentMatchPool.Get()
	m.IndexInternalID = append(m.IndexInternalID[:0], nearest.head.ID...)
	found := 0.0
	for _, p := range s.lists {
		if p.head == nil || !p.head.ID.Equals(m.IndexInternalID) {
			continue
		}
		if s.scored {
			found = max(found, float64(p.head.Freq)/namedUnit)
		}
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	if s.scored {
		m.Score = meaningWeight * saturated(found, s.rarity)
	}
	return m, nil
}

// Close closes the lists.
func (s *conceptSearcher) Close() error {
	var all []error
	for _, p := range s.lists {
		all = append(all, p.reader.Close())
	}
	s.lists = nil
	return errors.Join(all...)
}

// Weight is 1, see wordSearcher.
func (s *conceptSearcher) Weight() float64 { return 1 }

// SetQueryNorm does nothing, see wordSearcher.
func (s *conceptSearcher) SetQueryNorm(float64) {}

// Count is the most documents that there can be.
func (s *conceptSearcher) Count() uint64 { return s.count }

// Min is how many children must match: none in particular.
func (s *conceptSearcher) Min() int { return 0 }

// Size is a rough number of bytes.
func (s *conceptSearcher) Size() int {
	n := 64
	for _, p := range s.lists {
		n += p.reader.Size() + 72
	}
	return n
}

// DocumentMatchPoolSize is how many matches are in hand at once.
func (s *conceptSearcher) DocumentMatchPoolSize() int { return 1 }
