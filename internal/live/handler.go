package live

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// Subprotocol is what this door speaks; a client may offer tokenPrefix and a token beside it.
const (
	Subprotocol = "praxis.v1"
	tokenPrefix = "bearer."
)

// upgrader keeps no buffers for what is idle. It writes no answers of its own: errors go up to the
// doors' one exit.
var upgrader = websocket.Upgrader{
	HandshakeTimeout: handshakeTime, ReadBufferSize: ioBuffer, WriteBufferSize: ioBuffer, WriteBufferPool: &sync.Pool{},
	Subprotocols: []string{Subprotocol},
	CheckOrigin:  func(*http.Request) bool { return true }, // the handler has done so, where a cookie was shown
	Error:        func(http.ResponseWriter, *http.Request, int, error) {},
}

// Identify finds who shows a token. Its NotFound refuses a program, and makes a visitor of a browser
// whose session is over.
type Identify = func(ctx context.Context, token string) (portal.Identity, error)

// Handler opens sockets. It returns once the socket is open: from then on it lives in the hub.
func (h *Hub) Handler(common *middleware.Common, identify Identify) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := h.open(c, common, identify)
		if err != nil {
			h.Refused.Add(1)
		}
		return err
	}
}

func (h *Hub) open(c echo.Context, common *middleware.Common, identify Identify) error {
	r := c.Request()
	if !websocket.IsWebSocketUpgrade(r) || !speaks(r) {
		return cmp.Or(common.Rate(c, portal.Identity{}), error(portal.Fail(portal.Malformed, "error.malformed")))
	}
	who, err := reader(c, common, identify)
	if err != nil {
		return err
	}
	from := comesFrom(c, who)
	if full := h.reserve(from); full != nil {
		return full
	}
	in := false
	defer func() {
		if !in {
			h.release(from)
		}
	}()
	if err := h.await(r.Context()); err != nil {
		return err
	}
	conn, err := upgrader.Upgrade(c.Response(), r, nil)
	var refused websocket.HandshakeError
	if errors.As(err, &refused) {
		return &portal.Error{Kind: portal.Malformed, Message: "error.malformed", Cause: err}
	}
	if err != nil {
		h.log.Debug("a socket was lost while it was opened", "err", err)
		return nil // the connection is no longer HTTP's
	}
	c.Response().Status = http.StatusSwitchingProtocols
	narrow(conn.NetConn())
	made := &client{hub: h, conn: conn, wire: socket{conn}, who: who, viewer: who.Viewer, origin: from, budget: requestBurst, spent: time.Now()}
	if in = h.enter(made); !in {
		h.turnAway(conn)
		return nil
	}
	go made.read()
	return nil
}

// narrow bounds what the kernel keeps for a client that reads nothing, else megabytes. If it cannot be
// set, it may.
func narrow(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
}

// reader finds who asks, and whether she may read at all and does not ask too often.
func reader(c echo.Context, common *middleware.Common, identify Identify) (portal.Identity, error) {
	who, err := whoAsks(c, common, identify)
	if err == nil {
		err = common.Rate(c, who)
	}
	if err == nil && !who.Allows("read") {
		err = portal.ErrForbidden()
	}
	return who, err
}

func comesFrom(c echo.Context, who portal.Identity) origin {
	if who.SignedIn() {
		return origin{member: who.MemberID}
	}
	return origin{address: middleware.Network(c)}
}

// turnAway closes a socket that opened while the node began to stop.
func (h *Hub) turnAway(conn *websocket.Conn) {
	defer conn.Close()
	soon := time.Now().Add(time.Second)
	_ = conn.SetWriteDeadline(soon) // the client may be gone: nothing is lost by that
	h.mu.Lock()
	retry := h.comeBack
	h.mu.Unlock()
	_ = conn.WriteMessage(websocket.TextMessage, goodbye(retry).body)
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseServiceRestart, "the server restarts"), soon)
}

// speaks tells whether the client speaks this protocol, or leaves open what it speaks.
func speaks(r *http.Request) bool {
	offered := slices.DeleteFunc(websocket.Subprotocols(r), func(p string) bool { return strings.HasPrefix(p, tokenPrefix) })
	return len(offered) == 0 || slices.Contains(offered, Subprotocol)
}

// whoAsks finds the client by header, by subprotocol or by cookie. A cookie counts only for the
// portal's own pages: a browser sends it along whoever's page opens the socket.
func whoAsks(c echo.Context, common *middleware.Common, identify Identify) (portal.Identity, error) {
	r := c.Request()
	token, byCookie := common.Token(r)
	if token == "" || byCookie {
		for _, p := range websocket.Subprotocols(r) {
			if offered, ok := strings.CutPrefix(p, tokenPrefix); ok {
				token, byCookie = offered, false
			}
		}
	}
	if byCookie && !common.OwnOrigin(r) {
		return portal.Identity{}, portal.Fail(portal.Forbidden, "error.other_origin")
	}
	if token == "" && !offersToken(r) {
		return portal.Identity{}, nil
	}
	who, err := identify(r.Context(), token)
	if portal.KindOf(err) == portal.NotFound {
		if byCookie {
			return portal.Identity{}, nil
		}
		return portal.Identity{}, common.BadToken(c)
	}
	if byCookie && who.TokenID != 0 {
		return portal.Identity{}, nil // a personal access token is no browser's session
	}
	return who, err
}

// offersToken tells whether the client shows a token at all, be it an empty one.
func offersToken(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" ||
		slices.ContainsFunc(websocket.Subprotocols(r), func(p string) bool { return strings.HasPrefix(p, tokenPrefix) })
}

// await waits until the hub knows where the log stands, for a moment.
func (h *Hub) await(ctx context.Context) error {
	limit := time.NewTimer(handshakeTime)
	defer limit.Stop()
	select {
	case <-h.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-limit.C:
	}
	late := portal.Fail(portal.Unavailable, "error.unavailable")
	late.RetryAfter = time.Second
	return late
}
