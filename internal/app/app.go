// Package app wires the portal: it opens what a command needs (database, index, attachments),
// makes the features, and serves the doors.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"praxis/internal/admin"
	"praxis/internal/config"
	"praxis/internal/demo"
	"praxis/internal/pgcluster"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/thesaurus"
)

// serverWait is how long a database that is starting, or on the other side of a network, is
// waited for.
const serverWait = 60 * time.Second

// ErrInUse tells that another portal runs on the data folder.
var ErrInUse = errors.New("the data folder is in use")

// Files are what the binary carries.
type Files struct {
	Assets fs.FS
	SQL    fs.FS
}

// Options of Open.
type Options struct {
	Demo      bool  // fill with the demonstration, say so on every page
	NoMigrate bool  // do not touch the schema; refuse one that does not fit
	AsItIs    bool  // take the schema as it is, of whatever version, and add nothing
	Exclusive bool  // take the data folder for this process
	Serves    bool  // bind the listeners first, and make the pages while the database starts
	Existing  bool  // refuse a folder without a portal, instead of making one there
	Look      *Look // made already; nil: the node makes its own
	PoolSize  int   // connections to the database; 0: as many as the store thinks best
}

// Node is one process of the portal with its database open.
type Node struct {
	Settings config.Settings
	Files    Files
	Options  Options
	Log      *slog.Logger
	DB       *postgres.DB
	look     func() (*Look, error) // waits until it is made; nil: nobody has asked for it
	Vocab    *portal.Vocabulary
	Cluster  *pgcluster.Cluster // the private PostgreSQL; nil where DATABASE_URL is set
	AsOwner  string             // connection string of the schema's owner
	OwnRole  bool               // the portal runs as a role that owns nothing
	filled   bool               // the demonstration was filled in by this start

	lock  *os.File
	main  net.Listener // bound before anything that takes time
	front *front       // serves on it
	admin net.Listener // nil where PRAXIS_ADMIN_ADDR is not set
}

// Open takes the data folder, starts the private PostgreSQL where no other is set, brings the
// schema up to date and opens the store.
func Open(ctx context.Context, s config.Settings, files Files, opt Options, log *slog.Logger) (n *Node, err error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	n = &Node{Settings: s, Files: files, Options: opt, Log: log}
	defer func() {
		if err != nil {
			n.Close()
			n = nil
		}
	}()
	if n.Settings.DataDir, err = filepath.Abs(s.DataDir); err != nil {
		return n, fmt.Errorf("find the data folder: %w", err)
	}
	if _, err := os.Stat(n.Settings.Sub("postgres")); opt.Existing && s.Private() && errors.Is(err, os.ErrNotExist) {
		return n, fmt.Errorf("there is no portal in %s: check PRAXIS_DATA_DIR and PRAXIS_DATABASE_URL, or make one by praxis serve", n.Settings.DataDir)
	}
	if err := n.takeFolder(); err != nil {
		return n, err
	}
	if n.Vocab, err = readVocabulary(files.SQL); err != nil {
		return n, err
	}
	if opt.Serves {
		if err := n.listen(); err != nil {
			return n, err
		}
		n.makeLook()
	}
	if err := n.openDatabase(ctx); err != nil {
		return n, err
	}
	return n, n.seed(ctx)
}

func readVocabulary(sqlFiles fs.FS) (*portal.Vocabulary, error) {
	taxonomy, err := fs.ReadFile(sqlFiles, "seed/taxonomy.json")
	if err != nil {
		return nil, fmt.Errorf("read the vocabulary: %w", err)
	}
	countries, err := fs.ReadFile(sqlFiles, "seed/countries.json")
	if err != nil {
		return nil, fmt.Errorf("read the countries: %w", err)
	}
	return portal.ParseVocabulary(taxonomy, countries)
}

// openDatabase starts or reaches PostgreSQL, migrates as the owner and opens the store as the
// portal's own role.
func (n *Node) openDatabase(ctx context.Context) error {
	n.AsOwner = n.Settings.DatabaseURL
	if n.Settings.Private() {
		config := pgcluster.Config{Dir: n.Settings.DataDir, BinDir: n.Settings.PostgresBin, Log: n.Log}
		cluster, err := pgcluster.Start(ctx, config)
		if errors.Is(err, pgcluster.ErrInUse) && !n.Options.Exclusive {
			cluster, err = pgcluster.Attach(config)
		}
		if err != nil {
			return err
		}
		n.Cluster, n.AsOwner = cluster, cluster.ConnString()
	}
	owner, err := postgres.Open(n.AsOwner, postgres.Options{Owner: true, PoolSize: 2, Log: n.Log})
	if err != nil {
		return err
	}
	defer owner.Close()
	if err := owner.WaitForServer(ctx, serverWait, func(why error) {
		n.Log.Info("waiting for PostgreSQL", "for", serverWait, "err", why)
	}); err != nil {
		return fmt.Errorf("%w; check PRAXIS_DATABASE_URL and that the server runs", err)
	}
	n.awaits("schema", "the schema is brought up to date, and the index is opened")
	if err := n.ready(ctx, owner); err != nil {
		return err
	}
	dsn, own, err := n.asPortal(ctx)
	if err != nil {
		return err
	}
	n.OwnRole = own
	if !own && !n.Options.AsItIs {
		n.Log.Warn("the portal runs as the role that owns its tables: the audit is guarded by triggers and its chain alone; praxis doctor says what to do")
	}
	if n.DB, err = postgres.Open(dsn, postgres.Options{Unprepared: n.Settings.Prepare == "off", PoolSize: n.Options.PoolSize, Log: n.Log}); err != nil {
		return err
	}
	return n.warnOfDemo(ctx)
}

// asPortal gives the connection string of the role that owns nothing. On the private PostgreSQL that
// is a login of its own, unless an earlier Praxis runs it, beside which this is a command.
func (n *Node) asPortal(ctx context.Context) (dsn string, own bool, err error) {
	if n.Cluster != nil {
		db, err := postgres.Open(n.Cluster.PortalConnString(), postgres.Options{PoolSize: 1, Log: n.Log})
		if err != nil {
			return "", false, err
		}
		defer db.Close()
		if db.Ping(ctx) == nil {
			return n.Cluster.PortalConnString(), true, nil
		}
	}
	return postgres.AsPortal(ctx, n.AsOwner)
}

// awaits tells who asks the portal that is to serve what it is not ready for.
func (n *Node) awaits(what, why string) {
	if n.front != nil {
		n.front.awaits(what, why)
	}
}

// ready brings the database to what this program needs, or refuses it before anything is written.
func (n *Node) ready(ctx context.Context, owner *postgres.DB) error {
	if n.Options.AsItIs {
		return nil
	}
	if n.Options.Demo {
		if err := n.maySeedDemo(ctx, owner); err != nil {
			return err
		}
	}
	return n.migrate(ctx, owner)
}

// maySeedDemo refuses a real portal: the demonstration has an officer whose password everybody knows.
func (n *Node) maySeedDemo(ctx context.Context, owner *postgres.DB) error {
	held, err := owner.Holds(ctx, n.Files.SQL)
	if err != nil || !held.Used() {
		return err
	}
	there, err := owner.Knows(ctx, demo.Accounts[0].Email)
	if err == nil && !there {
		err = errors.New("the database holds a portal that is not the demonstration, whose accounts have a password that everybody knows: start it with praxis serve, or set PRAXIS_DATA_DIR and PRAXIS_DATABASE_URL to something of the demonstration's own")
	}
	return err
}

func (n *Node) migrate(ctx context.Context, owner *postgres.DB) error {
	version, missing, err := owner.Pending(ctx, n.Files.SQL)
	if err != nil {
		return err
	}
	if err := misfit(version, missing); err != nil && (missing < 0 || n.Options.NoMigrate) {
		if missing > 0 {
			err = fmt.Errorf("%w, or leave out --no-migrate", err)
		}
		return err
	}
	if n.Options.NoMigrate {
		return nil
	}
	if version, err = owner.Migrate(ctx, n.Files.SQL); err != nil {
		return err
	}
	n.Log.Debug("the schema is up to date", "version", version)
	return nil
}

// misfit says what to do about a schema that is not this program's.
func misfit(version int64, missing int) error {
	switch {
	case missing < 0:
		return fmt.Errorf("the schema is at version %d, which is %d beyond what this program knows: it is of a newer Praxis; start the newer program, or put back an archive of this one's with praxis restore", version, -missing)
	case missing > 0:
		return fmt.Errorf("the schema is at version %d and lacks %s: run praxis migrate", version, Counted(missing, "migration"))
	}
	return nil
}

func (n *Node) seed(ctx context.Context) error {
	if n.Options.AsItIs || n.Options.NoMigrate && !n.Options.Demo {
		return nil
	}
	if err := admin.New(n.DB).SeedRoster(ctx, n.Files.SQL, n.Options.Demo); err != nil {
		return err
	}
	if err := thesaurus.New(n.DB).Seed(ctx, n.Files.SQL); err != nil {
		return err
	}
	if !n.Options.Demo {
		return admin.New(n.DB).SeedCohorts(ctx, n.Files.SQL)
	}
	start := time.Now()
	filled, err := demo.Fill(ctx, n.DB, n.Files.SQL)
	if n.filled = filled; err == nil && filled {
		n.Log.Info("the demonstration was filled in", "took", time.Since(start).Round(time.Millisecond))
	}
	return err
}

// Close ends what Open began: the store, then the private PostgreSQL.
func (n *Node) Close() {
	if n.DB != nil {
		if err := n.DB.Close(); err != nil {
			n.Log.Warn("close the database", "err", err)
		}
	}
	if n.Cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := n.Cluster.Stop(ctx); err != nil {
			n.Log.Warn("stop the private PostgreSQL", "err", err)
		}
	}
	if n.front != nil {
		n.front.server.Close() // who still waits for an answer gets none
	}
	for _, l := range []net.Listener{n.main, n.admin} {
		if l != nil {
			l.Close() // where it has served, it is closed already
		}
	}
	n.releaseFolder()
}

// version of the schema and others that the doctor wants, without changing anything.
func (n *Node) schema(ctx context.Context) (version int64, missing int, err error) {
	owner, err := postgres.Open(n.AsOwner, postgres.Options{Owner: true, PoolSize: 1, Log: n.Log})
	if err != nil {
		return 0, 0, err
	}
	defer owner.Close()
	return owner.Pending(ctx, n.Files.SQL)
}

// mailFrom is the sender's address: the setting, or praxis@ the public host.
func mailFrom(s config.Settings, origin string) string {
	if s.MailFrom != "" {
		return s.MailFrom
	}
	host := strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
	host, _, _ = strings.Cut(host, ":")
	return "praxis@" + host
}
