package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type notificationRow struct {
	ID          int64      `db:"id"`
	MemberID    int64      `db:"member_id"`
	Kind        string     `db:"kind"`
	Actor       int64      `db:"actor"`
	ActorName   string     `db:"actor_name"`
	ActorLand   string     `db:"actor_country"`
	ThreadID    int64      `db:"thread_id"`
	PostID      int64      `db:"post_id"`
	PracticeID  int64      `db:"practice_id"`
	WorkspaceID int64      `db:"workspace_id"`
	CaseID      int64      `db:"case_id"`
	Title       string     `db:"title"`
	Note        string     `db:"note"`
	CreatedAt   time.Time  `db:"created_at"`
	ReadAt      *time.Time `db:"read_at"`
}

// Notifications lists a member's notifications, newest first, below an identifier. One about
// something that she may no longer see is not among them.
func (c Conn) Notifications(ctx context.Context, v portal.Viewer, page portal.Page) ([]portal.Notification, error) {
	rows, err := list[notificationRow](ctx, c, "list notifications", `
		select n.id, n.member_id, n.kind, coalesce(n.actor, 0) as actor, coalesce(a.name, '') as actor_name,
		    coalesce(a.country, '') as actor_country, coalesce(n.thread_id, 0) as thread_id, coalesce(n.post_id, 0) as post_id,
		    coalesce(n.practice_id, 0) as practice_id, coalesce(n.workspace_id, 0) as workspace_id, coalesce(n.case_id, 0) as case_id,
		    coalesce(t.title, p.title, w.name, '') as title, n.note, n.created_at, n.read_at
		from notifications n
		left join members a on a.id = n.actor
		left join threads t on t.id = n.thread_id
		left join practices p on p.id = n.practice_id and n.thread_id is null
		left join workspaces w on w.id = n.workspace_id
		where n.member_id = $1 and ($7::bigint = 0 or n.id < $7)
		    and (n.thread_id is null or `+CanSeeThread("t", 1)+`) and (p.id is null or `+CanSee("p", 1)+`)
		order by n.id desc limit $8`, withViewer(v, page.After, page.Limit)...)
	notifications := make([]portal.Notification, len(rows))
	for i, r := range rows {
		n := portal.Notification{ID: r.ID, MemberID: r.MemberID, Kind: r.Kind, ThreadID: r.ThreadID, PostID: r.PostID,
			PracticeID: r.PracticeID, WorkspaceID: r.WorkspaceID, CaseID: r.CaseID, Title: r.Title, Note: r.Note,
			CreatedAt: r.CreatedAt.UTC(), ReadAt: timeOf(r.ReadAt)}
		if r.Actor != 0 {
			n.Actor = &portal.Person{ID: r.Actor, Name: r.ActorName, Country: r.ActorLand}
		}
		notifications[i] = n
	}
	return notifications, err
}

// InsertNotification adds a notification about an event, once; added is false when the member
// has been told of that event already.
func (tx *Tx) InsertNotification(ctx context.Context, n portal.Notification, actor, event int64) (id int64, added bool, err error) {
	ids, err := list[int64](ctx, tx.Conn, "add a notification", `
		insert into notifications (member_id, kind, actor, thread_id, post_id, practice_id, workspace_id, case_id, note, event)
		values ($1, $2, nullif($3::bigint, 0), nullif($4::bigint, 0), nullif($5::bigint, 0), nullif($6::bigint, 0),
		    nullif($7::bigint, 0), nullif($8::bigint, 0), $9, $10)
		on conflict (member_id, event) do nothing returning id`,
		n.MemberID, n.Kind, actor, n.ThreadID, n.PostID, n.PracticeID, n.WorkspaceID, n.CaseID, n.Note, event)
	if len(ids) == 0 {
		return 0, false, err
	}
	return ids[0], true, err
}

// ReadNotifications marks the member's notifications as read: those given, or (none given) all
// up to an identifier (0: all).
func (c Conn) ReadNotifications(ctx context.Context, member int64, ids []int64, upTo int64) error {
	_, err := exec(ctx, c, "mark notifications as read", `
		update notifications set read_at = now()
		where member_id = $1 and read_at is null
		    and (id = any($2) or cardinality($2::bigint[]) = 0 and ($3::bigint = 0 or id <= $3))`, member, pq.Array(nonNil(ids)), upTo)
	return err
}

// ConsumerPosition locks and reads how far a once-only consumer has read the log; 0 at its very
// first time. The lock lasts as long as the transaction: one node works, the others wait.
func (tx *Tx) ConsumerPosition(ctx context.Context, name string) (int64, error) {
	if _, err := exec(ctx, tx.Conn, "name a consumer", `
		insert into consumers (name, position) select $1, position from log_state on conflict do nothing`, name); err != nil {
		return 0, err
	}
	return get[int64](ctx, tx.Conn, "read a consumer's position", `select position from consumers where name = $1 for update`, name)
}

// SetConsumerPosition notes that a consumer has finished with everything up to a position.
func (tx *Tx) SetConsumerPosition(ctx context.Context, name string, position int64) error {
	_, err := exec(ctx, tx.Conn, "move a consumer on", `update consumers set position = $2 where name = $1`, name, position)
	return err
}

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
