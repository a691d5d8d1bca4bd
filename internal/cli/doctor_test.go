package cli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/demo"
	"praxis/internal/index"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
	"praxis/sql"
)

// lived gives a database in which something has happened: a member, and rows in audit and log.
func lived(t *testing.T) string {
	t.Helper()
	return pgtest.URL(t, func(url string) error {
		db, err := postgres.Open(url, postgres.Options{Owner: true, PoolSize: 2})
		if err != nil {
			return err
		}
		defer db.Close()
		ctx := context.Background()
		if _, err := db.Migrate(ctx, sql.Files); err != nil {
			return err
		}
		if _, err := db.NoticeRestore(ctx); err != nil {
			return err
		}
		if _, err := db.Raw().Exec(`insert into countries (code, region, subregion, names, member, membership, source)
			values ('AT', 'Europe', 'Western Europe', '{"en": "Austria"}', true, 'yes', 'a test')`); err != nil {
			return err
		}
		for _, email := range []string{"ada@example.org", "eva@example.org", "ida@example.org"} {
			err := db.InTx(ctx, func(tx *postgres.Tx) error {
				id, err := tx.InsertMember(ctx, portal.Member{Email: email, Name: "Ada", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
				if err != nil {
					return err
				}
				return tx.Record(ctx, postgres.Change{Actor: id, Action: "member.join", Target: portal.Ref{Kind: portal.KindMember, ID: id}})
			})
			if err != nil {
				return err
			}
		}
		_, err = db.Sequence(ctx)
		return err
	}, "lived")
}

// What the doctor finds ill ends with 1 and is named, what is well with 0; it does not stop at the first.
func TestDoctorsFindings(t *testing.T) {
	const untie = `alter table audit disable trigger all; alter table audit_chain disable trigger all; `
	for name, c := range map[string]struct {
		does  string // to the database
		args  []string
		code  int
		words []string
	}{
		"well":                  {"", nil, 0, []string{"ok    audit", "chain of 3 rows is whole", "ok    files", "ok    log", "ok    index"}},
		"an altered row":        {untie + `update audit set actor = 999 where id = 2`, nil, 1, []string{"FAIL  audit", "chain is broken at row 2", "1 finding", "ok    files"}},
		"a row taken out":       {untie + `delete from audit_chain where audit_id = 2; delete from audit where id = 2`, nil, 1, []string{"FAIL  audit", "chain is broken at row 3"}},
		"the end cut off":       {untie + `delete from audit_chain where audit_id = 3`, nil, 1, []string{"FAIL  audit", "row 3 is outside the chain"}},
		"a row added behind":    {`insert into audit (action, target_kind, target_id) values ('member.join', 'member', 1)`, nil, 1, []string{"FAIL  audit", "outside the chain"}},
		"bytes that are lost":   {lostFile, nil, 1, []string{"FAIL  files", "the bytes of 1 attachment are missing", "ok    index"}},
		"a setting":             {"", []string{"--base-url", "nonsense"}, 1, []string{"FAIL  settings", "PRAXIS_BASE_URL"}},
		"mail":                  {"", []string{"--smtp-url", "smtp://127.0.0.1:1"}, 1, []string{"FAIL  mail", "ok    audit"}},
		"the scanner":           {"", []string{"--clamd-addr", "127.0.0.1:1"}, 1, []string{"FAIL  scanner", "ok    audit"}},
		"a bucket":              {"", []string{"--s3-url", "s3://key:secret@127.0.0.1:1/praxis?insecure=1"}, 1, []string{"FAIL  files", "ok    index"}},
		"mail and a broken row": {untie + `update audit set actor = 999 where id = 1`, []string{"--smtp-url", "smtp://127.0.0.1:1"}, 1, []string{"FAIL  mail", "FAIL  audit", "2 findings"}},
	} {
		t.Run(name, func(t *testing.T) {
			url := lived(t)
			if c.does != "" {
				execute(t, url, c.does)
			}
			says(t, c.code, append(on(t, url, "doctor"), c.args...), c.words...)
		})
	}
}

// lostFile has a practice with an attachment whose bytes are nowhere.
const lostFile = `insert into workspaces (key, kind, name, access) values ('one', 'theme', 'One', 'open');
	insert into practices (workspace_id, author_id, title, language, country, handling) select w.id, m.id, 'One', 'en', 'AT', 'amber' from workspaces w, members m limit 1;
	insert into attachments (practice_id, uploaded_by, name, media_type, size, sha256)
	    select p.id, p.author_id, 'a.pdf', 'application/pdf', 9, decode(repeat('ab', 32), 'hex') from practices p`

// An index that is not this database's is found, wherever it stands.
func TestDoctorKnowsAForeignIndex(t *testing.T) {
	url := lived(t)
	state, err := owner(t, url).LogState(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ours := index.State{Position: state.Head, System: state.SystemIdentifier, Timeline: state.Timeline, Complete: true}
	ahead, foreign, older := ours, ours, ours
	ahead.Position++
	foreign.System = "7300000000000000001"
	older.Timeline++
	for name, c := range map[string]struct {
		state index.State
		code  int
		words string
	}{
		"ours": {ours, 0, "0 behind the log"}, "ahead": {ahead, 1, "ahead of the database"},
		"of another database": {foreign, 1, "another database"}, "of before a restore": {older, 1, "another database"},
	} {
		args := on(t, url, "doctor")
		dir := filepath.Join(args[4], "index")
		f, err := index.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Apply(index.Batch{State: &c.state}); err != nil {
			t.Fatal(err)
		}
		if err := f.Publish(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		mark := map[int]string{0: "ok    index", 1: "FAIL  index"}[c.code]
		if out, code := command(t, args...); code != c.code || !strings.Contains(out, mark) || !strings.Contains(out, c.words) {
			t.Errorf("%s: the doctor ends with %d: %s", name, code, out)
		}
	}
}

// The demonstration's accounts open to everybody: on a portal that is not meant to be it, the doctor
// says so for as long as one of them does.
func TestDoctorKnowsTheDemonstration(t *testing.T) {
	url := lived(t)
	ctx := context.Background()
	phc, err := secret.HashPassword(ctx, demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	join(t, url, demo.Accounts[1].Email)
	set := func(phc string) {
		t.Helper()
		db := owner(t, url)
		m, err := db.MemberByEmail(ctx, demo.Accounts[1].Email)
		if err == nil {
			err = db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SetPassword(ctx, m.ID, phc) })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set(phc)
	says(t, 0, on(t, url, "doctor"), "note  accounts", demo.Accounts[1].Email, "a password that everybody knows")
	if phc, err = secret.HashPassword(ctx, "another one altogether"); err != nil {
		t.Fatal(err)
	}
	set(phc)
	if out := says(t, 0, on(t, url, "doctor")); strings.Contains(out, "everybody knows") {
		t.Errorf("with another password the doctor says %s", out)
	}
}
