package portal

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Term is one value of the controlled vocabulary, named in the languages of the catalogues.
type Term struct {
	Key      string            `json:"key"`
	Broader  string            `json:"broader,omitempty"`
	Names    map[string]string `json:"names"`
	Note     map[string]string `json:"note,omitempty"`
	Help     map[string]string `json:"help,omitempty"`
	Example  map[string]string `json:"example,omitempty"`
	Required bool              `json:"required,omitempty"`
}

// Name gives the term's name in a language, in English where there is none.
func (t Term) Name(lang string) string { return inLanguage(t.Names, lang, t.Key) }

// Country is one state of the world and what is known of its membership.
type Country struct {
	Code       string            `json:"code"`
	Region     string            `json:"region"`
	Subregion  string            `json:"subregion"`
	Names      map[string]string `json:"names"`
	Member     bool              `json:"-"`
	Membership string            `json:"member"` // yes, likely, no: what the sources attest
	Source     string            `json:"source_note"`
	Demo       bool              `json:"demo"`
}

// Name gives the country's name in a language, in English where there is none.
func (c Country) Name(lang string) string { return inLanguage(c.Names, lang, c.Code) }

// Organization is an international organization.
type Organization struct {
	Code       string            `json:"code"`
	NameEN     string            `json:"name"`
	Names      map[string]string `json:"names"`
	Type       string            `json:"kind"`
	Seat       string            `json:"seat"`
	Member     bool              `json:"-"`
	Membership string            `json:"member"`
	Source     string            `json:"source_note"`
	Demo       bool              `json:"demo"`
}

// Name gives the organization's name in a language, in English where there is none.
func (o Organization) Name(lang string) string { return inLanguage(o.Names, lang, o.NameEN) }

func inLanguage(names map[string]string, lang, fallback string) string {
	if s := names[lang]; s != "" {
		return s
	}
	if base, _, cut := strings.Cut(lang, "-"); cut && names[base] != "" {
		return names[base]
	}
	if s := names["en"]; s != "" {
		return s
	}
	return fallback
}

// Vocabulary is the controlled vocabulary of practices: the fixed lists that values are checked
// against and named by. It never changes after it was read.
type Vocabulary struct {
	lists     map[string][]Term
	byKey     map[string]map[string]Term
	countries map[string]Country
	list      []Country
}

// ParseVocabulary reads the vocabulary (sql/seed/taxonomy.json) and the list of countries
// (sql/seed/countries.json).
func ParseVocabulary(taxonomy, countries []byte) (*Vocabulary, error) {
	v := &Vocabulary{byKey: map[string]map[string]Term{}, countries: map[string]Country{}}
	var raw map[string][]Term
	if err := json.Unmarshal(taxonomy, &raw); err != nil {
		return nil, fmt.Errorf("read the vocabulary: %w", err)
	}
	raw["types"] = raw["practice_types"]
	delete(raw, "practice_types")
	v.lists = raw
	for list, terms := range raw {
		v.byKey[list] = make(map[string]Term, len(terms))
		for _, t := range terms {
			v.byKey[list][t.Key] = t
		}
	}
	if err := json.Unmarshal(countries, &v.list); err != nil {
		return nil, fmt.Errorf("read the countries: %w", err)
	}
	for _, c := range v.list {
		v.countries[c.Code] = c
	}
	return v, nil
}

// Has tells whether the list (sectors, topics, substances, types, levels, sections, evidence,
// programmes) has the key.
func (v *Vocabulary) Has(list, key string) bool { _, ok := v.byKey[list][key]; return ok }

// List gives a list's terms in their order.
func (v *Vocabulary) List(list string) []Term { return v.lists[list] }

// Name gives the name of a key in a language; the key itself where the list has none.
func (v *Vocabulary) Name(list, key, lang string) string {
	if list == "country" || list == "countries" {
		return v.CountryName(key, lang)
	}
	if t, ok := v.byKey[list][key]; ok {
		return t.Name(lang)
	}
	return key
}

// Sections are the parts of a practice in the order in which they are written and read.
func (v *Vocabulary) Sections() []Term { return v.lists["sections"] }

// HasCountry tells whether the code is a known country's.
func (v *Vocabulary) HasCountry(code string) bool { _, ok := v.countries[code]; return ok }

// Countries lists all countries by code.
func (v *Vocabulary) Countries() []Country { return v.list }

// CountryName gives a country's name in a language (CLDR), or the code where it is unknown.
func (v *Vocabulary) CountryName(code, lang string) string {
	if c, ok := v.countries[code]; ok {
		return c.Name(lang)
	}
	return code
}

var language = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?$`)

// ValidLanguage tells whether s has the form of a short BCP 47 tag: "en", "pt-BR", "zh-Hant".
func ValidLanguage(s string) bool { return language.MatchString(s) }

// ValidURL tells whether s is an absolute http or https address of at most 2,000 characters.
func ValidURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2000 && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// ValidEmail tells whether s looks like one mailbox: something, an at sign, a host with a dot,
// no spaces, at most 254 characters. Whether it exists only a mail to it can tell.
func ValidEmail(s string) bool {
	return len(s) <= 254 && emailForm.MatchString(s)
}

var emailForm = regexp.MustCompile(`^[^\s@<>"(),:;\\\[\]\x00-\x1f]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

// NormalEmail is the form under which an address is kept and compared.
func NormalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
