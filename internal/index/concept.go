package index

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ConceptName is one name of a concept. An ordinary one is a word of every day as well.
type ConceptName struct {
	Language string
	Text     string
	Ordinary bool
}

// Concept is what the thesaurus knows of one thing: its names, and of what it is a kind.
type Concept struct {
	Key     string
	Broader string
	Names   []ConceptName
}

// Thesaurus recognizes concepts by their names. It never changes, so any number may use it at once.
//
// A name is known in its own language with all its endings, for its words are cut to their stems there as
// those of a text are; and in every other language as it is written, for names travel. So a name lies twice in
// one tree of steps: as stems without small words, and whole.
type Thesaurus struct {
	steps    map[step]int32   // to the next branch
	ends     map[int32][]name // names that are complete at a branch
	last     int32
	names    map[string][]ConceptName
	narrower map[string][]string
	broader  map[string]string
	begins   []beginning
	parts    []nameParts
	words    map[string]bool // of all names, folded
}

// step leads from one branch to the next: by a word's term in one language (plain: as it is written), or by
// one character of a script without spaces.
type step struct {
	from     int32
	language string
	term     string
}

// name is a complete name at its branch.
type name struct {
	concept  string
	text     string
	abbr     bool // an abbreviation like LEAD, which is not the word lead
	ordinary bool
	written  bool // its steps are the words as they are written
}

const (
	shortestName = 2 // characters of a name that is looked for
	longestAbbr  = 5 // letters of an abbreviation
	skippedStops = 2 // small words that a text may have within a name
	// noArticle begins Arabic names whose first letters the stemmer would take for the article: alfentanil
	// would become fentanyl.
	noArticle = "أل"
)

// NewThesaurus makes the recognizer of concepts.
func NewThesaurus(concepts []Concept) *Thesaurus {
	latest.Lock()
	defer latest.Unlock()
	if latest.made == nil || !slices.EqualFunc(latest.concepts, concepts, sameConcept) {
		latest.concepts, latest.made = slices.Clone(concepts), newThesaurus(concepts)
	}
	return latest.made
}

// latest is the thesaurus that was made last: a node's index, one that is built beside it and each reading of
// what has not changed want the same, which takes a tenth of a second to make.
var latest struct {
	sync.Mutex
	concepts []Concept
	made     *Thesaurus
}

func sameConcept(a, b Concept) bool {
	return a.Key == b.Key && a.Broader == b.Broader && slices.Equal(a.Names, b.Names)
}

func newThesaurus(concepts []Concept) *Thesaurus {
	t := &Thesaurus{steps: map[step]int32{}, ends: map[int32][]name{}, names: map[string][]ConceptName{}, narrower: map[string][]string{}, broader: map[string]string{},
		words: map[string]bool{}}
	for _, c := range concepts {
		t.names[c.Key] = c.Names
		if c.Broader != "" {
			t.broader[c.Key] = c.Broader
			t.narrower[c.Broader] = append(t.narrower[c.Broader], c.Key)
		}
		for _, n := range c.Names {
			t.add(c.Key, n)
			t.begins = append(t.begins, begun(c.Key, n))
		}
	}
	return t
}

// Names lists what a concept is called, as it was given.
func (t *Thesaurus) Names(key string) []ConceptName {
	if t == nil {
		return nil
	}
	return t.names[key]
}

// Narrower lists the kinds of a concept, kinds of kinds too, the nearest first, itself not among them.
func (t *Thesaurus) Narrower(key string) []string {
	if t == nil {
		return nil
	}
	found := slices.Clone(t.narrower[key])
	for i := 0; i < len(found) && len(found) < maxNarrower; i++ {
		for _, k := range t.narrower[found[i]] {
			if k != key && !slices.Contains(found, k) {
				found = append(found, k)
			}
		}
	}
	return found[:min(len(found), maxNarrower)]
}

// above lists what a concept is a kind of, the nearest first.
func (t *Thesaurus) above(key string) []string {
	var found []string
	for at := t.broader[key]; at != "" && at != key && !slices.Contains(found, at); at = t.broader[at] {
		found = append(found, at)
	}
	return found
}

func (t *Thesaurus) add(key string, n ConceptName) {
	units := unitsOf(n.Text, n.Language, map[string]*forms{}, nil)
	if len(units) == 0 || utf8.RuneCountInString(n.Text) < shortestName {
		return
	}
	t.parts = append(t.parts, partsOf(key, n, units))
	for _, w := range PlainWords(n.Text) {
		t.words[w] = true
	}
	end := name{key, norm.NFKC.String(n.Text), len(units) == 1 && isAbbreviation(n.Text), n.Ordinary, true}
	written := make([]form, len(units))
	for i, u := range units {
		written[i] = u.written()
	}
	t.lay(written, end)
	if end.written = false; strings.HasPrefix(n.Text, noArticle) {
		return
	}
	for way := range 3 {
		if stems := stemsOf(units, way); len(stems) > 1 || len(stems) == len(units) {
			t.lay(stems, end)
		}
	}
}

// stemsOf gives the stems of a name's words without the small ones, in one of three ways: with the accents, as
// somebody types it who leaves them out, and as the words are, for a stemmer cuts фентанилом to what it cuts
// further where it stands alone.
func stemsOf(units []unit, way int) []form {
	var stems []form
	for _, u := range units {
		own, written := u.forms.forms[:len(u.forms.forms)-1], u.written()
		switch {
		case len(own) > 0 && way == 2:
			stems = append(stems, form{own[0].language, written.term})
		case len(own) > 0:
			stems = append(stems, own[min(way, len(own)-1)])
		case len(u.stops) == 0:
			stems = append(stems, written)
		}
	}
	return stems
}

// lay puts a name at the end of its steps.
func (t *Thesaurus) lay(path []form, end name) {
	at := int32(0)
	for _, f := range path {
		s := step{at, f.language, f.term}
		next, ok := t.steps[s]
		if !ok {
			t.last++
			next = t.last
			t.steps[s] = next
		}
		at = next
	}
	if !slices.Contains(t.ends[at], end) {
		t.ends[at] = append(t.ends[at], end)
	}
}

// isAbbreviation tells whether a word is one by its capitals.
func isAbbreviation(word string) bool {
	letters, capitals := 0, 0
	for _, r := range word {
		letters++
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return letters <= longestAbbr && capitals >= 2
}

// form is a word as it is compared: its stem in a language, or plain, as it is written.
type form struct{ language, term string }

// forms is a word in all ways in which it is compared.
type forms struct {
	forms []form   // the last is the word as it is written
	stops []string // languages in which it is a small word
	begin int8     // whether a name begins with it: 1 yes, -1 no, 0 not looked up yet
}

// unit is one word of a text, or one character of a script without spaces.
type unit struct {
	*forms
	start, end int
	joined     bool // to the unit before: nothing stands between that ends a name
}

func (f *forms) written() form { return f.forms[len(f.forms)-1] }

// unitsOf cuts a text in a language ("": unknown) into what names are made of. known keeps the language's words,
// most of which stand in a text many times; units is room for the answer.
func unitsOf(text, language string, known map[string]*forms, units []unit) []unit {
	lookUp := func(raw string, read func(string) *forms) *forms {
		f, ok := known[raw]
		if !ok {
			f = read(raw)
			known[raw] = f
		}
		return f
	}
	before := 0
	for _, s := range spans(text) {
		raw := text[s.start:s.end]
		joined := len(units) > 0 && joins(text[before:s.start])
		before = s.end
		if s.how == alphabetic {
			f := lookUp(raw, func(raw string) *forms { return formsOf(raw, language) })
			units = append(units, unit{f, s.start, s.end, joined})
			continue
		}
		for i := 0; i < len(raw); {
			_, size := utf8.DecodeRuneInString(raw[i:])
			f := lookUp(raw[i:i+size], func(r string) *forms { return &forms{forms: []form{{plain, norm.NFKC.String(r)}}} })
			units = append(units, unit{f, s.start + i, s.start + i + size, joined || i > 0})
			i += size
		}
	}
	return units
}

func formsOf(raw, language string) *forms {
	f := &forms{}
	word := clip(normal(raw), maxWordSize)
	for _, l := range languagesOf(word, language) {
		if l == plain {
			continue
		}
		terms := stemmers[l].stem(word)
		if len(terms) == 0 {
			f.stops = append(f.stops, l)
		}
		for _, term := range terms {
			f.forms = append(f.forms, form{l, term})
		}
	}
	f.forms = append(f.forms, form{plain, fold(stemmers[plain].strip(word))})
	return f
}

const longestJoint = 4 // bytes between two words of one name

// joins tells whether two words belong together with this between them: a space, a hyphen, a line's end, but
// nothing that ends a thought.
func joins(between string) bool {
	if len(between) > longestJoint {
		return false
	}
	for _, r := range between {
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Pd, r) && r != '/' && r != '\'' && r != '’' {
			return false
		}
	}
	return true
}

// Thesaurus is by what questions and texts are read now; nil before the first was learned.
func (x *Index) Thesaurus() *Thesaurus { return x.thesaurus.Load() }

// Learn has questions and texts read by another thesaurus from now on. What lies in the index stays as it was
// read until it is written again.
func (x *Index) Learn(t *Thesaurus) { x.thesaurus.Store(t) }
