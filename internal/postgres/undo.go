package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"praxis/internal/portal"
)

// Before is what a decision may change of its target, as JSON: with it the decision can be taken
// back. The target is locked by the caller.
func (tx *Tx) Before(ctx context.Context, target portal.Ref) (string, error) {
	statements := map[portal.Kind]string{
		portal.KindPractice: `select jsonb_build_object('status', status, 'hidden_at', hidden_at, 'hidden_by', hidden_by, 'handling', handling,
		    'named', named, 'published_at', published_at, 'published_version', published_version, 'evidence_rating', evidence_rating,
		    'evidence_basis', evidence_basis, 'evidence_by', evidence_by, 'version', version)::text from practices where id = $1`,
		portal.KindThread: `select jsonb_build_object('hidden_at', hidden_at, 'hidden_by', hidden_by, 'handling', handling, 'named', named, 'version', version,
		    'thread_version', version)::text from threads where id = $1`,
		portal.KindPost: `select jsonb_build_object('hidden_at', p.hidden_at, 'hidden_by', p.hidden_by, 'handling', t.handling, 'named', t.named,
		    'version', p.version, 'thread_version', t.version)::text
		    from posts p join threads t on t.id = p.thread_id where p.id = $1`,
	}
	statement, known := statements[target.Kind]
	if !known {
		return "", fmt.Errorf("read what a %s was before: only practices, threads and posts are decided over", target.Kind)
	}
	return get[string](ctx, tx.Conn, "read what was before a decision", statement, target.ID)
}

// Decided is a decision that may still be undone.
type Decided struct {
	Action portal.Step
	Actor  int64
	At     time.Time
	Before string // see Tx.Before
}

// LastDecision reads the last action on a case, if it stands and was taken less than within ago;
// NotFound else. The case is locked by the caller.
func (tx *Tx) LastDecision(ctx context.Context, caseID int64, within time.Duration) (id int64, d Decided, err error) {
	row, err := get[struct {
		ID     int64     `db:"id"`
		Action string    `db:"action"`
		Actor  int64     `db:"actor"`
		At     time.Time `db:"at"`
		Before string    `db:"before"`
	}](ctx, tx.Conn, "find the decision to undo", `
		select id, action, actor, at, coalesce(before::text, '') as before from (
		    select * from case_actions where case_id = $1 order by id desc limit 1) x
		where undone_at is null and before is not null and at > now() - make_interval(secs => $2)`, caseID, within.Seconds())
	return row.ID, Decided{Action: portal.Step(row.Action), Actor: row.Actor, At: row.At.UTC(), Before: row.Before}, err
}

// Undo puts back what a decision changed and opens its case again. It is a Conflict when the
// target has gone on since, or when another case about it was opened.
func (tx *Tx) Undo(ctx context.Context, caseID, actionID int64, target portal.Ref, thread int64, d Decided) error {
	if err := tx.restore(ctx, target, thread, d); err != nil {
		return err
	}
	if _, err := exec(ctx, tx.Conn, "mark a decision as undone", `update case_actions set undone_at = now(), before = null where id = $1`, actionID); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "open a case again", `
		update cases set closed_at = null, closed_by = null, outcome = null,
		    escalated_at = case when $2 = 'escalate' then null else escalated_at end where id = $1`, caseID, string(d.Action))
	if _, taken := IsUnique(err); taken {
		return portal.Fail(portal.Conflict, "error.cannot_undo")
	}
	if err != nil {
		return err
	}
	if err := tx.untold(ctx, caseID, target, thread, d.At); err != nil || target.Kind != portal.KindPractice {
		return err
	}
	if _, err = exec(ctx, tx.Conn, "take back the rating of a decision",
		`delete from evidence_ratings where practice_id = $1 and member_id = $2 and at >= $3`, target.ID, d.Actor, d.At); err != nil {
		return err
	}
	_, err = exec(ctx, tx.Conn, "take back the notice of a decision", `
		delete from notifications where practice_id = $1 and read_at is null and created_at >= $2
		    and kind in ('published', 'changes_requested', 'rejected', 'hidden', 'relabelled')`, target.ID, d.At)
	return err
}

// untold takes back what those who flagged, and the author of a post or thread, were told of a decision
// of this moment, unless they have read it. A practice's author is told by her practice.
func (tx *Tx) untold(ctx context.Context, caseID int64, target portal.Ref, thread int64, at time.Time) error {
	_, err := exec(ctx, tx.Conn, "take back the notices of a decision", `
		delete from notifications where read_at is null and event in (
		        select id from events where at >= $2 and type = 'case.closed' and data ->> 'case' = $1::bigint::text)
		    and member_id in (select member_id from flags where case_id = $1
		        union select author_id from posts where $3 = 'post' and id = $4
		        union select author_id from threads where id = $5)`, caseID, at, string(target.Kind), target.ID, thread)
	return err
}

// restore writes what the decision changed back as it was, and nothing else. What has a later version
// than the decision left is not touched: somebody has gone on from there, or has relabelled it.
func (tx *Tx) restore(ctx context.Context, target portal.Ref, thread int64, d Decided) error {
	if d.Action == "keep" || d.Action == "escalate" {
		return nil
	}
	const record = ` from jsonb_to_record($2::jsonb) as b (status text, hidden_at timestamptz, hidden_by bigint, handling text, named bigint[],
		published_at timestamptz, published_version bigint, evidence_rating text, evidence_basis text, evidence_by bigint, version bigint,
		thread_version bigint) where id = $1 and `
	var statement string
	id := target.ID
	switch practice := target.Kind == portal.KindPractice; {
	case practice && d.Action == "hide":
		statement = `update practices set hidden_at = b.hidden_at, hidden_by = b.hidden_by` + record + `practices.version = b.version`
	case practice && d.Action == "relabel":
		statement = `update practices set handling = b.handling, named = coalesce(b.named, '{}'), version = practices.version + 1` +
			record + `practices.version = b.version + 1`
	case practice:
		statement = `update practices set status = b.status, published_at = b.published_at, published_version = b.published_version,
			evidence_rating = b.evidence_rating, evidence_basis = b.evidence_basis, evidence_by = b.evidence_by` + record +
			`practices.version = b.version and practices.status = case $3 when 'approve' then 'published'
			    when 'request_changes' then 'changes_requested' else 'rejected' end`
	case d.Action == "relabel":
		if target.Kind == portal.KindPost {
			id = thread
		}
		statement = `update threads set handling = b.handling, named = coalesce(b.named, '{}'), version = threads.version + 1` +
			record + `threads.version = b.thread_version + 1`
	case target.Kind == portal.KindThread:
		statement = `update threads set hidden_at = b.hidden_at, hidden_by = b.hidden_by, version = threads.version + 1` +
			record + `threads.version = b.version + 1`
	default:
		statement = `update posts set hidden_at = b.hidden_at, hidden_by = b.hidden_by, version = posts.version + 1` +
			record + `posts.version = b.version + 1`
	}
	args := []any{id, d.Before}
	if strings.Contains(statement, "$3") {
		args = append(args, string(d.Action))
	}
	n, err := exec(ctx, tx.Conn, "put back what was before a decision", statement, args...)
	if err == nil && n == 0 {
		return portal.Fail(portal.Conflict, "error.cannot_undo")
	}
	if err != nil || target.Kind != portal.KindPractice || d.Action != "relabel" {
		return err
	}
	return tx.keepVersion(ctx, id, Save{Editor: d.Actor})
}
