package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// People's names are written in several scripts by whoever speaks of them: Мохаммед, Mohammed, محمد. A
// word of a name is therefore indexed by how it sounds, too, and a word that is typed finds the names of
// the other scripts that sound so. What counts of a sound is its consonants, in classes as coarse as the
// ways of writing them differ (kh, х and خ are one), for Arabic writes no short vowels; a beginning vowel
// counts as one, whichever it is. Words with fewer consonants than soundShortest are compared with their
// vowels, in pairs that are often confused. Within one script nothing is added: there, names are spelt.
const soundShortest = 3

// The scripts between which names are carried, by which their sounds are told apart.
const (
	soundLatin    = 'l'
	soundCyrillic = 'c'
	soundArabic   = 'a'
)

// soundMark begins the terms of sounds: no text has them.
const soundMark = "\ue000"

// sounds of letters, after fold: small letters are classes of consonants, S stands for sh and ch, J for j and
// zh; a, i and u are vowels, "" is silent.
var sounds = map[rune]string{
	'b': "b", 'c': "k", 'd': "d", 'f': "f", 'g': "g", 'h': "h", 'j': "J", 'k': "k", 'l': "l", 'm': "m", 'n': "n", 'p': "p", 'q': "k",
	'r': "r", 's': "s", 't': "t", 'v': "v", 'w': "v", 'x': "ks", 'z': "z", 'a': "a", 'e': "i", 'i': "i", 'o': "u", 'u': "u", 'y': "i",

	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "i", 'є': "i", 'ж': "J", 'з': "z", 'и': "i", 'і': "i", 'ї': "i",
	'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "u", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ў': "u", 'ф': "f",
	'х': "h", 'ц': "ts", 'ч': "S", 'ш': "S", 'щ': "S", 'ъ': "", 'ы': "i", 'ь': "", 'э': "i", 'ю': "iu", 'я': "ia", 'қ': "k", 'ғ': "g",
	'ң': "n", 'ө': "u", 'ұ': "u", 'ү': "u", 'һ': "h", 'ә': "a", 'ҳ': "h", 'ҷ': "J",

	'ا': "a", 'أ': "a", 'إ': "i", 'آ': "a", 'ٱ': "a", 'ء': "", 'ؤ': "u", 'ئ': "i", 'ى': "a", 'ة': "a", 'ع': "a", 'ب': "b", 'پ': "p",
	'ت': "t", 'ث': "t", 'ج': "J", 'چ': "S", 'ح': "h", 'خ': "h", 'د': "d", 'ذ': "d", 'ر': "r", 'ز': "z", 'ژ': "J", 'س': "s", 'ش': "S",
	'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'غ': "g", 'ف': "f", 'ڤ': "v", 'ق': "k", 'ك': "k", 'ک': "k", 'گ': "g", 'ل': "l", 'م': "m",
	'ن': "n", 'ه': "h", 'و': "u", 'ي': "i", 'ی': "i",
}

// together are letters that make one sound; the longest stand first.
var together = strings.NewReplacer("sch", "ш", "tch", "ш", "dzh", "ж", "dj", "ж", "sh", "ш", "ch", "ш", "zh", "ж", "kh", "х", "gh", "г",
	"ph", "ф", "th", "т", "dh", "д", "ck", "к", "cz", "ш", "дж", "ж", "тш", "ш")

// NameTerms gives the terms by which the index knows the words of a name by their sound.
func NameTerms(name string) []string {
	var terms []string
	for _, s := range spans(name) {
		script, keys := soundsOf(name[s.start:s.end])
		for _, k := range keys {
			if t := soundMark + string(script) + k; !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
	}
	return terms
}

// NameForms gives the terms by which names in other scripts are found that sound like a word.
func NameForms(word string) []string {
	script, keys := soundsOf(word)
	var forms []string
	for _, k := range keys {
		for _, other := range []rune{soundLatin, soundCyrillic, soundArabic} {
			if other != script {
				forms = append(forms, soundMark+string(other)+k)
			}
		}
	}
	return forms
}

// soundsOf tells in which script a word stands and how it may sound; nothing for one of another script.
func soundsOf(word string) (script rune, keys []string) {
	word = fold(normal(word))
	first, _ := utf8.DecodeRuneInString(word)
	switch {
	case unicode.Is(unicode.Latin, first):
		script = soundLatin
	case unicode.Is(unicode.Cyrillic, first):
		script = soundCyrillic
	case unicode.Is(unicode.Arabic, first):
		script = soundArabic
		if bare := strings.TrimPrefix(word, "ال"); utf8.RuneCountInString(bare) >= soundShortest { // the article
			word = bare
		}
	default:
		return 0, nil
	}
	ways := []string{word}
	if script == soundArabic { // و is a vowel here and a consonant there
		inner := strings.TrimPrefix(word, "و")
		if strings.Contains(inner, "و") || inner != word {
			ways = []string{word, strings.ReplaceAll(word, "و", "ڤ")}
		}
		if inner != word {
			ways = append(ways, "ڤ"+inner)
		}
	}
	for _, way := range ways {
		if k := soundOf(together.Replace(way)); k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return script, keys
}

// soundOf is the key of a word that is spelt by its sounds; "" where it has a letter that has none, or says
// too little.
func soundOf(word string) string {
	var whole, bones strings.Builder
	var last rune
	for _, r := range word {
		sound, known := sounds[r]
		if !known && !unicode.Is(unicode.Mn, r) && r != '\'' && r != '-' {
			return ""
		}
		for _, s := range sound {
			if s == last {
				continue
			}
			if strings.ContainsRune("aiu", s) {
				if bones.Len() == 0 {
					bones.WriteRune('a')
				}
			} else {
				bones.WriteRune(s)
			}
			whole.WriteRune(s)
			last = s
		}
	}
	// An h at the end is written here and left out there: Fatimah, Fatima.
	key := strings.TrimSuffix(bones.String(), "h")
	if len(key) >= soundShortest {
		return key
	}
	if key = strings.TrimSuffix(whole.String(), "h"); len(key) < soundShortest {
		return ""
	}
	return "=" + key
}
