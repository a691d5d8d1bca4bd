package live_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/moderation"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
	"praxis/internal/workspace"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const patience = 10 * time.Second

var quiet = slog.New(slog.DiscardHandler)

var ctx = context.Background()

// world is a database with two workspaces and their people.
type world struct {
	t         testing.TB
	owner     string // how its owner connects
	dsn       string
	db        *postgres.DB
	threads   *discussion.Service
	mods      *moderation.Service
	spaces    *workspace.Service
	officer   portal.Identity
	moderator portal.Identity // of the workspace
	ana       portal.Identity // in the workspace
	somchai   portal.Identity // in the workspace
	lena      portal.Identity // in the other workspace only
	space     int64
	other     int64
	tokens    map[int64]string
	nodes     int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	owner := pgtest.URL(t, migrate, "praxis")
	dsn, own, err := postgres.AsPortal(ctx, owner)
	if err != nil || !own {
		t.Fatalf("become the portal's role: %v, %v", own, err)
	}
	w := &world{t: t, owner: owner, dsn: dsn, tokens: map[int64]string{}}
	w.db = w.connect()
	w.threads, w.mods, w.spaces = discussion.New(w.db), moderation.New(w.db, nil), workspace.New(w.db, nil)
	w.must(w.db.InTx(ctx, w.populate))
	for _, who := range []*portal.Identity{&w.officer, &w.moderator, &w.ana, &w.somchai, &w.lena} {
		*who = w.signIn(who.MemberID)
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) connect() *postgres.DB {
	w.t.Helper()
	db, err := postgres.Open(w.dsn, postgres.Options{Log: quiet})
	w.must(err)
	w.t.Cleanup(func() { db.Close() })
	return db
}

func (w *world) populate(tx *postgres.Tx) error {
	var countries []portal.Country
	for _, c := range []string{"EC", "TH", "AT"} {
		countries = append(countries, portal.Country{Code: c, Names: map[string]string{"en": c}, Membership: "yes", Source: "a test", Member: true})
	}
	if err := tx.SeedRoster(ctx, countries, nil); err != nil {
		return err
	}
	var err error
	for key, id := range map[string]*int64{"one": &w.space, "two": &w.other} {
		if *id, err = tx.InsertWorkspace(ctx, portal.Workspace{Key: key, Kind: "theme", Name: key, Access: "open"}); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		who     *portal.Identity
		name    string
		country string
		officer bool
		in      int64
		role    string
	}{
		{&w.officer, "officer", "AT", true, 0, ""}, {&w.moderator, "moderator", "AT", false, w.space, portal.RoleModerator},
		{&w.ana, "ana", "EC", false, w.space, portal.RoleMember}, {&w.somchai, "somchai", "TH", false, w.space, portal.RoleMember},
		{&w.lena, "lena", "AT", false, w.other, portal.RoleMember},
	} {
		p.who.MemberID, err = tx.InsertMember(ctx, portal.Member{Email: p.name + "@example.org", Name: p.name, Country: p.country,
			Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing, Officer: p.officer})
		if err == nil && p.in != 0 {
			_, err = tx.PutWorkspaceMember(ctx, p.in, p.who.MemberID, p.role)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// signIn opens a session for the member.
func (w *world) signIn(member int64) portal.Identity {
	w.t.Helper()
	token, hash := secret.NewToken()
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := tx.InsertSession(ctx, portal.Session{MemberID: member, Kind: "api", ExpiresAt: time.Now().Add(time.Hour)}, hash)
		return err
	}))
	w.tokens[member] = token
	who, err := w.db.IdentityByHash(ctx, hash)
	w.must(err)
	return who
}

func (w *world) thread(author portal.Identity, handling portal.Handling, named ...int64) int64 {
	w.t.Helper()
	t, err := w.threads.Open(ctx, author, w.space, discussion.NewThread{Title: "A thread", Body: "Its opening post", Handling: handling, Named: named})
	w.must(err)
	return t.ID
}

func (w *world) post(author portal.Identity, thread int64, body string) portal.Post {
	w.t.Helper()
	p, err := w.threads.Reply(ctx, author, thread, discussion.NewPost{Body: body})
	w.must(err)
	return p
}

func migrate(url string) error {
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Migrate(ctx, sql.Files)
	return err
}
