package index

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters that no decomposition takes apart, but that people write without.
var plainLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th",
	"ı", "i", "ё", "е", "ħ", "h", "ŋ", "n")

// normal brings a word into the one form in which it is compared: compatible characters (full
// and half width, ligatures) are one, small letters, typographic apostrophes plain, invisible
// joiners gone.
func normal(word string) string {
	if isPlainASCII(word) {
		return strings.ToLower(word)
	}
	word = strings.ToLower(norm.NFKC.String(word))
	return strings.Map(func(r rune) rune {
		switch r {
		case '’', 'ʼ':
			return '\''
		case 0x00AD, 0x200C, 0x200D, 'ـ', 0x0307: // joiners, the Arabic stretch, the dot of a Turkish İ
			return -1
		}
		return r
	}, word)
}

// fold takes the accents from Latin and Greek letters, and ё from Russian; other scripts need
// their marks.
func fold(word string) string {
	if isPlainASCII(word) {
		return word
	}
	word = plainLetters.Replace(word)
	if !strings.ContainsFunc(word, func(r rune) bool { return r > 127 && unicode.In(r, unicode.Latin, unicode.Greek) }) {
		return word
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isPlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 128 {
			return false
		}
	}
	return true
}
