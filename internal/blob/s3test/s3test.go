// Package s3test gives tests a real object store over HTTP, that can go away and come back.
package s3test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Secret is the key's.
const Secret = "not-to-be-told"

const bucket = "attachments"

// Server is one object store with one bucket.
type Server struct {
	URL     string // for PRAXIS_S3_URL
	handler http.Handler
	address string
	server  *httptest.Server
	failing atomic.Bool
}

// Start starts a store that ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	s := &Server{}
	store := gofakes3.New(backend, gofakes3.WithTimeSkewLimit(time.Hour)).Server()
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.failing.Load() {
			http.Error(w, "no", http.StatusServiceUnavailable)
			return
		}
		store.ServeHTTP(w, r)
	})
	s.server = httptest.NewServer(s.handler)
	s.address = s.server.Listener.Addr().String()
	s.URL = "s3://key:" + Secret + "@" + s.address + "/" + bucket + "?region=us-east-1&insecure=1"
	t.Cleanup(func() { s.server.Close() })
	return s
}

// Refuse takes the store off the network.
func (s *Server) Refuse() { s.server.Close() }

// Fail has it answer that it cannot.
func (s *Server) Fail() { s.failing.Store(true) }

// Back brings it back, with all that it held.
func (s *Server) Back(t testing.TB) {
	t.Helper()
	if s.failing.CompareAndSwap(true, false) {
		return
	}
	var l net.Listener
	var err error
	for range 100 { // the port was somebody's a moment ago
		if l, err = net.Listen("tcp", s.address); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.server = &httptest.Server{Listener: l, Config: &http.Server{Handler: s.handler}}
	s.server.Start()
}
