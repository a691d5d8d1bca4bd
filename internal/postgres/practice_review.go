package postgres

import (
	"context"
	"time"

	"praxis/internal/portal"
)

// reviewMonths is for how long a published practice is good, as officers set it.
const reviewMonths = `(select coalesce((select value::int from settings where name = 'review_months'), 24))`

// ReviewMonths reads for how many months a published practice is good.
func (c Conn) ReviewMonths(ctx context.Context) (int, error) {
	return get[int](ctx, c, "read how long practices are good", `select `+reviewMonths)
}

// SetReviewMonths sets it; dates that are set already stay.
func (tx *Tx) SetReviewMonths(ctx context.Context, months int) error {
	_, err := exec(ctx, tx.Conn, "set how long practices are good", `
		insert into settings (name, value) values ('review_months', $1::int::text) on conflict (name) do update set value = excluded.value`, months)
	return err
}

// Reviewed notes that a practice was looked at and holds.
func (tx *Tx) Reviewed(ctx context.Context, id int64) error {
	_, err := exec(ctx, tx.Conn, "note a review", `
		update practices set review_due_at = now() + make_interval(months => `+reviewMonths+`), review_asked_at = null, review_passed_at = null
		where id = $1 and status = 'published'`, id)
	return err
}

// DueForReview takes published practices whose time is over and that were not asked about yet, or
// (passed) whose authors were asked more than wait ago in vain, and notes that they are asked about
// now. At most limit; what another node has taken is left out.
func (tx *Tx) DueForReview(ctx context.Context, passed bool, wait time.Duration, limit int) ([]portal.Practice, error) {
	ids, err := list[int64](ctx, tx.Conn, "take what is due for review", `
		update practices set review_asked_at = coalesce(review_asked_at, now()), review_passed_at = case when $1 then now() end
		where id in (select id from practices
		    where status = 'published' and stage = 'open' and review_due_at < now() and review_passed_at is null
		        and case when $1 then review_asked_at < now() - make_interval(secs => $2) else review_asked_at is null end
		    order by review_due_at limit $3 for update skip locked)
		returning id`, passed, wait.Seconds(), limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return tx.PracticesByID(ctx, ids)
}

// WatchPractice has a member told of new editions of a practice, or not any more.
func (tx *Tx) WatchPractice(ctx context.Context, practice, member int64, watching bool) error {
	statement := `insert into practice_watches (practice_id, member_id) values ($1, $2) on conflict do nothing`
	if !watching {
		statement = `delete from practice_watches where practice_id = $1 and member_id = $2`
	}
	_, err := exec(ctx, tx.Conn, "watch a practice", statement, practice, member)
	return err
}

// WatchesPractice tells whether a member is told of new editions of a practice.
func (c Conn) WatchesPractice(ctx context.Context, practice, member int64) (bool, error) {
	return get[bool](ctx, c, "see who watches a practice", `
		select exists (select from practice_watches where practice_id = $1 and member_id = $2)`, practice, member)
}

// PracticeWatchers lists who watches each of several practices, up to a number for each.
func (c Conn) PracticeWatchers(ctx context.Context, practices []int64, limit int) (map[int64][]int64, error) {
	return pairs(ctx, c, "list who watches practices", `
		select w.practice_id as of, w.member_id as member from (select distinct unnest($1::bigint[]) as id) t
		cross join lateral (select practice_id, member_id from practice_watches where practice_id = t.id order by member_id limit $2) w`,
		practices, limit)
}
