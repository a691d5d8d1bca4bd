package index

import (
	"context"
	"errors"
	"time"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// overdueWeight is what a practice counts whose review is overdue, of what it would count else: it
// comes after one that answers as well, and before one that answers much worse.
const overdueWeight = 0.85

// sinking lets what was to be looked at again before now count a little less.
type sinking struct {
	query.Query
	now time.Time
}

// Searcher implements bleve's query.
func (q sinking) Searcher(ctx context.Context, r bleveindex.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	found, err := q.Query.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, err
	}
	now := float64(q.now.UnixMilli())
	past := query.NewNumericRangeQuery(nil, &now)
	past.SetField(dueField)
	o.Score = "none" // it only tells which
	overdue, err := past.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, errors.Join(err, found.Close())
	}
	return &sinker{Searcher: found, overdue: overdue}, nil
}

// sinker walks what was found, and beside it what is overdue; both go by the index's own numbers.
type sinker struct {
	search.Searcher
	overdue search.Searcher
	head    *search.DocumentMatch // of overdue, at or after what was found last
	ended   bool
}

// Next gives the next document that was found.
func (s *sinker) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	m, err := s.Searcher.Next(ctx)
	return s.weigh(ctx, m, err)
}

// Advance gives the first document at or after id that was found.
func (s *sinker) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	m, err := s.Searcher.Advance(ctx, id)
	return s.weigh(ctx, m, err)
}

func (s *sinker) weigh(ctx *search.SearchContext, m *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	if m == nil || err != nil || s.ended {
		return m, err
	}
	if s.head == nil || s.head.IndexInternalID.Compare(m.IndexInternalID) < 0 {
		if s.head != nil {
			ctx.DocumentMatchPool.Put(s.head)
		}
		if s.head, err = s.overdue.Advance(ctx, m.IndexInternalID); err != nil {
			return nil, err
		}
		s.ended = s.head == nil
	}
	if s.head != nil && s.head.IndexInternalID.Equals(m.IndexInternalID) {
		m.Score *= overdueWeight
	}
	return m, nil
}

// Close closes both.
func (s *sinker) Close() error { return errors.Join(s.Searcher.Close(), s.overdue.Close()) }

// DocumentMatchPoolSize is how many matches are in hand at once.
func (s *sinker) DocumentMatchPoolSize() int {
	return s.Searcher.DocumentMatchPoolSize() + s.overdue.DocumentMatchPoolSize() + 1
}
