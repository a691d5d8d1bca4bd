package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// A digest waits for its hour, tells of all that was not read since, once, in the member's language and its
// direction; what is for others' eyes or above green it does not tell.
func TestADigestComesAtItsHour(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	m.sql(`update members set locale = 'ar', time_zone = 'Asia/Bangkok' where id = $1`, m.ids[watcher])
	bangkok, err := time.LoadLocation("Asia/Bangkok")
	if err != nil {
		t.Fatal(err)
	}
	hour := (time.Now().In(bangkok).Hour() + 3) % 24
	m.wants(watcher, portal.MailSettings{Mode: portal.MailDaily, Hour: hour, Weekday: 1})
	first := m.thread.ID
	m.reply(writer, 0)
	m.openThread()
	m.sql(`update threads set handling = 'amber', title = 'Not to be said' where id = $1`, m.thread.ID)
	m.reply(writer, 0)
	m.reply(writer, 0)
	m.work()
	m.node().Work(ctx)
	if early := m.post.all(); len(early) != 0 {
		t.Fatalf("%d mails come before their hour", len(early))
	}
	var due time.Time
	if err := m.db.Raw().QueryRowContext(ctx, `select due_at from mail_due where member_id = $1`, m.ids[watcher]).Scan(&due); err != nil || due.In(bangkok).Hour() != hour || time.Until(due) > 4*time.Hour {
		t.Errorf("the digest is due at %s (%v)", due.In(bangkok), err)
	}
	m.sql(`update threads set handling = 'green' where id = $1`, first)
	got := m.send()
	if len(got) != 1 {
		t.Fatalf("%d mails, %s", len(got), m.outcomes())
	}
	raw := strings.ReplaceAll(got[0].raw, "=\r\n", "")
	for _, want := range []string{`dir=3D"rtl"`, "Content-Language: ar", "Who hands out naloxone?", "/unsubscribe/"} {
		if !strings.Contains(raw, want) {
			t.Errorf("the digest lacks %q: %s", want, raw)
		}
	}
	if strings.Contains(raw, "Not to be said") {
		t.Errorf("the digest says what is amber: %s", raw)
	}
	if again := m.send(); len(again) != 0 {
		t.Errorf("%d more", len(again))
	}
}

// In quiet hours nothing goes at once; it waits for their end.
func TestQuietHoursAreQuiet(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	hour := time.Now().UTC().Hour()
	m.reply(writer, 0)
	m.work()
	m.wants(watcher, portal.MailSettings{Mode: portal.MailAtOnce, Weekday: 1, QuietFrom: hour, QuietTo: (hour + 2) % 24})
	if got := m.send(); len(got) != 0 {
		t.Fatalf("%d mails in quiet hours", len(got))
	}
	var wait bool
	if err := m.db.Raw().QueryRowContext(ctx, `select due_at > now() and due_at <= now() + interval '2 hours' from mail_due where member_id = $1`, m.ids[watcher]).Scan(&wait); err != nil || !wait {
		t.Errorf("the mail waits for the end of the quiet hours: %v (%v)", wait, err)
	}
	m.wants(watcher, portal.MailSettings{Mode: portal.MailAtOnce, Weekday: 1})
	if got := m.send(); len(got) != 1 {
		t.Errorf("%d mails afterwards", len(got))
	}
}

// onePost finds each new post for the named member's saved search.
type onePost struct{ member int64 }

func (o onePost) Found(_ context.Context, _ *postgres.Tx, events []portal.Event, _ int) (hits []postgres.SearchHit, err error) {
	for _, e := range events {
		if e.Type == portal.PostCreated {
			h := postgres.SearchHit{Thing: e.Entity}
			h.Search.Member, h.Search.Name = o.member, "My secret interest"
			hits = append(hits, h)
		}
	}
	return hits, nil
}

// What a saved search finds comes by mail, too; what the search is called stays in the portal.
func TestSavedSearchesAlertByMail(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	m.service.WithSearches(onePost{m.ids[named]})
	m.wants(named, portal.MailSettings{Mode: portal.MailAtOnce, Weekday: 1})
	m.wants(watcher, portal.MailSettings{Mode: portal.MailOff, Weekday: 1})
	m.reply(writer, 0)
	got := m.send()
	if len(got) != 1 || got[0].to != "m4@example.org" || !strings.Contains(got[0].raw, "search that you saved") || strings.Contains(got[0].raw, "secret interest") {
		t.Errorf("%d mails: %+v", len(got), got)
	}
}
