package live_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/live"
	"praxis/internal/portal"
)

// simClient follows some threads as the protocol says that it can: it comes back with the last id that it
// saw of each, and fetches afresh where it is told to. What it was told is judged when all is over.
type simClient struct {
	t      testing.TB
	name   string
	who    portal.Identity
	stream bool // by server-sent events, and of one thread

	mu      sync.Mutex
	gate    *sync.Cond       // held shut while the client reads nothing
	paused  bool             // it reads nothing
	follows map[string]*seen // by topic
	conn    interface{ Close() error }
	say     func(frame string)
	wrong   []string
	ended   int // connections
	resets  int
	revoked int
}

// seen is what a client has been told of a topic.
type seen struct {
	from   int64 // it follows since
	last   int64
	ids    map[int64]time.Time // of events, and when they came
	afters []int64             // fetched afresh up to
	on     bool                // subscribed, as far as it knows
	wants  bool
}

func (c *simClient) connect(n *simNode, head func() int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		return
	}
	if c.stream {
		c.openStream(n, head)
		return
	}
	dialer := websocket.Dialer{Subprotocols: []string{live.Subprotocol, "bearer." + n.w.tokens[c.who.MemberID]}, HandshakeTimeout: patience,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetReadBuffer(32 << 10) // it is a bound, not a promise
			}
			return conn, err
		}}
	conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(n.site.URL, "http")+"/api/v1/live", nil)
	if err != nil {
		return // the node stops; another time
	}
	c.conn, c.say = conn, func(frame string) { _ = conn.WriteMessage(websocket.TextMessage, []byte(frame)) } // a dead one is noticed by who reads
	for topic, s := range c.follows {
		s.on = false
		if s.wants {
			c.say(fmt.Sprintf(`{"op":"subscribe","topic":%q,"after":%d}`, topic, s.last))
		}
	}
	go c.listen(conn, head, func() ([]byte, error) {
		_, frame, err := conn.ReadMessage()
		return frame, err
	})
}

func (c *simClient) openStream(n *simNode, head func() int64) {
	for topic, s := range c.follows {
		s.on = false
		req, err := http.NewRequest("GET", fmt.Sprintf("%s/api/v1/live/sse?topic=%s", n.site.URL, topic), nil)
		if err != nil {
			c.wrong = append(c.wrong, err.Error())
			return
		}
		req.Header.Set("Authorization", "Bearer "+n.w.tokens[c.who.MemberID])
		req.Header.Set("Last-Event-ID", fmt.Sprint(s.last))
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return
		}
		if res.StatusCode != http.StatusOK { // she may not see it now
			res.Body.Close()
			return
		}
		c.conn, c.say = res.Body, func(string) {}
		in := bufio.NewReader(res.Body)
		go c.listen(res.Body, head, func() ([]byte, error) {
			for {
				row, err := in.ReadBytes('\n')
				if err != nil {
					return nil, err
				}
				if frame, ok := strings.CutPrefix(string(row), "data: "); ok {
					return []byte(frame), nil
				}
			}
		})
	}
}

// listen takes what comes until the connection ends.
func (c *simClient) listen(conn interface{ Close() error }, head func() int64, next func() ([]byte, error)) {
	for {
		c.mu.Lock()
		for c.paused {
			c.gate.Wait()
		}
		c.mu.Unlock()
		frame, err := next()
		c.mu.Lock()
		if err != nil {
			if c.conn == conn {
				c.conn = nil
			}
			c.ended++
			c.mu.Unlock()
			conn.Close()
			return
		}
		if c.conn == conn { // what a cut connection still brings is not heard
			for _, m := range unpack(c.t, frame) {
				c.hear(m, head)
			}
		}
		c.mu.Unlock()
	}
}

func (c *simClient) hear(m said, head func() int64) {
	s := c.follows[m.Topic]
	if s == nil {
		return
	}
	switch m.Op {
	case "subscribed":
		s.on = true
	case "revoked":
		s.on = false
		c.revoked++
	case "error":
		s.on = false
		if m.Code != "not_found" {
			c.wrong = append(c.wrong, fmt.Sprintf("told of the error %s", m.Code))
		}
	case "reset":
		c.resets++
		s.last = max(s.last, head())
		s.afters = append(s.afters, s.last)
	case "event":
		c.event(s, m)
	}
}

func (c *simClient) event(s *seen, m said) {
	if m.ID <= s.last {
		if len(s.afters) == 0 || m.ID > s.afters[len(s.afters)-1] {
			c.wrong = append(c.wrong, fmt.Sprintf("event %d of %s came after %d", m.ID, m.Topic, s.last))
		}
		return // it is in what was fetched afresh
	}
	s.last = m.ID
	s.ids[m.ID] = time.Now()
}
