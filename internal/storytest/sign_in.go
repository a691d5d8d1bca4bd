package storytest

import (
	"context"
	"strings"
	"testing"

	"praxis/internal/account"
	"praxis/internal/demo"
)

// As signs one of the demonstration's accounts in ("ana", or a whole address). On a database that a test can
// reach the session is opened as if by a one-time link: passwords are slow on purpose, and tested by whoever
// means them.
func (p *Portal) As(t testing.TB, name string) *Client {
	t.Helper()
	c := p.Visitor(t)
	email := name
	if !strings.Contains(name, "@") {
		email += "@demo.example"
	}
	if p.Settings.DatabaseURL == "" {
		var answer struct{ Token string }
		c.Do("POST", "/sessions", map[string]string{"email": email, "password": demo.Password}).Want(201).Into(&answer)
		c.Token = answer.Token
		return c
	}
	db := p.Store(t)
	ctx := context.Background()
	m, err := db.MemberByEmail(ctx, email)
	if err == nil {
		c.Token, err = account.New(db, nil, false, nil, Quiet()).OpenSession(ctx, m.ID, account.SignIn{Kind: "api"})
	}
	if err != nil {
		t.Fatalf("open a session for %s: %v", email, err)
	}
	return c
}
