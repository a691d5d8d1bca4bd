package postgres

import (
	"context"

	"github.com/lib/pq"
)

// AdoptedIn counts the countries that have taken up practices, for the index: those of reports that everybody
// reads who reads the practice, which are its own and its original's. A practice without any is not there.
func (c Conn) AdoptedIn(ctx context.Context, practices []int64) (map[int64]int, error) {
	rows, err := list[struct {
		ID int64 `db:"id"`
		N  int   `db:"n"`
	}](ctx, c, "count the countries of adoption reports", `
		select p.id, count(distinct d.country)::int as n
		from practices p cross join lateral unnest(array[p.id, p.translation_of]) s(id)
		join practices o on o.id = s.id and (o.id = p.id or o.stage = 'open')
		join adoptions d on d.practice_id = o.id and d.hidden_at is null
		where p.id = any($1) group by p.id`, pq.Array(nonNil(practices)))
	counts := make(map[int64]int, len(rows))
	for _, r := range rows {
		counts[r.ID] = r.N
	}
	return counts, err
}
