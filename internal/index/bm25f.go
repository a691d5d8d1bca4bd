package index

import (
	"context"
	"errors"
	"math"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// wordQuery is the question for one word. Its forms are alternatives. A document's score is BM25F
// (Robertson, Zaragoza and Taylor, 2004): the occurrences in all fields are weighed and added before they
// saturate, so that the same word in title and body is not two findings.
type wordQuery struct {
	forms []string
	mean  means
}

var _ query.Query = wordQuery{}

// Searcher implements bleve's query.
func (q wordQuery) Searcher(ctx context.Context, r bleveindex.IndexReader, _ mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	return q.open(ctx, r, o.Score != "none")
}

func (q wordQuery) open(ctx context.Context, r bleveindex.IndexReader, scored bool) (*wordSearcher, error) {
	s := &wordSearcher{query: q, scored: scored}
	for i, rank := range ranks {
		s.mean[i] = q.mean[rank.field]
	}
	most := uint64(0)
	for i, rank := range ranks {
		for _, form := range q.forms {
			t, err := r.TermFieldReader(ctx, []byte(form), string(rank.field), scored, scored, false)
			if err != nil {
				return nil, errors.Join(err, s.Close())
			}
			n := t.Count()
			if n == 0 {
				if err := t.Close(); err != nil {
					return nil, errors.Join(err, s.Close())
				}
				continue
			}
			most = max(most, n)
			s.count += n
			s.lists = append(s.lists, &postings{reader: t, rank: i})
			s.there = append(s.there, formIn{form, i})
		}
	}
	documents, err := r.DocCount()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.rarity = rarity(most, documents)
	return s, nil
}

// rarity is BM25's idf, never negative.
func rarity(with, of uint64) float64 {
	return math.Log(1 + (float64(max(of, with)-with)+0.5)/(float64(with)+0.5))
}

// saturated turns weighed occurrences into a score.
func saturated(occurrences, rarity float64) float64 {
	return rarity * (saturation + 1) * occurrences / (saturation + occurrences)
}

// weighed is what n occurrences in a field count, in a text of a norm as bleve keeps it: one by the root of
// its length.
func (r fieldRank) weighed(n, norm, mean float64) float64 {
	if mean <= 0 || norm <= 0 {
		return r.weight * n
	}
	length := 1 / (norm * norm)
	return r.weight * n / (1 - r.length + r.length*length/mean)
}

// formIn is one form of a word in the field of a rank.
type formIn struct {
	form string
	rank int
}

// postings walks the documents that have one form in one field.
type postings struct {
	reader bleveindex.TermFieldReader
	rank   int
	head   *bleveindex.TermFieldDoc
	room   bleveindex.TermFieldDoc
	ended  bool
}

func (p *postings) next() (err error) {
	p.head, err = p.reader.Next(&p.room)
	p.ended = p.head == nil
	return err
}

func (p *postings) advance(id bleveindex.IndexInternalID) (err error) {
	if !p.ended && (p.head == nil || p.head.ID.Compare(id) < 0) {
		p.head, err = p.reader.Advance(id, &p.room)
		p.ended = p.head == nil
	}
	return err
}

// wordSearcher walks the union of its postings in order. They are few, so the nearest is found by
// looking at all.
type wordSearcher struct {
	query   wordQuery
	scored  bool
	mean    [searchedFields]float64
	lists   []*postings
	there   []formIn // those that some document has
	rarity  float64
	count   uint64
	started bool
}

// Next gives the next document that has the word.
func (s *wordSearcher) Next(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	if !s.started {
		s.started = true
		for _, p := range s.lists {
			if err := p.next(); err != nil {
				return nil, err
			}
		}
		s.drop()
	}
	return s.take(ctx)
}

// Advance gives the first document at or after id.
func (s *wordSearcher) Advance(ctx *search.SearchContext, id bleveindex.IndexInternalID) (*search.DocumentMatch, error) {
	s.started = true
	for _, p := range s.lists {
		if err := p.advance(id); err != nil {
			return nil, err
		}
	}
	s.drop()
	return s.take(ctx)
}

// drop leaves out the postings that have come to their end.
func (s *wordSearcher) drop() {
	left := s.lists[:0]
	for _, p := range s.lists {
		if p.head != nil {
			left = append(left, p)
		} else {
			_ = p.reader.Close() // it was only read
		}
	}
	s.lists = left
}

// take makes the match of the nearest head, and moves on the postings that are there.
func (s *wordSearcher) take(ctx *search.SearchContext) (*search.DocumentMatch, error) {
	if len(s.lists) == 0 {
		return nil, nil
	}
	nearest := s.lists[0]
	for _, p := range s.lists[1:] {
		if p.head.ID.Compare(nearest.head.ID) < 0 {
			nearest = p
		}
	}
	m := ctx.DocumentMatchPool.Get()
	m.IndexInternalID = append(m.IndexInternalID[:0], nearest.head.ID...)
	var found [searchedFields]float64 // by rank: the form that counts most, for two forms may be one occurrence
	ended := false
	for _, p := range s.lists {
		if !p.head.ID.Equals(m.IndexInternalID) {
			continue
		}
		if s.scored {
			rank := ranks[p.rank]
			found[p.rank] = max(found[p.rank], rank.weighed(float64(p.head.Freq), p.head.Norm, s.mean[p.rank]))
		}
		if err := p.next(); err != nil {
			return nil, err
		}
		ended = ended || p.head == nil
	}
	if ended {
		s.drop()
	}
	if s.scored {
		sum := 0.0
		for _, n := range found {
			sum += n
		}
		m.Score = saturated(sum, s.rarity)
	}
	return m, nil
}

// Close closes the postings.
func (s *wordSearcher) Close() error {
	var all []error
	for _, p := range s.lists {
		all = append(all, p.reader.Close())
	}
	s.lists = nil
	return errors.Join(all...)
}

// Weight is 1: bleve's normalization over the question has no part in BM25F.
func (s *wordSearcher) Weight() float64 { return 1 }

// SetQueryNorm does nothing, see Weight.
func (s *wordSearcher) SetQueryNorm(float64) {}

// Count is the most documents that there can be.
func (s *wordSearcher) Count() uint64 { return s.count }

// Min is how many children must match: none in particular.
func (s *wordSearcher) Min() int { return 0 }

// Size is a rough number of bytes.
func (s *wordSearcher) Size() int {
	n := 64
	for _, p := range s.lists {
		n += p.reader.Size() + 64
	}
	return n
}

// DocumentMatchPoolSize is how many matches are in hand at once.
func (s *wordSearcher) DocumentMatchPoolSize() int { return 1 }
