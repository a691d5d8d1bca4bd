package postgres

import (
	"context"
	"time"

	"praxis/internal/portal"
)

// Claim gives an open case to a member for a while; one that another holds is a Conflict that
// names her, unless it is taken over. A claim of her own begins anew.
func (tx *Tx) Claim(ctx context.Context, caseID, member int64, last time.Duration, takeOver bool) error {
	n, err := exec(ctx, tx.Conn, "claim a case", `
		update cases set claimed_by = $2, claimed_until = now() + make_interval(secs => $3)
		where id = $1 and closed_at is null and (claimed_by is null or claimed_by = $2 or claimed_until <= now() or $4)`,
		caseID, member, last.Seconds(), takeOver)
	if err != nil || n == 1 {
		return err
	}
	return tx.Unclaimed(ctx, caseID, member)
}

// Unclaimed is a Conflict when the case is closed, or claimed by somebody else.
func (tx *Tx) Unclaimed(ctx context.Context, caseID, member int64) error {
	row, err := get[struct {
		Closed bool   `db:"closed"`
		Holder string `db:"holder"`
	}](ctx, tx.Conn, "see who has claimed a case", `
		select c.closed_at is not null as closed,
		    case when c.claimed_by <> $2 and c.claimed_until > now() then m.name else '' end as holder
		from cases c left join members m on m.id = c.claimed_by where c.id = $1`, caseID, member)
	switch {
	case err != nil:
		return err
	case row.Closed:
		return portal.Fail(portal.Conflict, "error.case_closed")
	case row.Holder != "":
		return portal.Fail(portal.Conflict, "error.case_claimed", "Name", row.Holder)
	}
	return nil
}

// Release ends a member's claim of a case.
func (tx *Tx) Release(ctx context.Context, caseID, member int64) error {
	_, err := exec(ctx, tx.Conn, "release a case", `
		update cases set claimed_by = null, claimed_until = null where id = $1 and claimed_by = $2`, caseID, member)
	return err
}

// QueuePlace is where a submission stands in its workspace's queue.
type QueuePlace struct {
	Ahead    int       `db:"ahead"` // submissions that wait longer, red ones not counted
	OpenedAt time.Time `db:"opened_at"`
}

// QueuePlace tells where the open submission of a practice stands; NotFound where there is none.
// Red submissions of others are not counted: of them nobody learns anything.
func (c Conn) QueuePlace(ctx context.Context, practice int64) (QueuePlace, error) {
	return get[QueuePlace](ctx, c, "find a submission's place in the queue", `
		select c.opened_at, (select count(*)::int from cases b join practices q on q.id = b.practice_id
		    where b.workspace_id = c.workspace_id and b.closed_at is null and b.kind = 'submission' and q.handling <> 'red'
		        and (b.opened_at, b.id) < (c.opened_at, c.id)) as ahead
		from cases c where c.kind = 'submission' and c.target_kind = 'practice' and c.target_id = $1 and c.closed_at is null`, practice)
}

// AuthorRecord is what became of an author's submissions so far.
type AuthorRecord struct {
	Published int `db:"published"`
	Returned  int `db:"returned"` // times that changes were asked for
	Rejected  int `db:"rejected"`
	Hidden    int `db:"hidden"` // things of hers that moderators hid
}

// AuthorRecord sums up what moderators decided over an author's items that the viewer may decide
// over, or see published.
func (c Conn) AuthorRecord(ctx context.Context, v portal.Viewer, author int64) (AuthorRecord, error) {
	record, err := get[AuthorRecord](ctx, c, "sum up an author's record", `
		select 0 as published, count(*) filter (where y.action = 'request_changes')::int as returned,
		    count(*) filter (where y.action = 'reject')::int as rejected, count(*) filter (where y.action = 'hide')::int as hidden
		from (
		    select c.id from practices p join cases c on c.practice_id = p.id
		    where p.author_id = $7 and `+caseDecides+` and `+CanSee("p", 1)+`
		    union
		    select c.id from cases c
		    join practices p on p.id = c.practice_id
		    where c.id = any(array(select e.id from adoptions x join cases e on e.adoption_id = x.id where x.member_id = $7
		        union all select e.id from attachments x join cases e on e.attachment_id = x.id where x.uploaded_by = $7
		        union all select id from cases where gone is not null and gone_makers[1] = $7)) and `+caseDecides+` and `+CanSee("p", 1)+`
		    union
		    select c.id from (select id, thread_id from posts where author_id = $7 order by id desc limit 1000) o
		    join cases c on c.target_kind = 'post' and c.target_id = o.id join threads t on t.id = o.thread_id
		    where `+caseDecides+` and `+CanSeeThread("t", 1)+`) k
		join case_actions y on y.case_id = k.id and y.undone_at is null`, withViewer(v, author)...)
	if err != nil {
		return record, err
	}
	record.Published, err = c.CountPublished(ctx, v, author)
	return record, err
}

// CaseTarget reads what a case is about, whoever asks: the rule that decides comes after it.
func (tx *Tx) CaseTarget(ctx context.Context, id int64) (portal.Ref, error) {
	row, err := get[struct {
		Kind string `db:"target_kind"`
		ID   int64  `db:"target_id"`
	}](ctx, tx.Conn, "read what a case is about", `select target_kind, target_id from cases where id = $1`, id)
	return portal.Ref{Kind: portal.Kind(row.Kind), ID: row.ID}, err
}
