package pgcluster_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"praxis/internal/pgcluster"
)

// TestFreshStartAndReuse runs below a folder that is ours alone: as root, the
// server's user cannot walk to its own one.
func TestFreshStartAndReuse(t *testing.T) {
	t.Setenv("PRAXIS_SMTP_URL", "smtp://user:secret@example.org")
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(parent, "below", "data")
	var log logBook
	// All settings are as an operator has them, so that the times are, too.
	config := pgcluster.Config{Dir: dir, Log: log.logger(), Params: map[string]string{}}
	cluster := start(t, config)
	log.must(t, "made a private PostgreSQL cluster")
	for query, want := range map[string]string{
		"SELECT session_user":       "praxis",
		"SELECT current_database()": "praxis",
		"SELECT rolsuper::text FROM pg_roles WHERE rolname = 'praxis'": "true",
		"SHOW data_checksums":   "on",
		"SHOW listen_addresses": "",
		"SHOW server_encoding":  "UTF8",
		"SHOW fsync":            "on",
		"SHOW timezone":         "UTC",
		"SELECT lower('ÀÉ')":    "àé",
	} {
		if got := ask(t, cluster, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	lookAtProcess(t, cluster.Pid())
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "postgres"): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %o", path, info.Mode(), err, want)
		}
	}
	exe(t, cluster, "CREATE TABLE kept AS SELECT 'here' AS word")
	stop(t, cluster, dir)
	if err := cluster.Stop(context.Background()); err != nil {
		t.Errorf("a second Stop: %v", err)
	}

	again := start(t, config)
	if got := ask(t, again, "SELECT word FROM kept"); got != "here" {
		t.Errorf("the second start finds %q", got)
	}
	if n := strings.Count(log.String(), "made a private"); n != 1 {
		t.Errorf("made %d clusters, want 1", n)
	}
	stop(t, again, dir)
}

// lookAtProcess looks at what the server has inherited from us.
func lookAtProcess(t *testing.T, pid int) {
	t.Helper()
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(environ, []byte("secret")) {
		t.Error("the server's environment holds the portal's secrets")
	}
	group, err := syscall.Getpgid(pid)
	if err != nil || group == syscall.Getpgrp() {
		t.Errorf("process group %d, %v: the terminal's Ctrl-C would reach the server", group, err)
	}
}

func TestClientTools(t *testing.T) {
	t.Setenv("PGHOST", "nowhere.invalid")
	cluster := start(t, pgcluster.Config{Dir: filledDir(t), Database: `o'clock "and" \more`})
	if got := ask(t, cluster, "SELECT current_database()"); got != `o'clock "and" \more` {
		t.Errorf("the database is %q", got)
	}
	exe(t, cluster, "CREATE TABLE dumped (id int)")
	dump, err := cluster.Command(context.Background(), "pg_dump", "--schema-only").Output()
	if err != nil || !bytes.Contains(dump, []byte("CREATE TABLE public.dumped")) {
		t.Errorf("pg_dump: %v\n%s", err, dump)
	}
	if _, err := os.Stat(filepath.Join(cluster.BinDir(), "pg_restore")); err != nil {
		t.Error(err)
	}
}

func TestSocketPlace(t *testing.T) {
	long := strings.Repeat("a-long-name/", 10)
	for name, test := range map[string]struct{ below, socket string }{
		"short":            {"data", "/data/postgres"},
		"long":             {long, "/tmp/praxis-"},
		"comma":            {"one,two", "/tmp/praxis-"},
		"space and quote":  {`it's a\b "c"`, `it\'s a\\b "c"`},
		"not ASCII at all": {"données", "données/postgres"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), test.below)
			cluster := start(t, pgcluster.Config{Dir: dir})
			conn := cluster.ConnString()
			if !strings.Contains(conn, test.socket) {
				t.Errorf("%s does not hold %s", conn, test.socket)
			}
			if got := ask(t, cluster, "SELECT session_user"); got != "praxis" {
				t.Errorf("we are %q", got)
			}
			stop(t, cluster, dir)
			if test.socket == "/tmp/praxis-" {
				if _, err := os.Stat(socketFolder(conn)); !os.IsNotExist(err) {
					t.Errorf("the socket's folder is left: %v", err)
				}
			}
		})
	}
}

// socketFolder takes the folder out of a connection string.
func socketFolder(conn string) string {
	_, rest, _ := strings.Cut(conn, "host='")
	folder, _, _ := strings.Cut(rest, "'")
	return folder
}

func TestForeignSocketFolderIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("a-long-name/", 10))
	cluster := start(t, pgcluster.Config{Dir: dir})
	folder := socketFolder(cluster.ConnString())
	stop(t, cluster, dir)
	elsewhere := t.TempDir()
	tests := map[string]func() error{
		"a link":         func() error { return os.Symlink(elsewhere, folder) },
		"open to others": func() error { return os.Mkdir(folder, 0o755) },
		"a file":         func() error { return os.WriteFile(folder, nil, 0o700) },
	}
	if os.Geteuid() == 0 {
		tests["another user's"] = func() error {
			return joined(os.Mkdir(folder, 0o700), os.Chown(folder, 12345, 12345))
		}
	}
	for name, plant := range tests {
		t.Run(name, func(t *testing.T) {
			if err := plant(); err != nil {
				t.Fatal(err)
			}
			defer os.Remove(folder)
			refused(t, pgcluster.Config{Dir: dir}, nil, folder, "remove it")
			if _, err := os.Lstat(folder); err != nil {
				t.Errorf("what is not ours was removed: %v", err)
			}
		})
	}
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	for _, after := range []time.Duration{0, 50 * time.Millisecond, 300 * time.Millisecond} {
		dir := dataDir(t)
		ctx, cancel := context.WithTimeout(context.Background(), after)
		cluster, err := pgcluster.Start(ctx, pgcluster.Config{Dir: dir, Params: unsafe})
		cancel()
		if err == nil {
			stop(t, cluster, dir)
			continue
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "postgres*")); len(left) != 1 {
			t.Errorf("cancelled after %v: %v; want the lock alone left", after, left)
		}
		stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
	}
}

func TestImpatientStopAborts(t *testing.T) {
	dir := filledDir(t)
	cluster := start(t, pgcluster.Config{Dir: dir})
	exe(t, cluster, "CREATE TABLE kept AS SELECT 'here' AS word")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := cluster.Stop(ctx); err == nil || !strings.Contains(err.Error(), "recovers at its next start") {
		t.Errorf("Stop: %v", err)
	}
	mustBeEmpty(t, dir)
	again := start(t, pgcluster.Config{Dir: dir})
	if got := ask(t, again, "SELECT word FROM kept"); got != "here" {
		t.Errorf("after the recovery: %q", got)
	}
}
