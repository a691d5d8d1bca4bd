package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Mail waits to be sent; its text is made at that moment.
type Mail struct {
	ID        int64  `db:"id"`
	Recipient string `db:"recipient"`
	Locale    string `db:"locale"`
	Template  string `db:"template"`
	Data      string `db:"data"`
	Attempts  int    `db:"attempts"`
}

// QueueMail adds a mail to be sent. Data is a JSON object of identifiers, never a secret.
func (tx *Tx) QueueMail(ctx context.Context, m Mail) error {
	_, err := exec(ctx, tx.Conn, "queue a mail",
		`insert into mails (recipient, locale, template, data) values ($1, $2, $3, $4::jsonb)`, m.Recipient, m.Locale, m.Template, m.Data)
	return err
}

// ClaimMail takes the next mail that is due and puts it off until the retry, so that no other
// node sends it meanwhile; NotFound when none is due.
func (c Conn) ClaimMail(ctx context.Context, retry time.Duration) (Mail, error) {
	return get[Mail](ctx, c, "take a mail to send", `
		update mails set attempts = attempts + 1, due_at = now() + make_interval(secs => $1)
		where id = (select id from mails where due_at <= now() order by due_at limit 1 for update skip locked)
		returning id, recipient, locale, template, data::text as data, attempts`, retry.Seconds())
}

// DropMail removes a mail that was sent or given up.
func (c Conn) DropMail(ctx context.Context, id int64) error {
	_, err := exec(ctx, c, "remove a mail", `delete from mails where id = $1`, id)
	return err
}

// MailFailed notes why a mail could not be sent and when it is tried again.
func (c Conn) MailFailed(ctx context.Context, id int64, why string, again time.Duration) error {
	_, err := exec(ctx, c, "put a mail off", `
		update mails set last_error = left($2, 500), due_at = now() + make_interval(secs => $3) where id = $1`, id, why, again.Seconds())
	return err
}

// QueueDecisions queues a mail to the member of each notification, to leave after a while.
func (tx *Tx) QueueDecisions(ctx context.Context, template string, notifications []int64, after time.Duration) error {
	_, err := exec(ctx, tx.Conn, "queue mails about decisions", `
		insert into mails (recipient, locale, template, data, due_at)
		select m.email, m.locale, $1, jsonb_build_object('notification', n.id), now() + make_interval(secs => $3)
		from notifications n join members m on m.id = n.member_id where n.id = any($2) and not m.suspended`,
		template, pq.Array(notifications), after.Seconds())
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
