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
	_ = c.conn.Close()
}

func (c *client) send(batch []*message) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	first := batch[0]
	switch first.kind {
	case ping:
		return c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime))
	case closing:
		return c.sendClose(first)
	}
	c.hub.Frames.Add(1)
	if len(batch) == 1 && first.shared {
		frame, err := first.frame()
		if err != nil {
			return err
		}
		return c.conn.WritePreparedMessage(frame)
	}
	buffer := frames.Get().(*[]byte)
	defer func() {
		if cap(*buffer) <= 2*maxFrame {
			frames.Put(buffer)
		}
	}()
	*buffer = appendFrame((*buffer)[:0], batch)
	return c.conn.WriteMessage(websocket.TextMessage, *buffer)
}

// sendClose says why, and gives the other side a moment to answer.
func (c *client) sendClose(m *message) error {
	if err := c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(m.code, string(m.body)),
		time.Now().Add(writeTime)); err != nil {
		return err
	}
	return c.conn.SetReadDeadline(time.Now().Add(closeTime))
}
