package i18n

import (
	"fmt"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// form is a plural form of CLDR.
type form int

const (
	formOther form = iota
	formZero
	formOne
	formTwo
	formFew
	formMany
	formCount
)

var formNames = map[string]form{"other": formOther, "zero": formZero, "one": formOne, "two": formTwo,
	"few": formFew, "many": formMany}

// String is the name of the form in CLDR and in catalogues.
func (f form) String() string {
	for name, g := range formNames {
		if f == g {
			return name
		}
	}
	return "unknown"
}

func formsOf(m *goi18n.Message) [formCount]string {
	return [formCount]string{formOther: m.Other, formZero: m.Zero, formOne: m.One, formTwo: m.Two,
		formFew: m.Few, formMany: m.Many}
}

// smallCounts is how many counts have their form remembered.
const smallCounts = 256

// plurals knows the plural rule of one language. The rules are go-i18n's, asked
// through a message whose forms are their own names.
type plurals struct {
	small [smallCounts]form
	rule  *goi18n.Localizer
}

var probe = &goi18n.Message{ID: "form", Zero: "zero", One: "one", Two: "two", Few: "few", Many: "many", Other: "other"}

func newPlurals(tag language.Tag) (*plurals, error) {
	bundle := goi18n.NewBundle(tag)
	if err := bundle.AddMessages(tag, probe); err != nil {
		return nil, fmt.Errorf("plural rule of %s: %w", tag, err)
	}
	p := &plurals{rule: goi18n.NewLocalizer(bundle, tag.String())}
	for n := range smallCounts {
		p.small[n] = p.ask(n)
	}
	return p, nil
}

// of is the form that count takes.
func (p *plurals) of(count int) form {
	if count >= 0 && count < smallCounts {
		return p.small[count]
	}
	return p.ask(count)
}

func (p *plurals) ask(count int) form {
	name, err := p.rule.Localize(&goi18n.LocalizeConfig{MessageID: probe.ID, PluralCount: count})
	if err != nil {
		return formOther
	}
	return formNames[name]
}

// used are the forms that counts of everyday size take.
func (p *plurals) used() [formCount]bool {
	var used [formCount]bool
	for _, f := range p.small {
		used[f] = true
	}
	return used
}
