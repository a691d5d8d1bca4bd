package secret

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of a password's length, in code points after normalization.
const (
	MinPasswordRunes = 12
	MaxPasswordRunes = 128
)

// minPasswordBits is the strength under which a password of allowed length is
// still among those that an attacker tries first.
const minPasswordBits = 36

// Limits on the personal words that CheckPassword considers.
const (
	maxPersonal      = 32
	minPersonalRunes = 3
)

// Reason is why a password was refused.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	ReasonInvalid  Reason = "invalid"   // not UTF-8, or holds a NUL
	ReasonTooShort Reason = "too_short" // under MinPasswordRunes
	ReasonTooLong  Reason = "too_long"  // over MaxPasswordRunes
	ReasonCommon   Reason = "common"    // made of common passwords, sequences, repeats
	ReasonPersonal Reason = "personal"  // made of the person's own name or address
)

// PasswordError is a refusal; doors turn its Reason into words.
type PasswordError struct {
	Reason Reason
}

// Error implements error. It never contains the password.
func (e *PasswordError) Error() string {
	return "secret: password refused: " + string(e.Reason)
}

// CheckPassword tells whether a new password may be chosen: nil, or a
// *PasswordError. There are no rules on which characters must occur. personal
// holds what others know of the person, such as name and email address: a
// password made of little else is refused, one that merely contains them is not.
func CheckPassword(password string, personal ...string) error {
	if len(password) > MaxPasswordRunes*utf8.UTFMax*norm.MaxSegmentSize {
		return &PasswordError{ReasonTooLong}
	}
	if !utf8.ValidString(password) || strings.ContainsRune(password, 0) {
		return &PasswordError{ReasonInvalid}
	}
	length := utf8.RuneCount(normalize(password))
	if length < MinPasswordRunes {
		return &PasswordError{ReasonTooShort}
	}
	if length > MaxPasswordRunes {
		return &PasswordError{ReasonTooLong}
	}
	guess := newGuess(password)
	if guess.repeatsShortUnit() || guess.bits(commonWords()) < minPasswordBits {
		return &PasswordError{ReasonCommon}
	}
	if own := personalWords(personal); len(own) > 0 {
		if guess.bits(append(own, commonWords()...)) < minPasswordBits {
			return &PasswordError{ReasonPersonal}
		}
	}
	return nil
}

// personalWords splits names and addresses into the words an attacker would try.
func personalWords(personal []string) []word {
	var words []word
	seen := map[string]bool{}
	add := func(s string) {
		folded := []rune(fold(s))
		if len(folded) < minPersonalRunes || seen[string(folded)] || len(words) == maxPersonal {
			return
		}
		seen[string(folded)] = true
		words = append(words, word{runes: folded, bits: personalBits})
	}
	for _, p := range personal {
		if len(p) > maxVerifyBytes {
			continue
		}
		add(p)
		for _, part := range strings.FieldsFunc(p, notLetterOrDigit) {
			add(part)
		}
		add(strings.Join(strings.FieldsFunc(p, notLetterOrDigit), ""))
	}
	return words
}

func notLetterOrDigit(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}
