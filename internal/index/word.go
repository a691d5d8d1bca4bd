package index

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is one thing that is looked for: a word in all its forms, a run of a script without
// spaces, or a phrase. Exactly one of Forms, Grams, Beginning and Phrase is set.
type Word struct {
	Typed     string     // as the reader typed it
	Plain     string     // folded, for the list for misspellings; "" for what it does not know
	Stop      bool       // a word like "the", which alone means nothing
	Forms     []string   // terms, any of which is the word
	Grams     []string   // terms, of which about a third must be there
	Beginning string     // a run shorter than the groups that are indexed
	Phrase    [][]string // alternatives at each place; an empty place holds any word
}

// Terms lists every term of the word that a text may have, for marking matches in one.
func (w Word) Terms() []string {
	terms := slices.Concat(w.Forms, w.Grams)
	for _, place := range w.Phrase {
		terms = append(terms, place...)
	}
	return slices.DeleteFunc(terms, func(t string) bool { return t == "" || strings.HasPrefix(t, soundMark) })
}

// enough is how many of the groups of a run must be there.
func (w Word) enough() int {
	if n := len(w.Grams); n > 2 {
		return (n + 2) / 3
	}
	return len(w.Grams)
}

// QueryWords cuts what a reader typed into the words to look for. It accepts any text.
func QueryWords(text string) []Word {
	var words []Word
	for _, s := range spans(text) {
		raw := text[s.start:s.end]
		w := Word{Typed: raw}
		switch s.how {
		case alphabetic:
			w.Forms, w.Stop = termsOf(raw, ""), isStop(raw)
			if p := PlainWords(raw); len(p) == 1 {
				w.Plain = p[0]
			}
			if len(w.Forms) == 0 {
				continue
			}
		default:
			size := gramSize
			if s.how == bigrams {
				size = pairSize
			}
			if w.Grams = wholeGrams(raw, size); w.Grams == nil {
				w.Beginning = norm.NFKC.String(raw)
			}
		}
		words = append(words, w)
	}
	return words
}

// wholeGrams gives the full groups of a run; nil when it is too short for one.
func wholeGrams(run string, size int) []string {
	run = norm.NFKC.String(run)
	at := runeStarts(run)
	var grams []string
	for i := 0; i+size < len(at); i++ {
		grams = append(grams, run[at[i]:at[i+size]])
	}
	return grams
}

// QueryPhrase makes the word that stands for a quoted phrase. ok is false when the phrase says
// nothing that can be required.
func QueryPhrase(text string) (w Word, ok bool) {
	w.Typed = text
	var places [][]string
	for _, s := range spans(text) {
		raw := text[s.start:s.end]
		switch s.how {
		case alphabetic:
			if forms := termsOf(raw, ""); len(forms) > 0 && !isStop(raw) {
				places = append(places, forms)
			} else {
				places = append(places, []string{""})
			}
		case bigrams, ngrams:
			size := gramSize
			if s.how == bigrams {
				size = pairSize
			}
			grams := wholeGrams(raw, size)
			if grams == nil && s.start == 0 && s.end == len(text) {
				w.Beginning = norm.NFKC.String(raw)
				return w, true
			}
			places = appendRun(places, norm.NFKC.String(raw), grams)
		}
	}
	return w.within(places)
}

// appendRun adds the places of one run of a script without spaces. The shorter groups at a run's
// end take a place each in the index.
func appendRun(places [][]string, run string, grams []string) [][]string {
	if grams == nil {
		grams = []string{run}
	}
	for _, g := range grams {
		places = append(places, []string{g})
	}
	for range utf8.RuneCountInString(run) - len(grams) {
		places = append(places, []string{""})
	}
	return places
}

// within trims the empty places at both ends and bounds the rest.
func (w Word) within(places [][]string) (Word, bool) {
	empty := func(p []string) bool { return p[0] == "" }
	for len(places) > 0 && empty(places[0]) {
		places = places[1:]
	}
	for len(places) > 0 && empty(places[len(places)-1]) {
		places = places[:len(places)-1]
	}
	if len(places) > MaxPhrase {
		places = places[:MaxPhrase]
	}
	w.Phrase = places
	switch {
	case len(places) == 0:
		return w, false
	case len(places) == 1:
		w.Forms, w.Phrase = places[0], nil
	}
	return w, true
}

// MaxPhrase is how many places of a phrase are looked at.
const MaxPhrase = 40
