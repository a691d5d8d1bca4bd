package storytest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ground is two nodes on a PostgreSQL of their own with a synchronous standby, each behind a network that
// can go wrong.
type ground struct {
	t                testing.TB
	primary, standby *server
	nodes            [2]*process
	args             [2][]string
	networks         [2]*network
}

const synchronous = "synchronous_standby_names=standby"

func newGround(t testing.TB) *ground {
	t.Helper()
	dir := demoFolder(t)
	g := &ground{t: t, primary: serverOf(t, dir)}
	g.standby = g.primary.standby()
	g.primary.start(synchronous)
	g.standby.start("wal_retrieve_retry_interval=100ms")
	g.primary.inside()
	for i := range g.nodes {
		data := filepath.Join(t.TempDir(), "data")
		for _, part := range []string{"index", "compiled", "attachments"} { // else each builds its own
			if _, err := os.Stat(filepath.Join(dir, part)); err != nil {
				continue
			}
			if err := os.MkdirAll(data, 0o700); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("cp", "-a", filepath.Join(dir, part), data).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
		g.args[i] = []string{"serve", "--data-dir", data, "--addr", address, "--database-url", conn(g.primary, g.standby)}
		g.nodes[i] = launch(t, g.args[i]...)
		g.networks[i] = makeNetwork(t, address)
	}
	return g
}

func (g *ground) weather(w weather) {
	for _, n := range g.networks {
		n.turns(w)
	}
}

func (g *ground) signal(node int, s syscall.Signal) {
	g.t.Helper()
	if err := g.nodes[node].cmd.Process.Signal(s); err != nil {
		g.t.Fatal(err)
	}
}

// fault is something that goes wrong for a while.
type fault struct {
	name  string
	does  func(g *ground)
	ends  func(g *ground)
	times int // as long as others, in the short run
}

func faults(long bool) []fault {
	calm := func(g *ground) { g.weather(weather{}) }
	pause := 1
	if !long {
		pause = 3
	}
	all := []fault{
		{name: "nothing"},
		{name: "kill -9 of a node", does: func(g *ground) { g.nodes[0].kill() },
			ends: func(g *ground) { g.nodes[0] = launch(g.t, g.args[0]...) }},
		{name: "kill -9 of PostgreSQL", does: func(g *ground) { g.primary.kill() },
			ends: func(g *ground) { g.primary.start(synchronous); g.primary.inside() }},
		{name: "kill -9 of both", does: func(g *ground) { g.primary.kill(); g.nodes[1].kill() },
			ends: func(g *ground) { g.primary.start(synchronous); g.nodes[1] = launch(g.t, g.args[1]...) }},
		{name: "lines cut, again and again", does: func(g *ground) {
			for range 5 {
				for _, n := range g.networks {
					n.drop()
				}
				time.Sleep(150 * time.Millisecond)
			}
		}},
		{name: "2 s of delay", does: func(g *ground) { g.weather(weather{delay: 2 * time.Second}) }, ends: calm, times: 2},
		{name: "20 kbit/s", does: func(g *ground) { g.weather(weather{rate: 20_000 / 8}) }, ends: calm},
		{name: "a black hole", does: func(g *ground) { g.weather(weather{hole: true}) }, ends: calm, times: 2},
		{name: "SIGSTOP of a node", does: func(g *ground) { g.signal(0, syscall.SIGSTOP) },
			ends: func(g *ground) { g.signal(0, syscall.SIGCONT) }, times: pause},
		{name: "failover to the standby", does: func(g *ground) { g.primary.kill(); g.standby.promote() }},
		{name: "nothing, afterwards"},
	}
	if !long { // TestPowerCutLosesNothing kills both, too; what is only slow takes long
		left := []string{"kill -9 of both", "2 s of delay", "20 kbit/s"}
		all = slices.DeleteFunc(all, func(f fault) bool { return slices.Contains(left, f.name) })
	}
	return all
}

// Whatever goes wrong, each acknowledged post is there once, and comes to each listener once and in order;
// who may not see it never does. make faults has each fault last for half a minute, and more of them.
func TestFaultsLoseNothing(t *testing.T) {
	t.Parallel()
	lasts, long := 700*time.Millisecond, os.Getenv("PRAXIS_FAULTS") == "long"
	if long {
		lasts = 30 * time.Second
	}
	g := newGround(t)
	portal := &Portal{URL: g.nodes[0].url}
	ana, somchai, lena := portal.As(t, "ana"), portal.As(t, "somchai"), portal.As(t, "lena")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Bad lines", "body": "First."}).Want(201).Thing()
	stop, end := context.WithCancel(context.Background())
	defer end()
	p := &people{urls: []string{g.networks[0].url(), g.networks[1].url()}, thread: thread.ID, token: ana.Token, stop: stop,
		said: map[string]int64{}, everyWriter: 60 * time.Millisecond}
	var head struct{ Head int64 }
	somchai.Do("GET", "/live/poll?topic=thread:"+itoa(thread.ID), nil).Want(200).Into(&head)
	for n := range 6 {
		p.listen(fmt.Sprint("listener ", n), somchai.Token, n%3 == 2, head.Head)
	}
	outsider := p.listen("outsider", lena.Token, false, head.Head)
	outsider2 := p.listen("outsider's stream", lena.Token, true, head.Head)
	p.listeners = p.listeners[:6]
	asleep := deaf(t, g.nodes[1].url, somchai.Token, thread.ID)
	until := make(chan struct{})
	for n := range 4 {
		p.writing.Add(1)
		go p.write(n, until)
	}
	var table strings.Builder
	for _, f := range faults(long) {
		said, back := p.count()
		if f.does != nil {
			f.does(g)
		}
		time.Sleep(lasts * time.Duration(max(f.times, 1)))
		if f.ends != nil {
			f.ends(g)
		}
		p.recovers(t, f.name)
		now, again := p.count()
		fmt.Fprintf(&table, "%-28s %6d acknowledged %4d connections made anew\n", f.name, now-said, again-back)
	}
	close(until)
	p.writing.Wait()
	db := g.standby.inside()
	p.settle(t, db)
	end()
	p.all.Wait()
	asleep()
	v := judge(t, db, p, outsider, outsider2)
	t.Logf("\n%s%s; %d tries again", table.String(), v, p.retries)
}

func (p *people) count() (said int, reconnects int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.said), p.reconnects.Load()
}

// recovers waits until posts are acknowledged again.
func (p *people) recovers(t testing.TB, after string) {
	t.Helper()
	before, _ := p.count()
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		if now, _ := p.count(); now > before+8 {
			return
		}
		if time.Since(begin) > time.Minute {
			t.Fatalf("after %s nothing is acknowledged any more", after)
		}
	}
}

// settle waits until every listener has come to the thread's end.
func (p *people) settle(t testing.TB, db *sql.DB) {
	t.Helper()
	Eventually(t, "the log is at rest", func() bool { return number(t, db, `select count(*) from events where position is null`) == 0 })
	last := number(t, db, `select max(position) from events where type = 'post.created' and topic = 'thread:' || $1::bigint`, p.thread)
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		behind := 0
		for _, l := range p.listeners {
			if l.from() < last {
				behind++
			}
		}
		if behind == 0 {
			return
		}
		if time.Since(begin) > 40*time.Second {
			t.Errorf("%d listeners do not come to the end", behind)
			return
		}
	}
}

// deaf subscribes by a socket and never reads a word of it.
func deaf(t testing.TB, url, token string, thread int64) (leave func()) {
	t.Helper()
	s := Dial(&Client{T: t, URL: url, Token: token})
	s.send(map[string]any{"op": "subscribe", "topic": "thread:" + itoa(thread)})
	return func() { s.conn.Close() }
}
