package pgcluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

const (
	// pidFileName is the state file, in the cluster's folder.
	pidFileName = "postmaster.pid"
	// statusReady is what the server writes when it takes connections.
	statusReady = "ready"
	// pidFileLimit bounds the state file, in bytes; the server's has some 100.
	pidFileLimit = 8 << 10
	// statusLine is where the state file holds the status, counted from 0.
	statusLine = 7
)

// serverState is what a server says about itself in postmaster.pid.
type serverState struct {
	pid    int
	status string // starting, ready, stopping, standby; empty before the first
}

// readPidFile reads the state of a server. It is of a dead one if that had no
// time to remove it.
func readPidFile(path string) (serverState, error) {
	file, err := os.Open(path)
	if err != nil {
		return serverState{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, pidFileLimit))
	if err != nil {
		return serverState{}, err
	}
	return parsePidFile(string(text))
}

// parsePidFile reads the two lines of the file that matter here.
func parsePidFile(text string) (serverState, error) {
	lines := strings.Split(text, "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil {
		return serverState{}, fmt.Errorf("read %s: %w", pidFileName, err)
	}
	// A server in single-user mode writes its number negated.
	if pid = max(pid, -pid); pid <= 0 {
		return serverState{}, errors.New("read " + pidFileName + ": it names no process")
	}
	state := serverState{pid: pid}
	if len(lines) > statusLine {
		state.status = strings.TrimSpace(lines[statusLine])
	}
	return state, nil
}
