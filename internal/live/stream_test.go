package live_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// stream is a client of server-sent events.
type stream struct {
	t     testing.TB
	body  io.ReadCloser
	heard chan said
	last  string // the id that it would come back with; to be read when a message has come
	ids   chan string
	retry chan string
	pings chan struct{}
}

// get asks for a path of the live door.
func (n *node) get(who portal.Identity, path string, headers ...string) *http.Response {
	n.w.t.Helper()
	req, err := http.NewRequest("GET", n.site.URL+"/api/v1/live/"+path, nil)
	n.w.must(err)
	if token := n.w.tokens[who.MemberID]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	n.w.must(err)
	n.w.t.Cleanup(func() { res.Body.Close() })
	return res
}

// listens opens a stream of topics; after "" from now on.
func (n *node) listens(who portal.Identity, after string, topics ...string) *stream {
	n.w.t.Helper()
	var headers []string
	if after != "" {
		headers = []string{"Last-Event-ID", after}
	}
	res := n.get(who, "sse?topic="+strings.Join(topics, "&topic="), headers...)
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("X-Accel-Buffering") != "no" {
		n.w.t.Fatalf("the stream is answered %d, %v", res.StatusCode, res.Header)
	}
	s := &stream{t: n.w.t, body: res.Body, heard: make(chan said, 10_000), ids: make(chan string, 10_000), retry: make(chan string, 10), pings: make(chan struct{}, 100)}
	go s.listen()
	return s
}

func (s *stream) listen() {
	defer close(s.heard)
	in := bufio.NewReader(s.body)
	id, kind := "", ""
	for {
		row, err := in.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(row, "\n"), ":")
		switch value = strings.TrimPrefix(value, " "); name {
		case "id":
			id = value
		case "retry":
			s.retry <- value
		case "data":
			if kind == "ping" {
				kind = ""
				continue
			}
			for _, m := range unpack(s.t, []byte(value)) {
				s.ids <- id
				s.heard <- m
			}
		case "":
			if strings.HasPrefix(row, ":") {
				s.pings <- struct{}{}
			}
		case "event":
			kind = value
		default:
			s.t.Errorf("the stream says %q", row)
		}
	}
}

func (s *stream) next() said {
	s.t.Helper()
	for late := time.After(patience); ; {
		select {
		case m, open := <-s.heard:
			if !open {
				s.t.Fatal("the stream has ended")
			}
			if s.last = <-s.ids; m.Op != "presence" {
				return m
			}
		case <-late:
			s.t.Fatal("the stream says nothing")
		}
	}
}

func (s *stream) expect(op, topic string) said {
	s.t.Helper()
	m := s.next()
	if m.Op != op || m.Topic != topic {
		s.t.Fatalf("the stream said %+v (%s), want %s on %q", m, m.Data, op, topic)
	}
	return m
}

// ended waits until the server has closed the stream, and gives what it said before.
func (s *stream) ended() (before []said) {
	s.t.Helper()
	for late := time.After(patience); ; {
		select {
		case m, open := <-s.heard:
			if !open {
				return before
			}
			before = append(before, m)
		case <-late:
			s.t.Fatal("the stream does not end")
		}
	}
}

func TestStreamTellsWhatASocketWould(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	topic := topicOf(id)
	s := n.listens(w.somchai, "", topic)
	head := s.expect("subscribed", topic).Head
	if s.last != strconv.FormatInt(head, 10) {
		t.Errorf("a stream that begins at %d has the id %q: who is cut now would lose what comes", head, s.last)
	}
	if retry := <-s.retry; retry != "2000" {
		t.Errorf("the client is to come back after %q", retry)
	}
	w.post(w.ana, id, "Line one\n\nLine **two**")
	e := s.expect("event", topic)
	if e.Type != "post.created" || s.last != strconv.FormatInt(e.ID, 10) || !strings.Contains(e.post().HTML, "<strong>two</strong>") {
		t.Errorf("the stream tells %+v with the id %s", e, s.last)
	}
	// Cut, written to meanwhile, resumed: each once, in order; and who reads is told who is there.
	s.body.Close()
	var want []int64
	for i := range 250 {
		want = append(want, w.post(w.ana, id, fmt.Sprint("number ", i)).ID)
	}
	back := n.listens(w.somchai, s.last, topic)
	back.expect("subscribed", topic)
	last := e.ID
	for _, post := range want {
		m := back.expect("event", topic)
		if m.post().ID != post || m.ID <= last {
			t.Fatalf("event %d of post %d comes after %d, want post %d", m.ID, m.post().ID, last, post)
		}
		last = m.ID
	}
	other := n.dial(w.ana)
	other.subscribe(topic)
	other.present(id, "ana", "somchai")
	// What is turned red ends it at once, and no word of its reader is left.
	_, err := w.threads.Change(ctx, w.ana, id, 0, discussion.ThreadFields{Handling: new(portal.Red)})
	w.must(err)
	back.expect("revoked", topic)
	w.post(w.ana, id, "Among few")
	n.settled()
	select {
	case m := <-back.heard:
		t.Errorf("after the revocation came %+v", m)
	case <-time.After(150 * time.Millisecond):
	}
}

// A position stands for all topics of a stream, so what one batch brings them comes in the order of the
// log, and a cut anywhere loses and doubles nothing.
func TestStreamOfManyTopicsIsInOrder(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	ids := []int64{w.thread(w.ana, portal.Amber), w.thread(w.ana, portal.Amber), w.thread(w.ana, portal.Amber)}
	n.settled()
	var topics []string
	for _, id := range ids {
		topics = append(topics, topicOf(id))
	}
	s := n.listens(w.somchai, "", topics...)
	for _, topic := range topics {
		s.expect("subscribed", topic)
	}
	// One batch, in which the topics alternate.
	change := postgres.Change{Action: "post.create", Target: portal.Ref{Kind: portal.KindThread, ID: ids[0]}}
	for i := range 30 {
		change.Events = append(change.Events, portal.Event{Topic: portal.ThreadTopic(ids[i%3]), Type: portal.ThreadChanged, ThreadID: ids[i%3]})
	}
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.Record(ctx, change) }))
	for i, last := 0, int64(0); i < 30; i++ {
		m := s.next()
		if m.Op != "event" || m.ID <= last || m.Topic != topics[i%3] {
			t.Fatalf("after %d came %+v, want one of %s", last, m, topics[i%3])
		}
		last = m.ID
	}
	var want []int64
	seen := map[int64]int{}
	cuts := 0
	for i := range 240 {
		want = append(want, w.post(w.ana, ids[i%3], "A word").ID)
	}
	for last := int64(0); len(seen) < len(want); {
		m := s.next()
		if m.Op == "event" {
			if m.ID <= last {
				t.Fatalf("event %d comes after %d", m.ID, last)
			}
			last = m.ID
			if id, _ := strconv.ParseInt(s.last, 10, 64); id == m.ID { // whole up to here
				cuts++
				s.body.Close()
				for m := range s.heard {
					_ = m // of a browser that is gone
				}
				before := s.last
				s = n.listens(w.somchai, before, topics...)
			}
			seen[m.post().ID]++
		}
	}
	for _, post := range want {
		if seen[post] != 1 {
			t.Errorf("post %d was told %d times", post, seen[post])
		}
	}
	if cuts < 2 {
		t.Errorf("only %d cuts", cuts)
	}
}

func TestStreamRefusals(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{RateLimits: true, MaxPerMember: 2})
	amber, red := w.thread(w.ana, portal.Amber), w.thread(w.ana, portal.Red)
	n.settled()
	var visitor portal.Identity
	for _, c := range []struct {
		who    portal.Identity
		query  string
		status int
	}{
		{w.lena, "topic=" + topicOf(amber), 404}, {w.lena, "topic=thread:999999", 404}, {w.officer, "topic=" + topicOf(red), 404},
		{visitor, "topic=" + topicOf(amber), 404}, {visitor, "topic=me", 401}, {w.ana, "topic=moderation", 403}, {visitor, "topic=moderation", 401},
		{w.ana, "", 422}, {w.ana, "topic=dance", 404}, {w.ana, "topic=me&after=-1", 422}, {w.ana, "topic=me&after=x", 422},
		{w.ana, "topic=me&after=9007199254740992", 422}, {w.ana, strings.Repeat("topic=me&", 51), 422},
	} {
		for _, way := range []string{"sse?", "poll?"} {
			if res := n.get(c.who, way+c.query); res.StatusCode != c.status {
				t.Errorf("%s%.60s answers %d, want %d", way, c.query, res.StatusCode, c.status)
			}
		}
	}
	// A cookie that another site sends along does not count, and no place is lost by what was refused.
	cookie := "praxis_session=" + w.tokens[w.ana.MemberID]
	if res := n.get(visitor, "sse?topic=me", "Cookie", cookie, "Origin", "http://elsewhere.example"); res.StatusCode != 403 {
		t.Errorf("another site's page is answered %d", res.StatusCode)
	}
	for i, want := range []int{200, 200, 429} {
		if res := n.get(w.ana, "sse?topic=me"); res.StatusCode != want {
			t.Errorf("stream %d of a member answers %d, want %d", i+1, res.StatusCode, want)
		}
	}
}

func TestStreamEndsWithSessionAndServer(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	ana, somchai := n.listens(w.ana, "", topicOf(id)), n.listens(w.somchai, "", topicOf(id))
	ana.expect("subscribed", topicOf(id))
	somchai.expect("subscribed", topicOf(id))
	w.suspend(w.ana.MemberID)
	ana.ended()
	<-somchai.retry
	n.stop()
	before := somchai.ended()
	if m := before[len(before)-1]; m.Op != "goodbye" || m.RetryMS < 10 || m.RetryMS > 20 {
		t.Errorf("the last word is %+v", m)
	} else if retry := <-somchai.retry; retry != strconv.FormatInt(m.RetryMS, 10) {
		t.Errorf("it says to come back after %d, and the browser is told %s", m.RetryMS, retry)
	}
}
