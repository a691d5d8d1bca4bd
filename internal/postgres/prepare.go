package postgres

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/jmoiron/sqlx"
)

// statements keeps what was prepared: the store's statements are constants of the program, and of
// those that are put together for a list only the simplest are kept (where.on), so their number is
// bounded.
type statements struct {
	off    bool
	mu     sync.Mutex
	byQL   map[string]*sqlx.Stmt
	wanted map[string]bool // first met inside a transaction
}

// prepared gives the statement ready to run, or nil when it is to be run as a text.
//
// Inside a transaction nothing new is prepared: that would take a second connection of the pool,
// and sixteen writers waiting for a seventeenth connection would wait for ever. A statement that
// is first met there is prepared before the next transaction begins.
func (c Conn) prepared(ctx context.Context, query string) (*sqlx.Stmt, error) {
	s := c.stmts
	if s.off {
		return nil, nil
	}
	s.mu.Lock()
	stmt := s.byQL[query]
	if stmt == nil && c.tx != nil {
		if s.wanted == nil {
			s.wanted = map[string]bool{}
		}
		s.wanted[query] = true
	}
	s.mu.Unlock()
	switch {
	case stmt != nil && c.tx != nil:
		return c.tx.StmtxContext(ctx, stmt), nil
	case stmt != nil:
		return stmt, nil
	case c.tx != nil:
		return nil, nil
	}
	return c.prepare(ctx, query)
}

func (c Conn) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	made, err := c.pool.PreparexContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := c.stmts
	s.mu.Lock()
	if s.byQL == nil {
		s.byQL = map[string]*sqlx.Stmt{}
	}
	first := s.byQL[query]
	if first == nil {
		s.byQL[query] = made
	}
	s.mu.Unlock()
	if first == nil {
		return made, nil
	}
	_ = made.Close() // another was quicker; this asks the server, so not under the lock
	return first, nil
}

// prepareWanted prepares what transactions have asked for, holding no connection itself.
func (db *DB) prepareWanted(ctx context.Context) error {
	s := db.stmts
	s.mu.Lock()
	wanted := slices.Collect(maps.Keys(s.wanted))
	clear(s.wanted)
	s.mu.Unlock()
	for _, query := range wanted {
		if _, err := db.prepare(ctx, query); err != nil {
			return err
		}
	}
	return nil
}
