package web_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// slowlyMoving is a log that moves on at some looks only, so that visitors do share pages.
type slowlyMoving struct{ looks atomic.Int64 }

func (l *slowlyMoving) Head() int64 { return l.looks.Add(1) / 10 }

// Readers and writers of all kinds at once: what the doors keep between requests is shared safely,
// and nobody reads what is not hers. Its worth is under the race detector.
func TestParallelReaders(t *testing.T) {
	const (
		readers = 8
		writers = 2
		span    = 2 * time.Second
	)
	w := newWorld(t)
	w.f.Log = &slowlyMoving{}
	w.mount(t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	people := []string{visitor, ana, lena, karim, moderator, officer}
	for _, who := range people[1:] {
		w.token(t, who)
	}
	secret := "Only members of the workspace read this."
	opened := w.post(t, ana, "/w/1/new-thread", url.Values{"title": {"In parallel"}, "body": {secret}, "handling": {"amber"}, "language": {"en"}, "once": {"parallel"}})
	thread := opened.Header().Get("Location")
	if opened.Code != http.StatusSeeOther || thread == "" {
		t.Fatalf("a thread is opened with %d", opened.Code)
	}
	thread, _, _ = strings.Cut(thread, "?")
	paths := []string{thread, "/", "/library", "/library?sector=customs", "/w/1", "/workspaces", "/p/1", "/search?q=naloxone", "/about", "/directory", "/notifications", "/queue", "/officer"}
	inside := map[string]bool{ana: true, moderator: true, officer: true}
	over := time.Now().Add(span)
	var all sync.WaitGroup
	var read, written atomic.Int64
	for n := range readers {
		all.Go(func() {
			for at := n; time.Now().Before(over); at++ {
				who, path := people[at%len(people)], paths[(at/len(people)+n)%len(paths)]
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header.Set("Accept-Language", []string{"en", "es", "ar"}[at%3])
				answer := w.do(t, who, r)
				if answer.Code >= 500 {
					t.Errorf("%q at %s: %d", who, path, answer.Code)
				}
				if !inside[who] && strings.Contains(answer.Body.String(), secret) {
					t.Errorf("%q reads at %s what is not hers", who, path)
				}
				read.Add(1)
			}
		})
	}
	for n := range writers {
		all.Go(func() {
			for at := 0; time.Now().Before(over); at++ {
				answer := w.post(t, []string{ana, moderator}[n], thread+"/posts", url.Values{"body": {fmt.Sprintf("Answer %d of writer %d", at, n)}})
				if answer.Code != http.StatusSeeOther {
					t.Errorf("a reply answers %d", answer.Code)
				}
				written.Add(1)
			}
		})
	}
	all.Wait()
	if read.Load() < readers || written.Load() < writers {
		t.Errorf("only %d pages were read and %d posts written: too few to tell anything", read.Load(), written.Load())
	}
	t.Logf("%d pages read, %d posts written", read.Load(), written.Load())
}
