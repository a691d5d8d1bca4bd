package discussion_test

import (
	"context"
	"testing"

	"praxis/internal/discussion"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

// What a moderator has hidden from a reader she can neither change nor react to; its author and the
// moderators still can.
func TestHiddenPostsAreOutOfReach(t *testing.T) {
	db, err := postgres.Open(storetest.URL(t), postgres.Options{})
	must(t, err)
	defer db.Close()
	svc := discussion.New(db)
	who := map[string]portal.Identity{}
	var room int64
	must(t, db.InTx(ctx, func(tx *postgres.Tx) error {
		if room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for name, role := range map[string]string{"author": portal.RoleMember, "reader": portal.RoleMember, "moderator": portal.RoleModerator} {
			id, err := tx.InsertMember(ctx, portal.Member{Email: name + "@example.org", Name: name, Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
			if err != nil {
				return err
			}
			if _, err := tx.PutWorkspaceMember(ctx, room, id, role); err != nil {
				return err
			}
			who[name] = portal.Identity{Viewer: portal.Viewer{MemberID: id}}
		}
		return nil
	}))
	for name, i := range who {
		i.Viewer, err = db.Viewer(ctx, i.MemberID)
		must(t, err)
		who[name] = i
	}
	thread, err := svc.Open(ctx, who["author"], room, discussion.NewThread{Title: "Strips", Body: "Which ones?", Language: "en"})
	must(t, err)
	post, err := svc.Reply(ctx, who["author"], thread.ID, discussion.NewPost{Body: "These.", Language: "en"})
	must(t, err)
	tests := []struct {
		name   string
		hidden bool
		want   map[string]portal.ErrorKind
	}{
		{"shown", false, map[string]portal.ErrorKind{"reader": "", "author": "", "moderator": ""}},
		{"hidden", true, map[string]portal.ErrorKind{"reader": portal.NotFound, "author": "", "moderator": ""}},
	}
	for _, tt := range tests {
		by := int64(0)
		if tt.hidden {
			by = who["moderator"].MemberID
		}
		must(t, db.InTx(ctx, func(tx *postgres.Tx) error {
			return tx.SetHidden(ctx, portal.Ref{Kind: portal.KindPost, ID: post.ID}, by)
		}))
		for name, want := range tt.want {
			for _, on := range []bool{true, false} {
				if err := svc.React(ctx, who[name], post.ID, "helpful", on); portal.KindOf(err) != want || want == "" && err != nil {
					t.Errorf("%s: a reaction of the %s (%v): %v, want %q", tt.name, name, on, err, want)
				}
			}
		}
		if err := svc.Delete(ctx, who["reader"], post.ID, 0); err == nil {
			t.Errorf("%s: the reader deletes it", tt.name)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
