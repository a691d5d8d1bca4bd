package mail_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"praxis/internal/mail"
)

var key = []byte("thirty-two bytes of a test's key")

const report = `Return-Path: <>
From: MAILER-DAEMON@relay.example.net
To: %TO%
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I could not deliver your mail.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example.net
Arrival-Date: Mon, 5 Oct 2026 07:00:00 +0000

Final-Recipient: rfc822; ana@example.org
Action: %ACTION%
Status: %STATUS%
Diagnostic-Code: smtp; 550 5.1.1 no such
  mailbox

--b1
Content-Type: text/rfc822-headers

Subject: x

--b1--
`

func reportOf(to, action, status string) string {
	r := strings.NewReplacer("%TO%", to, "%ACTION%", action, "%STATUS%", status, "\n", "\r\n")
	return r.Replace(report)
}

func TestABounceIsOfOneMail(t *testing.T) {
	path := mail.ReturnPath("bounces@example.org", 4711, key)
	if id, ok := mail.MailOf(path, key); !ok || id != 4711 {
		t.Errorf("%s is of %d (%v)", path, id, ok)
	}
	if id, ok := mail.MailOf(strings.ToUpper(path), key); !ok || id != 4711 {
		t.Errorf("in capitals it is of %d (%v)", id, ok)
	}
	for _, forged := range []string{strings.Replace(path, "4711", "4712", 1), "bounces@example.org", "bounces+4711@example.org", "bounces+4711.@example.org", ""} {
		if id, ok := mail.MailOf(forged, key); ok {
			t.Errorf("%q passes as mail %d", forged, id)
		}
	}
	if got := mail.ReturnPath("", 1, key); got != "" {
		t.Errorf("without an address the return path is %q", got)
	}
}

func TestReportsAreRead(t *testing.T) {
	path := mail.ReturnPath("bounces@example.org", 4711, key)
	for _, test := range []struct {
		action, status string
		hard           bool
	}{{"failed", "5.1.1", true}, {"Failed", "5.1.1 (bad mailbox)", true}, {"delayed", "4.4.1", false}, {"failed", "4.4.7", false}, {"delivered", "2.0.0", false}} {
		b, err := mail.ReadBounce(strings.NewReader(reportOf(path, test.action, test.status)))
		if err != nil || b.Hard != test.hard || len(b.To) != 1 || b.To[0] != path {
			t.Errorf("%s %s: %+v (%v)", test.action, test.status, b, err)
		}
		if test.hard && !strings.Contains(b.Why, "550 5.1.1 no such mailbox") {
			t.Errorf("it says %q", b.Why)
		}
	}
	for name, text := range map[string]string{"a letter": "To: a@example.org\r\n\r\nHello", "nothing": "", "no status": "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"} {
		if b, err := mail.ReadBounce(strings.NewReader(text)); err == nil {
			t.Errorf("%s is read as %+v", name, b)
		}
	}
}

// Whatever comes in is read within bounds, and what is told of it can be shown.
func FuzzReadBounce(f *testing.F) {
	f.Add(reportOf("a@example.org", "failed", "5.0.0"))
	f.Add("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 5\n--b--")
	f.Add("To: =?utf-8?q?x?= <a@b>\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := mail.ReadBounce(strings.NewReader(text))
		if err == nil && (!utf8.ValidString(b.Why) || strings.ContainsAny(b.Why, "\r\n\x00") || utf8.RuneCountInString(b.Why) > 300) {
			t.Errorf("it says %q", b.Why)
		}
		for _, to := range b.To {
			if id, ok := mail.MailOf(to, key); ok {
				t.Errorf("%q passes as mail %d", to, id)
			}
		}
	})
}
