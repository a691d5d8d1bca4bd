package index

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// sieveQuery lets through what a query finds if it has all that is needed and nothing that is unwanted.
// bleve's own would let through, too, what has the needed and none of the words.
type sieveQuery struct {
	query.Query
	needed, unwanted []query.Query
}

// Searcher implements bleve's query.
func (q sieveQuery) Searcher(ctx context.Context, r bleveindex.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	found, err := q.Query.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, err
	}
	s := &sieve{Searcher: found}
	o.Score = "none" // they only tell which
	for _, side := range []struct {
		of   []query.Query
		into *[]*beside
	}{{q.needed, &s.needed}, {q.unwanted, &s.unwanted}} {
		for _, one := range side.of {
			searcher, err := one.Searcher(ctx, r, m, o)
			if err != nil {
				return nil, errors.Join(err, s.Close())
			}
			*side.into = append(*side.into, &beside{searcher: searcher})
		}
	}
	return s, nil
}

// sieve walks what was found, and beside it what is needed and what is unwanted; all go by the index's own
// numbers.
type sieve struct {
	search.Searcher
	needed, unwanted []*beside
}

// beside is a searcher that is asked whether it has what another found.
type beside struct {
	searcher search.Searcher
	head     *search.DocumentMatch // at or after what was asked for last
	ended    bool
}

func (b *beside) to(ctx *search.SearchContext, id bleveindex.IndexInternalID) (has bool, err error) {
	if b.ended {
		return false, nil
	}
	if b.head == nil || b.head.IndexInternalID.Compare(id) < 0 {
		if b.head != nil {
			ctx.DocumentMatchPool.Put(b.head)
		}
		if b.head, err = b.searcher.Advance(ctx, id); err != nil {
			return false, err
		}
		b.ended = b.head == nil
	}
	return b.head != nil && b.head.IndexInternalID.Equals(id), nil
}

// Next gives the next document that is let through.
func (s *sieve) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	m, err := s.Searcher.Next(ctx)
	return s.through(ctx, m, err)
}

// Advance gives the first document at or after id that is let through.
func (s *sieve) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	m, err := s.Searcher.Advance(ctx, id)
	return s.through(ctx, m, err)
}

func (s *sieve) through(ctx *search.SearchContext, m *search.DocumentMatch, err error) (*search.DocumentMatch, error) {
	for m != nil && err == nil {
		lacks, e := s.lacking(ctx, m.IndexInternalID)
		if e != nil {
			return nil, e
		}
		if lacks == nil {
			has := false
			for i := 0; i < len(s.unwanted) && !has && err == nil; i++ {
				has, err = s.unwanted[i].to(ctx, m.IndexInternalID)
			}
			if !has || err != nil {
				return m, err
			}
		}
		ctx.DocumentMatchPool.Put(m)
		switch {
		case lacks == nil:
			m, err = s.Searcher.Next(ctx)
		case lacks.ended:
			return nil, nil
		default:
			m, err = s.Searcher.Advance(ctx, lacks.head.IndexInternalID)
		}
	}
	return m, err
}

// lacking gives the first of what is needed that a document has not.
func (s *sieve) lacking(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*beside, error) {
	for _, b := range s.needed {
		if has, err := b.to(ctx, id); !has || err != nil {
			return b, err
		}
	}
	return nil, nil
}

// Close closes all.
func (s *sieve) Close() error {
	err := s.Searcher.Close()
	for _, all := range [][]*beside{s.needed, s.unwanted} {
		for _, b := range all {
			err = errors.Join(err, b.searcher.Close())
		}
	}
	return err
}

// DocumentMatchPoolSize is how many matches are in hand at once.
func (s *sieve) DocumentMatchPoolSize() int {
	n := s.Searcher.DocumentMatchPoolSize() + 1
	for _, all := range [][]*beside{s.needed, s.unwanted} {
		for _, b := range all {
			n += b.searcher.DocumentMatchPoolSize() + 1
		}
	}
	return n
}
