package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// What became of a mail.
const (
	MailSent    = "sent"
	MailFailed  = "failed"  // refused for good, or for too long
	MailUnsure  = "unsure"  // handed over, and the answer never came
	MailDropped = "dropped" // not needed any more
)

// MailMemory is for how long it is known what became of a mail, and thus whose it was that came back.
const MailMemory = 30 * 24 * time.Hour

// Mail waits to be sent; its text is made at that moment.
type Mail struct {
	ID        int64      `db:"id"`
	MemberID  int64      `db:"member_id"` // 0: to nobody who is a member
	Recipient string     `db:"recipient"`
	Locale    string     `db:"locale"`
	Template  string     `db:"template"`
	Data      string     `db:"data"`
	Attempts  int        `db:"attempts"`
	CreatedAt time.Time  `db:"created_at"`
	HandedAt  *time.Time `db:"handed_at"` // a server may have taken it then
}

// QueueMail adds a mail to be sent. Data is a JSON object of identifiers, never a secret.
func (tx *Tx) QueueMail(ctx context.Context, m Mail) error {
	_, err := exec(ctx, tx.Conn, "queue a mail", `
		insert into mails (recipient, locale, template, data, member_id, due_at, next_at) values ($1, $2, $3, $4::jsonb, nullif($5::bigint, 0), 'infinity', now())`,
		m.Recipient, m.Locale, m.Template, m.Data, m.MemberID)
	return err
}

// ClaimMail takes the next mail that is due and puts it off for as long as a sending may take, so that no
// other node sends it meanwhile; NotFound when none is due. A member's goes to where she is now. What a
// program of before handed_at has queued is taken, too, and from then on is none of its.
func (c Conn) ClaimMail(ctx context.Context, lease time.Duration) (Mail, error) {
	return get[Mail](ctx, c, "take a mail to send", `
		update mails u set attempts = u.attempts + 1, next_at = now() + make_interval(secs => $1), due_at = 'infinity'
		from (select w.id, coalesce(m.email, w.recipient) as recipient from mails w left join members m on m.id = w.member_id
		    where w.done_at is null and coalesce(w.next_at, w.due_at) <= now()
		    order by coalesce(w.next_at, w.due_at) limit 1 for update of w skip locked) n
		where u.id = n.id
		returning u.id, coalesce(u.member_id, 0) as member_id, n.recipient, u.locale, u.template, u.data::text as data, u.attempts, u.created_at, u.handed_at`,
		lease.Seconds())
}

// HandOver notes that the mail's server has all of it but the last line. NotFound when another node has
// taken the mail meanwhile, because this one was away for longer than its lease: it must not go on.
func (c Conn) HandOver(ctx context.Context, m Mail, lease time.Duration) error {
	n, err := exec(ctx, c, "note that a mail is handed over", `
		update mails set handed_at = now(), next_at = now() + make_interval(secs => $3)
		where id = $1 and attempts = $2 and done_at is null`, m.ID, m.Attempts, lease.Seconds())
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// FinishMail notes what became of a mail, and why. That it was sent stands above a guess of another node's.
func (c Conn) FinishMail(ctx context.Context, id int64, outcome, why string) error {
	_, err := exec(ctx, c, "note what became of a mail", `
		update mails set done_at = now(), outcome = $2, last_error = left($3, 500) where id = $1 and (done_at is null or $2 = 'sent')`, id, outcome, why)
	return err
}

// PutMailOff notes why a mail was not taken and when it is tried again; no other node may have it meanwhile.
func (c Conn) PutMailOff(ctx context.Context, m Mail, why string, again time.Duration) error {
	_, err := exec(ctx, c, "put a mail off", `
		update mails set last_error = left($3, 500), handed_at = case when $5 then handed_at end, next_at = now() + make_interval(secs => $4)
		where id = $1 and attempts = $2 and done_at is null`, m.ID, m.Attempts, why, again.Seconds(), m.HandedAt != nil)
	return err
}

// ForgetMails removes mails of which something became longer ago than MailMemory.
func (c Conn) ForgetMails(ctx context.Context) error {
	_, err := exec(ctx, c, "forget old mails", `
		delete from mails where id in (select id from mails where done_at < now() - make_interval(secs => $1) order by done_at limit 1000)`, MailMemory.Seconds())
	return err
}

// QueueDecisions queues a mail to the member of each notification who wants any, to leave after a while;
// what it tells of no other mail does.
func (tx *Tx) QueueDecisions(ctx context.Context, template string, notifications []int64, after time.Duration) error {
	_, err := exec(ctx, tx.Conn, "queue mails about decisions", `
		with told as (
		    update notifications n set mailed_at = now() from members m left join mail_settings s on s.member_id = m.id
		    where n.id = any($2) and m.id = n.member_id and not m.suspended and coalesce(s.mode, '') <> 'off' and coalesce(s.bounces, 0) < $4
		    returning n.id, m.id as member_id, m.email, m.locale)
		insert into mails (recipient, locale, template, data, member_id, due_at, next_at)
		select email, locale, $1, jsonb_build_object('notification', id), member_id, 'infinity', now() + make_interval(secs => $3) from told`,
		template, pq.Array(notifications), after.Seconds(), portal.MaxBounces)
	return err
}

// Decision is what an author is told by mail of a decision over her practice.
type Decision struct {
	Kind       string          `db:"kind"` // published, changes_requested, rejected
	Name       string          `db:"name"` // the author's
	Note       string          `db:"note"`
	PracticeID int64           `db:"practice_id"`
	Title      string          `db:"title"`
	Handling   portal.Handling `db:"handling"`
}

// DecisionToTell reads what a notification tells of a decision; NotFound when it was taken back or
// read meanwhile, or its member is no author any more.
func (c Conn) DecisionToTell(ctx context.Context, notification int64) (Decision, error) {
	return get[Decision](ctx, c, "read a decision to tell", `
		select n.kind, m.name, n.note, p.id as practice_id, p.title, p.handling
		from notifications n join members m on m.id = n.member_id join practices p on p.id = n.practice_id
		where n.id = $1 and n.kind in ('published', 'changes_requested', 'rejected') and n.read_at is null and not m.suspended and (p.author_id = m.id or m.id = any(p.coauthors))`, notification)
}
