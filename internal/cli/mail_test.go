package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/mail"
)

// A mail server's report is counted for the member whose mail came back, once; what is no such report, or is about
// no mail of the portal's, is said to be that.
func TestReportsOfMailServersAreCounted(t *testing.T) {
	url := migrated(t, newest(t))
	join(t, url, "ada@example.org")
	execute(t, url, `insert into mails (recipient, locale, template, data, member_id, due_at, done_at, outcome)
		select email, 'en', 'digest', '{}', id, 'infinity', now(), 'sent' from members`)
	key, err := owner(t, url).Key(t.Context(), "mail")
	if err != nil {
		t.Fatal(err)
	}
	path := mail.ReturnPath("bounces@example.org", int64(ask(t, url, `select id from mails`)), key)
	said := func(name, to, status string, code int, words string, more ...string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "report")
		text := fmt.Sprintf("To: %s\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: %s\n\n--b--\n", to, status)
		if name == "a letter" {
			text = "To: x@example.org\n\nHello"
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		says(t, code, on(t, url, append([]string{"mail", "bounce", file}, more...)...), words)
	}
	said("a letter", "", "", 1, "no report of a mail")
	said("a forged one", "bounces+1.aaaaaaaaaaaa@example.org", "5.1.1", 1, "no mail that this portal has sent")
	said("a delay", path, "4.4.7", 0, "nothing is counted")
	said("a hard one", path, "5.1.1", 0, "Counted")
	said("the same", "postmaster@example.org", "5.1.1", 0, "Counted", "--to", path)
	if n := ask(t, url, `select bounces from mail_settings`); n != 1 {
		t.Errorf("counted are %d", n)
	}
}
