package notify_test

import (
	"strings"
	"testing"

	"praxis/internal/portal"
)

// Mails that come back are counted once each; after three no more are sent, until she saves her settings.
func TestBouncesStopTheMail(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	for range portal.MaxBounces {
		m.reply(writer, 0)
		got := m.send()
		if len(got) != 1 {
			t.Fatalf("%d mails", len(got))
		}
		for range 2 { // told twice, by the server that took it and the one behind it
			if counted, err := m.service.Bounced(ctx, strings.NewReader(dsn(got[0].from, "failed", "5.1.1")), ""); err != nil || !counted {
				t.Fatalf("Bounced: %v, %v", counted, err)
			}
		}
	}
	m.reply(writer, 0)
	if got := m.send(); len(got) != 0 {
		t.Errorf("%d mails went out after %d came back", len(got), portal.MaxBounces)
	}
	if s, err := m.service.MailSettings(ctx, m.identity(watcher)); err != nil || s.Bounces != portal.MaxBounces {
		t.Errorf("counted are %d (%v)", s.Bounces, err)
	}
	m.wants(watcher, portal.MailSettings{Mode: portal.MailAtOnce, Weekday: 1})
	if got := m.send(); len(got) != 0 {
		t.Error("what came while mail was stopped is sent now")
	}
	m.reply(writer, 0)
	got := m.send()
	if len(got) != 1 {
		t.Fatalf("after she saved her settings %d mails went out", len(got))
	}
	if counted, err := m.service.Bounced(ctx, strings.NewReader(dsn(got[0].from, "delayed", "4.4.1")), ""); err != nil || counted {
		t.Errorf("a delay is counted: %v, %v", counted, err)
	}
	if _, err := m.service.Bounced(ctx, strings.NewReader(dsn("bounces+1.aaaaaaaaaaaa@praxis.example.org", "failed", "5.1.1")), ""); portal.KindOf(err) != portal.NotFound {
		t.Errorf("a forged report: %v", err)
	}
}

func dsn(to, action, status string) string {
	return strings.ReplaceAll("To: "+to+"\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@example.org\nAction: "+
		action+"\nStatus: "+status+"\nDiagnostic-Code: smtp; 550 no such mailbox\n\n--b--\n", "\n", "\r\n")
}

// One click ends the mails, and nothing else; a link that the portal has not signed does nothing.
func TestLeaving(t *testing.T) {
	t.Parallel()
	m := newMailed(t)
	m.only()
	m.reply(writer, 0)
	got := m.send()
	_, token, ok := strings.Cut(strings.Trim(got[0].mail.Header.Get("List-Unsubscribe"), "<>"), "/unsubscribe/")
	if !ok {
		t.Fatalf("there is no link to leave: %s", got[0].raw)
	}
	for _, bad := range []string{"", "x", token[:len(token)-2], "A" + token[1:] + "A", strings.Repeat("A", len(token))} {
		if err := m.service.Leave(ctx, bad); portal.KindOf(err) != portal.NotFound {
			t.Errorf("Leave(%q) = %v", bad, err)
		}
	}
	if err := m.service.Leave(ctx, token); err != nil {
		t.Fatal(err)
	}
	m.reply(writer, 0)
	if got := m.send(); len(got) != 0 {
		t.Error("she is sent mail after she has left")
	}
}
