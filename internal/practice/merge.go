package practice

import (
	"maps"
	"slices"
	"time"

	"praxis/internal/portal"
)

// Merge puts two changes of one text together, part by part: what only one of the two changed is
// taken from that one. Parts that both changed, and differently, are listed as clashes; there the
// merged text holds mine.
func Merge(base, mine, theirs portal.PracticeText) (merged portal.PracticeText, clashes []string) {
	m := merger{}
	merged = mine
	merged.Title = pick(&m, "title", base.Title, mine.Title, theirs.Title)
	merged.Summary = pick(&m, "summary", base.Summary, mine.Summary, theirs.Summary)
	merged.Language = pick(&m, "language", base.Language, mine.Language, theirs.Language)
	merged.Country = pick(&m, "country", base.Country, mine.Country, theirs.Country)
	merged.Organization = pick(&m, "organization", base.Organization, mine.Organization, theirs.Organization)
	merged.Year = pick(&m, "year", base.Year, mine.Year, theirs.Year)
	merged.Type = pick(&m, "type", base.Type, mine.Type, theirs.Type)
	merged.Level = pick(&m, "level", base.Level, mine.Level, theirs.Level)
	merged.Sectors = pickList(&m, "sectors", base.Sectors, mine.Sectors, theirs.Sectors)
	merged.Topics = pickList(&m, "topics", base.Topics, mine.Topics, theirs.Topics)
	merged.Substances = pickList(&m, "substances", base.Substances, mine.Substances, theirs.Substances)
	merged.References = pickList(&m, "references", base.References, mine.References, theirs.References)
	merged.Sections = map[string]string{}
	keys := slices.Concat(slices.Collect(maps.Keys(base.Sections)), slices.Collect(maps.Keys(mine.Sections)), slices.Collect(maps.Keys(theirs.Sections)))
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		// An emptied section stays in the map, so that saving empties it.
		merged.Sections[key] = pick(&m, "sections."+key, base.Sections[key], mine.Sections[key], theirs.Sections[key])
	}
	return merged, m.clashes
}

type merger struct{ clashes []string }

// judge tells whose change of a part counts.
func (m *merger) judge(part string, mineSame, theirsSame, equal bool) (takeTheirs bool) {
	switch {
	case equal || theirsSame:
		return false
	case mineSame:
		return true
	}
	m.clashes = append(m.clashes, part)
	return false
}

func pick[T comparable](m *merger, part string, base, mine, theirs T) T {
	if m.judge(part, mine == base, theirs == base, mine == theirs) {
		return theirs
	}
	return mine
}

func pickList[T comparable](m *merger, part string, base, mine, theirs []T) []T {
	if m.judge(part, slices.Equal(mine, base), slices.Equal(theirs, base), slices.Equal(mine, theirs)) {
		return theirs
	}
	return mine
}

// edited notes who changed which parts of a practice's text, and when.
func edited(edits map[string]portal.Edit, before, after portal.PracticeText, by int64, at time.Time) map[string]portal.Edit {
	all := maps.Clone(edits)
	if all == nil {
		all = map[string]portal.Edit{}
	}
	note := func(part, a, b string) {
		if a != b {
			all[part] = portal.Edit{By: by, At: at}
		}
	}
	note("title", before.Title, after.Title)
	note("summary", before.Summary, after.Summary)
	for key, text := range after.Sections {
		note(key, before.Sections[key], text)
	}
	for key := range before.Sections {
		if _, there := after.Sections[key]; !there {
			delete(all, key)
		}
	}
	return all
}

// FieldsOf makes the change that writes a whole text.
func FieldsOf(t portal.PracticeText) Fields {
	return Fields{Title: &t.Title, Summary: &t.Summary, Sections: t.Sections, Language: &t.Language, Country: &t.Country,
		Organization: &t.Organization, Year: &t.Year, Type: &t.Type, Level: &t.Level, Sectors: &t.Sectors, Topics: &t.Topics,
		Substances: &t.Substances, References: &t.References}
}
