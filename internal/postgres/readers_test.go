package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// What is told of a label's readers before it is chosen is what the rule of access says of each
// member.
func TestReadersAreCountedByTheRule(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	var room int64
	var viewers []portal.Viewer
	if err := db.InTx(ctx, func(tx *postgres.Tx) error {
		var roster []portal.Country
		for _, code := range []string{"AT", "EC", "TH"} {
			roster = append(roster, portal.Country{Code: code, Names: map[string]string{"en": code}, Membership: "yes", Source: "a test", Member: true})
		}
		if err := tx.SeedRoster(ctx, roster, []portal.Organization{{Code: "WHO", NameEN: "WHO", Type: "un", Names: map[string]string{"en": "WHO"}, Membership: "yes", Source: "a test", Member: true}}); err != nil {
			return err
		}
		var err error
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for n := range 48 { // every mixture of country, organization, role and office
			v := portal.Viewer{Country: []string{"AT", "EC", "TH"}[n%3], Organization: []string{"", "WHO"}[n/3%2], Officer: n/6%4 == 3}
			role := []string{"", "member", "moderator", "member"}[n/12]
			if v.MemberID, err = tx.InsertMember(ctx, portal.Member{Email: fmt.Sprintf("m%d@example.org", n), Name: "Member", Country: v.Country,
				Organization: v.Organization, Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing, Officer: v.Officer}); err != nil {
				return err
			}
			if role != "" {
				v.Workspaces = []int64{room}
				if _, err := tx.PutWorkspaceMember(ctx, room, v.MemberID, role); err != nil {
					return err
				}
			}
			if role == "moderator" {
				v.Moderates = []int64{room}
			}
			viewers = append(viewers, v)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, author := range viewers {
		counted, err := db.Readers(ctx, room, author)
		if err != nil {
			t.Fatal(err)
		}
		if len(counted) != len(portal.Handlings)-2 { // clear counts nobody, red names its readers
			t.Fatalf("%d labels are counted", len(counted))
		}
		for _, c := range counted {
			seen, countries := 0, map[string]bool{}
			for _, v := range viewers {
				if v.CanSee(portal.Audience{Stage: portal.StageOpen, Handling: c.Handling, WorkspaceID: room, AuthorID: author.MemberID,
					AuthorCountry: author.Country, AuthorOrganization: author.Organization}) {
					seen++
					countries[v.Country] = true
				}
			}
			if c.Members != seen || c.Countries != len(countries) {
				t.Errorf("author %+v, %s: %d members in %d countries are counted, the rule says %d in %d", author, c.Handling, c.Members, c.Countries, seen, len(countries))
			}
		}
	}
}
