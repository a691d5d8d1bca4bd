package storytest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// herd is many clients of one thread, each of which comes back by itself as a page does: after the time that it
// was told, or after one that doubles with each failure, and never all at once.
type herd struct {
	url, token, topic string
	over              chan struct{}
	all               sync.WaitGroup
	open              atomic.Int64 // subscribed now
	tries             atomic.Int64 // dials
	refused           atomic.Int64 // of them
	twice             atomic.Int64 // events that came again
	told              sync.Map     // event: how many were told of it, *atomic.Int64
}

// count tells how many were told of an event.
func (h *herd) count(event int64) int64 {
	n, ok := h.told.Load(event)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}

func (h *herd) client(head int64) {
	last, failures := head, 0
	for {
		wait := min(30*time.Second, 500*time.Millisecond<<min(failures, 6))
		wait = wait/2 + rand.N(wait/2)
		was := last
		if told := h.listen(&last); told > 0 {
			wait = told
		}
		if failures++; last != was {
			failures = 0
		}
		select {
		case <-h.over:
			return
		case <-time.After(wait):
		}
	}
}

// listen follows the thread by one socket, and gives the time after which it was told to come back.
func (h *herd) listen(last *int64) (wait time.Duration) {
	h.tries.Add(1)
	dialer := websocket.Dialer{Subprotocols: []string{"praxis.v1", "bearer." + h.token}, HandshakeTimeout: 20 * time.Second, ReadBufferSize: 1 << 10, WriteBufferSize: 512}
	conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(h.url, "http")+"/api/v1/live", nil)
	if err != nil {
		h.refused.Add(1)
		return 0
	}
	gone := make(chan struct{})
	defer close(gone)
	go func() {
		select {
		case <-h.over:
		case <-gone:
		}
		conn.Close()
	}()
	if conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"op":"subscribe","topic":%q,"after":%d}`, h.topic, *last)) != nil {
		return 0
	}
	for subscribed := false; ; {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			if subscribed {
				h.open.Add(-1)
			}
			return wait
		}
		if raw[0] != '[' {
			raw = append(append([]byte{'['}, raw...), ']')
		}
		var messages []struct {
			Op      string
			ID      int64
			RetryMS int64 `json:"retry_ms"`
		}
		_ = json.Unmarshal(raw, &messages) // what is not heard is missed below
		for _, m := range messages {
			switch m.Op {
			case "subscribed":
				subscribed = true
				h.open.Add(1)
			case "goodbye":
				wait = time.Duration(m.RetryMS) * time.Millisecond
			case "event":
				if m.ID <= *last {
					h.twice.Add(1)
					continue
				}
				*last = m.ID
				n, _ := h.told.LoadOrStore(m.ID, new(atomic.Int64))
				n.(*atomic.Int64).Add(1)
			}
		}
	}
}

// A restart sends a thousand clients away, and all come back, spread by what they were told, to what they
// have missed; meanwhile the portal answers others. It is part of make faults, which has ten thousand.
func TestManyComeBackAtOnce(t *testing.T) {
	clients := map[string]int{"short": 1000, "long": 10_000}[os.Getenv("PRAXIS_FAULTS")]
	if clients == 0 {
		return // a thousand cost half a minute of two cores
	}
	t.Parallel()
	dir := demoFolder(t)
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	p := launch(t, "demo", "--data-dir", dir, "--addr", address)
	ana := (&Portal{URL: p.url}).As(t, "ana")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Todos a la vez", "body": "x"}).Want(201).Thing()
	h := &herd{url: p.url, token: ana.Token, topic: "thread:" + itoa(thread.ID), over: make(chan struct{})}
	var head struct{ Head int64 }
	ana.Do("GET", "/live/poll?topic="+h.topic, nil).Want(200).Into(&head)
	for range clients {
		h.all.Go(func() { h.client(head.Head) })
	}
	h.await(t, "all subscribed", func() bool { return h.open.Load() == int64(clients) })
	say := func() { ana.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "Now."}).Want(201) }
	say()
	tries, refused := h.tries.Load(), h.refused.Load()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	launch(t, "demo", "--data-dir", dir, "--addr", address)
	up := time.Now()
	for range 10 {
		say()
	}
	slowest := time.Duration(0)
	h.await(t, "all back", func() bool {
		asked := time.Now()
		ana.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(200)
		slowest = max(slowest, time.Since(asked))
		return h.open.Load() == int64(clients)
	})
	back := time.Since(began)
	var events []int64
	db := insideOf(t, dir)
	rows, err := db.Query(`select position from events where topic = $1 and type = 'post.created' and position > $2`, h.topic, head.Head)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var position int64
		if err := rows.Scan(&position); err != nil {
			t.Fatal(err)
		}
		events = append(events, position)
	}
	h.await(t, "all are told of all", func() bool {
		for _, e := range events {
			if h.count(e) < int64(clients) {
				return false
			}
		}
		return len(events) == 11
	})
	close(h.over)
	h.all.Wait()
	for _, e := range events {
		if n := h.count(e); n != int64(clients) {
			t.Errorf("event %d was told %d times to %d clients", e, n, clients)
		}
	}
	if n := h.twice.Load(); n > 0 {
		t.Errorf("%d events came again", n)
	}
	if slowest > 5*time.Second {
		t.Errorf("a page of the thread took %v meanwhile", slowest)
	}
	t.Logf("%d clients back %.1f s after the stop, %.1f s after the start, by %d dials of which %d were refused; a call took %v at most; 11 posts each, lost 0, doubled 0",
		clients, back.Seconds(), time.Since(up).Seconds(), h.tries.Load()-tries, h.refused.Load()-refused, slowest)
}

func (h *herd) await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > 3*time.Minute {
			t.Fatalf("%s: not after three minutes; %d are subscribed", what, h.open.Load())
		}
	}
}
