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
// something that she may no longer see is not among them; one about a post is of the thread where it stands now:
// it may have been moved while the notification was written.
func (c Conn) Notifications(ctx context.Context, v portal.Viewer, page portal.Page) ([]portal.Notification, error) {
	rows, err := list[notificationRow](ctx, c, "list notifications", `
		select n.id, n.member_id, n.kind, coalesce(n.actor, 0) as actor, coalesce(a.name, '') as actor_name,
		    coalesce(a.country, '') as actor_country, coalesce(t.id, 0) as thread_id, coalesce(n.post_id, 0) as post_id,
		    coalesce(n.practice_id, 0) as practice_id, coalesce(t.workspace_id, n.workspace_id, 0) as workspace_id, coalesce(n.case_id, 0) as case_id,
		    coalesce(t.title, p.title, w.name, '') as title, n.note, n.created_at, n.read_at
		from notifications n
		left join members a on a.id = n.actor
		left join posts x on x.id = n.post_id
		left join threads t on t.id = coalesce(x.thread_id, n.thread_id)
		left join practices p on p.id = n.practice_id and t.id is null
		left join workspaces w on w.id = n.workspace_id
		where n.member_id = $1 and ($7::bigint = 0 or n.id < $7)
		    and (t.id is null or `+CanSeeThread("t", 1)+`) and (p.id is null or `+CanSee("p", 1)+`)
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

// NewNotification is a notification to be written: who caused it, and the identifier of the event
// that it tells of.
type NewNotification struct {
	portal.Notification
	Actor, Event int64
}

// InsertNotifications adds notifications and returns those that are new, with their identifiers: a
// member is told of an event once.
func (tx *Tx) InsertNotifications(ctx context.Context, notes []NewNotification) ([]portal.Notification, error) {
	var member, actor, thread, post, practice, workspace, cases, event []int64
	var kind, note []string
	for _, n := range notes {
		member, kind, actor, event = append(member, n.MemberID), append(kind, n.Kind), append(actor, n.Actor), append(event, n.Event)
		thread, post, practice = append(thread, n.ThreadID), append(post, n.PostID), append(practice, n.PracticeID)
		workspace, cases, note = append(workspace, n.WorkspaceID), append(cases, n.CaseID), append(note, n.Note)
	}
	rows, err := list[struct {
		ID     int64  `db:"id"`
		Member int64  `db:"member_id"`
		Kind   string `db:"kind"`
	}](ctx, tx.Conn, "add notifications", `
		insert into notifications (member_id, kind, actor, thread_id, post_id, practice_id, workspace_id, case_id, note, event)
		select n.member, n.kind, nullif(n.actor, 0), nullif(n.thread, 0), nullif(n.post, 0), nullif(n.practice, 0),
		    nullif(n.workspace, 0), nullif(n.cases, 0), n.note, n.event
		from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
		    $9::text[], $10::bigint[]) as n (member, kind, actor, thread, post, practice, workspace, cases, note, event)
		on conflict (member_id, event) do nothing returning id, member_id, kind`,
		pq.Array(member), pq.Array(kind), pq.Array(actor), pq.Array(thread), pq.Array(post), pq.Array(practice), pq.Array(workspace),
		pq.Array(cases), pq.Array(note), pq.Array(event))
	added := make([]portal.Notification, len(rows))
	for i, r := range rows {
		added[i] = portal.Notification{ID: r.ID, MemberID: r.Member, Kind: r.Kind}
	}
	return added, err
}

// OpeningPosts finds the identifiers of the first posts of threads.
func (c Conn) OpeningPosts(ctx context.Context, threads []int64) ([]int64, error) {
	if len(threads) == 0 {
		return nil, nil
	}
	return list[int64](ctx, c, "find opening posts", `select id from posts where thread_id = any($1) and number = 1`, pq.Array(threads))
}

// Mentions lists whom each of several posts mentions.
func (c Conn) Mentions(ctx context.Context, posts []int64) (map[int64][]int64, error) {
	return pairs(ctx, c, "read mentions", `select post_id as of, member_id as member from mentions where post_id = any($1) order by 1, 2`, posts)
}

func pairs(ctx context.Context, c Conn, what, query string, of []int64, more ...any) (map[int64][]int64, error) {
	found := map[int64][]int64{}
	if len(of) == 0 {
		return found, nil
	}
	rows, err := list[struct {
		Of     int64 `db:"of"`
		Member int64 `db:"member"`
	}](ctx, c, what, query, append([]any{pq.Array(of)}, more...)...)
	for _, r := range rows {
		found[r.Of] = append(found[r.Of], r.Member)
	}
	return found, err
}

// Deciders lists who may decide over the cases of a workspace: its moderators; where it has none,
// or beyond them, the officers. At most 100.
func (c Conn) Deciders(ctx context.Context, workspace int64, beyond bool) ([]int64, error) {
	return list[int64](ctx, c, "list who decides", `
		with moderators as (
		    select m.id from workspace_members x join members m on m.id = x.member_id
		    where x.workspace_id = $1 and x.role = 'moderator' and not m.suspended and not $2)
		select id from moderators
		union all
		select id from members where officer and not suspended and not exists (select from moderators)
		order by 1 limit 100`, workspace, beyond)
}

// LastNote is what the moderator wrote with the last decision of a kind about the submission of a
// practice; "" when nothing.
func (c Conn) LastNote(ctx context.Context, practice int64, action string) (string, error) {
	return get[string](ctx, c, "read the decision's note", `
		select coalesce((select x.note from cases c join case_actions x on x.case_id = c.id
		    where c.target_kind = 'practice' and c.target_id = $1 and c.kind = 'submission' and x.action = $2 order by x.id desc limit 1), '')`,
		practice, action)
}

// HiddenReportCase is the case in which the report that an event tells of was hidden; NotFound where it is
// not hidden.
func (c Conn) HiddenReportCase(ctx context.Context, e portal.Event) (int64, error) {
	return get[int64](ctx, c, "find the case of a hidden report", `
		select k.id from events e join audit a on a.id = e.audit_id
		join adoptions d on d.id = (a.detail -> 'report' ->> 'id')::bigint and d.hidden_at is not null
		join cases k on k.adoption_id = d.id where e.id = $1 order by k.id desc limit 1`, e.ID)
}

// DecisionNote reads what a moderator wrote with a decision over a flagged thing that an event tells of,
// and whether it was taken back since; NotFound where the event tells of something else. The event is
// written at the end of the decision's own transaction, at whose beginning the decision is dated.
func (c Conn) DecisionNote(ctx context.Context, target portal.Ref, action string, e portal.Event) (note string, undone bool, err error) {
	row, err := get[struct {
		Note   string `db:"note"`
		Undone bool   `db:"undone"`
	}](ctx, c, "read the note on a flag", `
		select x.note, x.undone_at is not null as undone from cases c join case_actions x on x.case_id = c.id
		where c.target_kind = $1 and c.target_id = $2 and c.kind = 'flag' and x.action = $3 and x.actor = $4
		    and x.at <= $5 and x.at > $5::timestamptz - interval '1 minute' order by x.id desc limit 1`,
		string(target.Kind), target.ID, action, e.Actor, e.At)
	return row.Note, row.Undone, err
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

// ConsumerPosition locks and reads how far a once-only consumer has read the log. The lock lasts
// as long as the transaction: one node works; mine is false on the others, and at the very first
// time, when the consumer begins with the next event.
func (tx *Tx) ConsumerPosition(ctx context.Context, name string) (position int64, mine bool, err error) {
	position, err = get[int64](ctx, tx.Conn, "read a consumer's position", `select position from consumers where name = $1 for update skip locked`, name)
	if portal.KindOf(err) != portal.NotFound {
		return position, err == nil, err
	}
	_, err = exec(ctx, tx.Conn, "name a consumer", `
		insert into consumers (name, position) select $1, position from log_state on conflict do nothing`, name)
	return 0, false, err
}

// SetConsumerPosition notes that a consumer has finished with everything up to a position.
func (tx *Tx) SetConsumerPosition(ctx context.Context, name string, position int64) error {
	_, err := exec(ctx, tx.Conn, "move a consumer on", `update consumers set position = $2 where name = $1`, name, position)
	return err
}
