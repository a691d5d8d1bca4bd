package index

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// meantQuery is the question for several words, some of which mean something that has other names.
type meantQuery struct {
	words    sumQuery
	meanings []Meaning
}

var _ query.Query = meantQuery{}

// withMeanings adds to the question for words what they mean, where they mean anything.
func (q sumQuery) withMeanings(meanings []Meaning) query.Query {
	if len(meanings) == 0 {
		return q
	}
	return meantQuery{q, meanings}
}

// Searcher implements bleve's query.
func (q meantQuery) Searcher(ctx context.Context, r bleveindex.IndexReader, m mapping.IndexMapping, o search.SearcherOptions) (search.Searcher, error) {
	words, err := q.words.Searcher(ctx, r, m, o)
	if err != nil {
		return nil, err
	}
	s := words.(*sumSearcher)
	s.meant = &meant{meanings: q.meanings, words: len(s.children), scores: make([]float64, len(s.children)), has: make([]bool, len(s.children))}
	for _, meaning := range q.meanings {
		child, err := conceptQuery{meaning.Concepts}.Searcher(ctx, r, m, o)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.children = append(s.children, child)
	}
	s.heads = make([]*search.DocumentMatch, len(s.children))
	return s, nil
}

// meant is what a sumSearcher knows of meanings: its first children are the question's words, those after
// them are the meanings.
type meant struct {
	meanings []Meaning
	words    int
	scores   []float64 // of the words on one document, with what they count beside the word before
	has      []bool
}

// weighMeant is what a document counts for words and meanings, and for how many of the words it answers. The
// words of a meaning count what they say or what they mean, whichever is more.
func (s *sumSearcher) weighMeant(on *search.DocumentMatch) (parts int, score float64, err error) {
	m := s.meant
	there := func(i int) bool { return s.heads[i] != nil && s.heads[i].IndexInternalID.Equals(on.IndexInternalID) }
	for i := range m.words {
		m.scores[i], m.has[i] = 0, there(i)
		if !m.has[i] {
			continue
		}
		m.scores[i] = s.heads[i].Score
		if before := i - 1; i > 0 && len(s.pairs) > 0 && !s.alone && s.pairs[before] != nil && m.has[before] {
			side, err := s.pairs[before].score(on.IndexInternalID)
			if err != nil {
				return 0, 0, err
			}
			m.scores[i] += side
		}
		score += m.scores[i]
	}
	some := 0
	for n, meaning := range m.meanings {
		said := 0.0
		for i := meaning.First; i <= meaning.Last; i++ {
			said += m.scores[i]
		}
		if !there(m.words + n) {
			if meaning.First < meaning.Last {
				score -= (1 - scatteredWeight) * said
			}
			continue
		}
		some = 1
		means := s.heads[m.words+n].Score
		for i := meaning.First; i <= meaning.Last; i++ {
			m.has[i] = m.has[i] || meaning.Whole
		}
		score += max(said, means) + bothWeight*min(said, means) - said
	}
	for _, has := range m.has {
		if has {
			parts++
		}
	}
	return max(parts, some), score, nil
}
