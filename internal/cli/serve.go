package cli

import (
	"fmt"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/demo"
)

// serving is what a portal is started with.
type serving struct {
	config.Settings
	NoMigrate bool `env:"PRAXIS_NO_MIGRATE" help:"Leave the schema alone; refuse to start on one that does not fit."`
}

type serveCmd struct{ serving }

func (c serveCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{NoMigrate: c.NoMigrate, Exclusive: true, Serves: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	return n.Serve(e.ctx, nil)
}

type demoCmd struct{ serving }

func (c demoCmd) Run(e *env) error {
	folder(&c.Settings, "data/demo")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Demo: true, NoMigrate: c.NoMigrate, Exclusive: true, Serves: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	return n.Serve(e.ctx, func(url string) {
		fmt.Fprintf(e.out, "\nThe demo coalition is at %s\n\nSign in as one of these, password %s:\n", url, demo.Password)
		for _, a := range demo.Accounts {
			fmt.Fprintf(e.out, "  %-24s %s\n", a.Email, a.Role)
		}
		fmt.Fprintln(e.out, "\nEvery member in it is invented. Stop with Ctrl-C.")
	})
}

type migrateCmd struct {
	config.Settings
}

func (c migrateCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	_, err = fmt.Fprintln(e.out, "The schema is up to date.")
	return err
}
