package cli

import (
	"bytes"
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// patience is more than a command takes that does not serve.
const patience = 30 * time.Second

// output is written by a command and read by the test that waits for it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// command runs a command to its end, as the program does.
func command(t *testing.T, args ...string) (said string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var out output
	code = run(ctx, args, app.Files{Assets: assets.Files, SQL: sql.Files}, &out, &out)
	if ctx.Err() != nil {
		t.Errorf("praxis %v does not end by itself", args)
	}
	return out.String(), code
}

// on gives a command's arguments to work on a database.
func on(t *testing.T, database string, args ...string) []string {
	t.Helper()
	return append(args, "--database-url", database, "--data-dir", filepath.Join(t.TempDir(), "data"), "--addr", "127.0.0.1:0", "--log", "error")
}

// emptyDatabase gives a database that nobody has touched.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	return pgtest.URL(t, nil, "empty")
}

// migrated gives a database with the schema of an earlier Praxis, or of this one.
func migrated(t *testing.T, upTo int) string {
	t.Helper()
	url := emptyDatabase(t)
	names, err := fs.Glob(sql.Files, "migrations/*.sql")
	if err != nil || len(names) < upTo {
		t.Fatalf("%d migrations (%v)", len(names), err)
	}
	some := fstest.MapFS{}
	for _, name := range names[:upTo] {
		raw, err := sql.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		some[name] = &fstest.MapFile{Data: raw}
	}
	if _, err := owner(t, url).Migrate(context.Background(), some); err != nil {
		t.Fatal(err)
	}
	return url
}

// newest is how many migrations this program knows.
func newest(t *testing.T) int {
	t.Helper()
	names, err := fs.Glob(sql.Files, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

func owner(t *testing.T, url string) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(url, postgres.Options{Owner: true, PoolSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	if _, err := owner(t, url).Raw().Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// ask reads one number of a database.
func ask(t *testing.T, url, query string) (n int) {
	t.Helper()
	if err := owner(t, url).Raw().QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// join adds a member as a portal of this version does.
func join(t *testing.T, url, email string) {
	t.Helper()
	execute(t, url, `insert into countries (code, region, subregion, names, member, membership, source)
		values ('AT', 'Europe', 'Western Europe', '{"en": "Austria"}', true, 'yes', 'a test') on conflict do nothing`)
	err := owner(t, url).InTx(context.Background(), func(tx *postgres.Tx) error {
		_, err := tx.InsertMember(context.Background(), portal.Member{Email: email, Name: "Ada", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// says fails the test unless the command ends as wanted and says all of the words.
func says(t *testing.T, wantCode int, args []string, words ...string) string {
	t.Helper()
	out, code := command(t, args...)
	if code != wantCode {
		t.Errorf("praxis %s ends with %d, want %d: %s", args[0], code, wantCode, out)
	}
	for _, word := range words {
		if !strings.Contains(out, word) {
			t.Errorf("praxis %s does not say %q: %s", args[0], word, out)
		}
	}
	return out
}
