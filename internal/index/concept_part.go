package index

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxPartly is how many concepts a part of a name may stand for; a part of more says nothing.
const maxPartly = 8

// nameParts is a name as those remember it who have forgotten half of it.
type nameParts struct {
	concept string
	text    string          // folded, for scripts without spaces
	forms   map[string]bool // of its words, in every way in which they are indexed
}

func partsOf(concept string, n ConceptName, units []unit) nameParts {
	p := nameParts{concept, strings.ToLower(norm.NFKC.String(n.Text)), map[string]bool{}}
	for _, u := range units {
		for _, f := range u.forms.forms {
			p.forms[f.term] = true
		}
	}
	return p
}

// has tells whether the name has a word, or a run of a script without spaces.
func (p nameParts) has(w Word) bool {
	if len(w.Forms) > 0 {
		return slices.ContainsFunc(w.Forms, func(form string) bool { return p.forms[form] })
	}
	return len(w.Phrase) == 0 && strings.Contains(p.text, strings.ToLower(norm.NFKC.String(w.Typed)))
}

// Partly finds the concepts one of whose names has all of the words: what somebody may mean who remembers
// "waste water" and not "analysis of waste water". None, when there are too many to be meant.
func (t *Thesaurus) Partly(words []Word) []Meaning {
	if t == nil || len(words) == 0 {
		return nil
	}
	var keys []string
	for _, p := range t.parts {
		if slices.ContainsFunc(words, func(w Word) bool { return !p.has(w) }) || slices.Contains(keys, p.concept) {
			continue
		}
		if keys = append(keys, p.concept); len(keys) > maxPartly {
			return nil
		}
	}
	if keys == nil {
		return nil
	}
	return []Meaning{{Last: len(words) - 1, Whole: true, Concepts: keys, Narrower: t.kinds(keys)}}
}

// HasWord tells whether a name of a concept has a word as it is written, folded.
func (t *Thesaurus) HasWord(plain string) bool { return t != nil && t.words[plain] }

// Words lists the words of all names, folded.
func (t *Thesaurus) Words() []string {
	if t == nil {
		return nil
	}
	words := make([]string, 0, len(t.words))
	for w := range t.words {
		words = append(words, w)
	}
	return words
}
