package index

import (
	"errors"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"praxis/internal/portal"
)

// Filter keeps the documents whose field has one of the values.
type Filter struct {
	Field  Field
	Values []string
}

// Request is one question to the index.
type Request struct {
	Words   []Word // any of them brings a document; more of them rank it higher
	Must    []Word // each of them is needed
	MustNot []Word // none of them may be there
	Access  []string
	Filters []Filter
	Edges   []string  // beginnings of words that the title must have, see Edges
	From    time.Time // made at or after; zero: no bound
	To      time.Time // made before; zero: no bound
	Facets  []Field
	Newest  bool // by date; else by relevance
	Limit   int  // hits; 0: only count
	After   []string
	Quick   bool // any matches will do, in no order: the way out when time is short
}

const (
	facetValues   = 300 // different values that a facet lists
	maxBeginnings = 256 // terms that a short run is looked up as
)

// Hit is one document that answers a request.
type Hit struct {
	Ref   portal.Ref
	Score float64
	Sort  []string // continues the list after this hit, as Request.After
}

// Count is how many documents have a value.
type Count struct {
	Value string
	Count int
}

// Response is the index's answer.
type Response struct {
	Hits   []Hit
	Total  int
	Facets map[Field][]Count // most frequent first
}

// build makes bleve's request. Access and filters only narrow; they never score.
func (f *Folder) build(r Request) (*bleve.SearchRequest, error) {
	needed, wanted, unwanted, err := f.asked(r)
	if err != nil {
		return nil, err
	}
	filter := query.NewConjunctionQuery(append(f.filters(r), needed...))
	var q query.Query = filter
	scored := len(wanted)+len(unwanted) > 0
	if scored {
		var should []query.Query
		if len(wanted) > 0 {
			should = []query.Query{sumQuery{wanted, 1, wholeAnswer}}
		}
		b := query.NewBooleanQuery(nil, should, unwanted)
		b.AddFilter(filter)
		q = b
	}
	req := bleve.NewSearchRequestOptions(q, r.Limit, 0, false)
	for _, field := range r.Facets {
		req.AddFacet(string(field), bleve.NewFacetRequest(string(field), facetValues))
	}
	byID := &search.SortDocID{}
	switch {
	case r.Quick:
		req.Score = bleve.ScoreNone
	case r.Newest || !scored:
		req.Score = bleve.ScoreNone
		req.Sort = search.SortOrder{&search.SortField{Field: createdField, Type: search.SortFieldAsNumber, Desc: true}, byID}
	default:
		req.Query = sinking{q, time.Now()}
		req.Sort = search.SortOrder{&search.SortScore{Desc: true}, byID}
	}
	if len(r.After) == 2 && !r.Quick {
		req.SetSearchAfter(r.After)
	}
	return req, nil
}

func (f *Folder) filters(r Request) []query.Query {
	all := []query.Query{anyTerm(accessField, r.Access)}
	for _, filter := range r.Filters {
		all = append(all, anyTerm(string(filter.Field), filter.Values))
	}
	for _, edge := range r.Edges {
		all = append(all, anyTerm(edgeField, []string{edge}))
	}
	if !r.From.IsZero() || !r.To.IsZero() {
		var from, to *float64
		if !r.From.IsZero() {
			v := float64(r.From.UnixMilli())
			from = &v
		}
		if !r.To.IsZero() {
			v := float64(r.To.UnixMilli())
			to = &v
		}
		created := query.NewNumericRangeQuery(from, to)
		created.SetField(createdField)
		all = append(all, created)
	}
	return all
}

// anyTerm matches the documents whose field has one of the terms; none when there are no terms.
func anyTerm(field string, terms []string) query.Query {
	of := make([]query.Query, len(terms))
	for i, term := range terms {
		t := query.NewTermQuery(term)
		t.SetField(field)
		of[i] = t
	}
	if len(of) == 1 {
		return of[0]
	}
	return query.NewDisjunctionQuery(of)
}

// asked makes the questions for a request's words. What is needed only decides; it ranks by its words,
// like all that is wanted.
func (f *Folder) asked(r Request) (needed, wanted, unwanted []query.Query, err error) {
	mean := f.lengths.means()
	for _, w := range slices.Concat(r.Words, r.Must) {
		parts, err := f.ranked(w, mean)
		if err != nil {
			return nil, nil, nil, err
		}
		wanted = append(wanted, parts...)
	}
	for _, w := range r.Must {
		q, err := f.word(w, mean)
		if err != nil {
			return nil, nil, nil, err
		}
		needed = append(needed, q)
	}
	for _, w := range r.MustNot {
		q, err := f.word(w, mean)
		if err != nil {
			return nil, nil, nil, err
		}
		unwanted = append(unwanted, q)
	}
	return needed, wanted, unwanted, nil
}

// ranked gives the parts by which a word ranks documents: a phrase does by each of its words.
func (f *Folder) ranked(w Word, mean means) ([]query.Query, error) {
	var parts []query.Query
	for _, place := range w.Phrase {
		if place[0] != "" {
			parts = append(parts, wordQuery{place, mean})
		}
	}
	if parts != nil {
		return parts, nil
	}
	q, err := f.word(w, mean)
	return []query.Query{q}, err
}

// word makes the question whether a document has a word.
func (f *Folder) word(w Word, mean means) (query.Query, error) {
	switch {
	case len(w.Phrase) > 0:
		fields := make([]query.Query, len(ranks))
		for i, r := range ranks {
			fields[i] = query.NewMultiPhraseQuery(w.Phrase, string(r.field))
		}
		return query.NewDisjunctionQuery(fields), nil
	case len(w.Grams) > 0:
		grams := make([]query.Query, len(w.Grams))
		for i, g := range w.Grams {
			grams[i] = wordQuery{[]string{g}, mean}
		}
		return sumQuery{grams, w.enough(), 1}, nil
	case w.Beginning != "":
		forms, err := f.beginnings(w.Beginning)
		return wordQuery{forms, mean}, err
	}
	return wordQuery{w.Forms, mean}, nil
}

// beginnings lists the indexed groups of characters that begin with a short run.
func (f *Folder) beginnings(run string) ([]string, error) {
	var terms []string
	for _, r := range ranks { // always the same of too many
		dict, err := f.bleve.FieldDictPrefix(string(r.field), []byte(run))
		if err != nil {
			return nil, err
		}
		for len(terms) < maxBeginnings {
			entry, err := dict.Next()
			if err != nil {
				return nil, errors.Join(err, dict.Close())
			}
			if entry == nil {
				break
			}
			terms = append(terms, entry.Term)
		}
		if err := dict.Close(); err != nil {
			return nil, err
		}
	}
	return terms, nil
}
