package postgres

import (
	"context"
	"time"

	"praxis/internal/portal"
)

// MailTrouble is a mail that did not go out as it should have.
type MailTrouble struct {
	ID       int64      `db:"id"`
	MemberID int64      `db:"member_id"`
	Name     string     `db:"name"`
	Template string     `db:"template"`
	Outcome  string     `db:"outcome"` // "" while it is tried again
	Bounced  bool       `db:"bounced"`
	Why      string     `db:"last_error"`
	Attempts int        `db:"attempts"`
	At       time.Time  `db:"at"`
	NextAt   *time.Time `db:"next_at"` // while it is tried again
}

const mailTroubles = `
	select x.id, coalesce(x.member_id, 0) as member_id, coalesce(m.name, '') as name, x.template, x.outcome, x.bounced_at is not null as bounced, x.last_error, x.attempts,
	    coalesce(x.bounced_at, x.done_at, x.created_at) as at, case when x.done_at is null then x.next_at end as next_at
	from mails x left join members m on m.id = x.member_id
	where (x.outcome in ('failed', 'unsure') or x.bounced_at is not null or x.done_at is null and x.last_error <> '')`

// MailTroubles lists the mails to a member (0: to anybody) that were refused, came back or wait because
// of a refusal, the latest first.
func (c Conn) MailTroubles(ctx context.Context, member int64, limit int) ([]MailTrouble, error) {
	return list[MailTrouble](ctx, c, "list mails in trouble", mailTroubles+` and ($1::bigint = 0 or x.member_id = $1) order by x.id desc limit $2`, member, limit)
}

// MailState is how sending goes, of the time that is remembered.
type MailState struct {
	Waiting int `db:"waiting"`
	Tried   int `db:"tried"` // of those, the refused
	Sent    int `db:"sent"`
	Failed  int `db:"failed"`
	Unsure  int `db:"unsure"`
	Bounced int `db:"bounced"`
	Stopped int `db:"stopped"` // members who are sent none because so many came back
}

// MailState counts.
func (c Conn) MailState(ctx context.Context) (MailState, error) {
	return get[MailState](ctx, c, "count mails", `
		select count(*) filter (where done_at is null)::int as waiting, count(*) filter (where done_at is null and last_error <> '')::int as tried,
		    count(*) filter (where outcome = 'sent')::int as sent, count(*) filter (where outcome = 'failed')::int as failed,
		    count(*) filter (where outcome = 'unsure')::int as unsure, count(bounced_at)::int as bounced,
		    (select count(*) from mail_settings where bounces >= $1)::int as stopped
		from mails`, portal.MaxBounces)
}
