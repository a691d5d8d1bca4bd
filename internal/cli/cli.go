// Package cli is the command line: one struct a command, its settings as flags and environment.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/extract"
)

// Version of the program; the build sets both.
var (
	Version = "dev"
	Commit  = ""
)

type commands struct {
	Serve   serveCmd   `cmd:"" help:"Run the portal."`
	Demo    demoCmd    `cmd:"" help:"Run the portal on a data folder of its own, filled with the demo coalition."`
	Cluster clusterCmd `cmd:"" help:"Run several nodes of the demo coalition on one private PostgreSQL, behind a balancing proxy."`
	Migrate migrateCmd `cmd:"" help:"Bring the schema up to date and exit."`
	Admin   struct {
		Create adminCreateCmd `cmd:"" help:"Make the first officer; prints a one-time link to set a password."`
	} `cmd:"" help:"Officers."`
	Member struct {
		Import memberImportCmd `cmd:"" help:"Invite many people from a CSV file: email,name,country,programme,year,locale."`
	} `cmd:"" help:"Members."`
	Practice struct {
		Import practiceImportCmd `cmd:"" help:"Import practices from JSON lines or CSV: all of them, or none."`
	} `cmd:"" help:"Practices."`
	Mail struct {
		Bounce mailBounceCmd `cmd:"" help:"Read from standard input a mail server's report that a mail could not be delivered, and count it for the member."`
	} `cmd:"" help:"Mail."`
	Search struct {
		Eval searchEvalCmd `cmd:"" help:"Ask the questions of a judged collection, and print nDCG@10, mean average precision and recall."`
	} `cmd:"" help:"Search."`
	Bench struct {
		Live benchLiveCmd `cmd:"" help:"Follow a thread with many sockets and write in it: how long a post takes to the last of them, and how many are written."`
	} `cmd:"" help:"Measure a portal that runs."`
	Reindex reindexCmd `cmd:"" help:"Rebuild the search index beside the live one and swap it in."`
	Backup  backupCmd  `cmd:"" help:"Write one archive with the database and the attachments."`
	Restore restoreCmd `cmd:"" help:"Put an archive back, after verifying its checksums."`
	Health  healthCmd  `cmd:"" help:"Ask the portal on this machine whether it lives."`
	Doctor  doctorCmd  `cmd:"" help:"Check settings, database, index, mail and disk; say what to do."`
	Version versionCmd `cmd:"" help:"Version, commit, Go version."`
	Extract extractCmd `cmd:"" hidden:"" name:"extract-child" help:"Read one document, as the portal has it done."`
}

// env is what a command runs with.
type env struct {
	ctx   context.Context
	files app.Files
	out   io.Writer
}

// Main runs the program and returns its exit code.
func Main(files app.Files) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], files, os.Stdout, os.Stderr)
}

func run(ctx context.Context, args []string, files app.Files, out, errs io.Writer) int {
	var c commands
	code := -1
	parser, err := kong.New(&c, kong.Name("praxis"), kong.Writers(out, errs), kong.UsageOnError(),
		kong.Description("The portal on which a coalition's exchange alumni share what works."),
		kong.Exit(func(n int) { code = n }))
	if err != nil {
		fmt.Fprintln(errs, "praxis:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if code >= 0 {
		return code // --help
	}
	if err != nil {
		fmt.Fprintln(errs, "praxis:", err)
		fmt.Fprintln(errs, "praxis --help lists the commands and settings.")
		return 2
	}
	if err := parsed.Run(&env{ctx: ctx, files: files, out: out}); err != nil {
		fmt.Fprintln(errs, "praxis:", err)
		return 1
	}
	return 0
}

// folder settles the data folder where none is set.
func folder(s *config.Settings, otherwise string) {
	if s.DataDir == "" {
		s.DataDir = otherwise
	}
}

// extractCmd is how the portal starts itself to read a document that it does not trust.
type extractCmd struct {
	Task string `arg:""`
}

func (c extractCmd) Run(e *env) error {
	if code := extract.Child([]string{c.Task}, e.out, os.Stderr); code != 0 {
		os.Exit(code)
	}
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	commit := Commit
	if info, ok := debug.ReadBuildInfo(); ok && commit == "" {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	if commit == "" {
		commit = "unknown"
	}
	_, err := fmt.Fprintf(e.out, "praxis %s, commit %s, %s\n", Version, commit, runtime.Version())
	return err
}
