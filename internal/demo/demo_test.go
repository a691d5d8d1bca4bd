package demo_test

import (
	"context"
	"log/slog"
	"reflect"
	"testing"
	"time"

	"praxis/internal/admin"
	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/demo"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestFillTwice(t *testing.T) {
	ctx := context.Background()
	url := pgtest.URL(t, func(url string) error {
		owner, err := postgres.Open(url, postgres.Options{Owner: true})
		if err != nil {
			return err
		}
		defer owner.Close()
		_, err = owner.Migrate(ctx, sql.Files)
		return err
	}, "praxis")
	db, err := postgres.Open(url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := admin.New(db).SeedRoster(ctx, sql.Files, true); err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{true, false} {
		if filled, err := demo.Fill(ctx, db, sql.Files); err != nil || filled != want {
			t.Fatalf("Fill number %d = %v, %v, want %v", n+1, filled, err, want)
		}
	}
	coalition, err := db.Coalition(ctx)
	if err != nil || coalition.Countries != 152 || coalition.Organizations != 15 {
		t.Errorf("the roster has %+v (%v), want 152 countries and 15 organizations", coalition, err)
	}
	for _, account := range demo.Accounts {
		m, err := db.MemberByEmail(ctx, account.Email)
		if err != nil {
			t.Errorf("%s: %v", account.Email, err)
			continue
		}
		phc, err := db.Password(ctx, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		if ok, _, err := secret.VerifyPassword(ctx, phc, demo.Password); err != nil || !ok {
			t.Errorf("%s does not sign in with the demonstration's password (%v)", account.Email, err)
		}
	}
	public, err := db.Practices(ctx, portal.Viewer{}, postgres.PracticeFilter{Page: portal.Page{Limit: 100}})
	if err != nil || len(public) == 0 {
		t.Errorf("a visitor finds %d practices (%v)", len(public), err)
	}
	for _, p := range public {
		if p.Handling != portal.Clear || p.Status != portal.Published {
			t.Errorf("a visitor sees %q, which is %s and %s", p.Title, p.Handling, p.Status)
		}
	}
	testLagging(t, db)
	testKept(t, db)
	testReports(t, db)
	testFiles(t, db)
	moderator, err := db.MemberByEmail(ctx, "moderator@demo.example")
	if err != nil {
		t.Fatal(err)
	}
	viewer, err := db.Viewer(ctx, moderator.ID)
	if err != nil || len(viewer.Moderates) != 3 {
		t.Fatalf("the moderator moderates %v (%v), want three workspaces", viewer.Moderates, err)
	}
	if queue, err := db.Queue(ctx, viewer, 0, portal.Page{Limit: 100}); err != nil || len(queue) < 5 {
		t.Errorf("the moderator's queue has %d cases (%v)", len(queue), err)
	}
}

// testLagging looks for a translation whose original has moved on, and for none that lags without
// that: a translation says the same as its original when it is made.
func testLagging(t *testing.T, db *postgres.DB) {
	t.Helper()
	ctx := context.Background()
	all, err := db.PracticesAfter(ctx, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	lagging := map[string][]string{}
	for _, p := range all {
		if p.TranslationOf == 0 {
			continue
		}
		stale, err := db.StaleParts(ctx, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(stale) > 0 {
			lagging[p.ExternalKey] = stale
		}
	}
	parts := []string{"barriers", "sustainability"}
	want := map[string][]string{"is-prevention-model.es": parts, "is-prevention-model.ar": parts}
	if !reflect.DeepEqual(lagging, want) {
		t.Errorf("translations lag in %v, want %v", lagging, want)
	}
}

// testKept looks for one of each thing that a part of the portal is about, and that each rating is among
// those that were made.
func testKept(t *testing.T, db *postgres.DB) {
	t.Helper()
	for what, statement := range map[string]string{
		"rating without its judgement": `select count(*) + 1 from practices p where evidence_rating <> '' and translation_of is null and not exists (
		    select from evidence_ratings r where r.practice_id = p.id and r.rating = p.evidence_rating and r.basis = p.evidence_basis)`,
		"reading list":      `select count(distinct collection_id) from collection_items`,
		"registry's rating": `select count(*) from registry_ratings`,
		"confirmed report":  `select count(*) from adoptions where confirmed_at is not null`,
		"co-author":         `select count(*) from practices where cardinality(coauthors) > 0`,
		"overdue practice":  `select count(*) from practices where status = 'published' and review_due_at < now()`,
		"saved reply":       `select count(*) from saved_replies`,
	} {
		var n int
		if err := db.Raw().QueryRow(statement).Scan(&n); err != nil || n != 1 {
			t.Errorf("%s: %d (%v), want 1", what, n, err)
		}
	}
}

// testReports looks for reports that say where, on which level and when it was tried, and for one that waits
// to be decided over.
func testReports(t *testing.T, db *postgres.DB) {
	t.Helper()
	for column, least := range map[string]int{"organization <> ''": 100, "level <> ''": 100, "month is not null": 60, "took <> ''": 150, "links <> '{}'": 15,
		"id in (select adoption_id from cases where closed_at is null)": 1} {
		var n int
		if err := db.Raw().QueryRow(`select count(*) from adoptions where ` + column).Scan(&n); err != nil || n < least {
			t.Errorf("%d reports have %s (%v), want %d at least", n, column, err, least)
		}
	}
}

// testFiles has the demonstration put its files where they belong, and the program read them.
func testFiles(t *testing.T, db *postgres.DB) {
	t.Helper()
	ctx := context.Background()
	store, err := blob.At(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	svc := attachment.New(db, store, slog.New(slog.DiscardHandler))
	if err := demo.Attach(ctx, db, svc, sql.Files); err != nil {
		t.Fatal(err)
	}
	for what, statement := range map[string]string{
		"practices with a file":      `select count(distinct practice_id) >= 6 from attachments where adoption_id is null`,
		"reports with evidence":      `select count(distinct adoption_id) >= 3 from attachments`,
		"types of files":             `select count(distinct media_type) >= 4 from attachments`,
		"small files":                `select max(size) < 20000 from attachments`,
		"files of whoever wrote":     `select bool_and(f.uploaded_by = coalesce(d.member_id, p.author_id)) from attachments f join practices p on p.id = f.practice_id left join adoptions d on d.id = f.adoption_id`,
		"audit rows of files, a row": `select (select count(*) from audit where action = 'attachment.add') >= count(*) from attachments where adoption_id is null`,
	} {
		var holds bool
		if err := db.Raw().QueryRow(statement).Scan(&holds); err != nil || !holds {
			t.Errorf("%s: not so (%v)", what, err)
		}
	}
	go svc.ReadTexts(t.Context())
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		var waiting, unread int
		err := db.Raw().QueryRow(`select count(*) filter (where text_state = 'waiting'), count(*) filter (where text_state <> 'read' and media_type <> 'image/png') from attachments`).Scan(&waiting, &unread)
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			if unread > 0 {
				t.Errorf("the text of %d files cannot be read", unread)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d files wait to be read", waiting)
		}
	}
}
