// Package mail sends mail over SMTP: the only importer of the mail libraries.
package mail

import (
	"bytes"
	"context"
	"fmt"
	netmail "net/mail"

	"github.com/wneessen/go-mail"
)

// Message is one mail to one person: plain text with an HTML form beside it.
type Message struct {
	ID         string // of the mail, the same whenever it is sent: left@right without brackets; "" a random one
	To         string
	Name       string
	Subject    string
	Text       string
	HTML       string
	Lang       string
	ReturnPath string   // where refusals of later go; "" to the sender
	References []string // identifiers of what it goes on from, the nearest last
	ListID     string   // like workspace-7.example.org; "" for a mail that is of no list
	Leave      string   // address that ends such mails, by one POST without a session
}

// Write gives the mail as it goes over the wire.
func (s *Sender) Write(m Message) ([]byte, error) {
	msg := mail.NewMsg()
	if err := msg.FromFormat("Praxis", s.from); err != nil {
		return nil, fmt.Errorf("write the sender %q: %w", s.from, err)
	}
	// net/mail quotes and encodes whatever stands in a name; the library's own AddToFormat does not.
	if err := msg.AddTo((&netmail.Address{Name: m.Name, Address: m.To}).String()); err != nil {
		return nil, fmt.Errorf("write the recipient: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	if m.ID == "" {
		msg.SetMessageID()
	} else {
		msg.SetMessageIDWithValue(m.ID)
	}
	msg.SetGenHeader("Content-Language", m.Lang)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if n := len(m.References); n > 0 {
		msg.SetGenHeaderPreformatted("In-Reply-To", "<"+m.References[n-1]+">")
		all := ""
		for _, id := range m.References {
			all += " <" + id + ">"
		}
		msg.SetGenHeaderPreformatted("References", all[1:])
	}
	if m.ListID != "" {
		msg.SetGenHeaderPreformatted("List-Id", "<"+m.ListID+">")
	}
	if m.Leave != "" {
		msg.SetGenHeaderPreformatted("List-Unsubscribe", "<"+m.Leave+">")
		msg.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	return b.Bytes(), nil
}

// Send hands one message to the server. handing is called when the server has all of it but the last line,
// which has it take the mail: where handing fails, the server has not taken it and does not. An error is
// a *Refusal where the server said no, Unsure where nobody knows, another where it was not reached.
func (s *Sender) Send(ctx context.Context, m Message, handing func() error) error {
	text, err := s.Write(m)
	if err != nil {
		return &Refusal{Lasting: true, Err: err} // it will not be better tomorrow
	}
	c, hang, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer hang()
	from := m.ReturnPath
	if from == "" {
		from = s.from
	}
	if err := c.Mail(from, nil); err != nil {
		return s.said("the sender", err)
	}
	if err := c.Rcpt(m.To, nil); err != nil {
		return s.said("the recipient", err)
	}
	w, err := c.Data()
	if err != nil {
		return s.said("the mail", err)
	}
	if _, err := w.Write(text); err != nil {
		return s.said("the mail", err)
	}
	if handing != nil {
		if err := handing(); err != nil {
			return fmt.Errorf("note that a mail is handed over: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		if r := refusal("the mail", err); r != nil {
			return r
		}
		return &Unsure{err}
	}
	_ = c.Quit() // it has been taken
	return nil
}
