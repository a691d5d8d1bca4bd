package storytest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// The figures of live threads on this machine, as an operator finds them with praxis bench live.
// PRAXIS_LIVE_CLIENTS says with how many sockets, one run for each number: make bench-live.
func TestLiveFigures(t *testing.T) {
	counts := strings.Fields(os.Getenv("PRAXIS_LIVE_CLIENTS"))
	if len(counts) == 0 {
		return // it takes minutes
	}
	for _, clients := range counts {
		admin := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		p := launch(t, "demo", "--data-dir", demoFolder(t), "--admin-addr", admin)
		ana := (&Portal{URL: p.url}).As(t, "ana")
		args := []string{"bench", "live", "--url", p.url, "--token=" + ana.Token, "--clients", clients, "--metrics", "http://" + admin + "/metrics"}
		for n := range 16 {
			thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": fmt.Sprint("Bench ", n), "body": "x"}).Want(201).Thing()
			args = append(args, "--topic", "thread:"+itoa(thread.ID))
		}
		if clients != counts[0] {
			args = append(args, "--resume", "0") // a thousand come back; more are a test of patience
		}
		out, code := command(t, args...)
		if code != 0 {
			t.Errorf("%s clients: %s", clients, out)
		}
		t.Logf("%s clients\n%s", clients, out)
		p.kill()
	}
	longThread(t)
}

// longThread measures the first page of a thread of 10,000 posts beside that of one of fifty.
func longThread(t *testing.T) {
	t.Helper()
	dir := demoFolder(t)
	p := launch(t, "demo", "--data-dir", dir)
	ana := (&Portal{URL: p.url}).As(t, "ana")
	db := insideOf(t, dir)
	for _, posts := range []int{50, 10_000} {
		thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": fmt.Sprint("Long ", posts), "body": "x"}).Want(201).Thing()
		if _, err := db.Exec(`insert into posts (thread_id, number, author_id, body, language)
			select $1::bigint, g, (select min(id) from members), 'They carry it since 2019, number ' || g, 'en' from generate_series(2, $2::int) g`, thread.ID, posts); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`update threads set posts = $2, last_post_id = (select max(id) from posts where thread_id = $1) where id = $1`, thread.ID, posts); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/api/v1/threads/" + itoa(thread.ID) + "/posts?limit=50", "/t/" + itoa(thread.ID)} {
			took := timed(t, ana, path)
			t.Logf("%d posts, %s: p50 %v, p99 %v", posts, path, took[len(took)/2], took[len(took)*99/100])
		}
	}
}

// timed asks for a path again and again, and gives how long the answers took, sorted.
func timed(t *testing.T, c *Client, path string) (took []time.Duration) {
	t.Helper()
	for range 220 {
		req, err := http.NewRequest("GET", c.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+c.Token)
		req.AddCookie(&http.Cookie{Name: "praxis_session", Value: c.Token})
		begin := time.Now()
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body) // one that is cut is told by the next
		res.Body.Close()
		if to := res.Header.Get("Location"); to != "" {
			path = to // with the thread's words in it
			continue
		}
		took = append(took, time.Since(begin).Round(10*time.Microsecond))
	}
	took = took[20:]
	slices.Sort(took)
	return took
}

// An operator's measurement tells all of its figures, and what is wrong with what it was given.
func TestBenchLive(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Medida", "body": "x"}).Want(201).Thing()
	topic := "thread:" + itoa(thread.ID)
	args := func(more ...string) []string { return append([]string{"bench", "live", "--url", p.URL}, more...) }
	out, code := command(t, args("--token="+ana.Token, "--topic", topic, "--clients", "12", "--posts", "3", "--for", "200ms", "--writers", "2", "--resume", "5")...)
	for _, want := range []string{"12 in ", "post sent to last socket", "beside stalled sockets", "by 2 writers in 1 threads", "frames at the sockets", "12 sockets, 5 events each"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("the measurement (%d) does not tell %q:\n%s", code, want, out)
		}
	}
	for says, given := range map[string][]string{
		"is no thread":                args("--token="+ana.Token, "--topic", "me"),
		"sign in (or give a --token)": args("--email", "ana@demo.example", "--password", "wrong", "--topic", topic),
		"the portal refuses thread:9": args("--token="+ana.Token, "--topic", "thread:9999999"),
		"is no address":               {"bench", "live", "--url", "nonsense", "--token=" + "x", "--topic", topic},
		"without TLS":                 {"bench", "live", "--url", "https://127.0.0.1:1", "--token=" + "x", "--topic", topic},
	} {
		if out, code := command(t, given...); code != 1 || !strings.Contains(out, says) {
			t.Errorf("%v (%d) does not say %q: %s", given, code, says, out)
		}
	}
}
