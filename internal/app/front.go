package app

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// startPatience is how long a request is kept until the portal serves.
const startPatience = 10 * time.Second

// front answers on the portal's address from the moment it is bound: while the database is awaited
// and the features are made, that the process lives and why it is not ready. Other requests wait a
// while for the portal itself, which then takes them.
type front struct {
	server *http.Server
	failed chan error    // why it no longer serves
	opened chan struct{} // closed when the portal itself answers

	mu     sync.Mutex
	portal http.Handler
	what   string // part that is not ready
	why    string
}

func newFront(l net.Listener, log *slog.Logger) *front {
	f := &front{failed: make(chan error, 1), opened: make(chan struct{})}
	f.awaits("database", "PostgreSQL is being started, or waited for")
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: quiet(log)}
	go func() { f.failed <- f.server.Serve(l) }()
	return f
}

// awaits sets what the portal is not ready for.
func (f *front) awaits(what, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.what, f.why = what, why
}

// open has the portal itself answer from now on.
func (f *front) open(portal http.Handler) {
	f.mu.Lock()
	f.portal = portal
	f.mu.Unlock()
	close(f.opened)
}

// ServeHTTP answers as the portal where there is one yet.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-f.opened:
	default:
		if f.early(w, r) {
			return
		}
	}
	f.portal.ServeHTTP(w, r) // set before opened was closed
}

// early answers what there is to say before the portal serves; false: it serves now.
func (f *front) early(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Cache-Control", "no-store")
	switch r.URL.Path {
	case "/healthz":
		_, _ = io.WriteString(w, "ok\n") // whoever asked may be gone
		return true
	case "/readyz":
		f.mu.Lock()
		answer := map[string]any{"ready": false, "reasons": map[string]string{f.what: f.why}}
		f.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(w).Encode(answer) // whoever asked may be gone
		return true
	}
	ctx, cancel := context.WithTimeout(r.Context(), startPatience)
	defer cancel()
	select {
	case <-f.opened:
		w.Header().Del("Cache-Control")
		return false
	case <-ctx.Done():
	}
	w.Header().Set("Retry-After", "5")
	http.Error(w, "The portal is starting. Please come back in a moment.", http.StatusServiceUnavailable)
	return true
}
