package storytest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// people talk in a thread over bad lines: they write on until they have an answer, and listen on from
// where they were.
type people struct {
	urls    []string // of the nodes, as they reach them
	thread  int64
	token   string
	stop    context.Context
	all     sync.WaitGroup
	writing sync.WaitGroup
	quiet   chan struct{} // closed when nobody writes any more

	mu          sync.Mutex
	said        map[string]int64 // acknowledged: words and the post's number
	retries     int
	surprises   []string
	listeners   []*listener
	reconnects  atomic.Int64
	everyWriter time.Duration
}

const lineTime = 3 * time.Second // in which a client gives a line up

// node gives one of the nodes, another one each time.
func (p *people) node(n int) string { return p.urls[n%len(p.urls)] }

// write says something until it is acknowledged, again and again, each time by a key of its own.
func (p *people) write(writer int, until <-chan struct{}) {
	defer p.writing.Done()
	client := &http.Client{Timeout: lineTime, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	at := writer
	for n := 0; ; n++ {
		select {
		case <-until:
			return
		case <-time.After(p.everyWriter):
		}
		words := fmt.Sprintf("writer %d says %d", writer, n)
		for try := 0; ; try++ {
			id, why := p.post(client, p.node(at), words)
			if id != 0 {
				p.mu.Lock()
				p.said[words] = id
				p.retries += try
				p.mu.Unlock()
				break
			}
			if why != "" {
				p.surprise("%s: %s", words, why)
			}
			if p.stop.Err() != nil {
				return
			}
			client.CloseIdleConnections()
			at++
			time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond)
		}
	}
}

func (p *people) surprise(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.surprises = append(p.surprises, fmt.Sprintf(format, args...))
}

// post gives the post's number, or 0 where it is to be tried again; why says what no network explains.
func (p *people) post(client *http.Client, url, words string) (id int64, why string) {
	req, err := http.NewRequestWithContext(p.stop, "POST", fmt.Sprintf("%s/api/v1/threads/%d/posts", url, p.thread), strings.NewReader(`{"body":"`+words+`"}`))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Idempotency-Key", words)
	res, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	var made struct{ ID int64 }
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ""
	}
	switch {
	case res.StatusCode == http.StatusCreated:
		if json.Unmarshal(raw, &made) != nil || made.ID == 0 {
			return 0, "acknowledged with " + string(raw)
		}
		return made.ID, ""
	case res.StatusCode >= 500 || res.StatusCode == http.StatusConflict: // away, or the first try still runs
		return 0, ""
	}
	return 0, fmt.Sprintf("answered %d: %.200s", res.StatusCode, raw)
}

// listener follows the thread, by a socket or by server-sent events.
type listener struct {
	p      *people
	name   string
	token  string
	stream bool

	mu     sync.Mutex
	last   int64
	seen   map[int64]int // events of posts that were made, and how often they came
	posts  map[int64]bool
	afresh []int64 // fetched afresh up to
	back   int     // ids that did not increase
	refuse int
}

func (p *people) listen(name, token string, stream bool, from int64) *listener {
	l := &listener{p: p, name: name, token: token, stream: stream, last: from, seen: map[int64]int{}, posts: map[int64]bool{}}
	p.listeners = append(p.listeners, l)
	p.all.Go(func() {
		for at := len(name); p.stop.Err() == nil; at++ {
			if l.stream {
				l.events(p.node(at))
			} else {
				l.socket(p.node(at))
			}
			p.reconnects.Add(1)
			time.Sleep(time.Duration(50+rand.IntN(200)) * time.Millisecond)
		}
	})
	return l
}

func (l *listener) from() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// socket listens by one socket until it ends, or is silent for too long.
func (l *listener) socket(url string) {
	dialer := websocket.Dialer{Subprotocols: []string{"praxis.v1", "bearer." + l.token}, HandshakeTimeout: lineTime}
	conn, _, err := dialer.DialContext(l.p.stop, "ws"+strings.TrimPrefix(url, "http")+"/api/v1/live", nil)
	if err != nil {
		return
	}
	defer conn.Close()
	over, done := context.WithCancel(l.p.stop)
	defer done()
	defer context.AfterFunc(over, func() { conn.Close() })()
	send := func(format string, args ...any) bool {
		_ = conn.SetWriteDeadline(time.Now().Add(lineTime)) // else the write says so
		return conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)) == nil
	}
	if !send(`{"op":"subscribe","topic":"thread:%d","after":%d}`, l.p.thread, l.from()) {
		return
	}
	go func() {
		for tick := time.NewTicker(lineTime / 3); ; {
			select {
			case <-over.Done():
				tick.Stop()
				return
			case <-tick.C:
				if !send(`{"op":"ping"}`) {
					return
				}
			}
		}
	}()
	for {
		_ = conn.SetReadDeadline(time.Now().Add(2 * lineTime)) // else the read says so
		_, frame, err := conn.ReadMessage()
		if err != nil || !l.hear(frame) {
			return
		}
	}
}

// events listens by one stream until it ends; a silence that is too long ends it, too.
func (l *listener) events(url string) {
	ctx, done := context.WithCancel(l.p.stop)
	defer done()
	silent := time.AfterFunc(2*lineTime, done)
	defer silent.Stop()
	req, err := http.NewRequestWithContext(ctx, "GET", fmt.Sprintf("%s/api/v1/live/sse?topic=thread:%d", url, l.p.thread), nil)
	if err != nil {
		return
	}
	req.Header.Set("Authorization", "Bearer "+l.token)
	req.Header.Set("Last-Event-ID", fmt.Sprint(l.from()))
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		l.mu.Lock()
		l.refuse++
		l.mu.Unlock()
		return
	}
	for in := bufio.NewReader(res.Body); ; {
		row, err := in.ReadString('\n')
		if err != nil {
			return
		}
		silent.Reset(7 * lineTime) // it has its own heartbeat
		if frame, ok := strings.CutPrefix(row, "data: "); ok && !l.hear([]byte(strings.TrimSuffix(frame, "\n"))) {
			return
		}
	}
}

// hear takes a frame; false: come back later.
func (l *listener) hear(frame []byte) bool {
	if len(frame) > 0 && frame[0] != '[' {
		frame = append(append([]byte{'['}, frame...), ']')
	}
	var messages []Message
	if err := json.Unmarshal(frame, &messages); err != nil {
		l.p.surprise("%s heard %q", l.name, frame)
		return false
	}
	for _, m := range messages {
		switch m.Op {
		case "event":
			l.event(m)
		case "reset":
			l.fetch()
		case "error":
			l.mu.Lock()
			l.refuse++
			l.mu.Unlock()
			return false
		case "goodbye", "revoked":
			return false
		}
	}
	return true
}

func (l *listener) event(m Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.ID <= l.last {
		if len(l.afresh) == 0 || m.ID > l.afresh[len(l.afresh)-1] {
			l.back++
		}
		return
	}
	l.last = m.ID
	if m.Type == "post.created" {
		l.seen[m.ID]++
		if id, ok := m.Data["id"].(float64); ok {
			l.posts[int64(id)] = true
		}
	}
}

// fetch reads the thread afresh, as a client does that is told to: first where the log stands, then all posts.
func (l *listener) fetch() {
	client := &http.Client{Timeout: lineTime}
	get := func(path string, into any) bool {
		for at := 0; l.p.stop.Err() == nil; at++ {
			req, err := http.NewRequestWithContext(l.p.stop, "GET", l.p.node(at)+"/api/v1"+path, nil)
			if err != nil {
				return false
			}
			req.Header.Set("Authorization", "Bearer "+l.token)
			res, err := client.Do(req)
			if err == nil {
				err = json.NewDecoder(res.Body).Decode(into)
				res.Body.Close()
				if err == nil && res.StatusCode == http.StatusOK {
					return true
				}
			}
			time.Sleep(50 * time.Millisecond)
		}
		return false
	}
	var at struct{ Head int64 }
	if !get(fmt.Sprintf("/live/poll?topic=thread:%d", l.p.thread), &at) {
		return
	}
	for after := ""; ; {
		var page struct {
			Items []struct{ ID int64 }
			Next  *string
		}
		if !get(fmt.Sprintf("/threads/%d/posts?limit=100&after=%s", l.p.thread, after), &page) {
			return
		}
		l.mu.Lock()
		for _, post := range page.Items {
			l.posts[post.ID] = true
		}
		l.mu.Unlock()
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = max(l.last, at.Head)
	l.afresh = append(l.afresh, l.last)
}
