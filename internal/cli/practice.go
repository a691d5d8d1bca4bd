package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"praxis/internal/app"
	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/config"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

type practiceImportCmd struct {
	config.Settings
	File        string `arg:"" type:"existingfile" help:"JSON lines, or CSV with a header line (by its name, .csv): key,workspace,title,summary,language,country,organization,year,type,level,sectors,topics,substances,sections.KEY,handling,status,author,attachments."`
	Attachments string `type:"existingfile" placeholder:"FILES.zip" help:"Archive with the files that the practices name under attachments, each by its path in it."`
	As          string `help:"Address of the officer who answers for it; else the first officer."`
	DryRun      bool   `help:"Say what would be done, and what is wrong, and write nothing."`
}

// Run imports practices, or tries to.
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
	file := practice.ImportFile{Practices: f, CSV: strings.EqualFold(filepath.Ext(c.File), ".csv")}
	if c.Attachments != "" {
		archive, zip, err := c.archive(n)
		if err != nil {
			return n.InWords(err)
		}
		defer zip.Close()
		file.Attachments = archive
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
	done, err := practice.New(n.DB, n.Vocab).Import(e.ctx, who, file, c.DryRun)
	if err != nil {
		return n.InWords(err)
	}
	return c.tell(e, n, done)
}

// archive opens the files beside the practices. They go where the portal's own go.
func (c practiceImportCmd) archive(n *app.Node) (*attachment.Archive, fs.File, error) {
	store, err := blob.At(n.Settings.Sub("attachments"), n.Settings.S3URL)
	if err != nil {
		return nil, nil, err
	}
	files := attachment.New(n.DB, store, n.Log)
	if err := files.In(n.Settings.Sub("uploads")); err != nil {
		return nil, nil, err
	}
	if n.Settings.ClamdAddr != "" {
		files.WithScanner(attachment.NewScanner(n.Settings.ClamdAddr))
	}
	zip, err := os.Open(c.Attachments)
	if err != nil {
		return nil, nil, fmt.Errorf("open the archive: %w", err)
	}
	info, err := zip.Stat()
	if err != nil {
		zip.Close()
		return nil, nil, fmt.Errorf("open the archive: %w", err)
	}
	archive, err := files.Archive(zip, info.Size())
	if err != nil {
		zip.Close()
		return nil, nil, err
	}
	return archive, zip, nil
}

// printable leaves out of a key what would command the terminal.
func printable(key string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, key)
}

func (c practiceImportCmd) tell(e *env, n *app.Node, done practice.Imported) error {
	for _, p := range done.Problems {
		fmt.Fprintf(e.out, "line %d %s: %v\n", p.Line, printable(p.Key), n.InWords(p.Err))
	}
	if done.More > 0 {
		fmt.Fprintf(e.out, "and %s more\n", app.Counted(done.More, "problem"))
	}
	switch found := len(done.Problems) + done.More; {
	case found > 0:
		return fmt.Errorf("%s: nothing was imported", app.Counted(found, "problem"))
	case c.DryRun:
		fmt.Fprint(e.out, "would be: ")
	}
	fmt.Fprintf(e.out, "%d new, %d changed, %d the same\n", done.Made, done.Updated, done.Same)
	if done.Files > 0 {
		fmt.Fprintf(e.out, "with %s\n", app.Counted(done.Files, "file"))
	}
	return nil
}
