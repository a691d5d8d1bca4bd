package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"maps"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// deadlineDialer makes connections that give up on a dead link: lib/pq looks at a context's
// deadline only between messages, so a peer that vanished would hang the query for ever.
type deadlineDialer struct{}

func (d deadlineDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d deadlineDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (deadlineDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &deadlineConn{Conn: conn}, nil
}

// deadlineConn allows each read and write a little more than the server allows a statement, or what
// is left of a deadline: lib/pq sets one for as long as it greets the server.
type deadlineConn struct {
	net.Conn
	until time.Time
	heard atomic.Bool // an answer was read since the last question; some read while others write
}

// SetDeadline keeps a deadline for all that follows; the zero time ends it.
func (c *deadlineConn) SetDeadline(t time.Time) error {
	c.until = t
	return c.Conn.SetDeadline(t)
}

func (c *deadlineConn) next() time.Time {
	next := time.Now().Add(linkTimeout)
	if !c.until.IsZero() && c.until.Before(next) {
		return c.until
	}
	return next
}

func (c *deadlineConn) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(c.next()); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.heard.Store(true)
	if errors.Is(err, io.EOF) {
		// The statement was sent and may be done: as a bare EOF, database/sql would send it again on
		// another connection, and a post that commits by itself would stand there twice.
		err = &net.OpError{Op: "read", Net: "postgres", Err: io.ErrUnexpectedEOF}
	}
	return n, err
}

// Write refuses what the server could not read any more before a byte of it is sent, so that
// database/sql sends it on another connection: after a restart of the server every connection of the
// pool is dead, and each would cost somebody an answer.
func (c *deadlineConn) Write(p []byte) (int, error) {
	if c.heard.Swap(false) && c.hungUp() {
		return 0, net.ErrClosed
	}
	if err := c.Conn.SetWriteDeadline(c.next()); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// hungUp tells whether the server has ended the connection while nothing was asked: the stream is at
// its end, or it has begun a last word (an ErrorResponse, "E", which an idle server sends to say that
// it ends). It takes nothing from the stream and waits for nothing.
func (c *deadlineConn) hungUp() (gone bool) {
	sys, ok := c.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sys.SyscallConn()
	if err != nil {
		return true
	}
	err = raw.Control(func(fd uintptr) {
		var first [1]byte
		n, _, err := syscall.Recvfrom(int(fd), first[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		gone = err == nil && (n == 0 || first[0] == 'E') || err != nil && !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR)
	})
	return gone || err != nil
}

func lostLink(err error) bool {
	var netErr net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &netErr) || errors.Is(err, context.DeadlineExceeded)
}

// connectorOf makes connections whose times are UTC, whatever clock the server, the database or the
// address asks for: they go out as they come in.
func connectorOf(dsn string) (*pq.Connector, error) {
	config, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, err
	}
	if config.Runtime == nil {
		config.Runtime = map[string]string{}
	}
	maps.DeleteFunc(config.Runtime, func(name, _ string) bool { return strings.EqualFold(name, "timezone") })
	config.Runtime["timezone"] = "UTC"
	return pq.NewConnectorConfig(config)
}

// portalDSN adds to an address what the portal needs: binary parameters (without them a pooler in
// transaction mode mixes up statements), the server's own limits, and no compiling of statements: to
// compile one takes the server longer than to run any of ours. What the address says itself stays.
func portalDSN(dsn string, opt Options) (string, error) {
	params := [][2]string{{"binary_parameters", "yes"}, {"connect_timeout", strconv.Itoa(int(connectTimeout.Seconds()))},
		{"application_name", "praxis"}, {"jit", "off"}}
	if !opt.Owner {
		params = append(params, [2]string{"statement_timeout", strconv.Itoa(int(StatementTimeout.Milliseconds()))},
			[2]string{"idle_in_transaction_session_timeout", strconv.Itoa(int(idleInTx.Milliseconds()))})
	}
	return withParams(dsn, params)
}

// withParams adds parameters to an address of either form, postgres://… or key=value pairs, unless
// it has them.
func withParams(dsn string, params [][2]string) (string, error) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		for _, p := range params {
			if !strings.Contains(" "+dsn, " "+p[0]+"=") {
				dsn += " " + p[0] + "='" + strings.ReplaceAll(p[1], "'", `\'`) + "'"
			}
		}
		return strings.TrimSpace(dsn), nil
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", redact(err)
	}
	query := u.Query()
	for _, p := range params {
		if !query.Has(p[0]) {
			query.Set(p[0], p[1])
		}
	}
	// lib/pq reads a plus sign as itself, not as a space.
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String(), nil
}

// mayBecome asks whether the connecting role may set the role of a row of pg_roles: since PostgreSQL 16
// who made a role is its member, without that right.
const mayBecome = `pg_has_role(current_user, oid, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end)`

// LoginOwns tells as whom the portal logs in, whatever role it has taken since, and whether that login may
// do what the owner of the tables may.
func (c Conn) LoginOwns(ctx context.Context) (login string, owns bool, err error) {
	row, err := get[struct {
		Login string `db:"login"`
		Owns  bool   `db:"owns"`
	}](ctx, c, "look behind the portal's role", `
		select session_user::text as login, pg_has_role(session_user, relowner, 'member') as owns from pg_class where oid = to_regclass('audit')`)
	return row.Login, row.Owns, err
}

// AsPortal gives the connection string of the portal's own role, which owns nothing, where the
// connecting role is a member of it; else the string unchanged and false. The doctor says so.
func AsPortal(ctx context.Context, dsn string) (string, bool, error) {
	db, err := Open(dsn, Options{Owner: true, PoolSize: 1})
	if err != nil {
		return "", false, err
	}
	defer db.Close()
	member, err := get[bool](ctx, db.Conn, "look for the portal's role",
		`select coalesce((select `+mayBecome+` from pg_roles where rolname = 'praxis_portal'), false)`)
	if err != nil {
		return "", false, err
	}
	if !member || strings.Contains(dsn, "options=") {
		return dsn, false, nil
	}
	portal, err := withParams(dsn, [][2]string{{"options", "-c role=praxis_portal"}})
	return portal, err == nil, err
}
