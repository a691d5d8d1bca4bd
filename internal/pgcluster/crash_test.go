package pgcluster_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"praxis/internal/pgcluster"
)

func TestServerDiesWithItsProcess(t *testing.T) {
	dir := filledDir(t)
	other := startPortal(t, dir)
	other.serverPid(t)
	begin := time.Now()
	other.kill(t)
	eventually(t, "the server is gone", func() bool {
		left, err := pgcluster.Occupants(filepath.Join(dir, "postgres"))
		return err == nil && len(left) == 0
	})
	t.Log("the server was gone after", time.Since(begin))
}

// TestStartRightAfterACrash meets a server that is just shutting down.
func TestStartRightAfterACrash(t *testing.T) {
	dir := filledDir(t)
	other := startPortal(t, dir)
	other.serverPid(t)
	attached, err := pgcluster.Attach(pgcluster.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	exe(t, attached, "CREATE TABLE kept AS SELECT 'here' AS word")
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait() // "signal: killed"
	begin := time.Now()
	cluster := start(t, pgcluster.Config{Dir: dir})
	t.Log("from the crash to the next start took", time.Since(begin))
	if got := ask(t, cluster, "SELECT word FROM kept"); got != "here" {
		t.Errorf("after the crash: %q", got)
	}
	stop(t, cluster, dir)
}

// TestOrphanIsStoppedFirst leaves a server that nobody has told to end, and that
// takes its time when it is told: it is frozen for a while.
func TestOrphanIsStoppedFirst(t *testing.T) {
	dir := filledDir(t)
	cluster := start(t, pgcluster.Config{Dir: dir})
	bin := cluster.BinDir()
	stop(t, cluster, dir)
	opened, err := os.Open(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	orphan := exec.Command(filepath.Join(bin, "postgres"), "-D", "/proc/self/fd/3", "-c", "listen_addresses=", "-c", "unix_socket_directories=.")
	orphan.ExtraFiles = []*os.File{opened}
	orphan.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		owner := serverUser(t, dir)
		orphan.SysProcAttr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	reaped := make(chan error, 1)
	go func() { reaped <- orphan.Wait() }()
	eventually(t, "the orphan runs", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
		return err == nil && strings.Contains(string(text), "ready")
	})
	if err := orphan.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var log logBook
	go func() { // it thaws once somebody has waited for it, or else the start below gives up
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if strings.Contains(log.String(), "is shutting down; waiting for it") {
				break
			}
		}
		_ = orphan.Process.Signal(syscall.SIGCONT)
	}()
	again := start(t, pgcluster.Config{Dir: dir, Log: log.logger()})
	log.must(t, fmt.Sprintf("pid=%d", orphan.Process.Pid))
	log.must(t, "is shutting down; waiting for it")
	log.must(t, "stopped the earlier PostgreSQL")
	if err := <-reaped; err != nil {
		t.Errorf("the orphan ended with %v, want a clean shutdown", err)
	}
	stop(t, again, dir)
}

func TestInterruptedInitIsRepeated(t *testing.T) {
	dir := dataDir(t)
	other := startPortal(t, dir)
	eventually(t, "initdb has begun", func() bool {
		begun, _ := filepath.Glob(filepath.Join(dir, "postgres.init-*", "base"))
		return len(begun) > 0
	})
	other.kill(t)
	if _, err := os.Stat(filepath.Join(dir, "postgres")); !os.IsNotExist(err) {
		t.Errorf("a half-made cluster is there: %v", err)
	}
	var log logBook
	cluster := start(t, pgcluster.Config{Dir: dir, Log: log.logger()})
	log.must(t, "removed what an interrupted start had left")
	if left, _ := filepath.Glob(filepath.Join(dir, "postgres.init-*")); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	stop(t, cluster, dir)
}

// TestLeftoverStillWrittenTo lets the last child of a killed initdb go on writing
// for a while into what is to be removed.
func TestLeftoverStillWrittenTo(t *testing.T) {
	dir := dataDir(t)
	left := filepath.Join(dir, "postgres.init-left", "base")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() {
		var err error
		for n, end := 0, time.Now().Add(time.Second); err == nil && time.Now().Before(end); n++ {
			err = os.WriteFile(filepath.Join(left, fmt.Sprint(n)), nil, 0o600)
		}
		written <- err
	}()
	cluster := start(t, pgcluster.Config{Dir: dir})
	if err := <-written; err != nil && !os.IsNotExist(err) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(left)); !os.IsNotExist(err) {
		t.Errorf("left over: %v", err)
	}
	stop(t, cluster, dir)
}

// TestStateFileOfAnotherProcess lets a dead server's number belong to a process
// of the same user that is none.
func TestStateFileOfAnotherProcess(t *testing.T) {
	dir := filledDir(t)
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
	other := exec.Command("sleep", "600")
	owner := serverUser(t, dir)
	if os.Geteuid() == 0 {
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	for _, name := range []string{"postmaster.pid", ".s.PGSQL.5432.lock"} {
		path := filepath.Join(dir, "postgres", name)
		if err := joined(os.WriteFile(path, fmt.Appendf(nil, "%d\n", other.Process.Pid), 0o600), os.Chown(path, int(owner.Uid), int(owner.Gid))); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other process has ended: %v", err)
	}
}

// TestSlowStartIsAwaited lets the server recover from an archive that takes its
// time to say that it is empty.
func TestSlowStartIsAwaited(t *testing.T) {
	dir := filledDir(t)
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
	signal := filepath.Join(dir, "postgres", "recovery.signal")
	owner := serverUser(t, dir)
	if err := joined(os.WriteFile(signal, nil, 0o600), os.Chown(signal, int(owner.Uid), int(owner.Gid))); err != nil {
		t.Fatal(err)
	}
	var log logBook
	cluster := start(t, pgcluster.Config{Dir: dir, Log: log.logger(),
		Params: map[string]string{"fsync": "off", "restore_command": "sleep 1; exit 1"}})
	log.must(t, "is starting up")
	if got := ask(t, cluster, "SELECT pg_is_in_recovery()::text"); got != "false" {
		t.Errorf("in recovery: %s", got)
	}
	stop(t, cluster, dir)
}

func TestSupervisorRestarts(t *testing.T) {
	dir := filledDir(t)
	var log logBook
	cluster := start(t, pgcluster.Config{Dir: dir, Log: log.logger()})
	exe(t, cluster, "CREATE TABLE kept AS SELECT 'here' AS word")
	db := open(t, cluster)
	go func() { _, _ = db.Exec("SELECT count(*) FROM generate_series(1, 1000000000)") }() // busy when its server dies
	eventually(t, "the query runs", func() bool {
		return ask(t, cluster, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series%' AND state = 'active' AND pid <> pg_backend_pid()") == "1"
	})
	for range 2 {
		pid := cluster.Pid()
		begin := time.Now()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another server runs", func() bool { now := cluster.Pid(); return now != 0 && now != pid })
		t.Log("the restart took", time.Since(begin))
		if got := ask(t, cluster, "SELECT word FROM kept"); got != "here" {
			t.Errorf("after the restart: %q", got)
		}
	}
	log.must(t, "has died; starting it again")
	log.must(t, "signal: killed")
	stop(t, cluster, dir)
}

// TestStopWhileTheServerIsDown stops between the death and the restart.
func TestStopWhileTheServerIsDown(t *testing.T) {
	dir := filledDir(t)
	cluster := start(t, pgcluster.Config{Dir: dir})
	if err := syscall.Kill(cluster.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the death is noticed", func() bool { return cluster.Pid() == 0 })
	if err := cluster.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	stop(t, start(t, pgcluster.Config{Dir: dir}), dir)
}
