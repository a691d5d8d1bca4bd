package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FoundConcept is a place of a text that names concepts: one, or several that share the name.
type FoundConcept struct {
	Start, End int // bytes of the text, always between characters
	Concepts   []string
}

// Reader recognizes concepts in several texts, one after the other, and remembers their words between them. It is
// not safe for concurrent use.
type Reader struct {
	thesaurus *Thesaurus
	known     map[string]map[string]*forms // by language
	units     []unit                       // room
}

// Reader begins to read texts. That of no thesaurus recognizes nothing.
func (t *Thesaurus) Reader() *Reader {
	return &Reader{thesaurus: t, known: map[string]map[string]*forms{}}
}

// Find is Thesaurus.Find.
func (r *Reader) Find(text, language string) []FoundConcept {
	known := r.known[language]
	if known == nil {
		known = map[string]*forms{}
		r.known[language] = known
	}
	if r.thesaurus == nil {
		return nil
	}
	r.units = unitsOf(text, language, known, r.units[:0])
	return r.thesaurus.find(text, r.units, countsInText)
}

// Find recognizes the concepts that a text in a language ("": unknown) names, the longest name first, in the
// order of the text and without overlaps. An abbreviation counts as it is written, so that who is not the
// WHO; what is an ordinary word as well does not count at all, unless it is one of those.
func (t *Thesaurus) Find(text, language string) []FoundConcept {
	return t.Reader().Find(text, language)
}

func countsInText(n name, raw string, _ bool) bool {
	if n.abbr {
		return asWritten(raw, n.text)
	}
	return !n.ordinary
}

// FindTyped recognizes what somebody types who looks for something, in whatever language and mostly without
// capitals. An ordinary word is taken for a concept where it is all that was typed, or an abbreviation as it
// is written: who types ice alone may mean it, who types ice cream does not.
func (t *Thesaurus) FindTyped(text string) []FoundConcept {
	return t.find(text, unitsOf(text, "", map[string]*forms{}, nil), func(n name, raw string, alone bool) bool {
		return !n.ordinary || alone || n.abbr && asWritten(raw, n.text)
	})
}

// asWritten tells whether a text has an abbreviation with its capitals, or several of what it stands for.
func asWritten(raw, text string) bool {
	raw = norm.NFKC.String(raw)
	if rest, ok := strings.CutPrefix(raw, text); ok {
		return rest == "" || rest == "s" || rest == "'s" || rest == "’s"
	}
	return false
}

// candidate is a name at its place, in units. One that is written so goes before others that have only the
// same stems: fentanyls are not fentanyl.
type candidate struct {
	first, last int
	written     bool
	start, end  int
	concept     string
}

func (t *Thesaurus) find(text string, units []unit, counts func(n name, raw string, alone bool) bool) []FoundConcept {
	if t == nil || len(t.steps) == 0 {
		return nil
	}
	s := &finding{Thesaurus: t, text: text, units: units, counts: counts}
	for i, u := range s.units {
		if u.begin < 0 {
			continue
		}
		u.begin = -1
		for _, f := range u.forms.forms {
			if next, ok := t.steps[step{0, f.language, f.term}]; ok {
				u.begin = 1
				s.follow(next, f.language, i, i+1, skippedStops)
			}
		}
	}
	return s.longest()
}

// finding is one text that is looked through.
type finding struct {
	*Thesaurus
	text   string
	units  []unit
	counts func(n name, raw string, alone bool) bool
	found  []candidate
}

// follow notes the names that end at a branch, and goes on with the next unit; skips is how many small
// words of the language may still be passed over.
func (s *finding) follow(at int32, language string, first, next, skips int) {
	s.note(at, first, next-1)
	s.goOn(at, language, first, next, skips)
}

func (s *finding) goOn(at int32, language string, first, next, skips int) {
	if next >= len(s.units) || !s.units[next].joined {
		return
	}
	u := s.units[next]
	for _, f := range u.forms.forms {
		if branch, ok := s.steps[step{at, f.language, f.term}]; ok {
			s.follow(branch, f.language, first, next+1, skips)
		}
	}
	if skips > 0 && slices.Contains(u.stops, language) {
		s.goOn(at, language, first, next+1, skips-1)
	}
}

func (s *finding) note(at int32, first, last int) {
	ends := s.ends[at]
	if len(ends) == 0 {
		return
	}
	start, end := s.units[first].start, s.units[last].end
	if r, _ := utf8.DecodeRuneInString(s.text[end:]); unicode.Is(unicode.Mn, r) {
		return // its last character goes on: it is another word
	}
	alone := first == 0 && last == len(s.units)-1
	for _, n := range ends {
		if s.counts(n, s.text[start:end], alone) {
			s.found = append(s.found, candidate{first, last, n.written, start, end, n.concept})
		}
	}
}

// longest keeps of names that overlap the longest, of equal ones the first; of those in one place all that
// are as good.
func (s *finding) longest() []FoundConcept {
	slices.SortStableFunc(s.found, func(a, b candidate) int {
		way := 0
		if a.written != b.written {
			way = 1
			if a.written {
				way = -1
			}
		}
		return cmp.Or((b.end-b.start)-(a.end-a.start), a.start-b.start, way)
	})
	taken := map[int]bool{} // units
	var found []FoundConcept
	var last candidate
	for _, c := range s.found {
		if n := len(found) - 1; n >= 0 && last.first == c.first && last.last == c.last {
			if last.written == c.written && !slices.Contains(found[n].Concepts, c.concept) {
				found[n].Concepts = append(found[n].Concepts, c.concept)
			}
			continue
		}
		free := true
		for i := c.first; i <= c.last && free; i++ {
			free = !taken[i]
		}
		if !free {
			continue
		}
		for i := c.first; i <= c.last; i++ {
			taken[i] = true
		}
		last, found = c, append(found, FoundConcept{c.start, c.end, []string{c.concept}})
	}
	slices.SortFunc(found, func(a, b FoundConcept) int { return a.Start - b.Start })
	return found
}

// Meant recognizes what words of a question mean, which the reader typed one after the other. Words that
// are not to be taken by their meaning are left out by the caller.
func (t *Thesaurus) Meant(words []Word) []Meaning {
	if t == nil {
		return nil
	}
	var typed strings.Builder
	ends := make([]int, len(words))
	for i, w := range words {
		typed.WriteString(w.Typed)
		ends[i] = typed.Len()
		typed.WriteByte(' ')
	}
	text := strings.TrimSuffix(typed.String(), " ")
	wordAt := func(at int) int { i, _ := slices.BinarySearch(ends, at); return i }
	var meant []Meaning
	covered := map[int]int{} // bytes of a meaning
	for _, f := range t.FindTyped(text) {
		m := Meaning{First: wordAt(f.Start + 1), Last: wordAt(f.End), Concepts: f.Concepts}
		if n := len(meant) - 1; n >= 0 && meant[n].Last >= m.First { // two names in one run of a script without spaces
			meant[n].Last, meant[n].Concepts = m.Last, append(slices.Clone(meant[n].Concepts), m.Concepts...)
			covered[n] += f.End - f.Start
			continue
		}
		covered[len(meant)] = f.End - f.Start
		meant = append(meant, m)
	}
	for i := range meant {
		m := &meant[i]
		start := 0
		if m.First > 0 {
			start = ends[m.First-1] + 1
		}
		m.Whole = covered[i] >= ends[m.Last]-start
		m.Narrower = t.kinds(m.Concepts)
	}
	return meant
}

// kinds lists the kinds of concepts, each once.
func (t *Thesaurus) kinds(concepts []string) []string {
	var found []string
	for _, c := range concepts {
		for _, k := range t.Narrower(c) {
			if !slices.Contains(found, k) && !slices.Contains(concepts, k) && len(found) < maxNarrower {
				found = append(found, k)
			}
		}
	}
	return found
}
