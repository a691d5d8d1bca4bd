package notify_test

import (
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// postOffice is a real SMTP server that keeps what it takes, and does at each step of a conversation whatever
// a test wants: rcpt, for example, or dot, when it has read a mail and has not said so.
type postOffice struct {
	address string
	mu      sync.Mutex
	at      func(step string, c *smtp.Conn) error
	taken   []taken
	steps   map[string]int
}

// taken is a mail that the server has taken, and from and to whom.
type taken struct {
	from, to string
	mail     *netmail.Message
	raw      string
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{steps: map[string]int{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(p)
	server.Domain, server.ErrorLog = "localhost", silent{}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	p.address = "smtp://" + l.Addr().String()
	return p
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// does sets what happens at each step from now on; nil nothing.
func (p *postOffice) does(f func(step string, c *smtp.Conn) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = f
}

func (p *postOffice) step(name string, c *smtp.Conn) error {
	p.mu.Lock()
	f := p.at
	p.steps[name]++
	p.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(name, c)
}

// all gives what was taken, and forgets it.
func (p *postOffice) all() []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.taken
	p.taken = nil
	return all
}

func (p *postOffice) NewSession(c *smtp.Conn) (smtp.Session, error) {
	if err := p.step("connect", c); err != nil {
		return nil, err
	}
	return &counter{p: p, c: c}, nil
}

type counter struct {
	p        *postOffice
	c        *smtp.Conn
	from, to string
}

func (s *counter) Reset()        {}
func (s *counter) Logout() error { return nil }

func (s *counter) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return s.p.step("mail", s.c)
}

func (s *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return s.p.step("rcpt", s.c)
}

func (s *counter) Data(r io.Reader) error {
	if err := s.p.step("data", s.c); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err // the connection ended before the last line
	}
	m, err := netmail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	failed := s.p.step("dot", s.c)
	if failed != nil && !errors.Is(failed, errTakenAnyway) {
		return failed
	}
	s.p.mu.Lock()
	s.p.taken = append(s.p.taken, taken{s.from, s.to, m, string(raw)})
	s.p.mu.Unlock()
	return s.p.step("taken", s.c)
}

// errTakenAnyway has the server take a mail whose sender will not hear of it.
var errTakenAnyway = errors.New("taken, but who will know")

// refuse answers a code at one step.
func refuse(at string, code int) func(string, *smtp.Conn) error {
	return func(step string, _ *smtp.Conn) error {
		if step != at {
			return nil
		}
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "not " + at}
	}
}

// drop cuts the connection at one step.
func drop(at string) func(string, *smtp.Conn) error {
	return func(step string, c *smtp.Conn) error {
		if step == at {
			c.Close()
			return errTakenAnyway
		}
		return nil
	}
}

// stall holds one step until it is let go; reached tells when the server is there.
func stall(at string) (f func(string, *smtp.Conn) error, reached, letGo chan struct{}) {
	reached, letGo = make(chan struct{}), make(chan struct{})
	var once sync.Once
	return func(step string, _ *smtp.Conn) error {
		if step != at {
			return nil
		}
		first := false
		once.Do(func() { first = true; close(reached) })
		if first {
			select {
			case <-letGo:
			case <-time.After(20 * time.Second):
			}
		}
		return nil
	}, reached, letGo
}
