// Package mail sends mail over SMTP: the only importer of the mail library.
package mail

import (
	"context"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

const sendTimeout = 30 * time.Second

// Message is one mail to one person: plain text with an HTML form beside it.
type Message struct {
	To      string
	Name    string
	Subject string
	Text    string
	HTML    string
	Lang    string
}

// Sender sends mail through one SMTP server.
type Sender struct {
	host    string
	from    string
	options []mail.Option
}

// New reads smtp://user:pass@host:port (STARTTLS where the server offers it) or smtps:// (TLS from
// the start). From is the sender's address.
func New(address, from string) (*Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("the SMTP address is not of the form smtp://user:pass@host:port")
	}
	options := []mail.Option{mail.WithTimeout(sendTimeout), mail.WithTLSPolicy(mail.TLSOpportunistic)}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		options = append(options, mail.WithSSL())
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("the SMTP address has the port %q, which is no number", p)
		}
	}
	options = append(options, mail.WithPort(port))
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(user), mail.WithPassword(password))
		if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsLoopback() {
			options = append(options, mail.WithTLSPolicy(mail.TLSMandatory)) // a password never goes in the clear
		}
	}
	return &Sender{host: u.Hostname(), from: from, options: options}, nil
}

// Send hands one message to the server. An error says what the server said.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg := mail.NewMsg()
	if err := msg.FromFormat("Praxis", s.from); err != nil {
		return fmt.Errorf("write the sender %q: %w", s.from, err)
	}
	// net/mail quotes and encodes whatever stands in a name; the library's own AddToFormat does not.
	if err := msg.AddTo((&netmail.Address{Name: m.Name, Address: m.To}).String()); err != nil {
		return fmt.Errorf("write the recipient: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageID()
	msg.SetGenHeader("Content-Language", m.Lang)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("reach the mail server %s: %w", s.host, err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("send a mail through %s: %w", s.host, err)
	}
	return nil
}

// Check opens and closes a conversation with the server, for the doctor.
func (s *Sender) Check(ctx context.Context) error {
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("reach the mail server %s: %w", s.host, err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("reach the mail server %s: %w", s.host, err)
	}
	return client.Close()
}
