// Package i18n speaks the reader's language: messages with plurals, and numbers,
// dates, lists, names and orders as people of that language write them.
//
// Catalogues are JSON files, one a language. A Localizer answers for one language
// and is cheap and safe to use from any number of goroutines.
package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/text/language"
)

// Limits on what is read.
const (
	// MaxCatalogueBytes bounds one catalogue file.
	MaxCatalogueBytes = 4 << 20
	// maxAcceptLanguage bounds how much of a browser's wish is considered.
	maxAcceptLanguage = 500
)

// Base is the language that has every message and that others fall back to.
var Base = language.English

// ErrNoBase says that there is no English catalogue.
var ErrNoBase = errors.New("i18n: no catalogue for English")

// Catalogues holds the messages of all languages. It doesn't change after Load.
type Catalogues struct {
	tags       []language.Tag // Base first, then by name
	localizers map[language.Tag]*Localizer
	matcher    language.Matcher
	onProblem  atomic.Pointer[func(lang, problem string)]
}

// Load reads each <tag>.json at the root of fsys, such as en.json or pt-BR.json.
// A file maps ids to a message, or to its plural forms:
//
//	{"practice.publish": "Publish practice",
//	 "post.count": {"one": "{{.Count}} post", "other": "{{.Count}} posts"}}
//
// Load fails when a file is malformed, names an id twice, or uses anything but
// {{.Name}} in a message.
func Load(fsys fs.FS) (*Catalogues, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list catalogues: %w", err)
	}
	c := &Catalogues{localizers: map[language.Tag]*Localizer{}}
	for _, name := range names {
		tag, err := language.Parse(strings.TrimSuffix(path.Base(name), ".json"))
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: its name is no language: %w", name, err)
		}
		messages, err := readCatalogue(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		if c.localizers[tag], err = newLocalizer(c, tag, messages); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		c.tags = append(c.tags, tag)
	}
	base := c.localizers[Base]
	if base == nil {
		return nil, ErrNoBase
	}
	slices.SortFunc(c.tags, func(a, b language.Tag) int {
		if (a == Base) != (b == Base) {
			if a == Base {
				return -1
			}
			return 1
		}
		return strings.Compare(a.String(), b.String())
	})
	for _, l := range c.localizers {
		l.inherit(base)
	}
	c.matcher = language.NewMatcher(c.tags)
	return c, nil
}

// Tags lists the languages that have a catalogue, English first.
func (c *Catalogues) Tags() []language.Tag {
	return slices.Clone(c.tags)
}

// Match picks the language to answer in: the best for preferred (what the person
// chose, most wanted first; unreadable ones are skipped), else for the browser's
// Accept-Language header, else English.
func (c *Catalogues) Match(acceptLanguage string, preferred ...string) language.Tag {
	for _, p := range preferred {
		tag, err := language.Parse(p)
		if err != nil {
			continue
		}
		if _, i, confidence := c.matcher.Match(tag); confidence > language.No {
			return c.tags[i]
		}
	}
	if len(acceptLanguage) > maxAcceptLanguage {
		acceptLanguage = acceptLanguage[:maxAcceptLanguage]
		acceptLanguage = acceptLanguage[:max(0, strings.LastIndexByte(acceptLanguage, ','))]
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Base
	}
	if _, i, confidence := c.matcher.Match(wanted...); confidence > language.No {
		return c.tags[i]
	}
	return Base
}

// Localizer returns the localizer of a language, or of the closest one that has a
// catalogue. It is made once; the call allocates nothing for a tag from Match.
func (c *Catalogues) Localizer(tag language.Tag) *Localizer {
	if l := c.localizers[tag]; l != nil {
		return l
	}
	_, i, confidence := c.matcher.Match(tag)
	if confidence == language.No {
		return c.localizers[Base]
	}
	return c.localizers[c.tags[i]]
}

// OnProblem sets what is told when a message cannot be made whole: an id that no
// catalogue has, or a value that the caller didn't give. The page still renders.
// f is called from any goroutine.
func (c *Catalogues) OnProblem(f func(lang, problem string)) {
	c.onProblem.Store(&f)
}

func (c *Catalogues) problem(lang, problem string) {
	if f := c.onProblem.Load(); f != nil {
		(*f)(lang, problem)
	}
}
