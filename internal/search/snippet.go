package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"praxis/internal/index"
)

// Bounds of a snippet.
const (
	snippetRunes = 200     // characters of a snippet, about
	leadRunes    = 60      // of them before the first match, at most
	lookBack     = 2000    // bytes before a match in which its sentence may begin
	scannedBytes = 200_000 // of one text that are looked through
	ellipsis     = "…"
)

// Piece is a part of a snippet; Match says that it is what was looked for.
type Piece struct {
	Text  string
	Match bool
}

// matcher finds the words of a query in texts.
type matcher struct {
	word   map[string]int // term → which word of the query
	begins []string       // runs that are looked for as beginnings

	thesaurus *index.Thesaurus
	reader    *index.Reader
	means     []index.Meaning
	concepts  map[string]int // what words mean, and the kinds of that → the first of the words
	meant     []string       // these, what was meant first
}

func newMatcher(p parsed) matcher {
	m := matcher{word: map[string]int{}, thesaurus: p.thesaurus, reader: p.thesaurus.Reader(), means: p.meant, concepts: map[string]int{}}
	for _, meaning := range p.meant {
		for _, key := range slices.Concat(meaning.Concepts, meaning.Narrower) {
			m.concepts[key] = meaning.First
			m.meant = append(m.meant, key)
		}
	}
	for i, w := range slices.Concat(p.words, p.must) {
		for _, t := range w.Terms() {
			m.word[t] = i
		}
		if w.Beginning != "" {
			m.begins = append(m.begins, w.Beginning)
		}
	}
	return m
}

// needles gives what to look for in raw text where there is no index at hand.
func (m matcher) needles() []string {
	found := slices.Clone(m.begins)
	for t := range m.word {
		found = append(found, t)
	}
	return append(found, m.meantNeedles()...)
}

type match struct{ start, end, word int }

// matches finds the matches in a text, in order and without overlaps of one word with itself.
func (m matcher) matches(text, language string) []match {
	if len(m.word)+len(m.begins) == 0 {
		return nil
	}
	text = clipBytes(text, scannedBytes)
	var found []match
	for _, t := range index.Analyze(text, language) {
		word, ok := m.word[t.Term]
		end := t.End
		for i, b := range m.begins {
			if !ok && strings.HasPrefix(t.Term, b) {
				ok, word = true, -1-i
				if strings.HasPrefix(text[t.Start:t.End], b) {
					end = t.Start + len(b)
				}
			}
		}
		if ok && (len(found) == 0 || found[len(found)-1] != match{t.Start, end, word}) {
			found = append(found, match{t.Start, end, word})
		}
	}
	if named := m.meanings(text, language, found); len(named) > 0 {
		found = append(found, named...)
		slices.SortStableFunc(found, func(a, b match) int { return a.start - b.start })
	}
	return found
}

// mark cuts a whole short text, such as a title, into pieces.
func (m matcher) mark(text, language string) []Piece {
	return pieces(text, 0, len(text), m.matches(text, language))
}

// snippet gives the passage of a text that has most of the query's words, and how many
// different ones it has. Without any it is empty.
func (m matcher) snippet(text, language string) ([]Piece, int) {
	found := m.matches(text, language)
	if len(found) == 0 {
		return nil, 0
	}
	best, most := densest(text, found)
	start := passageStart(text, found[best].start)
	end := passageEnd(text, start, found[best].end)
	p := pieces(text, start, end, found)
	if start > 0 && !sentenceBefore(text, start) {
		p = append([]Piece{{Text: ellipsis}}, p...)
	}
	if end < len(text) && strings.TrimSpace(text[end:]) != "" {
		p = append(p, Piece{Text: ellipsis})
	}
	return p, most
}

// densest finds the match from which on one passage has most different words, the first such
// passage of several, and how many those are, in one walk over the matches: a text may be made of
// nothing else.
func densest(text string, found []match) (best, most int) {
	last, until, runes := 0, 0, make([]int, len(found)) // characters before each match
	for i := 1; i < len(found); i++ {
		runes[i] = runes[i-1] + utf8.RuneCountInString(text[found[i-1].start:found[i].start])
	}
	words := map[int]int{}
	for first := range found {
		for ; last < len(found) && found[last].start-found[first].start <= snippetRunes*4 &&
			runes[last]-runes[first] <= snippetRunes-leadRunes; last++ {
			words[found[last].word]++
		}
		if len(words) > most {
			best, most, until = first, len(words), last
		} else if len(words) == most && first < until {
			best = first // the same words, closer together
		}
		if words[found[first].word]--; words[found[first].word] == 0 {
			delete(words, found[first].word)
		}
	}
	return best, most
}

// passageStart finds where a passage around a match begins: with its sentence, or where that
// begins too far before, with a word, or in scripts without spaces with a character as readers
// see it.
func passageStart(text string, at int) int {
	from := at - min(at, lookBack)
	if i := strings.LastIndexByte(text[from:at], '\n'); i >= 0 {
		from += i + 1
	} else if from > 0 {
		for from < at && !utf8.RuneStart(text[from]) {
			from++
		}
		// The first character may be the rest of one: begin after it.
		cluster, _, _, _ := uniseg.StepString(text[from:at], -1)
		from += len(cluster)
	}
	sentence, word, character := -1, -1, at
	far := func(i int) bool { return utf8.RuneCountInString(text[i:at]) > leadRunes }
	if !far(from) {
		return from
	}
	rest, state, i := text[from:at], -1, from
	for rest != "" {
		var cluster string
		var boundaries int
		cluster, rest, boundaries, state = uniseg.StepString(rest, state)
		i += len(cluster)
		if i == at || far(i) {
			continue
		}
		if character == at {
			character = i
		}
		if boundaries&uniseg.MaskSentence != 0 {
			sentence = i
		}
		if word < 0 && strings.TrimSpace(cluster) == "" {
			word = i
		}
	}
	switch {
	case sentence >= 0:
		return sentence
	case word >= 0:
		return word
	}
	return character
}

// passageEnd finds where a passage ends: with the last sentence that ends in its second half, else after
// snippetRunes, at the end of a word where there are words, never before the match's end.
func passageEnd(text string, start, atLeast int) int {
	rest, state, i, runes, space, sentence := text[start:], -1, start, 0, -1, -1
	for rest != "" {
		var cluster string
		var boundaries int
		cluster, rest, boundaries, state = uniseg.StepString(rest, state)
		if i >= atLeast && (runes >= snippetRunes || len(text[start:i]) > snippetRunes*16) {
			if sentence >= 0 {
				return sentence
			}
			if space > atLeast && strings.TrimSpace(cluster) != "" {
				return space
			}
			return i
		}
		if strings.TrimSpace(cluster) == "" {
			space = i
		}
		i += len(cluster)
		runes += utf8.RuneCountInString(cluster)
		if boundaries&uniseg.MaskSentence != 0 && i >= atLeast && runes >= snippetRunes/2 {
			sentence = i
		}
	}
	return len(text)
}

func sentenceBefore(text string, at int) bool {
	before := strings.TrimRightFunc(text[max(0, at-16):at], func(r rune) bool { return unicode.IsSpace(r) && r != '\n' })
	last, _ := utf8.DecodeLastRuneInString(before)
	return strings.ContainsRune("\n.!?。！？؟।", last)
}

// pieces cuts text[start:end] at its matches, always between characters as readers see them,
// and makes every run of white space one space.
func pieces(text string, start, end int, found []match) []Piece {
	var all []Piece
	rest, state, i := text[start:end], -1, start
	space := true
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.StepString(rest, state)
		for len(found) > 0 && found[0].end <= i {
			found = found[1:]
		}
		hit := false
		for _, f := range found {
			if f.start >= i+len(cluster) {
				break
			}
			hit = hit || f.end > i
		}
		i += len(cluster)
		if strings.TrimSpace(cluster) == "" {
			if space {
				continue
			}
			cluster = " "
		}
		if cluster = strings.ToValidUTF8(cluster, ""); cluster == "" {
			continue
		}
		space = cluster == " "
		if n := len(all); n > 0 && all[n-1].Match == hit {
			all[n-1].Text += cluster
		} else {
			all = append(all, Piece{cluster, hit})
		}
	}
	return all
}

func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
