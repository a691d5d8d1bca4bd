package pgcluster_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"praxis/internal/pgcluster"
	"praxis/internal/pgcluster/pgtest"
)

// portalVariable makes the test binary a portal that does nothing but run the
// server of the folder that it names.
const portalVariable = "PGCLUSTER_TEST_PORTAL"

// patience bounds what a test waits for; it is no expectation of speed.
const patience = time.Minute

// unsafe makes a cluster faster that no test crashes the machine under.
var unsafe = map[string]string{"fsync": "off"}

func TestMain(m *testing.M) {
	if dir := os.Getenv(portalVariable); dir != "" {
		os.Exit(portal(dir))
	}
	os.Exit(m.Run())
}

// portal tells its server's process id, then waits for the end of its input.
func portal(dir string) int {
	cluster, err := pgcluster.Start(context.Background(), pgcluster.Config{Dir: dir, Params: unsafe})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("pid", cluster.Pid())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := cluster.Stop(context.Background()); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

// portalProcess is another process that runs the server of a folder.
type portalProcess struct {
	*exec.Cmd
	in  io.Closer
	out *bufio.Reader
}

func startPortal(t *testing.T, dir string) *portalProcess {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), portalVariable+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	return &portalProcess{Cmd: cmd, in: in, out: bufio.NewReader(out)}
}

// serverPid waits until the server runs.
func (p *portalProcess) serverPid(t *testing.T) int {
	t.Helper()
	line, _ := p.out.ReadString('\n')
	var pid int
	if _, err := fmt.Sscanf(line, "pid %d", &pid); err != nil {
		t.Fatalf("the other process says %q", line)
	}
	return pid
}

// kill ends the process as a crash would.
func (p *portalProcess) kill(t *testing.T) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // "signal: killed"
}

// logBook keeps what a cluster logs.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *logBook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func (b *logBook) must(t *testing.T, say string) {
	t.Helper()
	if !strings.Contains(b.String(), say) {
		t.Errorf("the log does not say %q:\n%s", say, b)
	}
}

func dataDir(t *testing.T) string { return filepath.Join(t.TempDir(), "data") }

// filledDir is a data folder whose cluster is made already, for tests of what comes afterwards.
func filledDir(t *testing.T) string {
	t.Helper()
	dir := dataDir(t)
	if err := errors.Join(os.Mkdir(dir, 0o700), pgtest.Fill(dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start runs a cluster for as long as the test, and logs how long it took.
func start(t *testing.T, c pgcluster.Config) *pgcluster.Cluster {
	t.Helper()
	begin := time.Now()
	if c.Params == nil {
		c.Params = unsafe
	}
	cluster, err := pgcluster.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("start took", time.Since(begin))
	t.Cleanup(func() { _ = cluster.Stop(context.Background()) }) // stop looks at the error
	return cluster
}

// stop ends a cluster and looks that no process is left.
func stop(t *testing.T, cluster *pgcluster.Cluster, dir string) {
	t.Helper()
	begin := time.Now()
	if err := cluster.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Log("stop took", time.Since(begin))
	mustBeEmpty(t, dir)
}

func mustBeEmpty(t *testing.T, dir string) {
	t.Helper()
	if left, err := pgcluster.Occupants(filepath.Join(dir, "postgres")); err != nil || len(left) != 0 {
		t.Errorf("processes %v are left, %v", left, err)
	}
}

func open(t *testing.T, cluster *pgcluster.Cluster) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", cluster.ConnString())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exe(t *testing.T, cluster *pgcluster.Cluster, statement string) {
	t.Helper()
	db := open(t, cluster)
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func ask(t *testing.T, cluster *pgcluster.Cluster, query string) string {
	t.Helper()
	db := open(t, cluster)
	defer db.Close()
	var answer string
	if err := db.QueryRow(query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for begin := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("waited %v in vain: %s", patience, what)
		}
	}
}

// serverUser returns the owner of a cluster's folder.
func serverUser(t *testing.T, dir string) *syscall.Stat_t {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t)
}
