package postgres

import (
	"context"

	"github.com/lib/pq"
)

// SetCoAuthors writes who writes a practice beside its author.
func (tx *Tx) SetCoAuthors(ctx context.Context, id int64, coauthors []int64) error {
	_, err := exec(ctx, tx.Conn, "change the co-authors", `update practices set coauthors = $2::bigint[] where id = $1`, id, pq.Array(nonNil(coauthors)))
	return err
}

// ActiveMembers keeps those of the members who are not suspended.
func (c Conn) ActiveMembers(ctx context.Context, ids []int64) ([]int64, error) {
	return list[int64](ctx, c, "look who is active", `select id from members where id = any($1) and not suspended order by id`, pq.Array(nonNil(ids)))
}
