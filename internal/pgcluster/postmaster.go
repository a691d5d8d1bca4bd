package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

const (
	// pollLimit is the longest pause between two looks at a starting server.
	pollLimit = 20 * time.Millisecond
	// pipeLimit bounds the wait for the log of children that outlive a killed
	// server.
	pipeLimit = 500 * time.Millisecond
	// quitLimit bounds an aborting shutdown, after which the server is killed.
	quitLimit = 5 * time.Second
	// sayAfter is how long a wait lasts before the log speaks of it.
	sayAfter = time.Second
)

// postmaster is one run of the server process.
type postmaster struct {
	pid   int
	begin time.Time
	log   *serverLog
	done  chan struct{} // closed once the process has ended and is reaped
	err   error         // how it ended; valid after done
}

// serverCommand prepares a tool that must run as the server's account and works
// on folder. The caller closes the returned file after the tool has started.
func (c *Cluster) serverCommand(ctx context.Context, name, folder string, args ...string) (*exec.Cmd, *os.File, error) {
	opened, err := os.Open(folder)
	if err != nil {
		return nil, nil, folderError(c.config.Dir, err)
	}
	path := folder
	var inherited []*os.File
	if c.account.drop && runtime.GOOS == "linux" {
		// The account need not be able to walk to the folder, which may lie
		// below one that is root's alone: it gets the open folder as file 3.
		path, inherited = "/proc/self/fd/3", []*os.File{opened}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin.dir, name), append([]string{"-D", path}, args...)...)
	cmd.Dir, cmd.Env, cmd.ExtraFiles = "/", environment(), inherited
	return cmd, opened, nil
}

// keptEnvironment is what the server and its tools inherit: nothing that could
// point them elsewhere, and none of the portal's secrets.
var keptEnvironment = []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"}

func environment() []string {
	kept := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range keptEnvironment {
		if value, ok := os.LookupEnv(name); ok {
			kept = append(kept, name+"="+value)
		}
	}
	return kept
}

// runOnOwnThread starts a process and waits for it on one thread that nobody
// else uses. The kernel signals a process when the thread that started it ends,
// so this one must last as long as the process.
func runOnOwnThread(cmd *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		ended <- cmd.Run()
	}()
	return <-ended
}

// settings are the server's parameters in a stable order; the configured ones
// come last and win.
func (c *Cluster) settings() []string {
	list := []string{
		"listen_addresses=", "port=" + port,
		"unix_socket_directories=" + c.socket.forServer(), "unix_socket_permissions=0700",
		"cluster_name=praxis", "timezone=UTC",
		// Ready is to mean ready for writing, after an archive recovery, too.
		"hot_standby=off",
		"logging_collector=off", "log_destination=stderr", "lc_messages=C", "log_line_prefix=",
		// What members write must not reach the log by way of an error.
		"log_min_error_statement=panic", "log_error_verbosity=terse",
	}
	names := make([]string, 0, len(c.config.Params))
	for name := range c.config.Params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, name+"="+c.config.Params[name])
	}
	args := make([]string, 0, 2*len(list))
	for _, setting := range list {
		args = append(args, "-c", setting)
	}
	return args
}

// launch starts the server process and returns without waiting for it.
func (c *Cluster) launch() (*postmaster, error) {
	// The server outlives the start's context: it ends by signals alone.
	cmd, opened, err := c.serverCommand(context.Background(), "postgres", c.data, c.settings()...)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	p := &postmaster{begin: time.Now(), log: &serverLog{to: c.log}, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.WaitDelay = pipeLimit
	cmd.SysProcAttr = processAttributes(c.account, syscall.SIGINT)
	started := make(chan error, 1)
	go func() {
		// As in runOnOwnThread, but the caller goes on once it has started.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	p.pid = cmd.Process.Pid
	return p, nil
}

// boot starts the server and waits until it answers; what earlier runs have
// left is stopped first.
func (c *Cluster) boot(ctx context.Context) (*postmaster, error) {
	if err := c.evict(ctx, c.data); err != nil {
		return nil, err
	}
	p, err := c.launch()
	if err != nil {
		return nil, err
	}
	if err := c.awaitReady(ctx, p); err != nil {
		_ = p.stop(ctx) // what was wrong is said by err
		return nil, err
	}
	c.log.Info("private PostgreSQL runs", "folder", c.data, "version", c.bin.major, "user", c.account.name,
		"pid", p.pid, "took", time.Since(p.begin))
	return p, nil
}

// awaitReady returns when the server says in its own state file that it takes
// connections, as it does after a recovery, too.
func (c *Cluster) awaitReady(ctx context.Context, p *postmaster) error {
	for said := false; ; {
		select {
		case <-p.done:
			return explain("the server ended while it started", c.config.Dir, p.log.last(), p.ended())
		default:
		}
		state, err := readPidFile(filepath.Join(c.data, pidFileName))
		if err == nil && state.pid == p.pid && state.status == statusReady {
			return nil
		}
		waited := time.Since(p.begin)
		if waited > startLimit {
			return fmt.Errorf("the server is still starting up after %v; last lines:\n%s", startLimit, p.log.last())
		}
		if !said && waited > sayAfter {
			c.log.Info("the private PostgreSQL is starting up, perhaps recovering from a crash; waiting for it", "limit", startLimit)
			said = true
		}
		if !c.pause(ctx, min(pollLimit, max(waited/8, time.Millisecond))) {
			return fmt.Errorf("wait for the server: %w", ctx.Err())
		}
	}
}

// pause waits, and reports whether ctx still holds.
func (c *Cluster) pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// ended tells how the process ended; only after done.
func (p *postmaster) ended() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// stop ends the process: cleanly until ctx ends or stopLimit is over, then by
// abortion, then by force. It returns nil if the shutdown was clean.
func (p *postmaster) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	if ctx.Err() == nil && p.signal(ctx, syscall.SIGINT) {
		if p.err != nil {
			return fmt.Errorf("stop the server: %w; last lines:\n%s", p.err, p.log.last())
		}
		return nil
	}
	for _, how := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		ctx, cancel := context.WithTimeout(context.Background(), quitLimit)
		gone := p.signal(ctx, how)
		cancel()
		if gone {
			return errors.New("the server did not stop in time and was aborted; it recovers at its next start")
		}
	}
	return fmt.Errorf("the server (process %d) does not end", p.pid)
}

// signal sends a signal and reports whether the process ends within ctx.
func (p *postmaster) signal(ctx context.Context, how syscall.Signal) bool {
	select {
	case <-p.done: // its number may already be another process's
		return true
	default:
	}
	_ = syscall.Kill(p.pid, how) // it may have ended just now
	select {
	case <-p.done:
		return true
	case <-ctx.Done():
		return false
	}
}
