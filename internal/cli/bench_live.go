package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
)

// Bounds of the measurement.
const (
	benchDials    = 64 // sockets that open at once
	benchPatience = 2 * time.Minute
	benchMark     = "praxis-bench-" // begins the words of each post, the time of its sending follows
)

type benchLiveCmd struct {
	URL      string        `required:"" placeholder:"http://…" help:"The portal to measure, and no other is asked. It is written to: give it threads that nobody needs."`
	Token    string        `env:"PRAXIS_BENCH_TOKEN" help:"A personal access token that may read and write."`
	Email    string        `help:"Instead of a token: who signs in."`
	Password string        `env:"PRAXIS_BENCH_PASSWORD" help:"Her password."`
	Topics   []string      `name:"topic" required:"" placeholder:"thread:ID" help:"Threads that are followed and written in; all clients follow the first one, writers write in all."`
	Clients  int           `default:"1000" help:"Sockets."`
	Posts    int           `default:"50" help:"Posts whose way to the last socket is measured."`
	Writers  int           `default:"16" help:"Who writes as fast as answers come; 0: nobody."`
	For      time.Duration `default:"5s" help:"How long they write."`
	Stalled  int           `default:"1" help:"Sockets that follow and read nothing, while the way of posts is measured again."`
	Resume   int           `default:"100" help:"Events that each socket has missed when all come back at once; 0: none do."`
	Metrics  string        `placeholder:"http://…/metrics" help:"The portal's metrics (PRAXIS_ADMIN_ADDR): its memory is read there."`
}

// bench is a measurement under way.
type bench struct {
	benchLiveCmd
	ctx     context.Context
	origin  *url.URL
	token   string
	caller  *http.Client
	sockets []*benchSocket
	ears    sync.WaitGroup // who listens to them
	frames  atomic.Int64
	arrived chan time.Duration // of a post at a socket, since it was sent
	over    atomic.Bool
	failed  atomic.Pointer[error]
	out     *tabwriter.Writer
}

// Run measures a portal over its own doors, as its members use them.
func (c benchLiveCmd) Run(e *env) error {
	origin, err := trimOrigin(c.URL)
	if err != nil {
		return err
	}
	for _, t := range c.Topics {
		if id, ok := strings.CutPrefix(t, "thread:"); !ok || id == "" || strings.Trim(id, "0123456789") != "" {
			return fmt.Errorf("%q is no thread: give a topic like thread:12", t)
		}
	}
	b := &bench{benchLiveCmd: c, ctx: e.ctx, origin: origin, token: c.Token, out: tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0),
		caller: &http.Client{Timeout: benchPatience, Transport: &http.Transport{MaxIdleConnsPerHost: max(c.Writers, 1)}}}
	b.arrived = make(chan time.Duration, c.Clients+1)
	defer b.hangUp()
	if b.token == "" {
		if err := b.signIn(); err != nil {
			return err
		}
	}
	return errors.Join(b.measure(), b.out.Flush())
}

func (b *bench) measure() error {
	before := b.settled()
	began := time.Now()
	if err := b.open(0); err != nil {
		return err
	}
	b.tell("sockets open and subscribed", "%d in %.1f s", len(b.sockets), time.Since(began).Seconds())
	if before > 0 {
		b.tell("memory of an idle socket", "%.1f KB", (b.settled()-before)/1024/float64(len(b.sockets)))
	}
	plain, err := b.ways()
	if err != nil {
		return err
	}
	b.tell("post sent to last socket", "p50 %s, p99 %s, longest %s", plain.at(50), plain.at(99), plain.at(100))
	if b.Stalled > 0 {
		if err := b.stall(plain); err != nil {
			return err
		}
	}
	if b.Writers > 0 {
		if err := b.write(); err != nil {
			return err
		}
	}
	if b.Resume > 0 {
		return b.comeBack()
	}
	return nil
}

func (b *bench) tell(what, format string, args ...any) {
	fmt.Fprintf(b.out, "%s\t%s\n", what, fmt.Sprintf(format, args...))
}

// call makes a call of the API.
func (b *bench) call(method, path, body string, into any) error {
	req, err := http.NewRequestWithContext(b.ctx, method, b.origin.String()+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if b.token != "" {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	res, err := b.caller.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s is answered %s: %.300s", method, path, res.Status, raw)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(raw, into)
	}
	return err
}

func (b *bench) signIn() error {
	in, err := json.Marshal(map[string]string{"email": b.Email, "password": b.Password})
	if err != nil {
		return err
	}
	var made struct{ Token string }
	if err := b.call("POST", "/sessions", string(in), &made); err != nil {
		return fmt.Errorf("sign in (or give a --token): %w", err)
	}
	b.token = made.Token
	return nil
}

// settled gives the memory once it no longer falls: what a start, or the opening, took is given back by then.
func (b *bench) settled() float64 {
	held := b.memory()
	for range 15 {
		if held == 0 || b.ctx.Err() != nil {
			break
		}
		time.Sleep(time.Second)
		now := b.memory()
		if now > held*0.99 {
			return now
		}
		held = now
	}
	return held
}

// memory reads from the portal's metrics what its objects and stacks hold, after garbage was swept; 0 where
// none are given. What it has from the system moves too slowly to tell a few kilobytes a socket.
func (b *bench) memory() (held float64) {
	if b.Metrics == "" {
		return 0
	}
	for range 2 {
		if res, err := b.caller.Get(strings.TrimSuffix(b.Metrics, "/metrics") + "/debug/pprof/heap?gc=1"); err == nil {
			res.Body.Close()
		}
	}
	res, err := b.caller.Get(b.Metrics)
	if err != nil {
		b.tell("memory", "%v", err)
		return 0
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body) // half of them hold no number
	for line := range bytes.Lines(raw) {
		for _, part := range []string{"go_memstats_alloc_bytes ", "go_memstats_stack_inuse_bytes "} {
			if value, found := bytes.CutPrefix(line, []byte(part)); found {
				n, _ := strconv.ParseFloat(string(bytes.TrimSpace(value)), 64) // 0 says the same
				held += n
			}
		}
	}
	return held
}

// open opens all sockets and has them follow the first thread.
func (b *bench) open(after int64) error {
	b.sockets = make([]*benchSocket, b.Clients)
	next := make(chan int)
	var all sync.WaitGroup
	var first error
	var once sync.Once
	for range benchDials {
		all.Go(func() {
			for i := range next {
				ctx, cancel := context.WithTimeout(b.ctx, benchPatience)
				s, err := dialBench(ctx, b.origin, b.token)
				if err == nil {
					b.sockets[i] = s
					if after == 0 {
						_, err = s.subscribe(b.Topics[0], 0)
					} else {
						err = s.say(fmt.Sprintf(`{"op":"subscribe","topic":%q,"after":%d}`, b.Topics[0], after))
					}
				}
				cancel()
				if err != nil {
					once.Do(func() { first = fmt.Errorf("socket %d: %w", i, err) })
					continue
				}
				b.ears.Go(func() { b.listen(s) })
			}
		})
	}
	for i := range b.sockets {
		next <- i
	}
	close(next)
	all.Wait()
	return first
}

// listen takes what comes to a socket and notes how long posts were on their way.
func (b *bench) listen(s *benchSocket) {
	for {
		text, err := s.next()
		if err != nil {
			if !b.over.Load() {
				err = fmt.Errorf("a socket was lost: %w", err)
				b.failed.CompareAndSwap(nil, &err)
			}
			return
		}
		b.frames.Add(1)
		now := time.Now().UnixNano()
		for rest := text; ; {
			_, after, found := bytes.Cut(rest, []byte(`"body":"`+benchMark))
			if !found {
				break
			}
			b.arrived <- time.Duration(now - numberAfter(after, ""))
			rest = after
		}
	}
}

// hangUp ends all sockets.
func (b *bench) hangUp() {
	b.over.Store(true)
	for _, s := range b.sockets {
		if s != nil {
			s.conn.Close()
		}
	}
}

// post writes in a thread, with the time in its words.
func (b *bench) post(thread int) error {
	id := strings.TrimPrefix(b.Topics[thread%len(b.Topics)], "thread:")
	return b.call("POST", "/threads/"+id+"/posts", fmt.Sprintf(`{"body":"%s%d"}`, benchMark, time.Now().UnixNano()), nil)
}

// collect waits for so many arrivals.
func (b *bench) collect(n int, each func(time.Duration)) error {
	late := time.NewTimer(benchPatience)
	defer late.Stop()
	for range n {
		select {
		case took := <-b.arrived:
			each(took)
		case <-late.C:
			return errors.New("a socket was not told of a post for two minutes")
		case <-b.ctx.Done():
			return b.ctx.Err()
		}
	}
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// times are how long something took, again and again.
type times []time.Duration

// at gives a percentile.
func (t times) at(percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)].Round(10 * time.Microsecond)
}
