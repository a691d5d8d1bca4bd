package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

const versions = `select count(*) from goose_db_version where version_id > 0`

// The demonstration has an officer whose password everybody knows.
func TestDemoRefusesARealPortal(t *testing.T) {
	url := migrated(t, newest(t))
	join(t, url, "ada@example.org")
	execute(t, url, `delete from goose_db_version where version_id = (select max(version_id) from goose_db_version)`)
	before := ask(t, url, versions)
	says(t, 1, on(t, url, "demo"), "a portal that is not the demonstration", "PRAXIS_DATABASE_URL")
	if n := ask(t, url, `select count(*) from members`); n != 1 {
		t.Errorf("%d members after a refused demonstration", n)
	}
	if after := ask(t, url, versions); after != before {
		t.Errorf("the refused demonstration has migrated the schema from %d to %d", before, after)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	url := migrated(t, newest(t))
	archive := filepath.Join(t.TempDir(), "praxis.tar.zst")
	says(t, 0, on(t, url, "backup", archive))
	execute(t, url, `insert into goose_db_version (version_id, is_applied) values (90000, true)`)
	for _, args := range [][]string{{"serve"}, {"serve", "--no-migrate"}, {"migrate"}, {"reindex"}} {
		says(t, 1, on(t, url, args...), "at version 90000", "of a newer Praxis", "start the newer program", "praxis restore")
	}
	out := says(t, 1, on(t, url, "doctor"), "FAIL  schema", "of a newer Praxis", "start the newer program")
	if strings.Contains(out, "no-migrate") {
		t.Errorf("the doctor names a flag that it has not: %s", out)
	}
	says(t, 0, on(t, url, "backup", filepath.Join(t.TempDir(), "newer.tar.zst")))
	says(t, 0, on(t, url, "restore", archive), "Restored")
	if n := ask(t, url, `select count(*) from goose_db_version where version_id = 90000`); n != 0 {
		t.Error("a restore does not bring the older schema back")
	}
}

func TestOlderSchemaIsBackedUpAndExamined(t *testing.T) {
	old := newest(t) - 2
	url := migrated(t, old)
	out := says(t, 1, on(t, url, "doctor"), "FAIL  schema", "lacks 2 migrations: run praxis migrate", "ok    audit", "ok    log")
	out += says(t, 0, on(t, url, "backup", filepath.Join(t.TempDir(), "older.tar.zst")))
	if strings.Contains(out, "no-migrate") {
		t.Errorf("a command names a flag that it has not: %s", out)
	}
	if n := ask(t, url, versions); n != old {
		t.Errorf("doctor and backup have migrated the schema from %d to %d", old, n)
	}
	says(t, 1, on(t, url, "serve", "--no-migrate"), "lacks 2 migrations: run praxis migrate, or leave out --no-migrate")
	t.Setenv("PRAXIS_NO_MIGRATE", "true")
	says(t, 1, on(t, url, "serve"), "lacks 2 migrations")
	says(t, 1, on(t, url, "demo"), "lacks 2 migrations")
	says(t, 0, on(t, url, "migrate"), "up to date")
	if n := ask(t, url, versions); n != newest(t) {
		t.Errorf("after praxis migrate the schema is at %d", n)
	}
	says(t, 0, on(t, url, "migrate"), "up to date")
	says(t, 0, on(t, url, "doctor"), "ok    schema")
}

func TestDemoHasTheFlagsOfServe(t *testing.T) {
	flags := func(name string) (list []string) {
		out, code := command(t, name, "--help")
		if code != 0 {
			t.Fatalf("%s --help ends with %d", name, code)
		}
		for _, word := range strings.Fields(out) {
			if strings.HasPrefix(word, "--") {
				list = append(list, word)
			}
		}
		return list
	}
	if serve, demo := flags("serve"), flags("demo"); strings.Join(serve, " ") != strings.Join(demo, " ") {
		t.Errorf("serve has %v, demo %v", serve, demo)
	}
}
