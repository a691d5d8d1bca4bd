// Package postgres is the store: the only package that speaks to PostgreSQL. A file a noun, the
// SQL beside the scan of its rows. It holds the log (write, sequence, read) and the SQL form of
// the one rule of access.
package postgres

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Bounds of the store's connections.
const (
	PoolSize         = 16
	StatementTimeout = 10 * time.Second // PostgreSQL ends a statement after this
	idleInTx         = 5 * time.Second  // and a transaction that does nothing after this
	linkTimeout      = StatementTimeout + 5*time.Second
	connectTimeout   = 5 * time.Second
	connLifetime     = 30 * time.Minute
	retriesInTx      = 3 // a transaction that lost a race is tried again
)

// Options of Open.
type Options struct {
	Unprepared bool // through a pooler that knows no prepared statements
	Owner      bool // stay the role of the connection string: migrations, backups; no deadlines
	PoolSize   int  // 0: PoolSize
	Log        *slog.Logger
}

// DB is the store on a pool of connections.
type DB struct {
	Conn
	pool *sqlx.DB
	dsn  string
	opt  Options
	poke chan struct{}
	node string // its word in wake-ups, so that it does not wake itself
	told func(events []portal.Event)
}

// Tx is the store within one transaction.
type Tx struct {
	Conn
	tx     *sqlx.Tx
	events []portal.Event // recorded, for this node's own ears
}

// Conn has the verbs that work on the pool and inside a transaction alike.
type Conn struct {
	pool  *sqlx.DB
	tx    *sqlx.Tx
	stmts *statements
}

// Open makes the pool. It does not wait for the server: the first query tells.
func Open(dsn string, opt Options) (*DB, error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	full, err := portalDSN(dsn, opt)
	if err != nil {
		return nil, err
	}
	connector, err := connectorOf(full)
	if err != nil {
		return nil, fmt.Errorf("read the database's address: %w", redact(err))
	}
	if !opt.Owner {
		connector.Dialer(deadlineDialer{})
	}
	pool := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	size := opt.PoolSize
	if size == 0 {
		size = PoolSize
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxLifetime(connLifetime)
	db := &DB{pool: pool, dsn: full, opt: opt, poke: make(chan struct{}, 1), node: rand.Text()}
	db.Conn = Conn{pool: pool, stmts: &statements{off: opt.Unprepared || opt.Owner}}
	return db, nil
}

// Close closes the pool.
func (db *DB) Close() error { return db.pool.Close() }

// Ping asks the server for an answer.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	if err := db.pool.GetContext(ctx, &one, "select 1"); err != nil {
		return fmt.Errorf("ask PostgreSQL for an answer: %w", err)
	}
	return nil
}

// Stats tells of the pool's connections.
func (db *DB) Stats() sql.DBStats { return db.pool.Stats() }

// Warm opens the pool's connections, so that the first readers do not wait for the server to fork
// a process for each; two are left to whoever comes meanwhile. It gives up at the first that cannot
// be had.
func (db *DB) Warm(ctx context.Context) {
	for range cmp.Or(db.opt.PoolSize, PoolSize) - 2 {
		conn, err := db.pool.Connx(ctx)
		if err != nil {
			return
		}
		defer conn.Close()                   // all at the end: one that is given back would be handed out again
		_, _ = conn.ExecContext(ctx, warmth) // whatever it says: nobody waits for it
	}
}

// warmth has a server's process read once what it must know of the busiest tables.
const warmth = `select from threads t join members a on a.id = t.author_id join workspaces w on w.id = t.workspace_id
	left join posts p on p.thread_id = t.id left join reactions r on r.post_id = p.id left join practices x on x.id = t.practice_id
	left join read_positions o on o.thread_id = t.id left join watches f on f.thread_id = t.id where t.id = any('{0}'::bigint[])`

// Committed is poked after each commit that wrote to the log, for the relay of this node.
func (db *DB) Committed() <-chan struct{} { return db.poke }

// OnCommit sets who hears of every commit's events on this node at once, before the caller of InTx
// goes on: what keeps something in memory forgets it, so that nobody reads here what she has just
// changed. Events have no position yet. It is set once, before the store is used.
func (db *DB) OnCommit(f func(events []portal.Event)) { db.told = f }

// InTx runs f in one transaction and commits when f returns nil. A deadlock or a lost
// serialization race runs f again, a few times; f must therefore have no effect outside.
func (db *DB) InTx(ctx context.Context, f func(tx *Tx) error) error {
	return retried(func() error { return db.once(ctx, f) })
}

// retried does something again that the server undid because it collided with another one.
func retried(f func() error) error {
	var err error
	for range retriesInTx {
		if err = f(); !lostRace(err) {
			return err
		}
	}
	return err
}

// committed tells this node at once what was written to the log.
func (db *DB) committed(events []portal.Event) {
	if db.told != nil {
		db.told(events)
	}
	select {
	case db.poke <- struct{}{}:
	default:
	}
}

func (db *DB) once(ctx context.Context, f func(tx *Tx) error) (err error) {
	if err := db.prepareWanted(ctx); err != nil {
		return answer("prepare", err)
	}
	sqlTx, err := db.pool.BeginTxx(ctx, nil)
	if err != nil {
		return answer("begin", err)
	}
	tx := &Tx{tx: sqlTx, Conn: Conn{pool: db.pool, tx: sqlTx, stmts: db.stmts}}
	defer func() {
		// After a commit this does nothing; after a panic or an error it frees the connection.
		_ = sqlTx.Rollback()
	}()
	if err := f(tx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return answer("commit", err)
	}
	if len(tx.events) > 0 {
		db.committed(tx.events)
	}
	return nil
}

func lostRace(err error) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && (pqErr.Code == "40P01" || pqErr.Code == "40001")
}

func (c Conn) ext() sqlx.ExtContext {
	if c.tx != nil {
		return c.tx
	}
	return c.pool
}

// get reads one row into T; portal.NotFound when there is none.
func get[T any](ctx context.Context, c Conn, what, query string, args ...any) (T, error) {
	var row T
	stmt, err := c.prepared(ctx, query)
	switch {
	case err != nil:
	case stmt != nil:
		err = stmt.GetContext(ctx, &row, args...)
	default:
		err = sqlx.GetContext(ctx, c.ext(), &row, query, args...)
	}
	return row, answer(what, err)
}

// list reads all rows into a slice of T that is never nil.
func list[T any](ctx context.Context, c Conn, what, query string, args ...any) ([]T, error) {
	rows := []T{}
	stmt, err := c.prepared(ctx, query)
	switch {
	case err != nil:
	case stmt != nil:
		err = stmt.SelectContext(ctx, &rows, args...)
	default:
		err = sqlx.SelectContext(ctx, c.ext(), &rows, query, args...)
	}
	return rows, answer(what, err)
}

// exec runs a statement and tells how many rows it changed.
func exec(ctx context.Context, c Conn, what, query string, args ...any) (int64, error) {
	var res sql.Result
	stmt, err := c.prepared(ctx, query)
	switch {
	case err != nil:
	case stmt != nil:
		res, err = stmt.ExecContext(ctx, args...)
	default:
		res, err = c.ext().ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, answer(what, err)
	}
	n, err := res.RowsAffected()
	return n, answer(what, err)
}

// answer turns what PostgreSQL says into the portal's kinds of error, and says what was tried.
func answer(what string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return portal.ErrNotFound()
	}
	var pqErr *pq.Error
	if errors.As(err, &pqErr) {
		return answerServer(what, pqErr)
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", what, err)
	}
	if lostLink(err) {
		return unavailable(what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func answerServer(what string, err *pq.Error) error {
	switch {
	case err.Code == "53100": // its disk is full: that takes longer than a restart
		return &portal.Error{Kind: portal.Unavailable, Message: "error.no_room", RetryAfter: time.Minute, Cause: fmt.Errorf("%s: %w", what, err)}
	case err.Code == "22P02" || err.Code == "22P05" || err.Code == "22021" || err.Code == "22003" || err.Code == "22008": // the last two: a number or a time out of range
		return &portal.Error{Kind: portal.Malformed, Message: "error.malformed", Cause: fmt.Errorf("%s: %w", what, err)}
	case refersToNone(err): // what a row refers to went a moment ago
		return &portal.Error{Kind: portal.NotFound, Message: "error.not_found", Cause: fmt.Errorf("%s: %w", what, err)}
	case err.Code == "23514": // a check of the schema, the net under the rules' own checks
		return &portal.Error{Kind: portal.Invalid, Message: "error.invalid", Cause: fmt.Errorf("%s: %w", what, err)}
	case err.Code.Class() == "57" || err.Code.Class() == "08" || err.Code.Class() == "53" || err.Code == "25006":
		return unavailable(what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func unavailable(what string, err error) error {
	return &portal.Error{Kind: portal.Unavailable, Message: "error.unavailable", RetryAfter: 2 * time.Second,
		Cause: fmt.Errorf("%s: %w", what, err)}
}

// IsUnique tells whether the error is a violated unique constraint, and which.
func IsUnique(err error) (constraint string, ok bool) {
	var pqErr *pq.Error
	if errors.As(err, &pqErr) && pqErr.Code == "23505" {
		return pqErr.Constraint, true
	}
	return "", false
}

// redact keeps a password in a connection string out of error texts.
func redact(err error) error {
	if strings.Contains(err.Error(), "://") || strings.Contains(err.Error(), "password") {
		return errors.New("it is not a PostgreSQL connection string (postgres://user@host/database or key=value pairs)")
	}
	return err
}
