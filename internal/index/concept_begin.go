package index

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// beginning is a name as somebody begins to type it.
type beginning struct {
	concept string
	text    string
	folded  string // its words, each behind a space
}

// begun makes a name's beginning.
func begun(key string, n ConceptName) beginning {
	return beginning{key, n.Text, " " + strings.Join(Folded(n.Text), " ")}
}

// BegunConcept is a concept with the name that was found.
type BegunConcept struct{ Key, Name string }

// Begun lists up to limit concepts of whose names one has words that begin with each of the edges (see Edges),
// each concept once, by the shortest name.
func (t *Thesaurus) Begun(edges []string, limit int) []BegunConcept {
	if t == nil || len(edges) == 0 {
		return nil
	}
	at := map[string]int{}
	var found []BegunConcept
	for _, b := range t.begins {
		if !b.has(edges) {
			continue
		}
		if i, known := at[b.concept]; known {
			if len(b.text) < len(found[i].Name) {
				found[i].Name = b.text
			}
			continue
		}
		if len(found) < limit {
			at[b.concept] = len(found)
			found = append(found, BegunConcept{b.concept, b.text})
		}
	}
	return found
}

func (b beginning) has(edges []string) bool {
	for _, e := range edges {
		if !strings.Contains(b.folded, " "+e) && (isAlphabetic(e) || !strings.Contains(norm.NFKC.String(b.text), e)) {
			return false
		}
	}
	return true
}

func isAlphabetic(edge string) bool {
	for _, r := range edge {
		return writingOf(r) == alphabetic
	}
	return true
}
