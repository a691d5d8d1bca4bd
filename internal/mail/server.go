package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Bounds of one conversation: until there is one, of one answer, and of the answer to the whole mail, for
// which a server that looks through it needs longer.
const (
	dialTimeout   = 15 * time.Second
	answerTimeout = 20 * time.Second
	takeTimeout   = time.Minute
)

// MaxSending is longer than any sending takes.
const MaxSending = 5 * time.Minute

// Refusal is a server's no. Lasting tells that it would say so again (5xx); else it may be asked later (4xx).
type Refusal struct {
	Lasting bool
	Err     error
}

// Error says what the server said.
func (r *Refusal) Error() string { return r.Err.Error() }

// Unwrap gives what the server said.
func (r *Refusal) Unwrap() error { return r.Err }

// Unsure tells that the connection ended after the mail was handed over and before the server said what
// became of it.
type Unsure struct{ Err error }

// Error says that nobody knows.
func (u *Unsure) Error() string {
	return "the mail server did not say whether it took the mail: " + u.Err.Error()
}

// Unwrap gives how the connection ended.
func (u *Unsure) Unwrap() error { return u.Err }

// Sender sends mail through one SMTP server.
type Sender struct {
	host, port     string
	from           string
	user, password string
	implicit       bool // TLS from the start
	secure         bool // nothing is said in the clear: there is a password
}

// New reads smtp://user:pass@host:port (STARTTLS where the server offers it) or smtps:// (TLS from
// the start). From is the sender's address.
func New(address, from string) (*Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("the SMTP address is not of the form smtp://user:pass@host:port")
	}
	s := &Sender{host: u.Hostname(), port: "587", from: from, user: u.User.Username(), implicit: u.Scheme == "smtps"}
	if s.implicit {
		s.port = "465"
	}
	if p := u.Port(); p != "" {
		if _, err := strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("the SMTP address has the port %q, which is no number", p)
		}
		s.port = p
	}
	if s.user != "" {
		s.password, _ = u.User.Password()
		ip := net.ParseIP(s.host)
		s.secure = ip == nil || !ip.IsLoopback()
	}
	return s, nil
}

// Check opens and closes a conversation with the server, for the doctor.
func (s *Sender) Check(ctx context.Context) error {
	c, hang, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer hang()
	return c.Quit()
}

// open begins a conversation: encrypted where the server can, signed in where there is a password. hang ends it
// without another word.
func (s *Sender) open(ctx context.Context) (c *smtp.Client, hang func(), err error) {
	c, hang, err = s.dial(ctx, s.implicit)
	if err == nil && !s.implicit {
		if can, _ := c.Extension("STARTTLS"); can {
			hang() // this library begins TLS only on a connection on which nothing was said
			c, hang, err = s.dial(ctx, true)
		} else if s.secure {
			hang()
			return nil, nil, &Refusal{Lasting: false, Err: fmt.Errorf("the mail server %s offers no encryption: the password is not told to it", s.host)}
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if s.user == "" {
		return c, hang, nil
	}
	var way sasl.Client = sasl.NewPlainClient("", s.user, s.password)
	if !c.SupportsAuth(sasl.Plain) && c.SupportsAuth(sasl.Login) {
		way = sasl.NewLoginClient(s.user, s.password)
	}
	if err := c.Auth(way); err != nil {
		hang()
		// That it does not let the portal in says nothing against the mail.
		return nil, nil, fmt.Errorf("the mail server %s did not accept the name and password: %w", s.host, err)
	}
	return c, hang, nil
}

func (s *Sender) dial(ctx context.Context, encrypted bool) (*smtp.Client, func(), error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.host, s.port))
	if err != nil {
		return nil, nil, fmt.Errorf("reach the mail server %s: %w", s.host, err)
	}
	_ = conn.SetDeadline(time.Now().Add(MaxSending - time.Minute))
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	hang := func() { stop(); conn.Close() }
	config := &tls.Config{ServerName: s.host}
	var c *smtp.Client
	switch {
	case encrypted && !s.implicit:
		c, err = smtp.NewClientStartTLS(conn, config)
	case encrypted:
		c = smtp.NewClient(tls.Client(conn, config))
	default:
		c = smtp.NewClient(conn)
	}
	if err == nil {
		c.CommandTimeout, c.SubmissionTimeout = answerTimeout, takeTimeout
		err = c.Hello(greeting)
	}
	if err != nil {
		hang()
		if r := refusal("the connection", err); r != nil && ctx.Err() == nil {
			r.Lasting = false // it is busy, or does not know this machine: no word on any mail
			return nil, nil, r
		}
		return nil, nil, fmt.Errorf("speak to the mail server %s: %w", s.host, err)
	}
	return c, hang, nil
}

// greeting is the name by which the portal presents itself: servers that relay its mail know it by its address.
const greeting = "localhost"

// said is what became of a step of the conversation.
func (s *Sender) said(about string, err error) error {
	if r := refusal(about, err); r != nil {
		return r
	}
	return fmt.Errorf("speak to the mail server %s: %w", s.host, err)
}

// refusal is the server's no to something; nil where it said nothing.
func refusal(about string, err error) *Refusal {
	var said *smtp.SMTPError
	if !errors.As(err, &said) {
		return nil
	}
	return &Refusal{Lasting: !said.Temporary(), Err: fmt.Errorf("the mail server refused %s: %d %s", about, said.Code, said.Message)}
}
