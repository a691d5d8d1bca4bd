package i18n

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// rightToLeft are the scripts in use that are written from the right.
var rightToLeft = map[string]bool{"Arab": true, "Hebr": true, "Thaa": true, "Syrc": true, "Nkoo": true,
	"Adlm": true, "Rohg": true, "Mand": true, "Samr": true}

// DirOf returns the dir attribute for a text in a language such as "ar" or
// "pa-Arab": "rtl" or "ltr", or "auto" when the language is empty or unreadable.
func DirOf(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil || tag == language.Und {
		return "auto"
	}
	if script, _ := tag.Script(); rightToLeft[script.String()] {
		return "rtl"
	}
	return "ltr"
}

// LanguageName is a language in its own words, as a list of languages shows it:
// "Español". A language without a known name is shown by its tag.
func LanguageName(tag language.Tag) string {
	name := display.Self.Name(tag)
	if name == "" {
		return tag.String()
	}
	return upperFirst(name)
}

// Language is the name of the language lang in the reader's: "Spanish"; or lang
// itself when it has none.
func (l *Localizer) Language(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return lang
	}
	if name := l.languages.Name(tag); name != "" {
		return upperFirst(name)
	}
	return lang
}

// Country is the name of a country, by its ISO 3166 code of two letters, in the
// reader's language; or the code itself when it has none.
func (l *Localizer) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := l.regions.Name(region); name != "" {
		return name
	}
	return code
}

// Collate compares as the language sorts: negative when a comes before b.
func (l *Localizer) Collate(a, b string) int {
	c := l.collators.Get().(*collate.Collator)
	defer l.collators.Put(c)
	return c.CompareString(a, b)
}

// SortBy sorts items in the order of the language by the text that key gives.
// Items that the language does not tell apart keep their order.
func SortBy[T any](l *Localizer, items []T, key func(T) string) {
	type keyed struct {
		sortKey []byte
		item    T
	}
	c := l.collators.Get().(*collate.Collator)
	defer l.collators.Put(c)
	var buf collate.Buffer
	all := make([]keyed, len(items))
	for i, item := range items {
		all[i] = keyed{slices.Clone(c.KeyFromString(&buf, key(item))), item}
		buf.Reset()
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return slices.Compare(a.sortKey, b.sortKey) })
	for i := range all {
		items[i] = all[i].item
	}
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToTitle(r)) + s[size:]
}
