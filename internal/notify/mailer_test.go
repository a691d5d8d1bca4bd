package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"praxis/internal/i18n"
	"praxis/internal/mail"
	"praxis/internal/notify"
	"praxis/internal/portal"
)

func catalogues(t testing.TB) *i18n.Catalogues {
	t.Helper()
	c, err := i18n.Load(os.DirFS("../../assets/locales"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mailed is a room whose members are sent mail through a server of its own.
type mailed struct {
	*room
	post *postOffice
}

func newMailed(t *testing.T) *mailed {
	t.Helper()
	m := &mailed{room: newRoom(t), post: newPostOffice(t)}
	m.service.WithMail()
	for i := range m.ids {
		m.wants(i, portal.MailSettings{Mode: portal.MailAtOnce, Weekday: 1})
	}
	return m
}

func (m *mailed) identity(who int) portal.Identity { return portal.Identity{Viewer: m.viewer(who)} }

func (m *mailed) wants(who int, s portal.MailSettings) {
	m.t.Helper()
	if err := m.service.SetMailSettings(ctx, m.identity(who), s); err != nil {
		m.t.Fatal(err)
	}
}

// lease is how long a node has for a sending here.
const lease = 400 * time.Millisecond

// node is a mailer on the room's database, as any node of the portal has one.
func (m *mailed) node() *notify.Mailer {
	m.t.Helper()
	sender, err := mail.New(m.post.address, "praxis@praxis.example.org")
	if err != nil {
		m.t.Fatal(err)
	}
	return notify.NewMailer(m.db, sender, catalogues(m.t), notify.MailOptions{BaseURL: "https://praxis.example.org", Bounces: "bounces@praxis.example.org",
		Lease: lease, Grace: time.Millisecond, Log: slog.New(slog.DiscardHandler)})
}

func (m *mailed) sql(statement string, args ...any) {
	m.t.Helper()
	if _, err := m.db.Raw().ExecContext(ctx, statement, args...); err != nil {
		m.t.Fatal(err)
	}
}

// ripen has all mail that waits for its time be due.
func (m *mailed) ripen() {
	m.t.Helper()
	m.work()
	m.sql(`update mail_due set due_at = now()`)
	m.sql(`update mails set next_at = now() where done_at is null`)
}

// send has one node do all that there is to do, and gives what the server took.
func (m *mailed) send() []taken {
	m.t.Helper()
	m.ripen()
	m.node().Work(ctx)
	return m.post.all()
}

func (m *mailed) outcomes() string {
	m.t.Helper()
	var said string
	if err := m.db.Raw().QueryRowContext(ctx, `select coalesce(string_agg(case when outcome = '' then 'waits' else outcome end, ' ' order by id), '') from mails`).Scan(&said); err != nil {
		m.t.Fatal(err)
	}
	return said
}

// only leaves a room where nobody but the watcher is sent mail, of a green thread.
func (m *mailed) only() {
	m.t.Helper()
	for i := range m.ids {
		if i != watcher {
			m.wants(i, portal.MailSettings{Mode: portal.MailOff, Weekday: 1})
		}
	}
	m.sql(`update threads set handling = 'green'`)
}

func TestFiveRepliesMakeOneMail(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	for range 5 {
		m.reply(writer, 0)
	}
	m.work()
	m.node().Work(ctx)
	if got := m.post.all(); len(got) != 0 {
		t.Errorf("%d mails went out before their time", len(got))
	}
	got := m.send()
	if len(got) != 1 {
		t.Fatalf("%d mails went out, want one", len(got))
	}
	h := got[0].mail.Header
	for name, want := range map[string]string{
		"Subject": "Who hands out naloxone?", "In-Reply-To": fmt.Sprintf("<thread.%d@praxis.example.org>", m.thread.ID), "References": fmt.Sprintf("<thread.%d@praxis.example.org>", m.thread.ID),
		"List-Id": fmt.Sprintf("<workspace-%d.praxis.example.org>", m.id), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Auto-Submitted": "auto-generated", "Content-Language": "en"} {
		if h.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, h.Get(name), want)
		}
	}
	if !strings.HasPrefix(got[0].from, "bounces+") || got[0].to != "m2@example.org" || !strings.Contains(h.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("it is from %s to %s and %s", got[0].from, got[0].to, h.Get("Content-Type"))
	}
	if n := strings.Count(strings.ReplaceAll(got[0].raw, "=\r\n", ""), "We do."); n != 10 { // in both forms
		t.Errorf("the posts' text stands there %d times", n)
	}
	if again := m.send(); len(again) != 0 {
		t.Errorf("%d more mails went out: nothing is told twice", len(again))
	}
	// What came by mail at once is in no digest.
	m.wants(watcher, portal.MailSettings{Mode: portal.MailDaily, Weekday: 1})
	if again := m.send(); len(again) != 0 {
		t.Errorf("the digest tells again: %s", again[0].raw)
	}
}

func TestWhatWasReadIsNotMailed(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(m *mailed, p portal.Post){
		"she read the notification": func(m *mailed, _ portal.Post) {
			if err := m.service.MarkRead(ctx, m.identity(watcher), nil, 0); err != nil {
				m.t.Fatal(err)
			}
		},
		"she read the thread": func(m *mailed, p portal.Post) {
			if err := m.db.SetRead(ctx, m.ids[watcher], m.thread.ID, p.ID); err != nil {
				m.t.Fatal(err)
			}
		},
		"she left the room": func(m *mailed, _ portal.Post) {
			m.sql(`update threads set handling = 'amber'`)
			m.sql(`delete from workspace_members where member_id = $1`, m.ids[watcher])
		},
		"she is suspended": func(m *mailed, _ portal.Post) {
			m.sql(`update members set suspended = true where id = $1`, m.ids[watcher])
		},
		"the post was hidden":  func(m *mailed, _ portal.Post) { m.sql(`update posts set hidden_at = now()`) },
		"the post was deleted": func(m *mailed, _ portal.Post) { m.sql(`update posts set deleted_at = now(), body = ''`) },
		"she wants no more":    func(m *mailed, _ portal.Post) { m.sql(`update mail_settings set mode = 'off'`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMailed(t)
			m.only()
			p := m.reply(writer, 0)
			m.ripen()
			broken := fmt.Errorf("later")
			m.post.does(func(string, *smtp.Conn) error { return broken })
			m.node().Work(ctx) // the mail is made, and not taken
			m.post.does(nil)
			meanwhile(m, p)
			if got := m.send(); len(got) != 0 || m.outcomes() != "dropped" {
				t.Errorf("%d mails went out, and they are %s", len(got), m.outcomes())
			}
		})
	}
}

// A server says no at each step. That it might say yes later has the mail sent later, once; that it would not
// has it given up, and both stand on the member's and the officers' pages.
func TestRefusalsAreRetriedAndSaid(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	officer := m.identity(asker)
	officer.Officer = true
	for _, step := range []string{"connect", "mail", "rcpt", "data", "dot"} {
		for _, code := range []int{451, 550} {
			m.sql(`delete from mails`)
			m.reply(writer, 0)
			m.post.does(refuse(step, code))
			if got := m.send(); len(got) != 0 {
				t.Errorf("%d at %s: taken", code, step)
			}
			troubles, err := m.service.Troubles(ctx, m.identity(watcher))
			state, all, failed := m.service.MailState(ctx, officer)
			if err != nil || failed != nil || len(troubles) != 1 || len(all) != 1 || troubles[0].Why == "" {
				t.Fatalf("%d at %s: told are %v, %v (%v, %v)", code, step, troubles, all, err, failed)
			}
			m.post.does(nil)
			lasting := code == 550 && step != "connect" // there it says nothing of the mail
			got := m.send()
			if lasting && (len(got) != 0 || state.Failed != 1 || m.outcomes() != "failed") {
				t.Errorf("%d at %s: %d mails, %+v, %s", code, step, len(got), state, m.outcomes())
			}
			if !lasting && (len(got) != 1 || state.Tried != 1 || m.outcomes() != "sent") {
				t.Errorf("%d at %s: %d mails, %+v, %s", code, step, len(got), state, m.outcomes())
			}
		}
	}
	m.reply(writer, 0)
	m.ripen()
	m.post.does(refuse("rcpt", 451))
	m.node().Work(ctx)
	m.sql(`update mails set created_at = now() - interval '49 hours', next_at = now() where done_at is null`)
	m.node().Work(ctx)
	if said := m.outcomes(); !strings.HasSuffix(said, "failed") {
		t.Errorf("after two days of refusals it %s", said)
	}
}

// The connection ends, or the node is killed, at each step; another node goes on. Each mail is taken once: one
// that might have been taken is not sent again.
func TestAMailIsTakenOnceHoweverANodeDies(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"the connection ends", "the node is killed", "the node sleeps and wakes"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			m := newMailed(t)
			m.only()
			for _, step := range []string{"connect", "mail", "rcpt", "data", "dot", "taken"} {
				m.sql(`delete from mails`)
				m.reply(writer, 0)
				m.ripen()
				switch fault {
				case "the connection ends":
					m.post.does(drop(step))
					m.node().Work(ctx)
				case "the node is killed":
					m.kill(m.node(), step)
				default:
					m.sleep(m.node(), step)
				}
				m.post.does(nil)
				deadline := time.Now().Add(15 * time.Second)
				for strings.Contains(m.outcomes(), "waits") && time.Now().Before(deadline) {
					time.Sleep(lease / 4)
					m.sql(`update mails set next_at = now() where done_at is null and last_error <> ''`)
					m.node().Work(ctx)
				}
				// Where a node ends after the server asked for the mail, it may have all of it or not: never twice.
				taken, told := len(m.post.all()), m.outcomes()
				if taken != 1 && !(taken == 0 && told == "unsure" && step == "data") {
					t.Errorf("at %s the server has taken %d mails, which are %s", step, taken, told)
				}
			}
		})
	}
}

// kill ends a node without a word while the server is at a step.
func (m *mailed) kill(node *notify.Mailer, step string) {
	f, reached, letGo := stall(step)
	m.post.does(f)
	dying, die := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { node.Work(dying); close(done) }()
	<-reached
	die()
	<-done
	close(letGo)
}

// sleep has a node stand still while the server is at a step, for longer than its lease; another node finds
// the mail, and the first one goes on afterwards.
func (m *mailed) sleep(node *notify.Mailer, step string) {
	f, reached, letGo := stall(step)
	m.post.does(f)
	done := make(chan struct{})
	go func() { node.Work(ctx); close(done) }()
	<-reached
	time.Sleep(lease + lease/4)
	m.node().Work(ctx)
	close(letGo)
	<-done
}
