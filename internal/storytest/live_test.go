package storytest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// Socket is a client of the live protocol.
type Socket struct {
	t    testing.TB
	conn *websocket.Conn
	next []Message
}

// Message is one message of the server.
type Message struct {
	Op    string
	Topic string
	ID    int64
	Head  int64
	Type  string
	Code  string
	Data  map[string]any
}

// Dial opens a socket as the client.
func Dial(c *Client) *Socket {
	c.T.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"praxis.v1"}, HandshakeTimeout: 10 * time.Second}
	if c.Token != "" {
		dialer.Subprotocols = append(dialer.Subprotocols, "bearer."+c.Token)
	}
	conn, res, err := dialer.Dial("ws"+strings.TrimPrefix(c.URL, "http")+"/api/v1/live", http.Header{})
	if err != nil {
		c.T.Fatalf("open a socket: %v (%v)", err, res)
	}
	c.T.Cleanup(func() { conn.Close() })
	return &Socket{t: c.T, conn: conn}
}

func (s *Socket) send(v any) {
	s.t.Helper()
	if err := s.conn.WriteJSON(v); err != nil {
		s.t.Fatalf("send: %v", err)
	}
}

// subscribe joins a topic and returns its head.
func (s *Socket) subscribe(topic string, after int64) int64 {
	s.t.Helper()
	m := map[string]any{"op": "subscribe", "topic": topic}
	if after > 0 {
		m["after"] = after
	}
	s.send(m)
	return s.until("subscribed", topic).Head
}

// until reads on to a message of the kind; presence and the like are passed over.
func (s *Socket) until(op, topic string) Message {
	s.t.Helper()
	for {
		m := s.read()
		if m.Op == op && (topic == "" || m.Topic == topic) {
			return m
		}
		if m.Op == "error" || m.Op == "event" && op != "event" {
			s.t.Fatalf("while waiting for %s of %s came %+v", op, topic, m)
		}
	}
}

func (s *Socket) read() Message {
	s.t.Helper()
	for len(s.next) == 0 {
		if err := s.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			s.t.Fatal(err)
		}
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			s.t.Fatalf("read: %v", err)
		}
		if raw[0] != '[' {
			raw = []byte("[" + string(raw) + "]")
		}
		if err := json.Unmarshal(raw, &s.next); err != nil {
			s.t.Fatalf("read %s: %v", raw, err)
		}
	}
	m := s.next[0]
	s.next = s.next[1:]
	return m
}

// discussLive is the second half of the story: a thread about the practice, live in two windows,
// with a cut in the middle and a label that turns red.
func discussLive(t *testing.T, p *Portal, ana, somchai, lena *Client, practice int64) {
	t.Helper()
	thread := somchai.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Who signs for the presses?", "body": "Asking for two ports.",
		"practice_id": practice}).Want(201).Thing()
	topic := "thread:" + itoa(thread.ID)
	posts := "/threads/" + itoa(thread.ID) + "/posts"
	lena.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(404)

	window := Dial(ana)
	head := window.subscribe(topic, 0)
	first := somchai.Do("POST", posts, map[string]any{"body": "Nobody **yet**."}, "Idempotency-Key", "k1").Want(201).Thing()
	again := somchai.Do("POST", posts, map[string]any{"body": "Nobody **yet**."}, "Idempotency-Key", "k1").Want(201).Thing()
	if first.ID != again.ID {
		t.Errorf("the same key made two posts, %d and %d", first.ID, again.ID)
	}
	event := window.until("event", topic)
	if event.Type != "post.created" || int64(event.Data["id"].(float64)) != first.ID || event.ID <= head ||
		!strings.Contains(event.Data["html"].(string), "<strong>yet</strong>") {
		t.Errorf("the first event is %+v", event)
	}

	// Ana's network drops; what is written meanwhile comes once, in order, when she is back.
	window.conn.Close()
	for _, body := range []string{"One.", "Two.", "Three."} {
		somchai.Do("POST", posts, map[string]any{"body": body}).Want(201)
	}
	back := Dial(ana)
	back.subscribe(topic, event.ID)
	last := event.ID
	for _, want := range []string{"One.", "Two.", "Three."} {
		e := back.until("event", topic)
		if e.Data["body"] != want || e.ID <= last {
			t.Errorf("after the cut came %+v, want %q after %d", e, want, last)
		}
		last = e.ID
	}

	// Lena may not subscribe, and learns no more than for a thread that does not exist.
	other := Dial(lena)
	other.send(map[string]any{"op": "subscribe", "topic": topic})
	refused := other.read()
	other.send(map[string]any{"op": "subscribe", "topic": "thread:999999"})
	unknown := other.read()
	if refused.Op != "error" || refused.Code != unknown.Code || refused.Code != "not_found" {
		t.Errorf("a thread that one may not see answers %+v, an unknown one %+v", refused, unknown)
	}

	// Somchai turns it red, without Ana: it acts at once, on open sockets too.
	somchai.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"handling": "red", "named": []int64{}}).Want(200)
	back.until("revoked", topic)
	ana.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(404)
	ana.Do("POST", posts, map[string]any{"body": "Still there?"}).Want(404)
	somchai.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"handling": "amber"}).Want(200)
	ana.Do("GET", "/threads/"+itoa(thread.ID), nil).Want(200)
}
