package cli

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// A restore drops the schema public: what others keep there goes only by force, and is named.
func TestRestoreRefusesWhatIsNotOurs(t *testing.T) {
	source := migrated(t, newest(t))
	join(t, source, "ada@example.org")
	archive := filepath.Join(t.TempDir(), "praxis.tar.zst")
	says(t, 0, on(t, source, "backup", archive))

	url := emptyDatabase(t)
	execute(t, url, `create table guests (name text); create view invited as select * from guests`)
	says(t, 1, on(t, url, "restore", archive), "guests, invited", "--force")
	if n := ask(t, url, `select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`); n != 2 {
		t.Errorf("the refused restore leaves %d tables and views, want the two that were there", n)
	}
	out := says(t, 0, on(t, url, "restore", archive, "--force"), "guests, invited", "Restored")
	if strings.Contains(out, "member") {
		t.Errorf("the restore drops members where there were none: %s", out)
	}
	says(t, 1, on(t, url, "restore", archive), "1 member", "--force")
	says(t, 0, on(t, url, "restore", archive, "--force"), "1 member", "Restored")
	if n := ask(t, url, `select count(*) from members`); n != 1 {
		t.Errorf("%d members are restored", n)
	}
}

// A portal that was started once and never used may be filled.
func TestRestoreFillsAFreshPortal(t *testing.T) {
	source := migrated(t, newest(t))
	archive := filepath.Join(t.TempDir(), "praxis.tar.zst")
	says(t, 0, on(t, source, "backup", archive))
	url := emptyDatabase(t)
	at, stop := served(t, url)
	answers(t, at, "/readyz", http.StatusOK)
	stop()
	says(t, 0, on(t, url, "restore", archive), "Restored")

	says(t, 0, on(t, url, "admin", "create", "--email", "head@example.org", "--name", "Head", "--country", "AT", "--base-url", "https://praxis.example.org"))
	says(t, 1, on(t, url, "restore", archive), "of audit", "--force")
	says(t, 1, on(t, url, "demo"), "a portal that is not the demonstration")
}
