package postgres_test

import (
	"context"
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// However rare a filter's value is, and wherever in the library, the list is what meets the filter, in
// order, page after page.
func TestLibraryByFrequentAndRareValues(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	if err := db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.SeedRoster(ctx, []portal.Country{{Code: "AT", Names: map[string]string{"en": "AT"}, Membership: "yes", Source: "a test", Member: true}}, nil)
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Raw().Exec(`
		with room as (insert into workspaces (kind, name, access, programme) values ('theme', 'Room', 'open', 'rare'), ('theme', 'Other', 'open', '') returning id, programme),
		who as (insert into members (email, name, country, locale, time_zone) select 'a@example.org', 'A', code, 'en', 'UTC' from countries limit 1 returning id, country)
		insert into practices (status, handling, workspace_id, author_id, author_country, title, language, country, organization, level, sectors, topics, substances, published_at,
		    submitted_version, published_version)
		select 'published', case when n % 10 = 0 then 'amber' else 'clear' end, (select id from room where programme = case when n % 700 = 3 then 'rare' else '' end), who.id, who.country,
		    'P' || n, case when n % 2 = 0 then 'en' else 'es' end, who.country, case when n > 2590 then 'Late' else '' end, 'local',
		    case when n % 3 = 0 then '{frequent}' when n % 400 = 1 then '{rare}' else '{}' end::text[], case when n > 2580 then '{last}' else '{}' end::text[], '{}', now() - make_interval(mins => n), 1, 1
		from who, generate_series(1, 2600) n`); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]postgres.PracticeFilter{"all": {}, "frequent": {Sector: "frequent"}, "rare": {Sector: "rare"}, "last": {Tag: "last"}, "none": {Tag: "none"},
		"programme": {Programme: "rare"}, "organization": {Organizations: []string{"late"}}, "two": {Sector: "frequent", Language: "es"}, "language": {Language: "es"}, "level": {Level: "local"}} {
		var want, got []int64
		all, err := db.PracticesAfter(ctx, 0, 5000) // in the order in which they were made, which is the list's
		if err != nil {
			t.Fatal(err)
		}
		var rooms []int64
		for _, p := range all {
			rooms = append(rooms, p.WorkspaceID)
		}
		known, err := db.WorkspacesByID(ctx, rooms)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if p.Handling == portal.Clear && (f.Sector == "" || slices.Contains(p.Sectors, f.Sector)) && (f.Tag == "" || slices.Contains(p.Topics, f.Tag)) &&
				(f.Programme == "" || known[p.WorkspaceID].Programme == f.Programme) && (len(f.Organizations) == 0 || p.Organization == "Late") &&
				(f.Language == "" || p.Language == f.Language) {
				want = append(want, p.ID)
			}
		}
		for after := int64(0); ; {
			f.Page = portal.Page{After: after, Limit: 100}
			found, err := db.Practices(ctx, portal.Viewer{}, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range found {
				got = append(got, p.ID)
			}
			if len(found) < 100 {
				break
			}
			after = got[len(got)-1]
		}
		if name != "none" && len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %d are listed, %d meet it", name, len(got), len(want))
		}
	}
}
