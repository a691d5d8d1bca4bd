package index

import (
	"errors"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2/search/query"

	"praxis/internal/portal"
)

// Filter keeps the documents whose field has one of the values; of the fields in columned "" is a document's
// that has none.
type Filter struct {
	Field  Field
	Values []string
}

// Request is one question to the index.
type Request struct {
	Words   []Word // any of them brings a document; more of them rank it higher
	Must    []Word // each of them is needed
	MustNot []Word // none of them may be there
	// Meanings are what some of Words mean: whatever has the meaning is found as well.
	Meanings []Meaning
	Access   []string
	Filters  []Filter
	Edges    []string  // beginnings of words that the title must have, see Edges
	From     time.Time // made at or after; zero: no bound
	To       time.Time // made before; zero: no bound
	Facets   []Field
	Newest   bool // by date; else by relevance
	Adopted  bool // by how many countries have taken it up, then by date
	// Languages are the reader's: what is in them counts a little more.
	Languages []string
	Limit     int // hits; 0: only count
	After     []string
	Quick     bool // any matches will do, in no order, and no total: the way out when time is short
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
	// Partial tells that the time was over: hits and counts are of what was looked at until then.
	Partial bool
}

// build makes the question for a request's words and for the filters that no column knows; nil asks for
// everything. scored is false when there is nothing to rank by.
func (f *Folder) build(r Request, others []Filter) (q query.Query, scored bool, err error) {
	needed, wanted, unwanted, err := f.asked(r)
	if err != nil {
		return nil, false, err
	}
	for _, filter := range others {
		needed = append(needed, anyTerm(string(filter.Field), filter.Values))
	}
	for _, edge := range r.Edges {
		needed = append(needed, anyTerm(edgeField, []string{edge}))
	}
	switch {
	case len(wanted) > 0:
		q, scored = sumQuery{wanted, 1, wholeAnswer}.withMeanings(r.Meanings), true
	case len(needed) > 0:
		q, needed = needed[0], needed[1:]
	case len(unwanted) > 0:
		q = query.NewMatchAllQuery()
	}
	if len(needed)+len(unwanted) > 0 {
		q = sieveQuery{q, needed, unwanted}
	}
	return q, scored, nil
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
