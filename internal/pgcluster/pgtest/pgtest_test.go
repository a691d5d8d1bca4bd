package pgtest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"praxis/internal/pgcluster/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var migrations atomic.Int32

func migrate(conn string) error {
	migrations.Add(1)
	db, err := sql.Open("postgres", conn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("CREATE TABLE practices (id int); INSERT INTO practices VALUES (1)")
	return err
}

func open(t *testing.T, conn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", conn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			db := open(t, pgtest.URL(t, migrate, "practices"))
			t.Log("a database took", time.Since(begin))
			if _, err := db.Exec("INSERT INTO practices VALUES (2)"); err != nil {
				t.Fatal(err)
			}
			var rows int
			if err := db.QueryRow("SELECT count(*) FROM practices").Scan(&rows); err != nil || rows != 2 {
				t.Errorf("%d rows, %v; want the template's and our own", rows, err)
			}
		})
	}
	t.Cleanup(func() {
		if n := migrations.Load(); n != 1 {
			t.Errorf("migrated %d times, want once for all tests", n)
		}
	})
}

func TestNoMigrationLeavesItEmpty(t *testing.T) {
	db := open(t, pgtest.URL(t, nil, "empty"))
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables, %v; want none", tables, err)
	}
}

func TestDatabaseIsDroppedThoughInUse(t *testing.T) {
	var name string
	t.Run("leaves a connection open", func(t *testing.T) {
		db, err := sql.Open("postgres", pgtest.URL(t, nil, "empty"))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT current_database()").Scan(&name); err != nil {
			t.Fatal(err)
		}
	})
	db := open(t, pgtest.URL(t, nil, "empty"))
	var left int
	if err := db.QueryRow("SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&left); err != nil || left != 0 {
		t.Errorf("database %q: %d left, %v; want it dropped", name, left, err)
	}
}

// failing is a test that notes its failure instead of failing.
type failing struct {
	testing.TB
	message string
}

func (f *failing) Helper() {}
func (f *failing) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	panic(f)
}

func TestFailedMigrationFailsTheTest(t *testing.T) {
	probe := &failing{TB: t}
	func() {
		defer func() { _ = recover() }()
		pgtest.URL(probe, func(string) error { return errors.New("a broken migration") }, "broken")
	}()
	if !strings.Contains(probe.message, "a broken migration") {
		t.Errorf("the test was told %q", probe.message)
	}
}

// TestOtherServer runs a test process against a server that the environment
// names, and looks that it leaves nothing there.
func TestOtherServer(t *testing.T) {
	cluster := pgtest.Cluster(t)
	child := exec.Command(os.Args[0], "-test.run=^(TestEachTestHasItsOwnDatabase|TestDatabaseIsDroppedThoughInUse)$")
	child.Env = append(os.Environ(), "PRAXIS_TEST_DATABASE_URL="+cluster.ConnString())
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	db := open(t, cluster.ConnString())
	var left int
	if err := db.QueryRow("SELECT count(*) FROM pg_database WHERE datname LIKE 'praxis_test_%'").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d databases left, %v; want none", left, err)
	}
}

func TestClusterMayBeKilled(t *testing.T) {
	cluster := pgtest.Cluster(t)
	db := open(t, cluster.ConnString())
	if _, err := db.Exec("CREATE TABLE kept (id int)"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(cluster.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		_, err := db.Exec("INSERT INTO kept VALUES (1)")
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server did not come back: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestFoldersOfDeadProcessesAreSwept leaves a folder as a killed process would.
func TestFoldersOfDeadProcessesAreSwept(t *testing.T) {
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(os.TempDir(), fmt.Sprintf("praxis-pgtest-%d-left", dead.Process.Pid))
	if err := os.MkdirAll(filepath.Join(folder, "postgres"), 0o700); err != nil {
		t.Fatal(err)
	}
	cluster := pgtest.Cluster(t)
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", folder, err)
	}
	if err := cluster.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
