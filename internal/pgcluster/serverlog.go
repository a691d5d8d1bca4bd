package pgcluster

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

const (
	// tailLines is how many of the server's last lines an error shows.
	tailLines = 20
	// lineLimit bounds one line of the server's log, in bytes.
	lineLimit = 4 << 10
)

// serverLog passes the server's log on, line by line, and remembers its end.
type serverLog struct {
	to *slog.Logger

	mu      sync.Mutex
	tail    []string
	partial []byte
}

// Write takes any piece of the log. It never fails, so that the server never
// waits.
func (l *serverLog) Write(piece []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := piece
	for len(rest) > 0 {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		l.partial = append(l.partial, line[:min(len(line), lineLimit-len(l.partial))]...)
		if rest = after; whole {
			l.flush()
		}
	}
	return len(piece), nil
}

// flush ends the current line. The caller holds mu.
func (l *serverLog) flush() {
	line := strings.ToValidUTF8(string(l.partial), "�")
	l.partial = l.partial[:0]
	if len(l.tail) == tailLines {
		l.tail = l.tail[1:]
	}
	l.tail = append(l.tail, line)
	l.to.Log(context.Background(), severity(line), line, "from", "postgres")
}

// severity is low for whatever the client, too, is told as an error.
func severity(line string) slog.Level {
	switch {
	case strings.HasPrefix(line, "PANIC:"):
		return slog.LevelError
	case strings.HasPrefix(line, "WARNING:"):
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// last returns the last lines of the log.
func (l *serverLog) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.tail, "\n")
}

// lastLines returns the last n lines of a tool's whole output.
func lastLines(output string, n int) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
