package moderation_test

import (
	"context"
	"slices"
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

// Whoever relabels to red stays among its readers, once.
func TestRelabelToRedNamesTheModeratorOnce(t *testing.T) {
	db, err := postgres.Open(storetest.URL(t), postgres.Options{})
	must(t, err)
	defer db.Close()
	svc := moderation.New(db, nil)
	var author, moderator, room int64
	must(t, db.InTx(ctx, func(tx *postgres.Tx) error {
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for role, id := range map[string]*int64{portal.RoleMember: &author, portal.RoleModerator: &moderator} {
			if *id, err = tx.InsertMember(ctx, portal.Member{Email: role + "@example.org", Name: role, Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
			if _, err := tx.PutWorkspaceMember(ctx, room, *id, role); err != nil {
				return err
			}
		}
		return nil
	}))
	viewer, err := db.Viewer(ctx, moderator)
	must(t, err)
	who := portal.Identity{Viewer: viewer}
	for name, named := range map[string][]int64{"nobody": nil, "herself": {moderator}, "the author, and herself twice": {moderator, author, moderator}} {
		var target portal.Ref
		must(t, db.InTx(ctx, func(tx *postgres.Tx) error {
			id, err := tx.InsertThread(ctx, portal.Thread{Title: "Thread", Language: "en", Audience: portal.Audience{WorkspaceID: room, Handling: portal.Amber, AuthorID: author}})
			target = portal.Ref{Kind: portal.KindThread, ID: id}
			return err
		}))
		_, err = svc.Flag(ctx, who, target, "wrong_handling", "")
		must(t, err)
		queue, err := svc.Queue(ctx, who, room, portal.Page{Limit: 1})
		must(t, err)
		if len(queue) != 1 || queue[0].Target != target {
			t.Fatalf("the queue holds %+v, want the flagged thread", queue)
		}
		_, err = svc.Act(ctx, who, queue[0].ID, moderation.Decision{Action: "relabel", Handling: portal.Red, Named: named})
		must(t, err)
		thread, err := db.Thread(ctx, viewer, target.ID)
		must(t, err)
		want := slices.Compact(slices.Sorted(slices.Values(append(named, moderator))))
		if thread.Handling != portal.Red || !slices.Equal(thread.Named, want) {
			t.Errorf("naming %s: it is %s for %v, want red for %v", name, thread.Handling, thread.Named, want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
