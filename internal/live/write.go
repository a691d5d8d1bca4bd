package live

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// frames keeps the buffers in which several messages are joined to one frame.
var frames = sync.Pool{New: func() any { return new([]byte) }}

// write writes what waits, and ends when nothing does.
func (c *client) write() {
	for {
		batch := c.take()
		if batch == nil {
			return
		}
		if err := c.send(batch); err != nil {
			c.fail()
			return
		}
	}
}

// take takes as many messages off the queue as fit into one frame, or one signal; nil when
// nothing waits, and then the writer is no more.
func (c *client) take() []*message {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.moves()
	if len(c.queue) == 0 {
		c.writing = false
		return nil
	}
	n, size := 0, 0
	for _, m := range c.queue {
		if m.kind != text || n > 0 && size+len(m.body) > maxFrame {
			break
		}
		size += len(m.body)
		n++
	}
	n = max(n, 1)
	batch := c.queue[:n:n]
	c.queue = c.queue[n:]
	if len(c.queue) == 0 {
		c.queue = nil
	}
	return batch
}

// moves wakes, under the lock, who waits for the writer.
func (c *client) moves() {
	if c.moved != nil {
		close(c.moved)
		c.moved = nil
	}
}

// fail gives up a socket that cannot be written to; its reader notices and cleans up.
func (c *client) fail() {
	c.mu.Lock()
	c.closing = true
	c.queue = nil
	c.writing = false
	c.moves()
	c.mu.Unlock()
	c.drop()
}

// drop closes the connection at once; whoever still reads or writes stops.
func (c *client) drop() {
	c.mu.Lock()
	way := c.wire
	c.mu.Unlock()
	if way != nil {
		way.drop()
	}
}

func (c *client) send(batch []*message) error {
	if batch[0].kind != text {
		return c.wire.signal(batch[0])
	}
	c.hub.Frames.Add(1)
	return c.wire.text(batch)
}

// wire is how what a client is told leaves: as frames of a socket, or as server-sent events. One
// goroutine writes at a time; drop may come from any.
type wire interface {
	text(batch []*message) error
	signal(m *message) error // a ping, or the end
	drop()
}

// socket is a client's WebSocket.
type socket struct{ *websocket.Conn }

func (s socket) text(batch []*message) error {
	if err := s.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if first := batch[0]; len(batch) == 1 && first.shared {
		frame, err := first.frame()
		if err != nil {
			return err
		}
		return s.WritePreparedMessage(frame)
	}
	return buffered(func(b []byte) ([]byte, error) {
		b = appendFrame(b, batch)
		return b, s.WriteMessage(websocket.TextMessage, b)
	})
}

// buffered lends write an empty buffer, and takes back what it has become.
func buffered(write func(b []byte) ([]byte, error)) error {
	buffer := frames.Get().(*[]byte)
	var err error
	if *buffer, err = write((*buffer)[:0]); cap(*buffer) <= 2*maxFrame {
		frames.Put(buffer)
	}
	return err
}

// signal says that the server is there; or why it ends, and gives the other side a moment to answer.
func (s socket) signal(m *message) error {
	late := time.Now().Add(writeTime)
	if m.kind == ping {
		return s.WriteControl(websocket.PingMessage, nil, late)
	}
	if err := s.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(m.code, string(m.body)), late); err != nil {
		return err
	}
	return s.SetReadDeadline(time.Now().Add(closeTime))
}

func (s socket) drop() { _ = s.Close() } // it may be closed already
