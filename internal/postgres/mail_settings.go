package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type mailSettingsRow struct {
	MemberID int64  `db:"member_id"`
	TimeZone string `db:"time_zone"`
	Mode     string `db:"mode"`
	Hour     int    `db:"hour"`
	Weekday  int    `db:"weekday"`
	From     int    `db:"quiet_from"`
	To       int    `db:"quiet_to"`
	Bounces  int    `db:"bounces"`
}

const mailSettings = `select m.id as member_id, m.time_zone, coalesce(s.mode, 'daily') as mode, coalesce(s.hour, 7)::int as hour, coalesce(s.weekday, 1)::int as weekday,
	coalesce(s.quiet_from, 0)::int as quiet_from, coalesce(s.quiet_to, 0)::int as quiet_to, coalesce(s.bounces, 0) as bounces
	from members m left join mail_settings s on s.member_id = m.id`

// WantsMail is when a member wants mail, in her time zone.
type WantsMail struct {
	portal.MailSettings
	Zone *time.Location
}

func (r mailSettingsRow) wants() WantsMail {
	zone, err := time.LoadLocation(r.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return WantsMail{Zone: zone, MailSettings: portal.MailSettings{Mode: r.Mode, Hour: r.Hour, Weekday: r.Weekday, QuietFrom: r.From, QuietTo: r.To, Bounces: r.Bounces}}
}

// MailSettings reads when a member wants mail.
func (c Conn) MailSettings(ctx context.Context, member int64) (WantsMail, error) {
	row, err := get[mailSettingsRow](ctx, c, "read when a member wants mail", mailSettings+` where m.id = $1`, member)
	return row.wants(), err
}

// SaveMailSettings writes when a member wants mail; the mails that came back are forgotten. Where she was
// sent none until now, none is sent about what she was told of before.
func (tx *Tx) SaveMailSettings(ctx context.Context, member int64, s portal.MailSettings) error {
	if err := tx.LockMember(ctx, member); err != nil {
		return err
	}
	before, err := tx.MailSettings(ctx, member)
	if err != nil {
		return err
	}
	if _, err := exec(ctx, tx.Conn, "write when a member wants mail", `
		insert into mail_settings (member_id, mode, hour, weekday, quiet_from, quiet_to)
		select $1, $2, $3, $4, case when $5::int <> $6::int then $5 end, case when $5::int <> $6::int then $6 end
		on conflict (member_id) do update set mode = excluded.mode, hour = excluded.hour, weekday = excluded.weekday,
		    quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, bounces = 0, saved_at = now()`,
		member, s.Mode, s.Hour, s.Weekday, s.QuietFrom, s.QuietTo); err != nil {
		return err
	}
	if !before.Sends() {
		if _, err := exec(ctx, tx.Conn, "leave out what was told before",
			`update notifications set mailed_at = now() where member_id = $1 and read_at is null and mailed_at is null`, member); err != nil {
			return err
		}
	}
	if s.Mode == portal.MailOff {
		_, err = exec(ctx, tx.Conn, "put no mail off", `delete from mail_due where member_id = $1`, member)
		return err
	}
	return tx.putDue(ctx, []int64{member}, []time.Time{s.Next(portal.Now(), before.Zone)}, true)
}

// DueMails has those of the members who want mail get one in their time, which a mail that is due already
// does not put off. All rows are locked until the commit, so that no mail is made meanwhile without what
// this transaction tells of.
func (tx *Tx) DueMails(ctx context.Context, members []int64, now time.Time) error {
	rows, err := list[mailSettingsRow](ctx, tx.Conn, "read when members want mail", mailSettings+` where m.id = any($1) and not m.suspended order by m.id`, pq.Array(members))
	if err != nil {
		return err
	}
	var who []int64
	var due []time.Time
	for _, r := range rows {
		if w := r.wants(); w.Sends() {
			who, due = append(who, r.MemberID), append(due, w.Next(now, w.Zone))
		}
	}
	if len(who) == 0 {
		return nil
	}
	return tx.putDue(ctx, who, due, false)
}

func (tx *Tx) putDue(ctx context.Context, members []int64, due []time.Time, anew bool) error {
	_, err := exec(ctx, tx.Conn, "set when mail is due", `
		insert into mail_due as d (member_id, due_at) select * from unnest($1::bigint[], $2::timestamptz[]) as n (member, at) order by 1
		on conflict (member_id) do update set due_at = excluded.due_at where $3`, pq.Array(members), timesOf(due), anew)
	return err
}

func timesOf(times []time.Time) any {
	texts := make([]string, len(times))
	for i, t := range times {
		texts[i] = t.UTC().Format(time.RFC3339Nano)
	}
	return pq.Array(texts)
}

// TakeDue takes the next member whose mail is due; NotFound when nobody's is. Until the commit no other
// node has her.
func (tx *Tx) TakeDue(ctx context.Context, now time.Time) (member int64, err error) {
	return get[int64](ctx, tx.Conn, "take whose mail is due", `
		delete from mail_due where member_id = (select member_id from mail_due where due_at <= $1 order by due_at limit 1 for update skip locked)
		returning member_id`, now)
}

// PutDue has a member's mail made at another time.
func (tx *Tx) PutDue(ctx context.Context, member int64, at time.Time) error {
	return tx.putDue(ctx, []int64{member}, []time.Time{at}, true)
}

// TakeNotices marks all that no mail has told the member of and that she has not read as told by mail, and
// returns it, the oldest first.
func (tx *Tx) TakeNotices(ctx context.Context, member int64) ([]int64, error) {
	return list[int64](ctx, tx.Conn, "take what a mail tells of", `
		with told as (update notifications set mailed_at = now() where member_id = $1 and read_at is null and mailed_at is null returning id)
		select id from told order by id`, member)
}

// QueueNotices queues a mail to a member that tells of notifications: the most recent of them, and how
// many there are.
func (tx *Tx) QueueNotices(ctx context.Context, member int64, template string, ids []int64, all int) error {
	_, err := exec(ctx, tx.Conn, "queue a mail of notices", `
		insert into mails (recipient, locale, template, data, member_id, due_at, next_at)
		select email, locale, $2, jsonb_build_object('notifications', $3::bigint[], 'all', $4::int), id, 'infinity', now() from members where id = $1 and not suspended`,
		member, template, pq.Array(ids), all)
	return err
}

// CountBounce counts a mail that came back for its member, once however often it is told of; NotFound where
// the mail is not known any more.
func (tx *Tx) CountBounce(ctx context.Context, mail int64, why string) error {
	row, err := get[struct {
		Member int64 `db:"member_id"`
		Before bool  `db:"before"`
	}](ctx, tx.Conn, "find a mail that came back", `select coalesce(member_id, 0) as member_id, bounced_at is not null as before from mails where id = $1 for update`, mail)
	if err != nil || row.Before {
		return err
	}
	if _, err := exec(ctx, tx.Conn, "note that a mail came back", `update mails set bounced_at = now(), last_error = left($2, 500) where id = $1`, mail, why); err != nil || row.Member == 0 {
		return err
	}
	_, err = exec(ctx, tx.Conn, "count a mail that came back", `
		insert into mail_settings as s (member_id, bounces) values ($1, 1) on conflict (member_id) do update set bounces = s.bounces + 1`, row.Member)
	return err
}
