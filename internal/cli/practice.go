package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

type practiceImportCmd struct {
	config.Settings
	File   string `arg:"" type:"existingfile" help:"JSON lines, or CSV with a header line (by its name, .csv): key,workspace,title,summary,language,country,organization,year,type,level,sectors,topics,substances,sections.KEY,handling,status,author."`
	As     string `help:"Address of the officer who answers for it; else the first officer."`
	DryRun bool   `help:"Say what would be done, and what is wrong, and write nothing."`
}

func (c practiceImportCmd) Run(e *env) error {
	folder(&c.Settings, "data")
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the practices: %w", err)
	}
	defer f.Close()
	n, err := app.Open(e.ctx, c.Settings, e.files, app.Options{Existing: true}, c.Logger())
	if err != nil {
		return err
	}
	defer n.Close()
	lines, problems, err := practice.ReadImport(f, strings.EqualFold(filepath.Ext(c.File), ".csv"))
	if err != nil {
		return n.InWords(err)
	}
	officer, err := n.DB.Officer(e.ctx, c.As)
	if portal.KindOf(err) == portal.NotFound {
		return errors.New("there is no such officer: praxis admin create makes the first one")
	}
	if err != nil {
		return err
	}
	who := portal.Identity{}
	if who.Viewer, err = n.DB.Viewer(e.ctx, officer); err != nil {
		return err
	}
	done, more, err := practice.New(n.DB, n.Vocab).Import(e.ctx, who, lines, c.DryRun || len(problems) > 0)
	if err != nil {
		return n.InWords(err)
	}
	for _, p := range append(problems, more...) {
		fmt.Fprintf(e.out, "line %d %s: %v\n", p.Line, p.Key, n.InWords(p.Err))
	}
	switch found := len(problems) + len(more); {
	case found > 0:
		return fmt.Errorf("%s: nothing was imported", app.Counted(found, "problem"))
	case c.DryRun:
		fmt.Fprint(e.out, "would be: ")
	}
	fmt.Fprintf(e.out, "%d new, %d changed, %d the same\n", done.Made, done.Updated, done.Same)
	return nil
}
