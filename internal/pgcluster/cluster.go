// Package pgcluster runs a private PostgreSQL server inside the portal's data
// folder, for installations that have no database server of their own.
//
// The server listens on a unix socket only, knows its clients by their
// operating-system account, and lives exactly as long as the process that
// started it. The package speaks to it by its own tools (initdb, postgres,
// psql) and never by a database driver.
package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// superuser is the one role that initdb makes; our accounts map to it.
	superuser = "praxis"
	// portalRole is what the portal's own connections log in as; the schema grants it what it may do.
	portalRole = "praxis_portal"
	// defaultDatabase is made when Config.Database is empty.
	defaultDatabase = "praxis"
	// port names the socket file; nothing listens on TCP.
	port = "5432"
	// startLimit bounds how long a server may start up, or an earlier one shut
	// down, before Start gives up.
	startLimit = 60 * time.Second
	// stopLimit bounds a clean shutdown whose context has no deadline.
	stopLimit = 30 * time.Second
)

// ErrInUse says that another process runs the server of this data folder.
var ErrInUse = errors.New("the data folder is in use")

// Config says where a private server lives and how it runs.
type Config struct {
	// Dir is the portal's data folder, made with mode 0700 if absent; the
	// cluster lives in Dir/postgres.
	Dir string
	// BinDir is the folder with initdb, postgres and psql; empty searches PATH
	// and the places where systems install PostgreSQL.
	BinDir string
	// Log receives what this package does (info and above) and the server's own
	// lines (mostly debug); nil discards both.
	Log *slog.Logger
	// Params are further server settings, by name; they win over our own.
	Params map[string]string
	// Database is created if absent; empty means "praxis".
	Database string
}

// Cluster is a private server: started by this process (Start) or by another
// one (Attach). Its methods may be called from several goroutines.
type Cluster struct {
	config  Config
	data    string // Dir/postgres
	bin     installation
	account account
	socket  socketFolder
	log     *slog.Logger

	lock       *os.File // nil on an attached cluster
	cancel     context.CancelFunc
	supervised chan struct{} // closed when the supervisor has left

	mu      sync.Mutex
	current *postmaster

	stopOnce sync.Once
	stopErr  error
}

// Start runs the private server of c.Dir, making the cluster first if there is
// none, and returns once the server answers and the database exists. ctx bounds
// the start alone. A server that dies unasked is restarted until Stop.
//
// It fails with ErrNoServer where PostgreSQL is not installed, with ErrInUse
// where another process runs this folder, and with ErrVersion where the folder
// belongs to a major version that is not installed; the folder is then left as
// it is.
func Start(ctx context.Context, c Config) (*Cluster, error) {
	cl, err := prepare(c)
	if err != nil {
		return nil, err
	}
	if err := cl.start(ctx); err != nil {
		cl.release()
		return nil, fmt.Errorf("start the private PostgreSQL: %w", err)
	}
	supervision, cancel := context.WithCancel(context.Background())
	cl.cancel, cl.supervised = cancel, make(chan struct{})
	go cl.supervise(supervision)
	return cl, nil
}

// prepare normalises the configuration, so that every path in it is absolute.
func prepare(c Config) (*Cluster, error) {
	if c.Dir == "" {
		return nil, errors.New("start the private PostgreSQL: no data folder is set")
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the data folder %s: %w", c.Dir, err)
	}
	c.Dir = dir
	if c.Database == "" {
		c.Database = defaultDatabase
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Cluster{config: c, data: filepath.Join(dir, "postgres"), log: c.Log}, nil
}

// start takes the folder, then does everything that needs it to be ours alone.
func (c *Cluster) start(ctx context.Context) error {
	var err error
	if c.lock, err = lockFolder(c.config.Dir); err != nil {
		return err
	}
	if err := c.locate(); err != nil {
		return err
	}
	if err := c.giveLock(); err != nil {
		return err
	}
	if err := c.removeLeftovers(ctx); err != nil {
		return err
	}
	if err := c.initialise(ctx); err != nil {
		return err
	}
	if err := c.writeAccessFiles(c.data); err != nil {
		return err
	}
	if err := c.socket.prepare(c.account); err != nil {
		c.socket = socketFolder{} // release must not remove what is not ours
		return err
	}
	server, err := c.boot(ctx)
	if err != nil {
		return err
	}
	if err := c.createDatabase(ctx); err != nil {
		server.stop(ctx)
		return err
	}
	c.setCurrent(server)
	return nil
}

// locate fills in the account, the installation and the socket's place, and
// refuses a folder that we must not touch. It changes nothing.
func (c *Cluster) locate() error {
	var err error
	if c.account, err = serverAccount(c.config.Dir, c.data); err != nil {
		return err
	}
	major, err := folderVersion(c.data)
	if err != nil {
		return err
	}
	if c.bin, err = findInstallation(c.config.BinDir, c.data, major); err != nil {
		return err
	}
	c.socket = socketFolderFor(c.data, c.account.uid)
	return nil
}

// release gives the folder back to whoever starts next.
func (c *Cluster) release() {
	if c.socket.private {
		_ = os.Remove(c.socket.path) // fails while a socket is in it, as it should
	}
	if c.lock != nil {
		_ = c.lock.Close()
	}
}

// ConnString returns a lib/pq connection string over the unix socket, as the
// cluster's superuser "praxis". It stays valid across restarts of the server.
func (c *Cluster) ConnString() string { return c.connString(superuser) }

// PortalConnString is ConnString as the role that owns nothing: there is no other
// to go back to. A server that an earlier Praxis has started refuses it.
func (c *Cluster) PortalConnString() string { return c.connString(portalRole) }

func (c *Cluster) connString(role string) string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable binary_parameters=yes",
		quote(c.socket.path), port, role, quote(c.config.Database))
}

// quote makes any text one value of a connection string.
func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// BinDir returns the folder of the server's binaries, where pg_dump, pg_restore
// and psql of the same version are.
func (c *Cluster) BinDir() string { return c.bin.dir }

// Pid returns the process id of the server now running, or 0 between a crash
// and the restart, after Stop, and on an attached cluster.
func (c *Cluster) Pid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		return 0
	}
	return c.current.pid
}

func (c *Cluster) setCurrent(p *postmaster) {
	c.mu.Lock()
	c.current = p
	c.mu.Unlock()
}

// Command returns a client tool of the server's own version (psql, pg_dump,
// pg_restore) that connects to this server and database by default, so no
// connection arguments are needed. libpq does not know binary_parameters: do
// not pass it ConnString.
func (c *Cluster) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin.dir, name), args...)
	cmd.Env = append(environment(), "PGHOST="+c.socket.path, "PGPORT="+port, "PGUSER="+superuser,
		"PGDATABASE="+c.config.Database, "PGSSLMODE=disable", "PGCLIENTENCODING=UTF8")
	return cmd
}

// Stop shuts the server down and gives the folder free: it ends the open
// connections and writes a checkpoint; when ctx ends, or after 30 seconds, it
// aborts the server, which then recovers at its next start. Later calls return
// the first one's answer. On an attached cluster it does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	if c.lock == nil {
		return nil
	}
	c.stopOnce.Do(func() {
		c.cancel()
		<-c.supervised
		c.mu.Lock()
		server := c.current
		c.current = nil
		c.mu.Unlock()
		if server != nil {
			begin := time.Now()
			c.stopErr = server.stop(ctx)
			c.log.Info("private PostgreSQL stopped", "took", time.Since(begin))
		}
		c.release()
	})
	return c.stopErr
}

// Attach returns a handle on the private server of c.Dir that another process
// runs, for commands beside a running portal. It fails where none runs.
func Attach(c Config) (*Cluster, error) {
	cl, err := prepare(c)
	if err != nil {
		return nil, err
	}
	if err := cl.locate(); err != nil {
		return nil, fmt.Errorf("attach to the private PostgreSQL: %w", err)
	}
	state, err := readPidFile(filepath.Join(cl.data, pidFileName))
	if err != nil || state.status != statusReady {
		return nil, fmt.Errorf("attach to the private PostgreSQL: no server runs in %s", cl.data)
	}
	running, err := occupants(cl.data)
	if err != nil || !slices.Contains(running, state.pid) {
		return nil, fmt.Errorf("attach to the private PostgreSQL: the server of %s has died", cl.data)
	}
	return cl, nil
}
