package live

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/portal"
)

// messageKind tells a message from the signals that wait in the same queue.
type messageKind uint8

const (
	text messageKind = iota
	ping
	closing
)

// message is one or several messages of the protocol, rendered once for all who get them; or a
// signal of the WebSocket protocol itself.
type message struct {
	kind  messageKind
	code  int    // of a closing
	body  []byte // JSON objects, joined by commas; why it closes
	count int    // of objects
	last  int64  // the highest event's position; 0: no event
	retry int64  // milliseconds after which to come back; 0: it says nothing of that

	shared   bool // by several sockets
	once     sync.Once
	prepared *websocket.PreparedMessage
	err      error
}

var pingMessage = &message{kind: ping}

// frame gives the message as a frame of its own, made once.
func (m *message) frame() (*websocket.PreparedMessage, error) {
	m.once.Do(func() {
		m.prepared, m.err = websocket.NewPreparedMessage(websocket.TextMessage, appendFrame(nil, []*message{m}))
	})
	return m.prepared, m.err
}

// appendFrame joins messages to the text of one frame: an object, or an array of several.
func appendFrame(to []byte, batch []*message) []byte {
	if len(batch) == 1 && batch[0].count == 1 {
		return append(to, batch[0].body...)
	}
	to = append(to, '[')
	for i, m := range batch {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, m.body...)
	}
	return append(to, ']')
}

// line is one event, rendered for whoever is told of it in this form.
type line struct {
	at   int64        // its position
	key  portal.Topic // under which its subscriptions are gathered
	text []byte
}

// pack joins lines to messages of at most maxFrame bytes, or of one line.
func pack(lines []line, shared bool) (packed []*message) {
	for len(lines) > 0 {
		var m *message
		m, lines = join(lines)
		m.shared = shared
		packed = append(packed, m)
	}
	return packed
}

// join makes a message of as many lines as fit, at least one, and gives the rest.
func join(lines []line) (m *message, rest []line) {
	m = &message{}
	for len(lines) > 0 && (m.count == 0 || len(m.body)+len(lines[0].text) < maxFrame) {
		if m.count > 0 {
			m.body = append(m.body, ',')
		}
		m.body = append(m.body, lines[0].text...)
		m.count++
		m.last = max(m.last, lines[0].at)
		lines = lines[1:]
	}
	return m, lines
}

// lines gives events in the chosen forms, but for those that are not told.
func lines(events []told, forms []byte) []line {
	chosen := make([]line, 0, len(events))
	for i := range events {
		if text := events[i].forms[forms[i]]; text != nil {
			chosen = append(chosen, line{at: events[i].position, key: events[i].key, text: text})
		}
	}
	return chosen
}

// seenBy gives events as a viewer may be told of them.
func seenBy(v *portal.Viewer, events []told) []line {
	forms := make([]byte, len(events))
	for i := range events {
		forms[i] = events[i].form(v)
	}
	return lines(events, forms)
}

// person is the little that is told of a member in a thread.
type person struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// reply is any message of the server but an event.
type reply struct {
	Op      string    `json:"op"`
	Topic   string    `json:"topic,omitempty"`
	Head    *int64    `json:"head,omitempty"`
	Members *[]person `json:"members,omitempty"`
	Member  *person   `json:"member,omitempty"`
	Code    string    `json:"code,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	RetryMS *int64    `json:"retry_ms,omitempty"`
}

func (r reply) message() *message { return &message{body: mustJSON(r), count: 1} }

// at is the message with the position from which whoever has seen it may resume.
func (r reply) at(position int64) *message {
	m := r.message()
	m.last = position
	return m
}

func failure(topic, code, detail string) *message {
	return reply{Op: "error", Topic: topic, Code: code, Detail: detail}.message()
}

// eventObject is how an event is told.
type eventObject struct {
	Op    string           `json:"op"`
	ID    int64            `json:"id"`
	Topic string           `json:"topic"`
	Type  portal.EventType `json:"type"`
	At    time.Time        `json:"at"`
	Data  any              `json:"data"`
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("numbers, strings and times cannot fail to marshal: %v", err))
	}
	return b
}
