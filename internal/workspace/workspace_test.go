package workspace_test

import (
	"context"
	"strings"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/workspace"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

type world struct {
	*testing.T
	db      *postgres.DB
	svc     *workspace.Service
	officer portal.Identity
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t}
	w.db = storetest.Open(t)
	w.svc = workspace.New(w.db, storetest.Vocabulary(t))
	w.officer = w.member("olga@example.org", true)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) want(kind portal.ErrorKind, err error, what string) {
	w.Helper()
	if portal.KindOf(err) != kind || kind == "" && err != nil {
		w.Errorf("%s: %v, want %q", what, err, kind)
	}
}

func (w *world) member(email string, officer bool) portal.Identity {
	w.Helper()
	var id int64
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		id, err = tx.InsertMember(ctx, portal.Member{Email: email, Name: "Member", Country: "AT", Locale: "en", TimeZone: "UTC",
			Officer: officer, Sharing: portal.DefaultSharing})
		return err
	}))
	v, err := w.db.Viewer(ctx, id)
	w.must(err)
	return portal.Identity{Viewer: v}
}

func TestJoin(t *testing.T) {
	tests := []struct {
		access string
		joined bool
		want   portal.ErrorKind
	}{{"open", true, ""}, {"request", false, ""}, {"invitation", false, portal.Forbidden}}
	for _, tt := range tests {
		t.Run(tt.access, func(t *testing.T) {
			w := newWorld(t)
			room, err := w.svc.Create(ctx, w.officer, workspace.Fields{Name: new("Room"), Access: &tt.access})
			w.must(err)
			ana := w.member("ana@example.org", false)
			for range 2 { // a second click changes nothing
				joined, err := w.svc.Join(ctx, ana, room.ID)
				w.want(tt.want, err, "join")
				if joined != tt.joined {
					t.Errorf("Join = %v, want %v", joined, tt.joined)
				}
			}
			requests, err := w.svc.Requests(ctx, w.officer, room.ID, portal.Page{Limit: 2})
			if asked := tt.access == "request"; err != nil || len(requests) == 1 != asked {
				t.Errorf("%d requests wait (%v), want one: %v", len(requests), err, asked)
			}
		})
	}
}

// Between the click and the transaction a moderator may have been made of her.
func TestJoinTakesNoRoleAway(t *testing.T) {
	w := newWorld(t)
	room, err := w.svc.Create(ctx, w.officer, workspace.Fields{Name: new("Room"), Access: new("open")})
	w.must(err)
	ana := w.member("ana@example.org", false)
	w.must(w.svc.PutMember(ctx, w.officer, room.ID, ana.MemberID, portal.RoleModerator))
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if joined, err := tx.JoinWorkspace(ctx, room.ID, ana.MemberID); err != nil || joined {
			t.Errorf("JoinWorkspace = %v, %v; she is in already", joined, err)
		}
		return nil
	}))
	if role, err := w.svc.Role(ctx, w.officer, room.ID, ana.MemberID); err != nil || role != portal.RoleModerator {
		t.Errorf("her role is %q (%v), want moderator", role, err)
	}
}

func TestUpdateTakesEveryField(t *testing.T) {
	w := newWorld(t)
	room, err := w.svc.Create(ctx, w.officer, workspace.Fields{Name: new("Room")})
	w.must(err)
	const programme = "ivlp_us_mexico"
	_, err = w.svc.Update(ctx, w.officer, room.ID, 0, workspace.Fields{Name: new("Cohort"), Kind: new("cohort"), Description: new("Who came"),
		Access: new("request"), Country: new("AT"), Programme: new(programme)})
	w.must(err)
	got, err := w.svc.Get(ctx, w.officer, room.ID)
	w.must(err)
	if got.Name != "Cohort" || got.Kind != "cohort" || got.Description != "Who came" || got.Access != "request" || got.Country != "AT" || got.Programme != programme {
		t.Errorf("after the change it is %+v", got)
	}
	for what, f := range map[string]workspace.Fields{
		"an unknown programme":         {Programme: new("nonsense")},
		"a name of two lines":          {Name: new("two\nlines")},
		"no name":                      {Name: new(" ")},
		"a description of many blanks": {Description: new(strings.Repeat(" ", portal.MaxDescription+1))},
		"an unknown kind":              {Kind: new("nonsense")},
	} {
		_, err := w.svc.Update(ctx, w.officer, room.ID, 0, f)
		w.want(portal.Invalid, err, what)
	}
	_, err = w.svc.Update(ctx, w.officer, room.ID, 1, workspace.Fields{Name: new("Late")})
	w.want(portal.Stale, err, "a change of what is no longer there")
}
