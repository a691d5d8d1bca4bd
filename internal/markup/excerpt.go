package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const ellipsis = "…"

// Excerpt shortens plain text to at most limit code points on one line. It cuts
// after a sentence when that keeps at least half, else between words with an
// ellipsis, else between what readers see as characters.
func Excerpt(text string, limit int) string {
	text = oneLine(text, limit)
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	if limit < 1 {
		return ""
	}
	var sentence, word, character int // ends, in bytes
	var sentenceRunes, runes, at int
	rest, state := text, -1
	for len(rest) > 0 {
		cluster, after, boundaries, newState := uniseg.StepString(rest, state)
		size := utf8.RuneCountInString(cluster)
		if runes+size > limit {
			break
		}
		runes, at, rest, state = runes+size, at+len(cluster), after, newState
		if boundaries&uniseg.MaskSentence != 0 {
			sentence, sentenceRunes = at, runes
		}
		if runes < limit { // leaves room for the ellipsis
			character = at
			if boundaries&uniseg.MaskWord != 0 {
				word = at
			}
		}
	}
	switch {
	case sentenceRunes*2 >= limit:
		return strings.TrimSpace(text[:sentence])
	case strings.TrimSpace(text[:word]) != "":
		return trimCut(text[:word]) + ellipsis
	}
	return text[:character] + ellipsis
}

// trimCut removes what looks odd before an ellipsis.
func trimCut(s string) string {
	trimmed := strings.TrimRightFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:-–—،؛([{«“¿¡", r)
	})
	if trimmed == "" {
		return s
	}
	return trimmed
}

// oneLine joins words by single spaces. It reads only a little more than the
// excerpt can hold.
func oneLine(text string, limit int) string {
	var b strings.Builder
	runes := 0
	for word := range strings.FieldsSeq(text) {
		if runes > 0 {
			b.WriteByte(' ')
			runes++
		}
		b.WriteString(word)
		runes += utf8.RuneCountInString(word)
		if runes > limit+1 && runes > 1 {
			break
		}
	}
	return b.String()
}
