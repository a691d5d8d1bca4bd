package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// The badge counts what the list holds: nothing of what one may no longer see.
func TestUnreadIsWhatIsListed(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	hash := bytes.Repeat([]byte{7}, 32)
	var author, reader, room int64
	must := func(f func(tx *postgres.Tx) error) {
		t.Helper()
		if err := db.InTx(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	must(func(tx *postgres.Tx) (err error) {
		if err := tx.SeedRoster(ctx, []portal.Country{{Code: "AT", Names: map[string]string{"en": "Austria"}, Membership: "yes", Source: "a test"}}, nil); err != nil {
			return err
		}
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for i, id := range []*int64{&author, &reader} {
			if *id, err = tx.InsertMember(ctx, portal.Member{Email: fmt.Sprintf("m%d@example.org", i), Name: "Member", Country: "AT", Locale: "en",
				TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
			if _, err := tx.JoinWorkspace(ctx, room, *id); err != nil {
				return err
			}
		}
		if _, err := tx.InsertSession(ctx, portal.Session{MemberID: reader, Kind: "api", ExpiresAt: time.Now().Add(time.Hour)}, hash); err != nil {
			return err
		}
		var notes []postgres.NewNotification
		for i, h := range portal.Handlings {
			thread := portal.Thread{Title: "Thread", Language: "en", Audience: portal.Audience{WorkspaceID: room, Handling: h, AuthorID: author}}
			if h == portal.Red {
				thread.Named = []int64{reader}
			}
			id, err := tx.InsertThread(ctx, thread)
			if err != nil {
				return err
			}
			practice, err := tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Practice", Language: "en"}, Audience: thread.Audience})
			if err != nil {
				return err
			}
			if err := tx.MovePractice(ctx, practice, portal.Published, author, nil); err != nil {
				return err
			}
			notes = append(notes,
				postgres.NewNotification{Notification: portal.Notification{MemberID: reader, Kind: "reply", ThreadID: id}, Event: int64(10 * (i + 1))},
				postgres.NewNotification{Notification: portal.Notification{MemberID: reader, Kind: "approve", PracticeID: practice}, Event: int64(10*(i+1) + 1)})
		}
		notes = append(notes, postgres.NewNotification{Notification: portal.Notification{MemberID: reader, Kind: "joined", WorkspaceID: room}, Event: 1})
		_, err = tx.InsertNotifications(ctx, notes)
		return err
	})
	check := func(when string, want int) {
		t.Helper()
		who, err := db.IdentityByHash(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		listed, err := db.Notifications(ctx, who.Viewer, portal.Page{Limit: portal.MaxPage})
		if err != nil || who.Unread != want || len(listed) != want {
			t.Errorf("%s: the badge says %d, the list holds %d (%v), want %d", when, who.Unread, len(listed), err, want)
		}
	}
	check("in the room", 11)
	must(func(tx *postgres.Tx) error { return tx.DeleteWorkspaceMember(ctx, room, reader) })
	check("after leaving it", 7)
}

func TestSweepForgetsWhoWasInvited(t *testing.T) {
	ctx := context.Background()
	db, url := openAt(t)
	err := db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.SeedRoster(ctx, []portal.Country{{Code: "AT", Names: map[string]string{"en": "Austria"}, Membership: "yes", Source: "a test"}}, nil); err != nil {
			return err
		}
		for i, days := range []int{1, -1, -31} {
			in := postgres.Invitation{Email: fmt.Sprintf("m%d@example.org", i), Name: "Guest", Country: "AT", Locale: "en", ExpiresAt: time.Now().AddDate(0, 0, days)}
			if _, err := tx.InsertInvitation(ctx, in, bytes.Repeat([]byte{byte(i)}, 32)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = db.Sweep(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	owner, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	var left int
	if err := owner.Raw().QueryRow(`select count(*) from invitations`).Scan(&left); err != nil || left != 2 {
		t.Errorf("%d invitations are left (%v), want the open one and the one that ended yesterday", left, err)
	}
}
