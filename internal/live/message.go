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

// pack joins rendered objects to messages of at most maxFrame bytes, or of one object.
func pack(objects [][]byte, shared bool) []*message {
	var packed []*message
	for _, object := range objects {
		last := len(packed) - 1
		if last >= 0 && len(packed[last].body)+len(object) < maxFrame {
			packed[last].body = append(append(packed[last].body, ','), object...)
			packed[last].count++
			continue
		}
		packed = append(packed, &message{body: append([]byte(nil), object...), count: 1, shared: shared})
	}
	return packed
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
