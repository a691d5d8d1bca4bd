package mail_test

import (
	"context"
	"io"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"praxis/internal/mail"
)

// server is a real SMTP server that keeps what it gets, or refuses it.
type server struct {
	mu     sync.Mutex
	got    []string
	to     []string
	refuse bool
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{s}, nil }

type session struct{ s *server }

func (c *session) Reset()                               {}
func (c *session) Logout() error                        { return nil }
func (c *session) Mail(string, *smtp.MailOptions) error { return nil }
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if c.s.refuse {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.to = append(c.s.to, to)
	return nil
}
func (c *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.got = append(c.s.got, string(b))
	return err
}

func start(t *testing.T, s *server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain = "localhost"
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { srv.Close() })
	return "smtp://" + l.Addr().String()
}

func TestSendReachesARealServer(t *testing.T) {
	s := &server{}
	sender, err := mail.New(start(t, s), "praxis@example.org")
	if err != nil {
		t.Fatal(err)
	}
	m := mail.Message{To: "karim@example.org", Name: "كريم", Subject: "دعوة إلى براكسيس", Text: "أهلا\nhttps://praxis.example.org/invitation/x", HTML: "<p>أهلا</p>", Lang: "ar"}
	if err := sender.Send(context.Background(), m, nil); err != nil {
		t.Fatal(err)
	}
	if len(s.got) != 1 || len(s.to) != 1 || s.to[0] != "karim@example.org" {
		t.Fatalf("the server got %d mails for %v", len(s.got), s.to)
	}
	for _, want := range []string{"multipart/alternative", "text/plain", "text/html", "Content-Language: ar", "Auto-Submitted: auto-generated", "Message-ID:"} {
		if !strings.Contains(s.got[0], want) {
			t.Errorf("the mail lacks %q", want)
		}
	}
	if err := sender.Check(context.Background()); err != nil {
		t.Errorf("Check: %v", err)
	}
}

func TestSendTakesAnyName(t *testing.T) {
	for _, name := range []string{"", `Ana 6" Lopez`, `Ana \`, "Ana\nLopez", "Ana\r\nBcc: spy@example.org", "<eve@example.org>", "a, b; c:", "(note)", "=?utf-8?q?x?=", strings.Repeat("é", 120)} {
		s := &server{}
		sender, err := mail.New(start(t, s), "praxis@example.org")
		if err != nil {
			t.Fatal(err)
		}
		if err := sender.Send(context.Background(), mail.Message{To: "ana@example.org", Name: name, Subject: "x", Text: "x", HTML: "x"}, nil); err != nil {
			t.Errorf("Send to %q: %v", name, err)
			continue
		}
		if len(s.got) != 1 || !slices.Equal(s.to, []string{"ana@example.org"}) {
			t.Errorf("for %q the server got %d mails for %v", name, len(s.got), s.to)
			continue
		}
		got, err := netmail.ReadMessage(strings.NewReader(s.got[0]))
		if err != nil {
			t.Fatal(err)
		}
		to, err := got.Header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "ana@example.org" || got.Header.Get("Bcc") != "" {
			t.Errorf("for %q the mail is to %v, Bcc %q (%v)", name, to, got.Header.Get("Bcc"), err)
		}
	}
}

func TestSendTellsOfARefusal(t *testing.T) {
	sender, err := mail.New(start(t, &server{refuse: true}), "praxis@example.org")
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(context.Background(), mail.Message{To: "nobody@example.org", Subject: "x", Text: "x", HTML: "x"}, nil)
	if err == nil || !strings.Contains(err.Error(), "no such mailbox") {
		t.Errorf("Send to nobody = %v", err)
	}
}

func TestSendTellsOfADeadServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	sender, err := mail.New("smtp://user:hunter2@"+address, "praxis@example.org")
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(context.Background(), mail.Message{To: "a@example.org", Subject: "x", Text: "x", HTML: "x"}, nil)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Send through a dead server = %v", err)
	}
}
