package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	textmessage "golang.org/x/text/message"
	"golang.org/x/text/unicode/bidi"
)

// Localizer writes in one language. It is safe for concurrent use.
type Localizer struct {
	catalogues *Catalogues
	tag        language.Tag
	lang, dir  string
	own        map[string]*message // what this language's catalogue says
	entries    map[string]entry    // own, then English
	plurals    *plurals
	printer    *textmessage.Printer
	regions    display.Namer
	languages  display.Namer
	words      *words
	collators  sync.Pool
}

// entry is a message with the language it was found in, whose plurals it follows.
type entry struct {
	plain string // set when the message is one text without gaps
	*message
	plurals *plurals
}

func newLocalizer(c *Catalogues, tag language.Tag, own map[string]*message) (*Localizer, error) {
	rules, err := newPlurals(tag)
	if err != nil {
		return nil, err
	}
	// The digits of the portal are the Latin ones in every language.
	digits, err := language.Parse(tag.String() + "-u-nu-latn")
	if err != nil {
		return nil, fmt.Errorf("digits of %s: %w", tag, err)
	}
	l := &Localizer{
		catalogues: c, tag: tag, lang: tag.String(), dir: DirOf(tag.String()), own: own, plurals: rules,
		printer: textmessage.NewPrinter(digits), regions: display.Regions(tag), languages: display.Languages(tag),
		words: wordsOf(tag),
	}
	// A collator keeps buffers, so each use takes its own.
	l.collators.New = func() any { return collate.New(tag) }
	return l, nil
}

func (l *Localizer) inherit(base *Localizer) {
	l.entries = make(map[string]entry, len(base.own))
	add := func(from *Localizer) {
		for id, m := range from.own {
			e := entry{message: m, plurals: from.plurals}
			if !m.plural {
				e.plain = m.forms[formOther].plain
			}
			l.entries[id] = e
		}
	}
	add(base)
	add(l)
}

// Tag is the language, as its catalogue is named.
func (l *Localizer) Tag() language.Tag { return l.tag }

// Lang is the value of the lang attribute: "en", "pt-BR".
func (l *Localizer) Lang() string { return l.lang }

// Dir is the value of the dir attribute: "ltr" or "rtl".
func (l *Localizer) Dir() string { return l.dir }

// Has tells whether the language, or English, has a message. Use it for ids that
// are made from data, such as "error." and a reason.
func (l *Localizer) Has(id string) bool {
	_, ok := l.entries[id]
	return ok
}

// T returns a message. args are pairs of a name and its value, put in place of
// {{.Name}}; whole numbers are written as the language does, so give years and
// identifiers as strings. A message that the language lacks comes in English; one
// that nobody has is its id. The result is plain text: escape it where it goes.
func (l *Localizer) T(id string, args ...any) string {
	e, ok := l.entries[id]
	if !ok {
		l.catalogues.problem(l.lang, "no message "+id)
		return id
	}
	if e.plain != "" {
		return e.plain
	}
	return l.fill(id, e.forms[formOther], "", args)
}

// N returns a message in the plural form that count takes, with {{.Count}} filled
// in; a form that the catalogue lacks is replaced by "other".
func (l *Localizer) N(id string, count int, args ...any) string {
	e, ok := l.entries[id]
	if !ok {
		l.catalogues.problem(l.lang, "no message "+id)
		return id
	}
	p := e.forms[e.plurals.of(count)]
	if p == nil {
		p = e.forms[formOther]
	}
	if p.parts == nil {
		return p.plain
	}
	return l.fill(id, p, l.Number(count), args)
}

// fill writes a pattern. count stands for {{.Count}} unless args have their own.
func (l *Localizer) fill(id string, p *pattern, count string, args []any) string {
	if p.parts == nil {
		return p.plain
	}
	var b strings.Builder
	for _, part := range p.parts {
		if part.name == "" {
			b.WriteString(part.text)
			continue
		}
		value, ok := l.find(part.name, args)
		switch {
		case ok:
			b.WriteString(value)
		case part.name == countName && count != "":
			b.WriteString(count)
		default:
			l.catalogues.problem(l.lang, "message "+id+": no value for "+part.name)
			b.WriteString("{" + part.name + "}")
		}
	}
	return b.String()
}

func (l *Localizer) find(name string, args []any) (value string, ok bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return l.value(args[i+1]), true
		}
	}
	return "", false
}

func (l *Localizer) value(v any) string {
	switch v := v.(type) {
	case string:
		return l.isolate(v)
	case int:
		return l.Number(v)
	case int64:
		return l.Number(int(v))
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case fmt.Stringer:
		return l.isolate(v.String())
	}
	return l.isolate(fmt.Sprint(v))
}

const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
)

// isolate keeps a value of the other direction from shuffling the sentence around
// it. Addresses are left alone, as programs that read them stumble.
func (l *Localizer) isolate(s string) string {
	if isASCII(s) && l.dir == "ltr" || strings.Contains(s, "://") {
		return s
	}
	for rest := s; rest != ""; {
		class, size := bidi.LookupString(rest)
		switch class.Class() {
		case bidi.L:
			if l.dir == "rtl" {
				return firstStrongIsolate + s + popIsolate
			}
		case bidi.R, bidi.AL:
			if l.dir == "ltr" {
				return firstStrongIsolate + s + popIsolate
			}
		}
		rest = rest[max(size, 1):]
	}
	return s
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
