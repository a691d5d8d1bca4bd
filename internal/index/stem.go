package index

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/token/porter"
	"github.com/blevesearch/bleve/v2/registry"
)

// stemmer cuts the words of one language to their stems.
type stemmer struct {
	stop    analysis.TokenMap
	filters []analysis.TokenFilter
	elided  []string // articles that melt into the next word
	suffix  string   // ending that is no part of a word
	vowels  string   // dropped from the end of words of four letters, which the filters leave alone
}

// plain is the language of texts for which there is no stemmer: words are only folded.
const plain = ""

// latin lists the languages in which a word in Latin letters is looked up at once; a query is
// too short to guess its language from.
var latin = []string{"en", "es", "fr", "pt"}

var stemmers = makeStemmers()

func makeStemmers() map[string]*stemmer {
	cache := registry.NewCache()
	build := func(stop string, filters ...string) *stemmer {
		words, err := cache.TokenMapNamed(stop)
		if err != nil {
			panic(fmt.Sprintf("index: stop words %s are not compiled in: %v", stop, err))
		}
		s := &stemmer{stop: analysis.NewTokenMap()}
		for word := range words {
			s.stop.AddToken(word)
			s.stop.AddToken(fold(normal(word))) // people leave the accents of small words out
		}
		for _, name := range filters {
			filter, err := cache.TokenFilterNamed(name)
			if err != nil {
				panic(fmt.Sprintf("index: filter %s is not compiled in: %v", name, err))
			}
			s.filters = append(s.filters, filter)
		}
		return s
	}
	all := map[string]*stemmer{
		"en":  build(en.StopName, porter.Name),
		"es":  build(es.StopName, es.NormalizeName, es.LightStemmerName),
		"fr":  build(fr.StopName, fr.LightStemmerName),
		"pt":  build(pt.StopName, pt.LightStemmerName),
		"ru":  build(ru.StopName, ru.SnowballStemmerName),
		"ar":  build(ar.StopName, ar.NormalizeName, ar.StemmerName),
		"ar0": build(ar.StopName, ar.NormalizeName), // other languages in Arabic letters
		plain: {},
	}
	all["en"].suffix = "'s"
	all["es"].vowels = "aeo" // niña and niñas, caso and casos
	all["fr"].elided = []string{"l'", "d'", "j'", "m'", "t'", "s'", "n'", "c'", "qu'", "jusqu'", "lorsqu'", "puisqu'", "quoiqu'"}
	return all
}

// stem cuts a normal word to the terms under which it is found: none for a stop word, else its
// stem without accents, and where accents change the stem, also the stem of the word as somebody
// types it who leaves them out.
func (s *stemmer) stem(word string) []string {
	word = s.strip(word)
	if word == "" || s.stop[word] {
		return nil
	}
	term := fold(s.cut(word))
	if bare := fold(word); bare != word {
		if other := fold(s.cut(bare)); other != term {
			return []string{term, other}
		}
	}
	return []string{term}
}

func (s *stemmer) strip(word string) string {
	if !strings.Contains(word, "'") {
		return word
	}
	for _, article := range s.elided {
		word = strings.TrimPrefix(word, article)
	}
	if s.suffix != "" {
		word = strings.TrimSuffix(word, s.suffix)
	}
	return strings.ReplaceAll(word, "'", "")
}

func (s *stemmer) cut(word string) string {
	if len(s.filters) == 0 {
		return word
	}
	if utf8.RuneCountInString(word) == 4 && s.vowels != "" && strings.Contains(s.vowels, word[len(word)-1:]) {
		return word[:len(word)-1]
	}
	stream := analysis.TokenStream{{Term: []byte(word), Start: 0, End: len(word), Position: 1}}
	for _, f := range s.filters {
		stream = f.Filter(stream)
	}
	if len(stream) == 0 || len(stream[0].Term) == 0 {
		return word
	}
	return string(stream[0].Term)
}

// languagesOf lists the languages whose stemmers a word of an alphabet goes through: one for a
// document in a known language, several for a query or a text of which nothing is known.
func languagesOf(word, language string) []string {
	r, _ := utf8.DecodeRuneInString(word)
	base := baseOf(language)
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		return choose(base, []string{"ru"}, []string{"uk", "bg", "sr", "mk", "be", "kk", "ky", "mn", "tg"}, plain)
	case unicode.Is(unicode.Arabic, r):
		return choose(base, []string{"ar"}, []string{"fa", "ur", "ps", "ckb", "ku", "ug", "sd"}, "ar0")
	case unicode.Is(unicode.Latin, r):
		return choose(base, latin, nil, plain)
	}
	return []string{plain}
}

// choose gives the one stemmer for a known language, all that may apply for an unknown one.
func choose(base string, stemmed, others []string, bare string) []string {
	switch {
	case base == "":
		return append(slices.Clone(stemmed), bare)
	case slices.Contains(stemmed, base):
		return []string{base}
	case slices.Contains(others, base), len(stemmed) > 1:
		return []string{bare}
	}
	return stemmed
}

func baseOf(language string) string {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	return base
}

// termsOf gives the terms of one word of an alphabet in a text of the language ("": unknown).
func termsOf(word, language string) []string {
	word = clip(normal(word), maxWordSize)
	var terms []string
	for _, l := range languagesOf(word, language) {
		for _, t := range stemmers[l].stem(word) {
			if t != "" && !slices.Contains(terms, t) {
				terms = append(terms, t)
			}
		}
	}
	return terms
}

// isStop tells whether a word is a stop word of any language that it may be in.
func isStop(word string) bool {
	word = normal(word)
	for _, l := range languagesOf(word, "") {
		if l != plain && len(stemmers[l].stem(word)) == 0 {
			return true
		}
	}
	return false
}

// clip cuts a string to at most n bytes between two characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
