package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"praxis/internal/outbox"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	nodeVariable = "PRAXIS_TEST_NODE_DATABASE"
	fromVariable = "PRAXIS_TEST_NODE_FROM"
	patience     = 30 * time.Second
)

// reader checks what one node is told: positions only grow, nothing comes twice.
type reader struct {
	mu     sync.Mutex
	last   int64
	seen   map[int64]int
	errors []string
}

func newReader(from int64) *reader { return &reader{last: from, seen: map[int64]int{}} }

func (r *reader) note(position, entity int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if position <= r.last {
		r.errors = append(r.errors, fmt.Sprintf("position %d came after %d", position, r.last))
	}
	r.last = position
	r.seen[entity]++
}

func (r *reader) consume(_ context.Context, events []portal.Event, _ int64) error {
	for _, e := range events {
		r.note(e.Position, e.Entity.ID)
	}
	return nil
}

func (r *reader) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.seen)
}

// check holds what was read against what was written.
func (r *reader) check(t *testing.T, name string, written []int64) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	lost, doubled := 0, 0
	for _, entity := range written {
		switch r.seen[entity] {
		case 0:
			lost++
		case 1:
		default:
			doubled++
		}
	}
	if lost+doubled+len(r.errors) > 0 || len(r.seen) != len(written) {
		t.Errorf("%s: of %d events %d lost, %d doubled, %d seen; %v", name, len(written), lost, doubled, len(r.seen), r.errors)
	}
}

// storm has 16 writers write for a while, each pausing at random before and after it writes its
// events, and returns the numbers whose transactions were committed.
func storm(t *testing.T, dbs []*postgres.DB, long time.Duration) []int64 {
	t.Helper()
	var next atomic.Int64
	var mu sync.Mutex
	var written []int64
	var all sync.WaitGroup
	end := time.Now().Add(long)
	for w := range 16 {
		all.Go(func() {
			for time.Now().Before(end) {
				number := next.Add(1)
				topic := portal.ThreadTopic(int64(1 + rand.IntN(8)))
				pause := func() { time.Sleep(time.Duration(rand.IntN(8000)) * time.Microsecond) }
				if err := write(context.Background(), dbs[w%len(dbs)], topic, number, pause); err != nil {
					t.Errorf("write %d: %v", number, err)
					return
				}
				mu.Lock()
				written = append(written, number)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return written
}

// start runs a relay until the test ends.
func start(t testing.TB, r *outbox.Relay) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Run(ctx)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("the relay does not end with its context")
		}
	})
	t.Cleanup(stop)
	return stop
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func TestThreeNodesLoseAndDoubleNothing(t *testing.T) {
	dsn, _ := database(t)
	var dbs []*postgres.DB
	var nodes []*reader
	for range 3 {
		db, r := connect(t, dsn), newReader(0)
		relay := outbox.New(db, quiet)
		relay.Follow(outbox.Follower{Name: "reader", From: 0, Consume: r.consume})
		start(t, relay)
		dbs, nodes = append(dbs, db), append(nodes, r)
	}
	written := storm(t, dbs, 3*time.Second)
	for i, r := range nodes {
		eventually(t, "all events at a node", func() bool { return r.count() >= len(written) })
		r.check(t, fmt.Sprintf("node %d", i), written)
	}
	t.Logf("%d events", len(written))
	if n, err := dbs[0].VerifyAudit(context.Background()); err != nil || int(n) != len(written) {
		t.Errorf("the audit's chain has %d links (%v), want %d", n, err, len(written))
	}
}

// runNode is a node of its own process: it relays until it is killed, and prints what it reads.
func runNode(dsn string) int {
	db, err := postgres.Open(dsn, postgres.Options{Log: quiet})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	from, err := strconv.ParseInt(os.Getenv(fromVariable), 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	relay := outbox.New(db, quiet)
	relay.Follow(outbox.Follower{Name: "printer", From: from, Consume: func(_ context.Context, events []portal.Event, _ int64) error {
		for _, e := range events {
			if _, err := fmt.Printf("%d %d.\n", e.Position, e.Entity.ID); err != nil {
				os.Exit(1) // the test is over
			}
		}
		return nil
	}})
	relay.Run(context.Background())
	return 0
}

// node runs child processes one after the other, each going on where the last one was killed.
type node struct {
	t     *testing.T
	dsn   string
	read  *reader
	child *exec.Cmd
	drain chan struct{}
}

func (n *node) begin() {
	n.t.Helper()
	n.child = exec.Command(os.Args[0])
	n.read.mu.Lock()
	from := n.read.last
	n.read.mu.Unlock()
	n.child.Env = append(os.Environ(), nodeVariable+"="+n.dsn, fromVariable+"="+strconv.FormatInt(from, 10))
	n.child.Stderr = os.Stderr
	out, err := n.child.StdoutPipe()
	if err == nil {
		err = n.child.Start()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	n.drain = make(chan struct{})
	go n.scan(out)
}

// scan notes each whole line; one that the kill cut is read again by the next child.
func (n *node) scan(out io.Reader) {
	defer close(n.drain)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var position, entity int64
		if whole, ok := strings.CutSuffix(lines.Text(), "."); ok {
			if _, err := fmt.Sscan(whole, &position, &entity); err == nil {
				n.read.note(position, entity)
			}
		}
	}
}

func (n *node) kill() {
	_ = n.child.Process.Kill()
	<-n.drain
	_ = n.child.Wait() // it was killed
}

func TestKilledNodesLoseAndDoubleNothing(t *testing.T) {
	dsn, _ := database(t)
	db := connect(t, dsn) // only writes: the children do all the sequencing
	var nodes []*node
	for range 3 {
		n := &node{t: t, dsn: dsn, read: newReader(0)}
		n.begin()
		nodes = append(nodes, n)
		t.Cleanup(func() { n.kill() })
	}
	var written []int64
	over := make(chan struct{})
	go func() {
		defer close(over)
		written = storm(t, []*postgres.DB{db}, 6*time.Second)
	}()
	kills := 0
	for running := true; running; {
		select {
		case <-over:
			running = false
		case <-time.After(time.Duration(100+rand.IntN(400)) * time.Millisecond):
			n := nodes[rand.IntN(len(nodes))]
			n.kill()
			n.begin()
			kills++
		}
	}
	if t.Failed() {
		return
	}
	for i, n := range nodes {
		eventually(t, "all events at a node", func() bool { return n.read.count() >= len(written) })
		n.read.check(t, fmt.Sprintf("node %d", i), written)
	}
	t.Logf("%d events, %d kills", len(written), kills)
	if n, err := db.VerifyAudit(context.Background()); err != nil || int(n) != len(written) {
		t.Errorf("the audit's chain has %d links (%v), want %d", n, err, len(written))
	}
}
