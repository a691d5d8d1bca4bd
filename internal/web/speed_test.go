package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkThread reads a page of a thread as members do: through the whole door, from PostgreSQL,
// compressed.
func BenchmarkThread(b *testing.B) { benchmarkPage(b, "/t/1-x?page=1") }

// BenchmarkPractice reads a practice.
func BenchmarkPractice(b *testing.B) { benchmarkPage(b, "/p/1-x") }

func benchmarkPage(b *testing.B, path string) {
	w := newWorld(b)
	w.settle(b)
	token := w.token(b, ana)
	if to := w.get(b, ana, path).Header().Get("Location"); to != "" {
		path = to
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept-Encoding", "gzip, br, zstd")
			r.AddCookie(&http.Cookie{Name: "praxis_session", Value: token})
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, r)
			if rec.Code != http.StatusOK {
				panic(fmt.Sprintf("status %d", rec.Code))
			}
		}
	})
}
