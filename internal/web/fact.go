package web

import (
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

// factTexts name the facts of a practice.
var factTexts = map[string]string{"language": "write.language", "country": "field.country", "organization": "write.organization",
	"year": "write.year", "type": "practice.type", "level": "facet.level", "sectors": "write.sectors", "topics": "write.topics",
	"substances": "write.substances", "references": "practice.references"}

// factChanges are the changes of a part in the reader's words: the values of a fact have names, and
// something between them.
func (w *Web) factChanges(l *i18n.Localizer, part practice.SectionDiff) []practice.Change {
	if _, fact := factTexts[part.Part]; !fact {
		return part.Changes
	}
	between := ", "
	if part.Part == "references" {
		between = "\n"
	}
	var changes []practice.Change
	for i, change := range part.Changes {
		if i > 0 {
			changes = append(changes, practice.Change{Op: "same", Text: between})
		}
		change.Text = w.factName(l, part.Part, change.Text)
		changes = append(changes, change)
	}
	return changes
}

// factName names a value as the library's lists do, which know properties by their singular.
func (w *Web) factName(l *i18n.Localizer, fact, value string) string {
	if fact == "type" {
		return w.f.Vocabulary.Name("types", value, l.Lang())
	}
	return w.browseLabel(l, strings.TrimSuffix(fact, "s"), value)
}

// fact is what is said of a practice beside its prose, in the reader's words.
type fact struct {
	Name   string
	Values []string
}

// facts lists those that are given, but the references, which are links.
func (w *Web) facts(l *i18n.Localizer, text portal.PracticeText) (list []fact) {
	values := practice.FactValues(text)
	for _, key := range practice.Facts {
		if key == "references" || len(values[key]) == 0 {
			continue
		}
		f := fact{Name: l.T(factTexts[key])}
		for _, value := range values[key] {
			f.Values = append(f.Values, w.factName(l, key, value))
		}
		list = append(list, f)
	}
	return list
}
