package cli

import (
	"fmt"
	"os"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/notify"
)

type mailBounceCmd struct {
	config.Settings
	To string `arg:"" optional:"" help:"Address to which the report came (default: those in its head)."`
}

func (c mailBounceCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Existing: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	counted, err := notify.New(n.DB).Bounced(e.ctx, os.Stdin, c.To)
	if err != nil {
		return n.InWords(err)
	}
	said := "no mail was lost for good: nothing is counted"
	if counted {
		said = "counted"
	}
	_, err = fmt.Fprintln(e.out, said)
	return err
}
