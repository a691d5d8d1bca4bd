package index

import (
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"golang.org/x/text/unicode/norm"
)

// Token is one term of a text and where in the text it stands.
type Token struct {
	Term       string
	Start, End int // bytes of the text, always between characters
	Position   int // of the word in the text, from 1; forms of one word share it
}

// Analyze gives the terms of a text as a document in the language is indexed; "" stands for an
// unknown language, whose words get the forms of every language that fits their script. It
// accepts any text.
func Analyze(text, language string) []Token {
	tokens := make([]Token, 0, len(text)/6)
	position := 0
	known := map[string][]string{} // most words of a text stand there several times, and stemming is most of the work
	for _, s := range spans(text) {
		raw := text[s.start:s.end]
		switch s.how {
		case alphabetic:
			position++
			terms, ok := known[raw]
			if !ok {
				terms = termsOf(raw, language)
				known[raw] = terms
			}
			for _, term := range terms {
				tokens = append(tokens, Token{term, s.start, s.end, position})
			}
		case bigrams:
			tokens, position = appendGrams(tokens, s.start, raw, pairSize, position)
		case ngrams:
			tokens, position = appendGrams(tokens, s.start, raw, gramSize, position)
		}
	}
	return tokens
}

// appendGrams adds the overlapping groups of a run, also the shorter ones at its end: so each
// group of fewer characters is the beginning of some term.
func appendGrams(tokens []Token, start int, run string, size, position int) ([]Token, int) {
	at := runeStarts(run)
	whole := norm.NFKC.String(run)
	in := runeStarts(whole)
	same := len(at) == len(in)
	for i := range len(in) - 1 {
		last := min(i+size, len(in)-1)
		position++
		t := Token{Term: whole[in[i]:in[last]], Start: start, End: start + len(run), Position: position}
		if same {
			t.Start, t.End = start+at[i], start+at[last]
		}
		tokens = append(tokens, t)
	}
	return tokens, position
}

// runeStarts gives the byte offsets of a string's characters and of its end.
func runeStarts(s string) []int {
	at := make([]int, 0, len(s)/2+1)
	for i := range s {
		at = append(at, i)
	}
	return append(at, len(s))
}

// analyzer hands the terms of a text in one language to bleve, and counts them.
type analyzer struct {
	language string
	terms    *atomic.Int64
}

// Analyze implements bleve's interface.
func (a analyzer) Analyze(text []byte) analysis.TokenStream {
	tokens := Analyze(string(text), a.language)
	a.terms.Add(int64(len(tokens)))
	stream := make(analysis.TokenStream, len(tokens))
	block := make([]analysis.Token, len(tokens))
	for i, t := range tokens {
		block[i] = analysis.Token{Term: []byte(t.Term), Start: t.Start, End: t.End, Position: t.Position}
		stream[i] = &block[i]
	}
	return stream
}

const (
	edgeShortest = 2  // letters after which a title is suggested
	edgeLongest  = 15 // letters of a word that a suggestion looks at
	wordShortest = 3  // letters of a word that the list for misspellings keeps
	wordLongest  = 30
)

// edges gives the beginnings of a title's words, for suggestions while somebody types.
func edges(title string) []string {
	seen := map[string]bool{}
	var terms []string
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			terms = append(terms, s)
		}
	}
	for _, s := range spans(title) {
		if s.how == alphabetic {
			word := fold(stemmers[plain].strip(normal(title[s.start:s.end])))
			at := runeStarts(word)
			for n := edgeShortest; n < len(at) && n <= edgeLongest; n++ {
				add(word[:at[n]])
			}
			continue
		}
		run := norm.NFKC.String(title[s.start:s.end])
		at := runeStarts(run)
		for i := range len(at) - 1 {
			for n := edgeShortest; n <= gramSize && i+n < len(at); n++ {
				add(run[at[i]:at[i+n]])
			}
		}
	}
	return terms
}

// Edges gives what a typed beginning asks for: every term must be among a title's. Nil when too
// little has been typed.
func Edges(typed string) []string {
	var terms []string
	for _, s := range spans(typed) {
		if s.how == alphabetic {
			word := fold(stemmers[plain].strip(normal(typed[s.start:s.end])))
			at := runeStarts(word)
			if n := min(len(at)-1, edgeLongest); n >= edgeShortest {
				terms = append(terms, word[:at[n]])
			}
			continue
		}
		run := norm.NFKC.String(typed[s.start:s.end])
		at := runeStarts(run)
		n := min(gramSize, len(at)-1)
		for i := 0; n >= edgeShortest && i+n < len(at); i++ {
			terms = append(terms, run[at[i]:at[i+n]])
		}
	}
	return terms
}

// PlainWords gives the words of an alphabet in a text as they are written, only folded: what the
// list for misspellings is made of.
func PlainWords(text string) []string {
	var words []string
	for _, s := range spans(text) {
		if s.how != alphabetic {
			continue
		}
		word := fold(stemmers[plain].strip(normal(text[s.start:s.end])))
		if n := utf8.RuneCountInString(word); n >= wordShortest && n <= wordLongest && !hasDigit(word) {
			words = append(words, word)
		}
	}
	return words
}

func hasDigit(s string) bool {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			return true
		}
	}
	return false
}

// HasEdges tells whether a title has words that begin with each of the edges.
func HasEdges(title string, wanted []string) bool {
	has := edges(title)
	for _, w := range wanted {
		if !slices.Contains(has, w) {
			return false
		}
	}
	return len(wanted) > 0
}

// Folded gives the words of a name as people type it who leave out accents and capitals.
func Folded(name string) []string {
	var words []string
	for _, s := range spans(name) {
		words = append(words, fold(stemmers[plain].strip(normal(name[s.start:s.end]))))
	}
	return words
}

// Slugs gives the words of a title that can stand in an address: plain small letters and digits.
func Slugs(title string) []string {
	var words []string
	for _, s := range spans(title) {
		word := fold(stemmers[plain].strip(normal(title[s.start:s.end])))
		if s.how == alphabetic && isPlainASCII(word) {
			words = append(words, word)
		}
	}
	return words
}
