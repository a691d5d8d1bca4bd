// Package pgtest gives tests real PostgreSQL databases: one private server for
// each test process, started when the first test asks for it, and a fresh
// database for each test.
//
// Tests that use it wrap themselves so that the server's folder is removed:
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
package pgtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	"praxis/internal/extract"
	"praxis/internal/pgcluster"
)

const (
	// serverVariable names a server to use instead of a private one.
	serverVariable = "PRAXIS_TEST_DATABASE_URL"
	// statementLimit bounds one statement of this package's own.
	statementLimit = time.Minute
	// busyLimit bounds the wait until a template's last connection has left.
	busyLimit = 10 * time.Second
	// collectEvery lets the heap of a test process grow to five times what is alive: hundreds of portals
	// are made and thrown away, and to look for what is alive each time was a fifth of all work.
	collectEvery = 400
	// adminConnections bounds this package's own connections.
	adminConnections = 4
)

// params trade all safety for speed: the data is gone after the test anyway.
var params = map[string]string{
	"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
	"shared_buffers": "32MB", "max_connections": "200",
}

// server is where this process's databases are made.
type server struct {
	conn    string
	admin   *sql.DB
	cluster *pgcluster.Cluster // nil for a server that the environment names
	folder  string             // the server's own, or an empty one beside a server that is named
}

// template is a migrated database that others are copied from.
type template struct {
	once sync.Once
	name string
	err  error
}

var (
	sharedOnce sync.Once
	shared     *server
	sharedErr  error

	mu        sync.Mutex
	templates = map[string]*template{}
	made      int // databases made so far, for their names
)

// Main runs a package's tests, then stops their server, removes its folder and
// exits.
//
// What is given after m looks, once all tests have passed, at what only all of them together show.
func Main(m *testing.M, after ...func() error) {
	if extract.IsChild() { // a reader of documents is the same program, started anew
		os.Exit(extract.Child(os.Args[2:], os.Stdout, os.Stderr))
	}
	keepCompiled()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectEvery)
	}
	code := m.Run()
	for _, look := range after {
		if code != 0 {
			break
		}
		if err := look(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// keepCompiled spares each test process the seconds that the PDF reader takes to compile; without a
// folder for it they are spent.
func keepCompiled() {
	if dir, err := os.UserCacheDir(); err == nil {
		_ = extract.KeepCompiled(filepath.Join(dir, "praxis-test"))
	}
}

// URL returns the lib/pq connection string of a database of the test's own. It
// is a copy of a database that migrate has filled, once for each schemaKey in
// this process; a nil migrate leaves it empty. The database is dropped, and its
// connections are ended, when the test is over.
func URL(t testing.TB, migrate func(connString string) error, schemaKey string) string {
	t.Helper()
	sharedOnce.Do(func() { shared, sharedErr = startShared() })
	if sharedErr != nil {
		t.Fatalf("pgtest: start a server: %v", sharedErr)
	}
	mu.Lock()
	source := templates[schemaKey]
	if source == nil {
		source = &template{}
		templates[schemaKey] = source
	}
	mu.Unlock()
	source.once.Do(func() { source.name, source.err = shared.makeTemplate(migrate) })
	if source.err != nil {
		t.Fatalf("pgtest: make the template %q: %v", schemaKey, source.err)
	}
	name := newName()
	if err := shared.create(name, source.name); err != nil {
		t.Fatalf("pgtest: copy the template %q: %v", schemaKey, err)
	}
	t.Cleanup(func() {
		if err := shared.drop(name); err != nil {
			t.Errorf("pgtest: drop the test's database: %v", err)
		}
	})
	return shared.database(name)
}

// Folder is where this process may keep what its tests copy; it goes with the templates. A database
// must have been asked for before.
func Folder() string { return filepath.Join(shared.folder, "kept") }

// Cluster returns a private server of the test's own, which the test may kill
// (Pid) or stop. It keeps its data through a crash of the server, though not
// through one of the machine.
func Cluster(t testing.TB) *pgcluster.Cluster {
	t.Helper()
	cluster, folder, err := startCluster(map[string]string{"fsync": "off", "shared_buffers": "32MB"})
	if err != nil {
		t.Fatalf("pgtest: start a server: %v", err)
	}
	t.Cleanup(func() {
		_ = cluster.Stop(context.Background()) // the test may have killed it
		if err := os.RemoveAll(folder); err != nil {
			t.Errorf("pgtest: remove the server's folder: %v", err)
		}
	})
	return cluster
}

// startCluster runs a private server in a folder that tells its process.
func startCluster(params map[string]string) (*pgcluster.Cluster, string, error) {
	sweep()
	folder, err := newFolder()
	if err != nil {
		return nil, "", err
	}
	warnings := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	err = Fill(folder)
	var cluster *pgcluster.Cluster
	if err == nil {
		cluster, err = pgcluster.Start(context.Background(), pgcluster.Config{Dir: folder, Params: params, Log: warnings})
	}
	if err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(folder))
	}
	return cluster, folder, nil
}

// startShared starts this process's server, or takes the one that is named.
func startShared() (*server, error) {
	s := &server{}
	if named := os.Getenv(serverVariable); named != "" {
		conn, err := keyed(named)
		if err != nil {
			return nil, err
		}
		s.conn = conn
		if s.folder, err = newFolder(); err != nil {
			return nil, err
		}
	} else {
		var err error
		if s.cluster, s.folder, err = startCluster(params); err != nil {
			return nil, err
		}
		s.conn = s.cluster.ConnString()
	}
	admin, err := sql.Open("postgres", s.conn)
	if err != nil {
		return nil, err
	}
	admin.SetMaxOpenConns(adminConnections)
	s.admin = admin
	return s, admin.Ping()
}

// keyed completes the connection string of a given server, to which further keys can be
// appended; a later one wins. Only the key=value form takes that.
func keyed(conn string) (string, error) {
	if strings.Contains(conn, "://") {
		return "", errors.New(serverVariable + " must have the form key=value, like host=/run/postgresql user=me dbname=postgres")
	}
	return conn + " binary_parameters=yes", nil
}

func stopShared() error {
	// Later tests, should there be any, must not start another one.
	sharedOnce.Do(func() { sharedErr = errors.New("the tests are over") })
	if shared == nil {
		return nil
	}
	var errs []error
	mu.Lock()
	defer mu.Unlock()
	for _, source := range templates {
		if shared.cluster == nil && source.name != "" {
			errs = append(errs, shared.drop(source.name))
		}
	}
	errs = append(errs, shared.admin.Close())
	if shared.cluster != nil {
		errs = append(errs, shared.cluster.Stop(context.Background()))
	}
	return errors.Join(append(errs, os.RemoveAll(shared.folder))...)
}

// newName returns a database name that no other test process uses, on this
// machine or on another one that shares the server.
func newName() string {
	mu.Lock()
	defer mu.Unlock()
	made++
	return fmt.Sprintf("praxis_test_%s_%d", process, made)
}

// process tells this test process from all others.
var process = strconv.FormatInt(time.Now().UnixNano(), 36) + "_" + strconv.Itoa(os.Getpid())

func (s *server) database(name string) string { return s.conn + " dbname=" + name }

func (s *server) makeTemplate(migrate func(string) error) (string, error) {
	name := newName()
	if err := s.create(name, "template0"); err != nil {
		return "", err
	}
	if migrate == nil {
		return name, nil
	}
	if err := migrate(s.database(name)); err != nil {
		return name, fmt.Errorf("migrate: %w", err)
	}
	return name, nil
}

// create copies a database, file by file: to write each of its pages into the server's own log takes
// three times as long, and nobody wants it after a crash. Connections that were just closed may still linger
// in the source for a moment, which PostgreSQL does not allow.
func (s *server) create(name, source string) error {
	begin := time.Now()
	for {
		err := s.exec("CREATE DATABASE " + pq.QuoteIdentifier(name) + " TEMPLATE " + pq.QuoteIdentifier(source) + " STRATEGY FILE_COPY")
		var refused *pq.Error
		if !errors.As(err, &refused) || refused.Code.Name() != "object_in_use" || time.Since(begin) > busyLimit {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *server) drop(name string) error {
	return s.exec("DROP DATABASE IF EXISTS " + pq.QuoteIdentifier(name) + " WITH (FORCE)")
}

func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), statementLimit)
	defer cancel()
	_, err := s.admin.ExecContext(ctx, statement)
	return err
}
