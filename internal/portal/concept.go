package portal

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// KindConcept is a concept of the thesaurus, in the audit and the log.
const KindConcept Kind = "concept"

// ThesaurusTopic is where changes of the thesaurus are told. Nobody subscribes to it: each node's
// index follows it.
const ThesaurusTopic Topic = "thesaurus"

// Limits of the thesaurus.
const (
	MaxConcepts     = 5000 // concepts; every node holds them all in memory
	MaxConceptNames = 200  // names of one concept, in all languages
	MaxRelated      = 50   // concepts that one is related to
)

// ConceptLanguages are those in which a concept is asked for its names, in the order of the pages.
var ConceptLanguages = []string{"en", "es", "fr", "pt", "ru", "ar", "zh", "th"}

// ConceptName is one name of a concept. An ordinary one is a word of every day as well, like "ice": no
// text is taken to mean the concept by it.
type ConceptName struct {
	Language string
	Name     string
	Ordinary bool
}

// Concept is what the thesaurus knows of one thing: what it is called, and its place among the others.
type Concept struct {
	ID        int64
	Key       string
	Names     []ConceptName // those of one language together, the preferred one first
	Broader   string        // key of the concept of which this is a kind; "" for none
	Related   []string      // keys
	Note      string        // for its editors and readers
	Version   int64
	UpdatedAt time.Time
}

// NameIn is what the concept is called in a language: the preferred name there, else the English one,
// else the first that there is.
func (c Concept) NameIn(language string) ConceptName {
	for _, l := range []string{language, "en"} {
		for _, n := range c.Names {
			if n.Language == l {
				return n
			}
		}
	}
	if len(c.Names) > 0 {
		return c.Names[0]
	}
	return ConceptName{Language: "en", Name: c.Key}
}

// Languages lists the languages in which the concept has a name: those of the pages first, then the others.
func (c Concept) Languages() []string {
	var languages []string
	for _, n := range c.Names {
		if !slices.Contains(languages, n.Language) {
			languages = append(languages, n.Language)
		}
	}
	place := func(l string) int {
		if i := slices.Index(ConceptLanguages, l); i >= 0 {
			return i
		}
		return len(ConceptLanguages)
	}
	slices.SortFunc(languages, func(a, b string) int { return cmp.Or(place(a)-place(b), strings.Compare(a, b)) })
	return languages
}

// In lists the concept's names in a language, the preferred one first.
func (c Concept) In(language string) []ConceptName {
	var names []ConceptName
	for _, n := range c.Names {
		if n.Language == language {
			names = append(names, n)
		}
	}
	return names
}

// Check validates what is written of the concept itself; its place is checked against the others.
func (c Concept) Check() error {
	var checks Checks
	checks.Add(len(c.Names) > 0, "names.en", "error.required")
	checks.Add(len(c.Names) <= MaxConceptNames, "names.en", "error.too_many", "Max", MaxConceptNames)
	seen := map[ConceptName]bool{}
	for _, n := range c.Names {
		field := "names." + n.Language
		checks.Add(ValidLanguage(n.Language), field, "error.language")
		checks.Text(field, n.Name, MaxName, false)
		n.Ordinary = false
		checks.Add(!seen[n], field, "error.concept_twice", "Name", n.Name)
		seen[n] = true
	}
	checks.Text("note", c.Note, MaxDescription, true)
	checks.Add(len(c.Related) <= MaxRelated, "related", "error.too_many", "Max", MaxRelated)
	return checks.Err()
}
