package storytest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The figures of the whole program on this machine, with its own durable PostgreSQL: make bench.
// Each prints what it found beside the time of one operation; ratios within one run are what
// counts.

const connections = 16

// pool makes a client with a fixed number of connections.
func pool(n int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n, DisableCompression: true}}
}

// load sends b.N requests over the connections and reports requests a second and the p99.
func load(b *testing.B, n int, request func(i int) (*http.Request, error), want int) {
	b.Helper()
	client := pool(n)
	took := make([]time.Duration, b.N)
	var next, failed atomic.Int64
	b.ResetTimer()
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				req, err := request(i)
				begin := time.Now()
				var res *http.Response
				if err == nil {
					res, err = client.Do(req)
				}
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
					res.Body.Close()
				}
				if err != nil || res.StatusCode != want {
					failed.Add(1)
				}
				took[i] = time.Since(begin)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	report(b, took)
	if n := failed.Load(); n > 0 {
		b.Errorf("%d of %d requests failed", n, b.N)
	}
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "per-s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func page(url, token string) func(int) (*http.Request, error) {
	return func(int) (*http.Request, error) {
		req, err := http.NewRequest("GET", url, nil)
		if err == nil {
			req.Header.Set("Cookie", "praxis_session="+token)
			req.Header.Set("Accept-Encoding", "br")
		}
		return req, err
	}
}

func threadURL(b *testing.B, c *Client) string {
	b.Helper()
	client := pool(1)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	req, err := page(c.URL+"/t/1", c.Token)(0)
	if err != nil {
		b.Fatal(err)
	}
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
	load(b, connections, page(threadURL(b, somchai), somchai.Token), 200)
}

func BenchmarkPracticePage(b *testing.B) {
	p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
	somchai := p.As(b, "somchai")
	load(b, connections, page(p.URL+"/library", somchai.Token), 200)
}

func BenchmarkSearch(b *testing.B) {
	p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
	somchai := p.As(b, "somchai")
	words := []string{"naloxone+police", "naloxona+policia", "precursores", "drug+checking", "النالوكسون", "wastewater", "prison+methadone", "alerte"}
	load(b, connections, func(i int) (*http.Request, error) {
		req, err := http.NewRequest("GET", p.URL+"/api/v1/search?q="+words[i%len(words)], nil)
		if err == nil {
			req.Header.Set("Authorization", "Bearer "+somchai.Token)
		}
		return req, err
	}, 200)
}

// BenchmarkPosts writes durable posts with 16 writers in 16 threads, and in one.
func BenchmarkPosts(b *testing.B) {
	for _, threads := range []int{16, 1} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			p := &Portal{URL: launch(b, "demo", "--data-dir", b.TempDir()).url}
			somchai := p.As(b, "somchai")
			var ids []int64
			for n := range threads {
				ids = append(ids, somchai.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Bench " + strconv.Itoa(n), "body": "x"}).Want(201).Thing().ID)
			}
			body := []byte(`{"body":"They carry it since 2019. The order is signed by the Health Board, **countersigned** by the customs director."}`)
			load(b, connections, func(i int) (*http.Request, error) {
				req, err := http.NewRequest("POST", p.URL+"/api/v1/threads/"+itoa(ids[i%threads])+"/posts", bytes.NewReader(body))
				if err == nil {
					req.Header.Set("Authorization", "Bearer "+somchai.Token)
					req.Header.Set("Content-Type", "application/json")
				}
				return req, err
			}, 201)
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
