package postgres_test

import (
	"context"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// A flag that meets an open case just as a moderator closes it opens another.
func TestFlagMeetsAClosingCase(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	var member, room, practice, first int64
	target := func() portal.Case {
		return portal.Case{Kind: "flag", Target: portal.Ref{Kind: portal.KindPractice, ID: practice}, WorkspaceID: room}
	}
	err := db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if err := tx.SeedRoster(ctx, []portal.Country{{Code: "AT", Names: map[string]string{"en": "Austria"}, Membership: "yes", Source: "a test"}}, nil); err != nil {
			return err
		}
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		if member, err = tx.InsertMember(ctx, portal.Member{Email: "a@example.org", Name: "Member", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
			return err
		}
		if practice, err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Practice", Language: "en"},
			Audience: portal.Audience{WorkspaceID: room, Handling: portal.Clear, AuthorID: member}}); err != nil {
			return err
		}
		first, _, err = tx.OpenCase(ctx, target(), practice)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	decided, closed := make(chan struct{}), make(chan error)
	go func() {
		closed <- db.InTx(ctx, func(tx *postgres.Tx) error {
			defer time.Sleep(200 * time.Millisecond) // the flag comes before the commit
			defer close(decided)
			return tx.ActOnCase(ctx, first, member, "keep", "", "")
		})
	}()
	<-decided
	err = db.InTx(ctx, func(tx *postgres.Tx) error {
		id, opened, err := tx.OpenCase(ctx, target(), practice)
		if err == nil && (!opened || id == first) {
			t.Errorf("OpenCase = %d, %v; want another than %d", id, opened, first)
		}
		return err
	})
	if err != nil {
		t.Errorf("the flag is lost: %v", err)
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
}
