package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"praxis/internal/storytest"
)

// ministry is a network between a browser and the portal that lets not everything through.
type ministry struct {
	sockets, streams, polls atomic.Int64 // asked for
	site                    *httptest.Server
}

// block makes a network in front of the portal; refuse answers what it does not let through.
func block(t *testing.T, portal string, refuse func(w http.ResponseWriter, r *http.Request, way string) bool) *ministry {
	t.Helper()
	to, err := url.Parse(portal)
	if err != nil {
		t.Fatal(err)
	}
	m := &ministry{}
	through := httputil.NewSingleHostReverseProxy(to)
	m.site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		way := strings.TrimPrefix(r.URL.Path, "/api/v1/live")
		if count := map[string]*atomic.Int64{"": &m.sockets, "/sse": &m.streams, "/poll": &m.polls}[way]; count != nil {
			count.Add(1)
			if refuse(w, r, way) {
				return
			}
		}
		through.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		m.site.CloseClientConnections()
		m.site.Close()
	})
	return m
}

// Where sockets are refused, or hang, a thread is live by server-sent events; where these are refused
// too, by asking. What came through is remembered by the tab.
func TestThreadIsLiveWhereSocketsAreBlocked(t *testing.T) {
	w := newWorld(t, nil)
	refused := func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusForbidden); return true }
	for name, c := range map[string]struct {
		refuse func(w http.ResponseWriter, r *http.Request, way string) bool
		way    func(m *ministry) int64
	}{
		"sockets refused": {func(w http.ResponseWriter, _ *http.Request, way string) bool { return way == "" && refused(w) },
			func(m *ministry) int64 { return m.streams.Load() }},
		"sockets hang": {func(_ http.ResponseWriter, r *http.Request, way string) bool {
			if way == "" {
				<-r.Context().Done()
			}
			return way == ""
		}, func(m *ministry) int64 { return m.streams.Load() }},
		"streams refused": {func(w http.ResponseWriter, _ *http.Request, way string) bool { return way != "/poll" && refused(w) },
			func(m *ministry) int64 { return m.polls.Load() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := block(t, w.URL, c.refuse)
			r := (&world{Portal: &storytest.Portal{URL: m.site.URL}, browser: w.browser}).reader(t, phone)
			r.expect("WebSocket", "status of 403", "net::ERR")
			l := &lost{reader: r, api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			thread := l.thread()
			ana := w.As(t, "ana")
			say := func(words string) {
				ana.Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": words}).Want(201)
			}
			say("Said while it was tried.")
			l.sees("Said while it was tried.")
			say("Said when it was found.")
			l.sees("Said when it was found.")
			tried, asked := m.sockets.Load(), c.way(m)
			if asked == 0 {
				t.Fatalf("%d sockets were tried, and nothing in their stead", tried)
			}
			l.reloads()
			storytest.Eventually(t, "the way is remembered", func() bool { return c.way(m) > asked })
			say("Said on the next page.")
			l.sees("Said on the next page.")
			if again := m.sockets.Load(); again != tried {
				t.Errorf("the next page of the tab tried %d sockets again", again-tried)
			}
			posts := eval[int](l.reader, "document.querySelectorAll('#posts .post').length")
			if posts != 4 {
				t.Errorf("%d posts are shown of 4", posts)
			}
		})
	}
}
