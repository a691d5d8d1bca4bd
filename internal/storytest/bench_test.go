package storytest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The figures of the whole program on this machine, with its own durable PostgreSQL: make bench.
// Each prints what it found beside the time of one operation; ratios within one run are what
// counts.

// page gives the request of a member's browser for a page.
func page(b *testing.B, url, token string) [][]byte {
	b.Helper()
	return [][]byte{wire(b, "GET", url, "", "Cookie", "praxis_session="+token, "Accept-Encoding", "br")}
}

// threadURL gives the address of the demonstration's first thread, past its redirection.
func threadURL(b *testing.B, c *Client) string {
	b.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequest("GET", c.URL+"/t/1", nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Cookie", "praxis_session="+c.Token)
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); to != "" {
		return c.URL + to
	}
	return c.URL + "/t/1"
}

func BenchmarkThreadPage(b *testing.B) {
	p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
	somchai := p.As(b, "somchai")
	load(b, p.URL, page(b, threadURL(b, somchai), somchai.Token), 200)
}

func BenchmarkPracticePage(b *testing.B) {
	p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
	somchai := p.As(b, "somchai")
	load(b, p.URL, page(b, p.URL+"/library", somchai.Token), 200)
}

func BenchmarkSearch(b *testing.B) {
	p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
	somchai := p.As(b, "somchai")
	var requests [][]byte
	for _, words := range []string{"naloxone police", "naloxona policia", "precursores", "drug checking", "النالوكسون", "wastewater", "prison methadone", "alerte"} {
		requests = append(requests, wire(b, "GET", p.URL+"/api/v1/search?q="+url.QueryEscape(words), "", "Authorization", "Bearer "+somchai.Token))
	}
	load(b, p.URL, requests, 200)
}

// BenchmarkPosts writes durable posts with 16 writers in 16 threads, and in one.
func BenchmarkPosts(b *testing.B) {
	const body = `{"body":"They carry it since 2019. The order is signed by the Health Board, **countersigned** by the customs director."}`
	for _, threads := range []int{16, 1} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
			somchai := p.As(b, "somchai")
			var requests [][]byte
			for n := range threads {
				thread := somchai.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Bench " + strconv.Itoa(n), "body": "x"}).Want(201).Thing()
				requests = append(requests, wire(b, "POST", p.URL+"/api/v1/threads/"+itoa(thread.ID)+"/posts", body,
					"Authorization", "Bearer "+somchai.Token, "Content-Type", "application/json"))
			}
			load(b, p.URL, requests, 201)
		})
	}
}

// BenchmarkCommitToSocket measures from sending a post, its commit included, to its arrival at the
// last of 1,000 sockets.
func BenchmarkCommitToSocket(b *testing.B) {
	const sockets = 1000
	p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
	somchai := p.As(b, "somchai")
	thread := somchai.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Bench", "body": "x"}).Want(201).Thing()
	arrived := make(chan time.Time, sockets)
	for range sockets {
		s := Dial(somchai)
		s.subscribe("thread:"+itoa(thread.ID), 0)
		go func() {
			for {
				if _, raw, err := s.conn.ReadMessage(); err != nil {
					return
				} else if bytes.Contains(raw, []byte(`"post.created"`)) {
					arrived <- time.Now()
				}
			}
		}()
		if err := s.conn.SetReadDeadline(time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
	last := make([]time.Duration, b.N)
	b.ResetTimer()
	for n := range b.N {
		begin := time.Now()
		somchai.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Now."}).Want(201)
		for range sockets {
			last[n] = max(last[n], (<-arrived).Sub(begin))
		}
	}
	b.StopTimer()
	report(b, last)
}

// BenchmarkStart measures the second start of a portal on its data folder, to its first ready
// answer, and the memory of the idle process.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	stop(b, launch(b, "demo", "--data-dir", dir))
	b.ResetTimer()
	for range b.N {
		p := launch(b, "demo", "--data-dir", dir)
		b.StopTimer()
		time.Sleep(2 * time.Second)
		b.ReportMetric(rss(b, p.cmd.Process.Pid), "idle-MB")
		stop(b, p)
		b.StartTimer()
	}
}

func stop(b *testing.B, p *process) {
	b.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	_ = p.cmd.Wait()
}

func rss(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmRSS:" {
			kb, err := strconv.Atoi(fields[1])
			if err != nil {
				b.Fatal(err)
			}
			return float64(kb) / 1024
		}
	}
	return 0
}
