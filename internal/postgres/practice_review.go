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
