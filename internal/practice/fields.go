package practice

import (
	"context"
	"maps"
	"slices"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// apply puts the fields into the practice and checks the whole.
func (s *Service) apply(ctx context.Context, c postgres.Conn, who portal.Identity, p *portal.Practice, f Fields) error {
	f.text(&p.PracticeText)
	if f.Handling != nil {
		p.Handling = *f.Handling
	}
	if f.Named != nil {
		p.Named = slices.Compact(slices.Sorted(slices.Values(*f.Named)))
	}
	if p.Handling != portal.Red {
		p.Named = nil
	}
	if f.WorkspaceID != nil {
		p.WorkspaceID = *f.WorkspaceID
	}
	if f.TranslationOf != nil {
		p.TranslationOf = *f.TranslationOf
	}
	if err := p.Check(s.vocab); err != nil {
		return err
	}
	return checkPlace(ctx, c, who, *p, f)
}

func (f Fields) text(t *portal.PracticeText) {
	str := func(to *string, from *string) {
		if from != nil {
			*to = strings.TrimSpace(*from)
		}
	}
	tags := func(to *[]string, from *[]string) {
		if from != nil {
			*to = slices.Compact(slices.Sorted(slices.Values(*from)))
		}
	}
	str(&t.Title, f.Title)
	str(&t.Summary, f.Summary)
	str(&t.Language, f.Language)
	str(&t.Country, f.Country)
	str(&t.Organization, f.Organization)
	str(&t.Type, f.Type)
	str(&t.Level, f.Level)
	if f.Year != nil {
		t.Year = *f.Year
	}
	tags(&t.Sectors, f.Sectors)
	tags(&t.Topics, f.Topics)
	tags(&t.Substances, f.Substances)
	if f.References != nil {
		t.References = *f.References
	}
	if f.Sections != nil {
		sections := maps.Clone(t.Sections)
		if sections == nil {
			sections = map[string]string{}
		}
		maps.Copy(sections, f.Sections)
		maps.DeleteFunc(sections, func(_, text string) bool { return strings.TrimSpace(text) == "" })
		t.Sections = sections
	}
}

// checkPlace checks what needs the database: the workspace is one that the author writes in, the
// named are members, the original exists for the author.
func checkPlace(ctx context.Context, db postgres.Conn, who portal.Identity, p portal.Practice, f Fields) error {
	var c portal.Checks
	c.Add(p.Handling.Valid(), "handling", "error.unknown_value")
	c.Add(len(p.Named) <= portal.MaxNamed, "named", "error.too_many", "Max", portal.MaxNamed)
	if f.WorkspaceID != nil && p.WorkspaceID != 0 {
		_, err := db.Workspace(ctx, who.MemberID, p.WorkspaceID)
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return err
		}
		c.Add(err == nil && who.Can(portal.ActWrite, portal.Audience{WorkspaceID: p.WorkspaceID}), "workspace_id", "error.not_your_workspace")
	}
	if f.Named != nil && len(p.Named) > 0 && len(p.Named) <= portal.MaxNamed {
		known, err := db.KnownMembers(ctx, p.Named)
		if err != nil {
			return err
		}
		c.Add(len(known) == len(p.Named), "named", "error.unknown_member")
	}
	if f.TranslationOf != nil && p.TranslationOf != 0 {
		original, err := db.Practice(ctx, who.Viewer, p.TranslationOf)
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return err
		}
		c.Add(err == nil && original.ID != p.ID, "translation_of", "error.unknown_value")
	}
	return c.Err()
}
