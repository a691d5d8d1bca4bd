package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"
)

// MaxHint is how many bytes a hint has at most; PostgreSQL takes less than 8,000.
const MaxHint = 7900

const hintChannel = "praxis_hint"

// Hint tells something to every node that listens, this one included. Nothing stands behind it: who
// does not listen just now never learns it. Each costs a commit under a lock that the whole server
// has once, so whoever calls this must bound how often.
func (db *DB) Hint(ctx context.Context, payload string) error {
	if payload == "" || len(payload) > MaxHint {
		return fmt.Errorf("a hint has 1 to %d bytes, not %d", MaxHint, len(payload))
	}
	// As text, not as a parameter: a pooler need not know prepared statements.
	_, err := db.pool.ExecContext(ctx, `notify `+hintChannel+`, `+pq.QuoteLiteral(payload))
	return answer("tell the other nodes", err)
}
