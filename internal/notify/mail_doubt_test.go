package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// An invitation in doubt is sent again under the same Message-ID, and the links of both mails work.
func TestAnInvitationInDoubtIsSentAgain(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	_, hash := secret.NewToken()
	m.tx(func(tx *postgres.Tx) error {
		id, err := tx.InsertInvitation(ctx, postgres.Invitation{Email: "new@example.org", Name: "New", Country: "EC", Locale: "en", ExpiresAt: time.Now().Add(time.Hour)}, hash)
		if err != nil {
			return err
		}
		return tx.QueueMail(ctx, postgres.Mail{Recipient: "new@example.org", Locale: "en", Template: "invitation", Data: fmt.Sprintf(`{"invitation":%d}`, id)})
	})
	m.post.does(drop("taken"))
	got := m.send()
	m.post.does(nil)
	got = append(got, m.send()...)
	if len(got) != 2 || got[0].mail.Header.Get("Message-ID") != got[1].mail.Header.Get("Message-ID") {
		t.Fatalf("%d mails were sent, %s", len(got), m.outcomes())
	}
	for i, mail := range got {
		_, rest, _ := strings.Cut(strings.ReplaceAll(mail.raw, "=\r\n", ""), "/invitation/")
		if _, err := m.db.InvitationByHash(ctx, secret.HashToken(rest[:43])); err != nil {
			t.Errorf("the link of mail %d does not work: %v", i+1, err)
		}
	}
	if again := m.send(); len(again) != 0 || m.outcomes() != "sent" {
		t.Errorf("%d more, %s", len(again), m.outcomes())
	}
}

// A mail that a program of before levels has queued is sent, and no such program sends what this one has queued.
func TestMailsOfBothProgramsAreSentOnce(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	m.sql(`insert into mails (recipient, locale, template, data) values ('old@example.org', 'en', 'reset', '{"invitation": 0}')`)
	m.reply(writer, 0)
	m.ripen()
	var theirs int
	m.post.does(refuse("rcpt", 451))
	m.node().Work(ctx)
	if err := m.db.Raw().QueryRowContext(ctx, `select count(*) from mails where due_at <= now() + interval '1 year'`).Scan(&theirs); err != nil || theirs != 0 {
		t.Errorf("%d mails are another program's to send, too (%v)", theirs, err)
	}
	m.post.does(nil)
	if got := m.send(); len(got) != 1 || m.outcomes() != "dropped sent" { // the old one's link is gone
		t.Errorf("%d mails, %s", len(got), m.outcomes())
	}
}

// Of a decision over what is red a mail says only that there is something new.
func TestADecisionOverWhatIsRedIsNotSaid(t *testing.T) {
	t.Parallel()
	for label, says := range map[string]bool{"green": true, "red": false} {
		m := newMailed(t)
		m.sql(`with p as (insert into practices (title, language, workspace_id, author_id, author_country, handling, named, status, published_at)
		    values ('Naloxone at night', 'en', $1, $2, 'EC', $3, case when $3 = 'red' then array[$2::bigint] else '{}' end, 'published', now()) returning id),
		    n as (insert into notifications (member_id, kind, practice_id, workspace_id, note, event) select $2, 'published', id, $1, 'Well written', 7000 from p returning id, member_id)
		    insert into mails (recipient, locale, template, data, member_id, due_at, next_at) select 'm2@example.org', 'en', 'decision', jsonb_build_object('notification', id), member_id, 'infinity', now() from n`,
			m.id, m.ids[watcher], label)
		m.node().Work(ctx)
		got := m.post.all()
		if len(got) != 1 {
			t.Fatalf("%s: %d mails, %s", label, len(got), m.outcomes())
		}
		for _, word := range []string{"published", "Naloxone", "Well written"} {
			if strings.Contains(got[0].raw, word) != says {
				t.Errorf("%s: that it says %q is %v: %s", label, word, !says, got[0].raw)
			}
		}
	}
}
