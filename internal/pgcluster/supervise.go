package pgcluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

const (
	// firstPause is the wait before the first restart of a server that died;
	// each further one doubles it, up to longestPause.
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
	// steadyAfter is how long a server must have run for its death to count as
	// the first.
	steadyAfter = time.Minute
)

// supervise restarts the server whenever it dies unasked, until ctx ends.
func (c *Cluster) supervise(ctx context.Context) {
	defer close(c.supervised)
	c.mu.Lock()
	server := c.current
	c.mu.Unlock()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		if server != nil {
			select {
			case <-ctx.Done():
				return
			case <-server.done:
			}
			c.setCurrent(nil)
			if time.Since(server.begin) > steadyAfter {
				pause = firstPause
			}
			c.log.Error("the private PostgreSQL has died; starting it again", "how", server.ended(), "pause", pause, "lines", server.log.last())
		}
		if !c.pause(ctx, pause) {
			return
		}
		var err error
		if server, err = c.boot(ctx); err != nil {
			if ctx.Err() == nil {
				c.log.Error("the private PostgreSQL does not start; trying again", "error", err)
			}
			server = nil
			continue
		}
		c.setCurrent(server)
	}
}

// evict ends the server processes that an earlier run has left in a folder, so
// that no two servers ever write to it. Who calls holds the folder's lock, so
// whatever still runs there has lost its portal.
func (c *Cluster) evict(ctx context.Context, folder string) error {
	running, err := occupants(folder)
	if err != nil {
		return err
	}
	if len(running) == 0 {
		return c.removeStaleFiles(folder)
	}
	begin := time.Now()
	// A live server is asked to stop cleanly. What a dead one leaves behind
	// cannot: it is told to quit, as its own server would have.
	if state, err := readPidFile(filepath.Join(folder, pidFileName)); err == nil && slices.Contains(running, state.pid) {
		c.log.Warn("an earlier run has left its PostgreSQL behind; stopping it first", "pid", state.pid)
		_ = syscall.Kill(state.pid, syscall.SIGINT) // it may have ended just now
		if gone, err := c.awaitEmpty(ctx, folder, startLimit); gone || err != nil {
			c.log.Info("stopped the earlier PostgreSQL", "took", time.Since(begin))
			return err
		}
	}
	for _, how := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGKILL} {
		running, err := occupants(folder)
		if err != nil {
			return err
		}
		for _, pid := range running {
			_ = syscall.Kill(pid, how)
		}
		if gone, err := c.awaitEmpty(ctx, folder, quitLimit); gone || err != nil {
			return err
		}
	}
	return fmt.Errorf("an earlier server still runs in %s and does not end: stop its processes by hand", folder)
}

// removeStaleFiles deletes a dead server's lock files if its number has become
// another process's, as happens when a container starts afresh: the new server
// would take that process for the old one and refuse. The folder must be empty
// of servers, which only Linux can tell for sure.
func (c *Cluster) removeStaleFiles(folder string) error {
	if runtime.GOOS != "linux" {
		return nil
	}
	for _, path := range []string{filepath.Join(folder, pidFileName), filepath.Join(c.socket.path, socketName+".lock")} {
		state, err := readPidFile(path)
		if err != nil || syscall.Kill(state.pid, 0) != nil {
			continue // the new server itself can deal with these
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove a dead server's lock file: %w", err)
		}
	}
	return nil
}

// awaitEmpty reports whether all servers leave a folder within the limit.
func (c *Cluster) awaitEmpty(ctx context.Context, folder string, limit time.Duration) (bool, error) {
	begin := time.Now()
	for said := false; ; {
		running, err := occupants(folder)
		if err != nil || len(running) == 0 {
			return err == nil, err
		}
		waited := time.Since(begin)
		if waited > limit {
			return false, nil
		}
		if !said && waited > sayAfter {
			c.log.Info("the earlier PostgreSQL is shutting down; waiting for it", "limit", limit)
			said = true
		}
		if !c.pause(ctx, pollLimit) {
			return false, fmt.Errorf("wait for an earlier server to stop: %w", ctx.Err())
		}
	}
}
