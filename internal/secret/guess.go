package secret

import (
	_ "embed" // the list of common passwords
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How many bits an attacker spends on each kind of piece. They are rough on
// purpose: the sum only has to tell "Password2026!" from a real password.
const (
	commonBits   = 10.0 // one of about a thousand common passwords and words
	personalBits = 3.0  // one of a few words about the person
	leetBits     = 1.0  // the same with 4 for a, $ for s
	sequenceBits = 6.0  // abcdef, 987654, qwerty, aaaaaa: start, direction, length
	yearBits     = 6.0  // 1950 to 2049
	digitBits    = 3.3
	letterBits   = 4.5
	symbolBits   = 4.5
	foreignBits  = 6.0 // letters outside ASCII
)

const (
	minSequenceRunes = 3
	yearDigits       = 4
)

//go:embed common.txt
var commonList string

// keyRows are neighbours on the keyboards of the coalition's commonest layouts.
var keyRows = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm",
	"wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "!@#$%^&*()", "йцукенгшщзхъ", "фывапролджэ", "ضصثقفغعهخح"}

// leet holds the usual stand-ins for a letter.
var leet = map[rune]string{'0': "o", '1': "il", '3': "e", '4': "a", '5': "s", '7': "t", '8': "b", '9': "g",
	'@': "a", '$': "s", '!': "i", '+': "t", '|': "l"}

// word is one entry of an attacker's list.
type word struct {
	runes []rune
	bits  float64
}

var commonWords = sync.OnceValue(func() []word {
	var words []word
	for _, w := range strings.Fields(commonList) {
		words = append(words, word{runes: []rune(w), bits: commonBits})
	}
	return words
})

// fold removes what an attacker varies for free: case, width, composed forms.
func fold(s string) string {
	return strings.ToLower(norm.NFKC.String(s))
}

// guess estimates how many tries a password withstands.
type guess struct {
	runes []rune
}

func newGuess(password string) guess {
	return guess{runes: []rune(fold(password))}
}

// bits is the cheapest way to spell the password in pieces: words of the list,
// sequences, years, and single characters.
func (g guess) bits(words []word) float64 {
	n := len(g.runes)
	cost := make([]float64, n+1) // cost[i]: of the first i runes
	for i := 1; i <= n; i++ {
		cost[i] = 1e9
	}
	relax := func(to int, total float64) {
		if total < cost[to] {
			cost[to] = total
		}
	}
	for i := range n {
		relax(i+1, cost[i]+g.single(i))
		if length := g.sequence(i); length >= minSequenceRunes {
			for l := minSequenceRunes; l <= length; l++ {
				relax(i+l, cost[i]+sequenceBits)
			}
		}
		if g.year(i) {
			relax(i+yearDigits, cost[i]+yearBits)
		}
		for _, w := range words {
			if extra, ok := g.matches(i, w.runes); ok {
				relax(i+len(w.runes), cost[i]+w.bits+extra)
			}
		}
	}
	return cost[n]
}

// single is the price of one character; a repeat of the one before is nearly free.
func (g guess) single(i int) float64 {
	r := g.runes[i]
	switch {
	case i > 0 && g.runes[i-1] == r:
		return 1
	case r >= '0' && r <= '9':
		return digitBits
	case r >= 'a' && r <= 'z':
		return letterBits
	case r < unicode.MaxASCII:
		return symbolBits
	}
	return foreignBits
}

// matches tells whether a word stands at i, and the price of its disguise.
func (g guess) matches(i int, w []rune) (extra float64, ok bool) {
	if i+len(w) > len(g.runes) {
		return 0, false
	}
	for k, want := range w {
		got := g.runes[i+k]
		if got == want {
			continue
		}
		if !strings.ContainsRune(leet[got], want) {
			return 0, false
		}
		extra = leetBits
	}
	return extra, true
}

// sequence is the length of the longest run from i in which each rune follows
// the one before: equal, next or previous in the alphabet, or on a keyboard row.
func (g guess) sequence(i int) int {
	longest := 1
	for _, step := range []rune{0, 1, -1} {
		length := 1
		for i+length < len(g.runes) && g.runes[i+length]-g.runes[i+length-1] == step {
			length++
		}
		longest = max(longest, length)
	}
	for _, row := range keyRows {
		keys := []rune(row)
		longest = max(longest, g.alongRow(i, keys, 1), g.alongRow(i, keys, -1))
	}
	return longest
}

// alongRow counts how far the runes from i walk along a keyboard row.
func (g guess) alongRow(i int, keys []rune, step int) int {
	for at, key := range keys {
		if key != g.runes[i] {
			continue
		}
		length := 1
		for i+length < len(g.runes) {
			at += step
			if at < 0 || at >= len(keys) || keys[at] != g.runes[i+length] {
				break
			}
			length++
		}
		return length
	}
	return 0
}

func (g guess) year(i int) bool {
	if i+yearDigits > len(g.runes) {
		return false
	}
	s := string(g.runes[i : i+yearDigits])
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s >= "1950" && s <= "2049"
}

// repeatsShortUnit tells whether the password is a unit that would be too short
// on its own, written several times.
func (g guess) repeatsShortUnit() bool {
	n := len(g.runes)
	for unit := 1; unit < MinPasswordRunes && unit*2 <= n; unit++ {
		repeats := true
		for i := unit; i < n && repeats; i++ {
			repeats = g.runes[i] == g.runes[i-unit]
		}
		if repeats {
			return true
		}
	}
	return false
}
