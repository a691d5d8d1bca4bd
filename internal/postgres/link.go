package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
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
	return deadlineConn{conn}, nil
}

// deadlineConn allows each read a little more than the server allows a statement.
type deadlineConn struct{ net.Conn }

func (c deadlineConn) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(linkTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c deadlineConn) Write(p []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(linkTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func lostLink(err error) bool {
	var netErr net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &netErr) || errors.Is(err, context.DeadlineExceeded)
}

// portalDSN turns an address into lib/pq's key=value form with what the portal needs: binary
// parameters (without them a pooler in transaction mode mixes up statements), the server's own
// limits, and the role that owns nothing. What the address says itself stays.
func portalDSN(dsn string, opt Options) (string, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		if _, err := url.Parse(dsn); err != nil {
			return "", redact(err)
		}
		parsed, err := pq.ParseURL(dsn)
		if err != nil {
			return "", redact(err)
		}
		dsn = parsed
	}
	add := func(key, value string) {
		if !strings.Contains(" "+dsn, " "+key+"=") {
			dsn += " " + key + "='" + strings.ReplaceAll(value, "'", `\'`) + "'"
		}
	}
	add("binary_parameters", "yes")
	add("connect_timeout", strconv.Itoa(int(connectTimeout.Seconds())))
	add("application_name", "praxis")
	if !opt.Owner {
		add("statement_timeout", strconv.Itoa(int(StatementTimeout.Milliseconds())))
		add("idle_in_transaction_session_timeout", strconv.Itoa(int(idleInTx.Milliseconds())))
	}
	return strings.TrimSpace(dsn), nil
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
		`select coalesce((select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = 'praxis_portal'), false)`)
	if err != nil {
		return "", false, err
	}
	plain, err := portalDSN(dsn, Options{Owner: true})
	if err != nil {
		return "", false, err
	}
	if !member || strings.Contains(plain, " options=") || strings.HasPrefix(plain, "options=") {
		return plain, false, nil
	}
	return fmt.Sprintf("%s options='-c role=praxis_portal'", plain), true, nil
}
