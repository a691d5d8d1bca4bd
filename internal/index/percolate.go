package index

import (
	"slices"
	"strconv"
	"strings"

	"praxis/internal/portal"
)

// Reading is a document as questions see it: its texts are analyzed once, and then asked by many. It needs
// no index, and says whether the document answers, not how well.
type Reading struct {
	document Document
	texts    []map[string][]int // of each text: where its terms stand
	terms    map[string]bool    // of all of them
	concepts map[string]float64
}

// Read analyzes a document.
func (d Document) Read() *Reading {
	r := &Reading{document: d, terms: map[string]bool{}, concepts: conceptsOf(d.Texts, d.Thesaurus)}
	for _, t := range d.Texts {
		at := map[string][]int{}
		for _, token := range Analyze(t.Value, t.Language) {
			at[token.Term] = append(at[token.Term], token.Position)
			r.terms[token.Term] = true
		}
		r.texts = append(r.texts, at)
	}
	return r
}

// Ref names the document.
func (r *Reading) Ref() portal.Ref { return portal.Ref{Kind: r.document.Kind, ID: r.document.ID} }

// Terms gives every term and the key of every concept that the document has; a request that asks for none
// of its own among them is not answered.
func (r *Reading) Terms(yield func(string) bool) {
	for t := range r.terms {
		if !yield(t) {
			return
		}
	}
	for key := range r.concepts {
		if !yield(conceptTerm(key)) {
			return
		}
	}
}

// conceptTerm tells a concept's key from a word.
func conceptTerm(key string) string { return "\x00" + key }

// Keys gives terms of which a document must have one to answer the request in full, the fewest that can be
// had; none when the request has no words.
func (q Request) Keys() []string {
	var best []string
	offer := func(keys []string) {
		if len(keys) > 0 && (best == nil || len(keys) < len(best)) {
			best = keys
		}
	}
	for _, w := range q.Must {
		offer(w.keys())
	}
	for i, w := range q.Words {
		if keys := w.keys(); len(keys) > 0 {
			for _, m := range q.Meanings {
				if m.Whole && m.First <= i && i <= m.Last {
					for _, key := range slices.Concat(m.Concepts, m.Narrower) {
						keys = append(keys, conceptTerm(key))
					}
				}
			}
			offer(keys)
		}
	}
	return best
}

// keys are terms of which a text that has the word has one; nil where they cannot be listed.
func (w Word) keys() []string {
	switch {
	case len(w.Phrase) > 0:
		return slices.Clone(w.Phrase[0])
	case w.Beginning != "":
		return nil
	}
	return slices.Concat(w.Forms, w.Grams)
}

// Answers tells whether the document is what the request asks for in full: what access and filters allow,
// with every word, as it stands or by its meaning. A search finds more, for there no word is ever needed; but
// whoever is to be told unasked wants all that she asked for.
func (r *Reading) Answers(q Request) bool {
	if !r.within(q) {
		return false
	}
	for _, w := range q.Must {
		if !r.has(w) {
			return false
		}
	}
	for _, w := range q.MustNot {
		if r.has(w) {
			return false
		}
	}
	for i, w := range q.Words {
		if !r.has(w) && !r.means(q.Meanings, i) {
			return false
		}
	}
	return true
}

// within tells whether access, filters and dates let the document through.
func (r *Reading) within(q Request) bool {
	d := r.document
	if !slices.ContainsFunc(d.Access, func(term string) bool { return slices.Contains(q.Access, term) }) {
		return false
	}
	for _, f := range q.Filters {
		values := d.values(f.Field)
		if len(values) == 0 {
			values = []string{""}
		}
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(f.Values, v) }) {
			return false
		}
	}
	return !d.Created.Before(q.From) && (q.To.IsZero() || d.Created.Before(q.To))
}

// values of a field by which searches are narrowed.
func (d Document) values(f Field) []string {
	var all []string
	switch f {
	case Kind:
		all = []string{string(d.Kind)}
	case Language:
		all = []string{d.Language}
	case Country:
		all = []string{d.Country}
	case Workspace:
		if d.Workspace != 0 {
			all = []string{strconv.FormatInt(d.Workspace, 10)}
		}
	case Sector:
		all = slices.Clone(d.Sectors)
	case Tag:
		all = slices.Clone(d.Tags)
	case Level:
		all = []string{d.Level}
	case Evidence:
		all = []string{d.Evidence}
	case Programme:
		all = []string{d.Programme}
	case Author:
		for _, id := range d.Authors {
			all = append(all, strconv.FormatInt(id, 10))
		}
	}
	return slices.DeleteFunc(all, func(v string) bool { return v == "" })
}

func (r *Reading) has(w Word) bool {
	switch {
	case len(w.Phrase) > 0:
		return slices.ContainsFunc(r.texts, func(at map[string][]int) bool { return inARow(at, w.Phrase) })
	case len(w.Grams) > 0:
		n := 0
		for _, g := range w.Grams {
			if r.terms[g] {
				n++
			}
		}
		return n >= w.enough()
	case w.Beginning != "":
		for t := range r.terms {
			if strings.HasPrefix(t, w.Beginning) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(w.Forms, func(form string) bool { return r.terms[form] })
}

// inARow tells whether the places of a phrase stand one after the other in a text.
func inARow(at map[string][]int, phrase [][]string) bool {
	for _, first := range phrase[0] {
		for _, start := range at[first] {
			if followed(at, phrase[1:], start+1) {
				return true
			}
		}
	}
	return false
}

// followed tells whether the rest of a phrase stands from a position on; an empty place holds any word.
func followed(at map[string][]int, rest [][]string, position int) bool {
	for i, place := range rest {
		if !slices.ContainsFunc(place, func(t string) bool { return t == "" || slices.Contains(at[t], position+i) }) {
			return false
		}
	}
	return true
}

// means tells whether the document has what a wanted word means.
func (r *Reading) means(meanings []Meaning, word int) bool {
	return slices.ContainsFunc(meanings, func(m Meaning) bool {
		return m.Whole && m.First <= word && word <= m.Last &&
			slices.ContainsFunc(slices.Concat(m.Concepts, m.Narrower), func(key string) bool { return r.concepts[key] > 0 })
	})
}
