package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// MaxWords is how many words of a query are looked at; Result.Cut tells of more.
const MaxWords = 40

// parsed is what a reader asked for in words.
type parsed struct {
	words   []index.Word // wanted
	must    []index.Word // +word and "a phrase"
	mustNot []index.Word // -word and -"a phrase"
	narrow  []narrowed   // country:EC
	cut     Cut
	locale  string   // of the reader
	edges   []string // what is being completed; nil for a search

	meant     []index.Meaning // of words
	thesaurus *index.Thesaurus
}

// empty tells whether nothing was asked for in words.
func (p parsed) empty() bool { return len(p.words)+len(p.must)+len(p.mustNot) == 0 }

// parse reads a query as people type it: words, "a phrase", +needed, -unwanted. Whatever makes
// no sense as a sign is passed over; there is nothing that cannot be read.
func parse(text string) parsed {
	var p parsed
	begin := firstRunes(text, portal.MaxQuery)
	if len(begin) < len(text) {
		p.cut = CutCharacters
	}
	all := parts(begin)
	for i := 0; i < len(all); i++ {
		part, behind := all[i], ""
		if i+1 < len(all) && all[i+1].phrase && all[i+1].joined {
			behind = all[i+1].text
		}
		if n, ok := narrows(part.text, behind); ok && !part.phrase && part.sign != '-' && len(p.narrow) < MaxWords {
			p.narrow = append(p.narrow, n)
			if n.value == strings.TrimSpace(behind) {
				i++
			}
			continue
		}
		words := index.QueryWords(part.text)
		if part.phrase {
			phrase, ok := index.QueryPhrase(part.text)
			if words = nil; ok {
				words = []index.Word{phrase}
			}
		}
		for _, w := range words {
			switch {
			case len(p.words)+len(p.must)+len(p.mustNot) >= MaxWords:
				p.cut = CutWords
			case part.sign == '-' && !w.Stop:
				p.mustNot = append(p.mustNot, w)
			case part.sign == '+' && !w.Stop, part.phrase && part.sign != '-':
				p.must = append(p.must, w)
			case part.sign != '-':
				p.words = append(p.words, w)
			}
		}
	}
	p.dropStops()
	return p
}

// dropStops leaves small words out unless there are no others.
func (p *parsed) dropStops() {
	var meaning []index.Word
	for _, w := range p.words {
		if !w.Stop {
			meaning = append(meaning, w)
		}
	}
	if len(meaning)+len(p.must) > 0 {
		p.words = meaning
	}
}

type part struct {
	sign   byte // '+', '-' or 0
	phrase bool
	joined bool // nothing stands between it and the part before
	text   string
}

// closing gives the mark that ends a phrase begun with an opening one.
var closing = map[rune]string{'"': `"`, '“': `”"`, '„': `“”"`, '«': `»`, '»': `«`, '「': `」`, '『': `』`}

// parts cuts a query at spaces and quotation marks.
func parts(text string) []part {
	var found []part
	for text != "" {
		var p part
		before := len(text)
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		p.joined = before == len(text) && len(found) > 0
		if text != "" && (text[0] == '+' || text[0] == '-') {
			p.sign, text = text[0], text[1:]
		}
		quote, size := utf8.DecodeRuneInString(text)
		if ends, opens := closing[quote]; opens {
			if end := strings.IndexAny(text[size:], ends); end >= 0 {
				p.phrase, p.text = true, text[size:size+end]
				_, last := utf8.DecodeRuneInString(text[size+end:])
				text = text[size+end+last:]
				found = append(found, p)
				continue
			}
			text = text[size:] // it opens and never closes: no phrase
		}
		end := strings.IndexFunc(text, func(r rune) bool { _, opens := closing[r]; return opens || unicode.IsSpace(r) })
		if end < 0 {
			end = len(text)
		}
		if p.text, text = text[:end], text[end:]; p.text != "" {
			found = append(found, p)
		}
	}
	return found
}

// firstRunes gives at most the first n characters.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
