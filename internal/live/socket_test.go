package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"praxis/internal/live"
	"praxis/internal/middleware"
	"praxis/internal/outbox"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// node is one process of the portal, as far as sockets go.
type node struct {
	w     *world
	db    *postgres.DB
	hub   *live.Hub
	relay *outbox.Relay
	site  *httptest.Server
	stop  func()
}

func (w *world) node(opt live.Options) *node {
	w.t.Helper()
	db := w.db // the first node is the one that is written on
	if w.nodes++; w.nodes > 1 {
		db = w.connect()
	}
	n := &node{w: w, db: db, hub: live.NewHub(db, quiet, opt), relay: outbox.New(db, quiet)}
	n.relay.Follow(outbox.Follower{Name: "live", From: outbox.FromHead, Consume: n.hub.Consume, Restored: n.hub.Restored})
	n.relay.Hear(n.hub.Hear)
	relaying, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.relay.Run(relaying)
	}()
	common, err := middleware.New(middleware.Options{BaseURL: "http://portal.example"})
	w.must(err)
	e := echo.New()
	e.HTTPErrorHandler = problem
	identify := func(ctx context.Context, token string) (portal.Identity, error) {
		return db.IdentityByHash(ctx, secret.HashToken(token))
	}
	e.GET("/api/v1/live", n.hub.Handler(common, identify))
	e.GET("/api/v1/live/sse", n.hub.Stream(common, identify))
	e.GET("/api/v1/live/poll", n.hub.Poll(common, identify))
	n.site = httptest.NewServer(e)
	n.stop = func() {
		n.hub.Shutdown(10 * time.Millisecond)
		n.site.Close()
		cancel()
		<-done
		n.stop = func() {}
	}
	w.t.Cleanup(func() { n.stop() })
	return n
}

func problem(err error, c echo.Context) {
	status := map[portal.ErrorKind]int{portal.Unauthorized: 401, portal.Forbidden: 403, portal.Malformed: 400, portal.NotFound: 404, portal.Invalid: 422, portal.TooMany: 429,
		portal.Unavailable: 503}[portal.KindOf(err)]
	_ = c.NoContent(max(status, 400)) // the client looks at the status alone
}

// said is any message of the server.
type said struct {
	Op      string          `json:"op"`
	ID      int64           `json:"id"`
	Topic   string          `json:"topic"`
	Type    string          `json:"type"`
	Head    int64           `json:"head"`
	Code    string          `json:"code"`
	RetryMS int64           `json:"retry_ms"`
	Data    json.RawMessage `json:"data"`
	Members []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"members"`
	Member *struct{ ID int64 } `json:"member"`
}

func (s said) post() (p struct {
	ID     int64
	Body   string
	HTML   string
	Hidden bool
}) {
	_ = json.Unmarshal(s.Data, &p) // a test that looks at it sees what is missing
	return p
}

// socket is a client.
type socket struct {
	t     testing.TB
	conn  *websocket.Conn
	heard chan said
	code  chan int // the code with which the server closed; -1: without one
	why   string   // what it said with it; to be read after the code
}

// dial connects as a member, or as a visitor with the zero identity.
func (n *node) dial(who portal.Identity) *socket {
	n.w.t.Helper()
	s, status := n.try(n.w.tokens[who.MemberID], nil)
	if s == nil {
		n.w.t.Fatalf("the handshake was refused: %d", status)
	}
	return s
}

func (n *node) try(token string, header http.Header) (*socket, int) {
	n.w.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{live.Subprotocol}, HandshakeTimeout: patience}
	if token != "" {
		dialer.Subprotocols = append(dialer.Subprotocols, "bearer."+token)
	}
	conn, answer, err := dialer.Dial(n.address(), header)
	if err != nil {
		if answer == nil {
			n.w.t.Fatalf("dial: %v", err)
		}
		return nil, answer.StatusCode
	}
	if conn.Subprotocol() != live.Subprotocol {
		n.w.t.Errorf("the server speaks %q", conn.Subprotocol())
	}
	s := &socket{t: n.w.t, conn: conn, heard: make(chan said, 100_000), code: make(chan int, 1)}
	n.w.t.Cleanup(func() { conn.Close() })
	go s.listen()
	return s, answer.StatusCode
}

func (n *node) address() string {
	return "ws" + strings.TrimPrefix(n.site.URL, "http") + "/api/v1/live"
}

func (s *socket) listen() {
	defer close(s.heard)
	for {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				s.why = closed.Text
				s.code <- closed.Code
			}
			close(s.code)
			return
		}
		for _, m := range unpack(s.t, frame) {
			s.heard <- m
		}
	}
}

func unpack(t testing.TB, frame []byte) []said {
	var many []said
	if frame[0] != '[' {
		frame = []byte("[" + string(frame) + "]")
	}
	if err := json.Unmarshal(frame, &many); err != nil {
		t.Errorf("the server said %q: %v", frame, err)
	}
	return many
}

func (s *socket) say(format string, args ...any) {
	s.t.Helper()
	if err := s.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		s.t.Fatal(err)
	}
}

// next gives the next message but presence.
func (s *socket) next() said {
	s.t.Helper()
	for {
		m := s.any()
		if m.Op != "presence" {
			return m
		}
	}
}

func (s *socket) any() said {
	s.t.Helper()
	select {
	case m, open := <-s.heard:
		if !open {
			s.t.Fatal("the server closed the socket")
		}
		return m
	case <-time.After(patience):
		s.t.Fatal("the server says nothing")
	}
	panic("not reached")
}

// expect gives the next message, which must be of the kind and topic.
func (s *socket) expect(op, topic string) said {
	s.t.Helper()
	m := s.next()
	if m.Op != op || m.Topic != topic {
		s.t.Fatalf("the server said %+v (%s), want %s on %q", m, m.Data, op, topic)
	}
	return m
}

func (s *socket) event(topic string, typ portal.EventType) said {
	s.t.Helper()
	m := s.expect("event", topic)
	if m.Type != string(typ) {
		s.t.Fatalf("the server told of %s, want %s", m.Type, typ)
	}
	return m
}

// subscribe subscribes from now on.
func (s *socket) subscribe(topic string) said {
	s.t.Helper()
	s.say(`{"op":"subscribe","topic":%q}`, topic)
	return s.expect("subscribed", topic)
}

// silent holds that the server has nothing to say: it answers a ping, and with nothing before.
func (s *socket) silent() {
	s.t.Helper()
	time.Sleep(150 * time.Millisecond)
	s.say(`{"op":"ping"}`)
	s.expect("pong", "")
}

// closed waits for the server's close and gives its code.
func (s *socket) closed() int {
	s.t.Helper()
	select {
	case code, told := <-s.code:
		if !told {
			return -1
		}
		return code
	case <-time.After(patience):
		s.t.Fatal("the server does not close")
	}
	panic("not reached")
}

// settled waits until the node has read all that was committed.
func (n *node) settled() {
	n.w.t.Helper()
	for waiting := true; waiting; {
		_, err := n.w.db.Sequence(ctx)
		n.w.must(err)
		n.w.must(n.w.db.Raw().QueryRow(`select exists (select from events where position is null)`).Scan(&waiting))
	}
	at, err := n.w.db.LogHead(ctx)
	n.w.must(err)
	for begin := time.Now(); n.relay.Stats().Readers[0].Position < at.Head; time.Sleep(time.Millisecond) {
		if time.Since(begin) > patience {
			n.w.t.Fatal("the relay does not come to the head")
		}
	}
}

func topicOf(thread int64) string { return string(portal.ThreadTopic(thread)) }
