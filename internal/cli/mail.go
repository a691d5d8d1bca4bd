package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/notify"
	"praxis/internal/portal"
)

type mailBounceCmd struct {
	config.Settings
	File string `arg:"" optional:"" type:"existingfile" help:"The report (default: standard input, for a mail server's pipe)."`
	To   string `help:"Address to which the report came (default: those in its head)."`
}

func (c mailBounceCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	var report io.Reader = os.Stdin
	if c.File != "" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("open the report: %w", err)
		}
		defer f.Close()
		report = f
	}
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Existing: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	counted, err := notify.New(n.DB).Bounced(e.ctx, report, c.To)
	switch {
	case portal.KindOf(err) == portal.NotFound:
		return errors.New("the report is about no mail that this portal has sent in the last 30 days")
	case err != nil:
		return n.InWords(err)
	}
	said := "Nothing was lost for good: nothing is counted."
	if counted {
		said = "Counted for the member."
	}
	_, err = fmt.Fprintln(e.out, said)
	return err
}
