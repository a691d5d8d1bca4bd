package postgres

import (
	"context"
	"fmt"

	"praxis/internal/portal"
)

// SetHidden hides a practice, thread or post from all but its author and the moderators, or
// shows it again (by 0). It is reversible and keeps who did it.
func (tx *Tx) SetHidden(ctx context.Context, target portal.Ref, by int64) error {
	statements := map[portal.Kind]string{
		portal.KindPractice: `update practices set hidden_at = case when $2::bigint = 0 then null else now() end, hidden_by = nullif($2::bigint, 0) where id = $1`,
		portal.KindThread:   `update threads set hidden_at = case when $2::bigint = 0 then null else now() end, hidden_by = nullif($2::bigint, 0), version = version + 1 where id = $1`,
		portal.KindPost:     `update posts set hidden_at = case when $2::bigint = 0 then null else now() end, hidden_by = nullif($2::bigint, 0), version = version + 1 where id = $1`,
	}
	statement, known := statements[target.Kind]
	if !known {
		return fmt.Errorf("hide a %s: only practices, threads and posts can be hidden", target.Kind)
	}
	n, err := exec(ctx, tx.Conn, "hide or show an item", statement, target.ID, by)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}
