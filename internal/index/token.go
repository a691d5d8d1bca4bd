package index

import (
	"unicode"
	"unicode/utf8"
)

// writing tells how the words of a run of characters are found.
type writing uint8

const (
	alphabetic writing = iota // words stand between spaces: stemmed by language
	bigrams                   // Chinese, Japanese, Korean: overlapping pairs of characters
	ngrams                    // Thai, Lao, Khmer, Burmese: no spaces, overlapping groups of four
	none                      // between words
)

const (
	gramSize    = 4  // characters in a group of the scripts without spaces
	pairSize    = 2  // characters in a pair of the scripts of East Asia
	maxWordSize = 64 // bytes; longer words are no words and are cut
)

// span is one run of a text in one way of writing.
type span struct {
	start, end int // bytes
	how        writing
}

// spans cuts a text into runs: words of an alphabet, or unbroken stretches of the scripts that
// do not write spaces. It accepts any bytes; what is not valid UTF-8 separates words.
func spans(text string) []span {
	var found []span
	current := span{how: none}
	flush := func(end int) {
		if current.how != none {
			current.end = end
			found = append(found, current)
		}
		current = span{how: none}
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		how := writingOf(r)
		if how == none && current.how == alphabetic && isInner(text, i, size, r) {
			how = alphabetic
		}
		if unicode.Is(unicode.Mn, r) && current.how != none {
			how = current.how
		}
		if how != current.how {
			flush(i)
			current = span{start: i, how: how}
		}
		i += size
	}
	flush(len(text))
	return found
}

func writingOf(r rune) writing {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return alphabetic
		}
		return none
	}
	switch {
	case r == utf8.RuneError:
		return none
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		if unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return none
		}
		return ngrams
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul),
		r == 'ー', r >= 0xFF66 && r <= 0xFF9F: // the long vowel sign, half-width kana
		if unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return none
		}
		return bigrams
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return alphabetic
	}
	return none
}

// isInner tells whether the character at i joins two letters into one word, as an apostrophe
// does, or is an invisible joiner that some scripts need.
func isInner(text string, i, size int, r rune) bool {
	switch r {
	case '\'', '’', 'ʼ', '·':
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		return unicode.IsLetter(next) && writingOf(next) == alphabetic
	case 0x00AD, 0x200C, 0x200D: // soft hyphen, non-joiner, joiner
		return true
	}
	return false
}
