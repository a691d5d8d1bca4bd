package storytest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

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
