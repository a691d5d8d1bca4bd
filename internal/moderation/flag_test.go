package moderation_test

import (
	"slices"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

// Flags of whoever flagged without reason weigh less, and cases of such flags alone wait behind the
// others; an upheld flag makes up for it.
func TestUnfoundedFlagsWeighLess(t *testing.T) {
	db := storetest.Open(t)
	var room, author, cried, fair int64
	threads := make([]int64, 5)
	flag := func(thread, member int64) (id int64) {
		t.Helper()
		must(t, db.InTx(ctx, func(tx *postgres.Tx) (err error) {
			if id, _, err = tx.OpenCase(ctx, portal.Case{Kind: "flag", Target: portal.Ref{Kind: portal.KindThread, ID: thread}, WorkspaceID: room, ThreadID: thread}, 0); err != nil {
				return err
			}
			_, err = tx.InsertFlag(ctx, id, member, "other", "")
			return err
		}))
		return id
	}
	decide := func(id int64, action string) {
		t.Helper()
		must(t, db.InTx(ctx, func(tx *postgres.Tx) error { return tx.ActOnCase(ctx, id, author, action, "", "") }))
	}
	must(t, db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for i, id := range []*int64{&author, &cried, &fair} {
			if *id, err = tx.InsertMember(ctx, portal.Member{Email: string(rune('a'+i)) + "@example.org", Name: "M", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
		}
		for i := range threads {
			if threads[i], err = tx.InsertThread(ctx, portal.Thread{Title: "Thread", Language: "en", Audience: portal.Audience{WorkspaceID: room, Handling: portal.Green, AuthorID: author}}); err != nil {
				return err
			}
		}
		return nil
	}))
	decide(flag(threads[0], cried), "keep")
	decide(flag(threads[1], cried), "keep")
	light, heavy := flag(threads[2], cried), flag(threads[3], fair)
	officer := portal.Viewer{MemberID: author, Officer: true}
	queue := func() (ids []int64) {
		t.Helper()
		found, err := db.Queue(ctx, officer, 0, portal.Page{Limit: 1})
		must(t, err)
		rest, err := db.Queue(ctx, officer, 0, portal.Page{Limit: 10, After: found[0].ID})
		must(t, err)
		for _, k := range append(found, rest...) {
			ids = append(ids, k.ID)
		}
		return ids
	}
	if got := queue(); !slices.Equal(got, []int64{heavy, light}) {
		t.Errorf("the queue is %v, want %v before %v", got, heavy, light)
	}
	flag(threads[2], fair)
	if got := queue(); !slices.Equal(got, []int64{light, heavy}) {
		t.Errorf("flagged by another too, it still waits behind: %v", got)
	}
	decide(light, "hide")
	if got := queue(); !slices.Equal(got, []int64{heavy}) {
		t.Errorf("the queue is %v", got)
	}
	again := flag(threads[4], cried) // two of her three flags were unfounded: half of the weight
	if got := queue(); !slices.Equal(got, []int64{heavy, again}) {
		t.Errorf("the queue is %v", got)
	}
}
