package live

import (
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/portal"
)

// client is one socket, or one stream of server-sent events.
type client struct {
	hub    *Hub
	conn   *websocket.Conn // nil: a stream
	who    portal.Identity // as she came; only what does not decide over access is used later
	origin origin
	slot   int
	// several: a stream of several topics, which one position resumes. It is told a batch as a whole.
	several bool

	// Guarded by the hub's lock.
	viewer  portal.Viewer
	changes int // of the viewer
	subs    []*subscription
	held    []line // of a stream of several topics: what it is told when the batch is whole

	budget float64 // requests that she may make now; the reader's own
	spent  time.Time
	typed  time.Time

	mu      sync.Mutex
	wire    wire // nil: a stream that is not open yet
	queue   []*message
	writing bool
	closing bool          // nothing more is taken
	moved   chan struct{} // closed when the writer has taken something; nil: nobody waits
}

// read serves the client's requests until the socket ends. It is the socket's one goroutine.
func (c *client) read() {
	defer c.hub.all.Done()
	defer c.gone()
	c.conn.SetPongHandler(func(string) error { return c.lives() })
	c.conn.SetPingHandler(func(data string) error {
		if err := c.lives(); err != nil {
			return err
		}
		// A pong that cannot be sent at once is not worth waiting for.
		_ = c.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		return nil
	})
	c.conn.SetCloseHandler(func(code int, _ string) error {
		c.close(websocket.CloseNormalClosure, "")
		return nil
	})
	c.apart(c.confirm)
	for {
		if c.lives() != nil {
			return
		}
		kind, frame, err := c.frame()
		if err != nil {
			c.linger()
			return
		}
		switch {
		case c.isClosing(): // until the other side closes too
		case kind != websocket.TextMessage:
			c.close(websocket.CloseUnsupportedData, "only text frames are understood")
		case len(frame) > MaxRequestFrame:
			c.enqueue(failure("", string(portal.TooLarge), tooLarge))
			c.close(websocket.CloseMessageTooBig, tooLarge)
		default:
			c.apart(func() { c.answer(frame) })
		}
	}
}

var tooLarge = fmt.Sprintf("a frame holds at most %d KiB", MaxRequestFrame>>10)

// frame reads the client's next frame, of one that is too large the beginning alone. The library's
// own limit would close without a word. What is left of such a frame is read and dropped, never
// kept, while the socket closes: closing on top of it would take back the last words.
func (c *client) frame() (kind int, frame []byte, err error) {
	kind, r, err := c.conn.NextReader()
	if err == nil {
		frame, err = io.ReadAll(io.LimitReader(r, MaxRequestFrame+1))
	}
	return kind, frame, err
}

// apart runs f on a stack of its own and waits. What JSON and SQL need of a stack would else stay
// with the idle socket for ever: a stack that has grown to 8 KB does not shrink below a blocked read.
// A panic costs this socket only.
func (c *client) apart(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				c.hub.log.Error("a socket's request panicked", "panic", p, "stack", string(debug.Stack()))
				c.close(websocket.CloseInternalServerErr, "something went wrong")
			}
		}()
		f()
	}()
	<-done
}

// answer serves the requests in a frame.
func (c *client) answer(frame []byte) {
	requests, err := parse(frame)
	if err != nil {
		c.enqueue(failure("", "malformed", err.Error()))
		c.pace(1)
		return
	}
	for _, r := range requests {
		c.pace(1)
		c.serve(r)
	}
}

// pace holds back a client that asks too often: it simply is not read meanwhile.
func (c *client) pace(cost float64) {
	if !c.hub.opt.RateLimits {
		return
	}
	now := time.Now()
	c.budget = min(c.budget+now.Sub(c.spent).Seconds()*requestRate, requestBurst)
	c.spent = now
	c.budget -= cost
	if c.budget >= 0 {
		return
	}
	pause := time.NewTimer(time.Duration(-c.budget / requestRate * float64(time.Second)))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-c.hub.ctx.Done():
	}
}

func (c *client) serve(r request) {
	c.hub.Requests.Add(1)
	switch r.Op {
	case "subscribe":
		c.subscribe(r)
	case "unsubscribe":
		c.unsubscribe(r)
	case "typing":
		c.typing(r)
	case "ping":
		c.enqueue(reply{Op: "pong"}.message())
	default:
		c.enqueue(failure(r.Topic, "unknown_op", "op is one of subscribe, unsubscribe, typing, ping"))
	}
}

// lives puts off the time after which a silent socket is dead.
func (c *client) lives() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil // the writer has set, or will set, a shorter one
	}
	return c.conn.SetReadDeadline(time.Now().Add(deadAfter))
}

func (c *client) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// enqueue leaves a message to be written. A client whose queue is full is too slow: it is closed,
// and can resume.
func (c *client) enqueue(m *message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	if len(c.queue) >= MaxQueue {
		if m.kind == text {
			c.hub.Slow.Add(1)
			c.queue = nil
			c.closeLocked(websocket.CloseTryAgainLater, "too slow: reconnect and resume")
		}
		return
	}
	c.put(m)
}

// close has the socket closed after what waits to be written.
func (c *client) close(code int, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.closeLocked(code, why)
	}
}

func (c *client) closeLocked(code int, why string) {
	c.closing = true
	c.put(&message{kind: closing, code: code, body: []byte(why)})
}

// put appends to the queue and sees to it that somebody writes.
func (c *client) put(m *message) {
	c.queue = append(c.queue, m)
	if !c.writing {
		c.writing = true
		c.hub.all.Go(c.write)
	}
}

// room waits until the queue is half empty, for a reader that has more to tell than fits. It
// returns false when the socket is closing.
func (c *client) room() bool {
	// The writer ends by its time limit if by nothing else, so this does.
	c.await(nil, func() bool { return c.closing || len(c.queue) < MaxQueue/2 })
	return !c.isClosing()
}

// await waits until done, which is asked under the lock whenever the writer has taken something.
func (c *client) await(limit <-chan time.Time, done func() bool) {
	for {
		c.mu.Lock()
		if done() {
			c.mu.Unlock()
			return
		}
		if c.moved == nil {
			c.moved = make(chan struct{})
		}
		moved := c.moved
		c.mu.Unlock()
		select {
		case <-moved:
		case <-limit:
			return
		}
	}
}

// gone ends the socket: whatever waits is dropped, and the writer is let go.
func (c *client) gone() {
	c.mu.Lock()
	c.closing = true
	c.queue = nil
	c.mu.Unlock()
	c.hub.leave(c)
	c.drop()
}

// linger lets the writer say why the socket closes, before it is closed.
func (c *client) linger() {
	late := time.NewTimer(closeTime)
	defer late.Stop()
	c.await(late.C, func() bool { return !c.writing })
}
