package live

import (
	"bytes"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// comeBackAfter is when the client of a stream that was cut tries again, in milliseconds.
const comeBackAfter = 2000

// Stream tells by server-sent events what a socket would be told of the topics in the address: where
// sockets are blocked. An event's id is the position up to which all of them are told; who comes back
// with it as Last-Event-ID, or as after, resumes. What may not be seen answers 404.
func (h *Hub) Stream(common *middleware.Common, identify Identify) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := h.openStream(c, common, identify)
		if err != nil {
			h.Refused.Add(1)
		}
		return err
	}
}

func (h *Hub) openStream(c echo.Context, common *middleware.Common, identify Identify) error {
	who, err := reader(c, common, identify)
	if err != nil {
		return err
	}
	targets, after, err := asked(c.Request(), who.Viewer)
	if err != nil {
		return err
	}
	from := comesFrom(c, who)
	if full := h.reserve(from); full != nil {
		return full
	}
	made := &client{hub: h, who: who, viewer: who.Viewer, origin: from, several: len(targets) > 1,
		writing: true} // nobody writes before it is open
	if err = h.await(c.Request().Context()); err == nil && !h.enter(made) {
		err = portal.Fail(portal.Unavailable, "error.unavailable")
	}
	if err != nil {
		h.release(from)
		return err
	}
	f, err := made.join(targets, after)
	if err == nil {
		err = made.begin(c)
	}
	if err != nil {
		made.gone()
		h.all.Done()
		return err
	}
	go made.stream(f)
	return nil
}

// asked reads the topics and the position in an address. What a browser adds when it comes back stands
// before what its page has asked for.
func asked(r *http.Request, v portal.Viewer) (targets []target, after *int64, err error) {
	query := r.URL.Query()
	names := query["topic"]
	var wrong portal.Checks
	wrong.Add(len(names) > 0, "topic", "error.required")
	wrong.Add(len(names) <= MaxTopics, "topic", "error.too_many", "Max", MaxTopics)
	position := r.Header.Get("Last-Event-ID")
	if position == "" {
		position = query.Get("after")
	}
	if position != "" {
		n, err := strconv.ParseInt(position, 10, 64)
		wrong.Add(err == nil && n >= 0 && n <= maxPosition, "after", "error.type")
		after = &n
	}
	if err := wrong.Err(); err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		t, ok := targetOf(name, v)
		if !ok {
			return nil, nil, portal.ErrNotFound()
		}
		if !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
	}
	return targets, after, nil
}

// following is where a stream begins.
type following struct {
	subs             []*subscription
	topics           []portal.Topic
	position, joined int64
	reset            bool
}

// join joins all topics first, asks for access then, as subscribe does for one.
func (c *client) join(targets []target, after *int64) (f following, err error) {
	for _, t := range targets {
		s, joined := c.hub.join(c, t)
		f.subs, f.joined = append(f.subs, s), joined
	}
	for _, s := range f.subs {
		topics, err := c.admit(s)
		if err != nil {
			return f, err
		}
		f.topics = append(f.topics, topics...)
	}
	f.position, f.reset, err = c.resumeFrom(f.topics, after, f.joined)
	return f, err
}

// begin takes the connection from the server of HTTP, whose buffers an idle client need not keep, and
// says what follows. The answer ends with the connection: so it is the same for each version of HTTP.
func (c *client) begin(e echo.Context) error {
	answer := e.Response()
	conn, _, err := http.NewResponseController(answer.Writer).Hijack()
	if err != nil {
		return err
	}
	answer.Status = http.StatusOK
	answer.Committed = true // it is no longer HTTP's
	narrow(conn)
	giveUp(conn, deadAfter)
	h := answer.Header()
	for name, value := range map[string]string{"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store, no-transform",
		"X-Accel-Buffering": "no", "Connection": "close"} {
		h.Set(name, value)
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(&b) // a buffer takes all
	b.WriteString("\r\nretry: " + strconv.Itoa(comeBackAfter) + "\n\n")
	if err := conn.SetDeadline(time.Now().Add(writeTime)); err == nil { // a client that is gone is noticed by who reads
		_, _ = conn.Write(b.Bytes())
		_ = conn.SetDeadline(time.Time{})
	}
	c.mu.Lock()
	c.wire = events{conn}
	c.mu.Unlock()
	c.hub.all.Go(c.write)
	return nil
}

// stream tells what was missed, and waits until the client is gone: it has nothing to say.
func (c *client) stream(f following) {
	defer c.hub.all.Done()
	defer c.gone()
	c.apart(c.confirm)
	c.apart(func() {
		if err := c.resume(f.subs, f.topics, f.position, f.joined, f.reset); err != nil {
			c.hub.log.Warn("a stream was cut while it resumed", "err", err)
			c.close(websocket.CloseTryAgainLater, "try again in a moment")
		}
	})
	c.mu.Lock()
	way := c.wire.(events)
	c.mu.Unlock()
	var word [1]byte
	_, _ = way.Read(word[:]) // whatever it says, and its end, ends the stream
}

// heartbeat is a comment, and an event of its own type: a page's script hears of no comment, and could
// not tell a dead connection from a quiet one.
var heartbeat = []byte(":\nevent: ping\ndata: {\"op\":\"pong\"}\n\n")

// events is a client's stream of server-sent events.
type events struct{ net.Conn }

// text writes messages as one event. Its id is the last position in it, so that a client has an event
// and its id together or not at all.
func (e events) text(batch []*message) error {
	if err := e.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	return buffered(func(b []byte) ([]byte, error) {
		var last, retry int64
		for _, m := range batch {
			last, retry = max(last, m.last), max(retry, m.retry)
		}
		if retry > 0 {
			b = append(strconv.AppendInt(append(b, "retry: "...), retry, 10), '\n')
		}
		if last > 0 {
			b = append(strconv.AppendInt(append(b, "id: "...), last, 10), '\n')
		}
		b = append(appendFrame(append(b, "data: "...), batch), "\n\n"...)
		_, err := e.Write(b)
		return b, err
	})
}

// signal says that the server is there; or why the stream ends, for who looks at it.
func (e events) signal(m *message) error {
	if err := e.SetWriteDeadline(time.Now().Add(writeTime)); err != nil {
		return err
	}
	if m.kind == ping {
		_, err := e.Write(heartbeat)
		return err
	}
	_, err := e.Write([]byte(": " + strconv.Itoa(m.code) + " " + string(m.body) + "\n\n"))
	e.drop()
	return err
}

func (e events) drop() { _ = e.Close() } // it may be closed already
