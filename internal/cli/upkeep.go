package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/transfer"
)

// bar shows progress on a terminal, and nothing elsewhere.
func bar(total int64, what string) *progressbar.ProgressBar {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return progressbar.DefaultSilent(total)
	}
	return progressbar.NewOptions64(total, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100_000_000))
}

type reindexCmd struct {
	config.Settings
}

func (c reindexCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Existing: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	shown := bar(-1, "reindexing")
	total := 0
	err = n.Reindex(e.ctx, func(done, of int) {
		if of != total {
			total = of
			shown.ChangeMax(of)
		}
		_ = shown.Set(done) // a bar that cannot be drawn is no reason to stop
	})
	_ = shown.Finish()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "The index holds %s; a running portal takes it by itself.\n", app.Counted(total, "document"))
	return err
}

type backupCmd struct {
	config.Settings
	File string `arg:"" type:"path" help:"The archive to write, like praxis-2026-11-24.tar.zst."`
}

func (c backupCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{AsItIs: true, Existing: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	shown := bar(-1, "backing up")
	m, err := n.Backup(e.ctx, c.File, Version, func(bytes int64) { _ = shown.Add64(bytes) })
	_ = shown.Finish()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%s holds the database and %s.\n", c.File, app.Counted(len(m.Files), "attachment"))
	return err
}

type restoreCmd struct {
	config.Settings
	File  string `arg:"" type:"existingfile" help:"The archive."`
	Force bool   `help:"Drop whatever the database holds, and say what."`
}

func (c restoreCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	if _, err := transfer.Verify(c.File, nil); err != nil {
		return err
	}
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{AsItIs: true, Exclusive: true}, c.Logger())
	if errors.Is(err, app.ErrInUse) {
		return fmt.Errorf("%w; a restore needs the portal stopped", err)
	}
	if err != nil {
		return err
	}
	defer n.Close()
	if err := c.warn(e, n); err != nil {
		return err
	}
	shown := bar(-1, "restoring")
	err = n.Restore(e.ctx, c.File, c.Force, func(bytes int64) { _ = shown.Add64(bytes) })
	_ = shown.Finish()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, "Restored. The search index is rebuilt at the next start.")
	return err
}

// warn says what goes, where it is forced; else the restore itself refuses.
func (c restoreCmd) warn(e *env, n *app.Node) error {
	replaced, err := n.Replaced(e.ctx)
	if err != nil || replaced == "" || !c.Force {
		return err
	}
	_, err = fmt.Fprintf(e.out, "Dropping what the database holds: %s.\n", replaced)
	return err
}

type doctorCmd struct {
	config.Settings
}

func (c doctorCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	ill := 0
	for _, finding := range app.Examine(e.ctx, c.Settings, e.files, c.Logger()) {
		mark := "ok  "
		switch {
		case !finding.OK:
			mark = "FAIL"
			ill++
		case finding.Note:
			mark = "note"
		}
		fmt.Fprintf(e.out, "%s  %-10s %s\n", mark, finding.What, finding.Says)
	}
	if ill > 0 {
		return fmt.Errorf("what needs care: %s", app.Counted(ill, "finding"))
	}
	return nil
}
