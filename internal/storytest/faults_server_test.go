package storytest

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"praxis/internal/pgcluster"
	"praxis/internal/postgres"
)

// server is a PostgreSQL of a test's own, over TCP, that can be killed, and followed by a standby.
type server struct {
	t    testing.TB
	data string
	port int
	cmd  *exec.Cmd
}

// freePort finds one that nobody listens on.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// serverOf makes a server of a demonstration's database.
func serverOf(t testing.TB, dir string) *server {
	t.Helper()
	s := &server{t: t, data: filepath.Join(dir, "postgres"), port: freePort(t)}
	hba := "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"
	if err := os.WriteFile(filepath.Join(s.data, "pg_hba.conf"), []byte(hba), 0o600); err != nil { // the owner stays
		t.Fatal(err)
	}
	// The server's account has to come to its folder, which lies in root's own.
	for up := filepath.Dir(s.data); up != filepath.Clean(os.TempDir()) && up != "/"; up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(s.ends)
	return s
}

// ends kills the server at the test's end, and shows what it said where the test has failed.
func (s *server) ends() {
	s.kill()
	if said, err := os.ReadFile(s.data + ".log"); err == nil && s.t.Failed() {
		s.t.Logf("%s: %s", filepath.Base(s.data), said[max(0, len(said)-2000):])
	}
}

// standby makes a server that follows this one, which must be stopped.
func (s *server) standby() *server {
	s.t.Helper()
	other := &server{t: s.t, data: s.data + "-standby", port: freePort(s.t)}
	if out, err := exec.Command("cp", "-a", s.data, other.data).CombinedOutput(); err != nil {
		s.t.Fatalf("copy the server: %v: %s", err, out)
	}
	follow := fmt.Sprintf("primary_conninfo = 'host=127.0.0.1 port=%d user=praxis application_name=standby'\n", s.port)
	for name, text := range map[string]string{"standby.signal": "", "postgresql.auto.conf": follow} {
		file := filepath.Join(other.data, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
		uid, gid := owner(s.t, s.data)
		if err := os.Chown(file, uid, gid); err != nil {
			s.t.Fatal(err)
		}
	}
	s.t.Cleanup(other.ends)
	return other
}

func owner(t testing.TB, path string) (uid, gid int) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sys := info.Sys().(*syscall.Stat_t)
	return int(sys.Uid), int(sys.Gid)
}

// start starts it; also asks for what is to be awaited.
func (s *server) start(settings ...string) {
	s.t.Helper()
	client, err := pgcluster.NewClient("", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	found := client.Command(s.t.Context(), "postgres").Path
	args := []string{"-D", s.data}
	for _, setting := range append([]string{"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(s.port), "unix_socket_directories=", "shared_buffers=64MB",
		"hot_standby=on", "max_connections=100", "timezone=UTC", "logging_collector=off", "log_min_messages=fatal"}, settings...) {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(found, args...)
	cmd.Dir = s.data
	uid, gid := owner(s.t, s.data)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	log, err := os.OpenFile(s.data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.cmd = cmd
}

// kill ends the server and all of its processes at once.
func (s *server) kill() {
	if s.cmd == nil {
		return
	}
	pid := s.cmd.Process.Pid
	children, _ := exec.Command("pgrep", "-P", strconv.Itoa(pid)).Output() // none, if it has just ended
	_ = syscall.Kill(pid, syscall.SIGKILL)                                 // it may have ended
	for _, field := range strings.Fields(string(children)) {
		if child, err := strconv.Atoi(field); err == nil {
			_ = syscall.Kill(child, syscall.SIGKILL) // it may have followed
		}
	}
	_ = s.cmd.Wait() // it was killed
	s.cmd = nil
}

// conn names the server, or several of which the one that can be written to counts.
func conn(servers ...*server) string {
	var hosts, ports []string
	for _, s := range servers {
		hosts, ports = append(hosts, "127.0.0.1"), append(ports, strconv.Itoa(s.port))
	}
	return fmt.Sprintf("host=%s port=%s user=praxis dbname=praxis sslmode=disable connect_timeout=2 target_session_attrs=read-write",
		strings.Join(hosts, ","), strings.Join(ports, ","))
}

// inside opens the database for the checker, as soon as it answers.
func (s *server) inside() *sql.DB {
	s.t.Helper()
	db, err := postgres.Open(conn(s), postgres.Options{Owner: true, PoolSize: 2})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { db.Close() })
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err := db.Raw().Ping(); err == nil {
			return db.Raw()
		} else if time.Since(begin) > 30*time.Second {
			s.t.Fatalf("PostgreSQL does not come up: %v", err)
		}
	}
}

// promote makes the standby the one that is written to.
func (s *server) promote() {
	s.t.Helper()
	db, err := postgres.Open(strings.TrimSuffix(conn(s), " target_session_attrs=read-write"), postgres.Options{Owner: true, PoolSize: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Raw().Exec(`select pg_promote(true, 30)`); err != nil {
		s.t.Fatal(err)
	}
}
