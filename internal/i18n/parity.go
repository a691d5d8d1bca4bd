package i18n

import (
	"maps"
	"slices"
	"strings"
)

// Missing compares each catalogue with the English one and returns, by language,
// what is wrong, sorted: messages that are missing or that English lacks,
// variables that differ, plural forms that the language needs. Languages in order
// are left out.
func (c *Catalogues) Missing() map[string][]string {
	base := c.localizers[Base]
	report := map[string][]string{}
	for _, l := range c.localizers {
		var problems []string
		for id, want := range base.own {
			got := l.own[id]
			if got == nil {
				problems = append(problems, id+": missing")
				continue
			}
			problems = append(problems, compare(id, want, got, l.plurals)...)
		}
		for id := range l.own {
			if base.own[id] == nil {
				problems = append(problems, id+": not in English")
			}
		}
		if len(problems) > 0 {
			slices.Sort(problems)
			report[l.lang] = problems
		}
	}
	return report
}

// compare holds a translation against the English message.
func compare(id string, want, got *message, rules *plurals) (problems []string) {
	// A form may say its count in words ("one post"), so Count is free.
	wanted, has := want.names(), got.names()
	delete(wanted, countName)
	delete(has, countName)
	if !maps.Equal(wanted, has) {
		problems = append(problems, id+": has variables "+list(has)+", English has "+list(wanted))
	}
	if want.plural != got.plural && !onlyOther(rules) {
		problems = append(problems, id+": is plural in one of the two languages only")
	}
	if !got.plural {
		return problems
	}
	for f, used := range rules.used() {
		if used && got.forms[f] == nil {
			problems = append(problems, id+": lacks the plural form "+form(f).String())
		}
	}
	return problems
}

// onlyOther tells of languages without plurals, where a plain text is right.
func onlyOther(rules *plurals) bool {
	used := rules.used()
	for f := range used {
		if used[f] && form(f) != formOther {
			return false
		}
	}
	return true
}

func list(names map[string]bool) string {
	return "[" + strings.Join(slices.Sorted(maps.Keys(names)), " ") + "]"
}
