package live_test

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/live"
	"praxis/internal/portal"
)

func TestLimitsOfASocket(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{RateLimits: true, MaxPerMember: 3})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	ana := n.dial(w.ana)
	for _, frame := range []string{"", "x", "[]x", "{}", `"ping"`, `{"op":3}`, `{"op":"ping","after":-1}`, `{"op":"subscribe","topic":"thread:1","after":"7"}`,
		"[" + strings.Repeat(`{"op":"ping"},`, 64) + `{"op":"ping"}]`, "\xff"} {
		ana.say("%s", frame)
		if m := ana.expect("error", ""); m.Code != "malformed" {
			t.Errorf("%q answers %q", frame, m.Code)
		}
	}
	ana.say(`{"op":"dance"}`)
	if m := ana.expect("error", ""); m.Code != "unknown_op" {
		t.Errorf("an unknown op answers %q", m.Code)
	}
	ana.say(`[{"op":"ping"},{"op":"ping"}]`)
	ana.expect("pong", "")
	ana.expect("pong", "")

	busy := n.dial(w.ana)
	for range live.MaxTopics {
		topic := topicOf(w.thread(w.ana, portal.Amber))
		busy.subscribe(topic)
	}
	busy.say(`{"op":"subscribe","topic":%q}`, topicOf(id))
	if m := busy.expect("error", topicOf(id)); m.Code != "too_many_topics" {
		t.Errorf("one topic too many answers %q", m.Code)
	}
	full := `{"op":"ping","topic":"` + strings.Repeat("x", live.MaxRequestFrame-len(`{"op":"ping","topic":""}`)) + `"}`
	ana.say("%s", full)
	ana.expect("pong", "")
	// Whatever its size, the client learns what was wrong: before the close, and with it.
	for _, frame := range []string{full + " ", strings.Repeat(full, 200)} {
		large := n.dial(w.somchai)
		_ = large.conn.WriteMessage(websocket.TextMessage, []byte(frame)) // it may be cut while it is sent
		if m := large.expect("error", ""); m.Code != string(portal.TooLarge) {
			t.Errorf("a frame of %d bytes answers %q", len(frame), m.Code)
		}
		if code := large.closed(); code != websocket.CloseMessageTooBig || large.why != "a frame holds at most 16 KiB" {
			t.Errorf("a frame of %d bytes closes with %d, %q", len(frame), code, large.why)
		}
	}
	binary := n.dial(w.ana)
	if err := binary.conn.WriteMessage(websocket.BinaryMessage, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if code := binary.closed(); code != websocket.CloseUnsupportedData {
		t.Errorf("a binary frame closes with %d", code)
	}
}

func TestBoundedSockets(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{RateLimits: true, MaxPerMember: 2, MaxSockets: 5})
	token := w.tokens[w.ana.MemberID]
	for i, want := range []int{101, 101, 429} {
		if _, status := n.try(token, nil); status != want {
			t.Errorf("socket %d of a member: %d, want %d", i+1, status, want)
		}
	}
	for i, want := range []int{101, 101, 429} {
		if _, status := n.try("", nil); status != want {
			t.Errorf("socket %d of an address: %d, want %d", i+1, status, want)
		}
	}
	n.dial(w.lena)
	if _, status := n.try(w.tokens[w.somchai.MemberID], nil); status != 503 {
		t.Errorf("a socket beyond the node's bound: %d, want 503", status)
	}
}

// TestASlowClientCostsNobodyElse has one client stop reading while others go on.
func TestASlowClientCostsNobodyElse(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	dialer := websocket.Dialer{Subprotocols: []string{live.Subprotocol, "bearer." + w.tokens[w.somchai.MemberID]},
		NetDial: func(network, address string) (net.Conn, error) {
			conn, err := net.Dial(network, address)
			if err == nil {
				err = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
			}
			return conn, err
		}}
	slow, _, err := dialer.Dial(n.address(), nil)
	w.must(err)
	defer slow.Close()
	w.must(slow.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"op":"subscribe","topic":%q}`, topicOf(id))))
	_, _, err = slow.ReadMessage()
	w.must(err)

	fast := n.dial(w.ana)
	fast.subscribe(topicOf(id))
	body := strings.Repeat("many words ", 1500)
	worst, sent := time.Duration(0), 0
	for ; n.hub.Slow.Load() == 0 && sent < 2000; sent++ {
		begin := time.Now()
		w.post(w.ana, id, body)
		fast.event(topicOf(id), portal.PostCreated)
		worst = max(worst, time.Since(begin))
	}
	if n.hub.Slow.Load() != 1 {
		t.Fatalf("after %d events nobody is too slow", sent)
	}
	if worst > 2*time.Second {
		t.Errorf("the other client waited %v", worst)
	}
	// When it reads on, it learns why it was closed.
	for err == nil {
		_, _, err = slow.ReadMessage()
	}
	if !websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
		t.Errorf("the slow client ends with %v, want 1013", err)
	}
	t.Logf("after %d events; the other client waited at most %v", sent, worst)
}

func TestShutdownSaysGoodbyeAndLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	var open []*socket
	for range 20 {
		s := n.dial(w.ana)
		s.subscribe("me")
		open = append(open, s)
	}
	stalled, _, err := websocket.DefaultDialer.Dial(n.address(), nil) // never answers a close
	w.must(err)
	defer stalled.Close()
	n.hub.Shutdown(1000 * time.Millisecond)
	for _, s := range open {
		if m := s.expect("goodbye", ""); m.RetryMS < 1000 || m.RetryMS > 2000 {
			t.Errorf("come back after %d ms", m.RetryMS)
		}
		if code := s.closed(); code != websocket.CloseServiceRestart {
			t.Errorf("closed with %d", code)
		}
	}
	if _, status := n.try("", nil); status != 503 {
		t.Errorf("a handshake after the shutdown: %d", status)
	}
	n.stop()
	if left := goroutines(); left != "" {
		t.Errorf("the hub left goroutines behind:\n%s", left)
	}
	if n.hub.Sockets.Load() != 0 || n.hub.Subscriptions.Load() != 0 {
		t.Errorf("%d sockets and %d subscriptions are left", n.hub.Sockets.Load(), n.hub.Subscriptions.Load())
	}
}

// goroutines gives the stacks of all goroutines that run code of a hub.
func goroutines() string {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	var ours []string
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(stack, "internal/live.(*") {
			ours = append(ours, stack)
		}
	}
	return strings.Join(ours, "\n\n")
}
