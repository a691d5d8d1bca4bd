package practice

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Facts are the parts of a practice's text that are not prose, in the order in which they are told.
var Facts = []string{"language", "country", "organization", "year", "type", "level", "sectors", "topics", "substances", "references"}

// FactValues are the values of each fact; one that is not given has none.
func FactValues(t portal.PracticeText) map[string][]string {
	one := func(v string) []string {
		if v == "" {
			return nil
		}
		return []string{v}
	}
	year := ""
	if t.Year != 0 {
		year = strconv.Itoa(t.Year)
	}
	values := map[string][]string{"language": one(t.Language), "country": one(t.Country), "organization": one(t.Organization),
		"year": one(year), "type": one(t.Type), "level": one(t.Level), "sectors": t.Sectors, "topics": t.Topics, "substances": t.Substances}
	for _, r := range t.References {
		cited := slices.DeleteFunc([]string{r.Title, r.Publisher, "", r.URL}, func(s string) bool { return s == "" })
		if r.Year != 0 {
			cited = slices.Insert(cited, min(len(cited), 2), strconv.Itoa(r.Year))
		}
		values["references"] = append(values["references"], strings.Join(cited, ", "))
	}
	return values
}

// compareFacts tells which facts differ: what stayed, in what order it was, with what went, and then
// what came.
func compareFacts(a, b portal.PracticeText) (parts []SectionDiff) {
	before, after := FactValues(a), FactValues(b)
	for _, fact := range Facts {
		if slices.Equal(before[fact], after[fact]) {
			continue
		}
		var changes []Change
		for _, v := range before[fact] {
			op := "same"
			if !slices.Contains(after[fact], v) {
				op = "removed"
			}
			changes = append(changes, Change{Op: op, Text: v})
		}
		for _, v := range after[fact] {
			if !slices.Contains(before[fact], v) {
				changes = append(changes, Change{Op: "added", Text: v})
			}
		}
		parts = append(parts, SectionDiff{Part: fact, Changes: changes})
	}
	return parts
}

// translationsFollow gives a practice's translations the facts that changed in it, and has them reach no
// further than it does now; and tells the log.
func translationsFollow(ctx context.Context, tx *postgres.Tx, change *postgres.Change, before portal.PracticeText, p portal.Practice, relabelled bool) error {
	before.Language = p.Language // each has its own
	if len(compareFacts(before, p.PracticeText)) > 0 {
		carried, err := tx.CarryFacts(ctx, p.ID)
		if err != nil {
			return err
		}
		change.Events = append(change.Events, followed(carried, "facts")...)
	}
	if !relabelled {
		return nil
	}
	narrowed, err := tx.NarrowTranslations(ctx, p)
	if len(narrowed) > 0 {
		change.Events = append(change.Events, followed(narrowed, "narrow")...)
		change.Detail["translations"] = len(narrowed)
	}
	return err
}

// followed tells that translations changed with their original.
func followed(translations []postgres.Carried, step string) (events []portal.Event) {
	for _, t := range translations {
		translation := portal.Practice{Version: t.Version, Status: t.Status}
		translation.ID, translation.WorkspaceID = t.ID, t.WorkspaceID
		now := step
		if t.Returned {
			now = "return"
		}
		events = append(events, Changed(0, "", translation, now).Events...)
	}
	return events
}
