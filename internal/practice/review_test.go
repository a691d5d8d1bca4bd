package practice_test

import (
	"context"
	"testing"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/practice"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

// world has an author with one published practice in a room, a reader in that room, and a stranger.
type world struct {
	testing.TB
	db                       *postgres.DB
	svc                      *practice.Service
	author, reader, stranger portal.Identity
	room, published          int64
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t}
	var err error
	w.db = storetest.Open(t)
	w.svc = practice.New(w.db, storetest.Vocabulary(t))
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if w.room, err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"}); err != nil {
			return err
		}
		for i, who := range []*portal.Identity{&w.author, &w.reader, &w.stranger} {
			m := portal.Member{Email: string(rune('a'+i)) + "@example.org", Name: "Member", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}
			if m.ID, err = tx.InsertMember(ctx, m); err != nil {
				return err
			}
			if who != &w.stranger {
				if _, err := tx.JoinWorkspace(ctx, w.room, m.ID); err != nil {
					return err
				}
			}
			who.MemberID = m.ID
		}
		w.published, err = tx.InsertPractice(ctx, portal.Practice{PracticeText: portal.PracticeText{Title: "Testing strips", Language: "en"},
			Audience: portal.Audience{Handling: portal.Amber, WorkspaceID: w.room, AuthorID: w.author.MemberID}})
		if err != nil {
			return err
		}
		return tx.MovePractice(ctx, w.published, portal.Published, w.author.MemberID, nil)
	}))
	for _, who := range []*portal.Identity{&w.author, &w.reader, &w.stranger} {
		who.Viewer, err = w.db.Viewer(ctx, who.MemberID)
		w.must(err)
	}
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

func TestAdoptionsAreCountedOnce(t *testing.T) {
	w := newWorld(t)
	report := func(who portal.Identity, a portal.Adoption) error {
		a.Result = "worked"
		_, err := w.svc.Adopt(ctx, who, w.published, a)
		return err
	}
	w.want("", report(w.reader, portal.Adoption{Country: "EC", Year: 2026}), "a first report")
	w.want(portal.Conflict, report(w.reader, portal.Adoption{Country: "EC", Year: 2026}), "the same again")
	w.want("", report(w.reader, portal.Adoption{Country: "EC"}), "of an unknown year")
	w.want(portal.Conflict, report(w.reader, portal.Adoption{Country: "EC", Note: "other words"}), "of an unknown year again")
	w.want("", report(w.reader, portal.Adoption{Country: "TH", Year: 2026}), "from another country")
	w.want("", report(w.author, portal.Adoption{Country: "EC", Year: 2026}), "by another member")
	for year := 2000; year < 2000+portal.MaxAdoptions-3; year++ {
		w.want("", report(w.reader, portal.Adoption{Country: "AT", Year: year}), "of another year")
	}
	w.want(portal.Conflict, report(w.reader, portal.Adoption{Country: "AT", Year: 1999}), "one too many")
	p, err := w.svc.Get(ctx, w.reader, w.published)
	if err != nil || p.Adoptions.Worked != portal.MaxAdoptions+1 || p.Adoptions.Countries != 3 {
		t.Errorf("the practice counts %+v (%v), want %d reports from 3 countries", p.Adoptions, err, portal.MaxAdoptions+1)
	}
}

func TestAdoptionNeedsWhatMayBeSeen(t *testing.T) {
	w := newWorld(t)
	_, err := w.svc.Adopt(ctx, w.stranger, w.published, portal.Adoption{Country: "AT", Result: "nonsense"})
	w.want(portal.NotFound, err, "of a practice out of sight")
	_, err = w.svc.Adopt(ctx, w.reader, w.published, portal.Adoption{Country: "XX", Result: "worked"})
	w.want(portal.Invalid, err, "from nowhere")
	draft, err := w.svc.Create(ctx, w.author, practice.Fields{Title: new("A draft"), Language: new("en")})
	w.must(err)
	_, err = w.svc.Adopt(ctx, w.author, draft.ID, portal.Adoption{Country: "AT", Result: "worked"})
	w.want(portal.Conflict, err, "of a draft")
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.SetHidden(ctx, portal.Ref{Kind: portal.KindPractice, ID: w.published}, w.author.MemberID)
	}))
	_, err = w.svc.Adopt(ctx, w.reader, w.published, portal.Adoption{Country: "AT", Result: "worked"})
	w.want(portal.NotFound, err, "of a hidden practice")
}

func TestReadersAreToldToWritersOnly(t *testing.T) {
	w := newWorld(t)
	_, err := w.svc.Readers(ctx, w.reader, w.room)
	w.want("", err, "to a member of the room")
	_, err = w.svc.Readers(ctx, w.stranger, 0)
	w.want("", err, "of no room")
	_, err = w.svc.Readers(ctx, w.stranger, w.room)
	w.want(portal.NotFound, err, "to a stranger")
	_, err = w.svc.Readers(ctx, portal.Identity{}, 0)
	w.want(portal.NotFound, err, "to a visitor")
}
