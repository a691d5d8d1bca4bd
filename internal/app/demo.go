package app

import (
	"context"

	"praxis/internal/demo"
)

// attachDemo puts the demonstration's files on what was filled in just now, where they are served. It shows
// all else without them, where they cannot be kept.
func (p *Portal) attachDemo(ctx context.Context) {
	if !p.filled || !p.Options.Serves {
		return
	}
	if err := demo.Attach(ctx, p.DB, p.files, p.Node.Files.SQL); err != nil {
		p.Log.Warn("the demonstration is without its files", "err", err)
	}
}

// warnOfDemo tells whoever serves what the demonstration has filled that its accounts open to everybody.
func (n *Node) warnOfDemo(ctx context.Context) error {
	if n.Options.Demo || !n.Options.Serves {
		return nil
	}
	email, err := demo.Opens(ctx, n.DB)
	if email != "" {
		n.Log.Warn("the database holds the demonstration: " + demoOpens(email))
	}
	return err
}

// demoOpens says what it means that an account of the demonstration opens to everybody.
func demoOpens(email string) string {
	return email + " is of the demonstration and has a password that everybody knows: where this is not to be one, suspend the demonstration's accounts, or start on an empty database"
}
