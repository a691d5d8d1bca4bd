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
		    'evidence_basis', evidence_basis, 'evidence_by', evidence_by, 'version', version, 'translations', ` + translationLabels + `)::text from practices p where id = $1`,
		portal.KindThread: `select jsonb_build_object('hidden_at', hidden_at, 'hidden_by', hidden_by, 'handling', handling, 'named', named, 'version', version,
		    'thread_version', version)::text from threads where id = $1`,
		portal.KindPost: `select jsonb_build_object('hidden_at', p.hidden_at, 'hidden_by', p.hidden_by, 'handling', t.handling, 'named', t.named,
		    'version', p.version, 'thread_version', t.version)::text
		    from posts p join threads t on t.id = p.thread_id where p.id = $1`,
	}
	statement, known := statements[target.Kind]
	of, hides := hideable[target.Kind]
	switch {
	case known:
	case target.Kind == portal.KindAdoption || target.Kind == portal.KindAttachment:
		statement, known = `select jsonb_build_object('hidden_at', x.hidden_at, 'hidden_by', x.hidden_by, 'handling', p.handling, 'named', p.named,
		    'version', p.version)::text from `+of.table+` x join practices p on p.id = x.practice_id where x.id = $1`, true
	case hides:
		statement, known = `select jsonb_build_object('hidden_at', hidden_at, 'hidden_by', hidden_by)::text from `+of.table+` where id = $1`, true
	}
	if !known {
		return "", fmt.Errorf("read what a %s was before: it is not decided over", target.Kind)
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

// Undo puts back what a decision changed, opens its case again, and tells who has read of the decision
// meanwhile. It is a Conflict when the target has gone on since, or when another case about it was opened.
func (tx *Tx) Undo(ctx context.Context, caseID, actionID int64, target portal.Ref, in Labelled, d Decided) (read []int64, err error) {
	if err := tx.restore(ctx, target, in, d); err != nil {
		return nil, err
	}
	if _, err := exec(ctx, tx.Conn, "mark a decision as undone", `update case_actions set undone_at = now(), before = null where id = $1`, actionID); err != nil {
		return nil, err
	}
	_, err = exec(ctx, tx.Conn, "open a case again", `
		update cases set closed_at = null, closed_by = null, outcome = null,
		    escalated_at = case when $2 = 'escalate' then null else escalated_at end where id = $1`, caseID, string(d.Action))
	if _, taken := IsUnique(err); taken {
		return nil, portal.Fail(portal.Conflict, "error.cannot_undo")
	}
	if err != nil {
		return nil, err
	}
	if target.Kind == portal.KindPractice {
		if _, err = exec(ctx, tx.Conn, "take back the rating of a decision",
			`delete from evidence_ratings where practice_id = $1 and member_id = $2 and at >= $3`, target.ID, d.Actor, d.At); err != nil {
			return nil, err
		}
	}
	return tx.untold(ctx, caseID, target, d.At)
}

// untold takes back what those who flagged, and the author, were told of a decision of this moment: a
// practice's author by the event of her practice, the others by that of the case. Whoever has read it
// keeps a notice, unread again, that it was taken back, and is among those returned.
func (tx *Tx) untold(ctx context.Context, caseID int64, target portal.Ref, at time.Time) (read []int64, err error) {
	const of = `created_at >= $2 and (event in (select id from events where at >= $2 and data ->> 'case' = $1::bigint::text
		        and (type = 'case.closed' or type = 'case.opened' and data ->> 'outcome' = 'escalate'))
		or $3 = 'practice' and kind = 'narrowed' and practice_id in (select id from practices where translation_of = $4)
		or $3 = 'practice' and practice_id = $4 and kind in ('published', 'changes_requested', 'rejected', 'hidden', 'relabelled', 'report_opened'))`
	args := []any{caseID, at, string(target.Kind), target.ID}
	if _, err = exec(ctx, tx.Conn, "take back the notices of a decision", `delete from notifications where read_at is null and `+of, args...); err != nil {
		return nil, err
	}
	return list[int64](ctx, tx.Conn, "tell that a decision was taken back",
		`update notifications set kind = 'undone', note = '', read_at = null where `+of+` returning member_id`, args...)
}

// restore writes what the decision changed back as it was, and nothing else. What has a later version
// than the decision left is not touched: somebody has gone on from there, or has relabelled it.
func (tx *Tx) restore(ctx context.Context, target portal.Ref, in Labelled, d Decided) error {
	switch {
	case d.Action == "keep":
		return nil
	case d.Action == "relabel":
		return tx.relabelBack(ctx, in, d)
	case d.Action == "escalate": // which may have named an officer
		if renamed, err := tx.renamed(ctx, in, d); err != nil || !renamed {
			return err
		}
		return tx.relabelBack(ctx, in, d)
	case target.Kind != portal.KindPractice && target.Kind != portal.KindThread && target.Kind != portal.KindPost:
		return tx.unhide(ctx, target, d)
	}
	var statement string
	switch {
	case target.Kind == portal.KindPractice && d.Action == "hide":
		statement = `update practices x set hidden_at = b.hidden_at, hidden_by = b.hidden_by` + record + `x.version = b.version`
	case target.Kind == portal.KindPractice:
		statement = `update practices x set status = b.status, published_at = b.published_at, published_version = b.published_version,
			evidence_rating = b.evidence_rating, evidence_basis = b.evidence_basis, evidence_by = b.evidence_by` + record +
			`x.version = b.version and x.status = case $3 when 'approve' then 'published'
			    when 'request_changes' then 'changes_requested' else 'rejected' end`
	default:
		statement = `update ` + hideable[target.Kind].table + ` x set hidden_at = b.hidden_at, hidden_by = b.hidden_by, version = x.version + 1` +
			record + `x.version = b.version + 1`
	}
	args := []any{target.ID, d.Before}
	if strings.Contains(statement, "$3") {
		args = append(args, string(d.Action))
	}
	return tx.putBack(ctx, statement, args...)
}

// record reads what was before a decision, as b.
const record = ` from jsonb_to_record($2::jsonb) as b (status text, hidden_at timestamptz, hidden_by bigint, handling text, named bigint[],
	published_at timestamptz, published_version bigint, evidence_rating text, evidence_basis text, evidence_by bigint, version bigint,
	thread_version bigint) where x.id = $1 and `

func (tx *Tx) putBack(ctx context.Context, statement string, args ...any) error {
	n, err := exec(ctx, tx.Conn, "put back what was before a decision", statement, args...)
	if err == nil && n == 0 {
		return portal.Fail(portal.Conflict, "error.cannot_undo")
	}
	return err
}

// Labelled is what bears the label of a thing: its practice or its thread; the other is 0.
type Labelled struct{ Practice, Thread int64 }

// relabelBack puts back the label that a decision changed.
func (tx *Tx) relabelBack(ctx context.Context, in Labelled, d Decided) error {
	if in.Practice == 0 {
		return tx.putBack(ctx, `update threads x set handling = b.handling, named = coalesce(b.named, '{}'), version = x.version + 1`+
			record+`x.version = b.thread_version + 1`, in.Thread, d.Before)
	}
	if err := tx.putBack(ctx, `update practices x set handling = b.handling, named = coalesce(b.named, '{}'), version = x.version + 1`+
		record+`x.version = b.version + 1`, in.Practice, d.Before); err != nil {
		return err
	}
	if err := tx.relabelTranslationsBack(ctx, in.Practice, d.Before); err != nil {
		return err
	}
	return tx.keepVersion(ctx, in.Practice, Save{Editor: d.Actor})
}

// renamed tells whether others are named as readers than before a decision.
func (tx *Tx) renamed(ctx context.Context, in Labelled, d Decided) (bool, error) {
	table, id := "practices", in.Practice
	switch {
	case in.Practice == 0 && in.Thread == 0: // nobody can be named
		return false, nil
	case in.Practice == 0:
		table, id = "threads", in.Thread
	}
	return get[bool](ctx, tx.Conn, "see who was named", `
		select coalesce(b.named, '{}') <> x.named from `+table+` x, jsonb_to_record($2::jsonb) as b (named bigint[]) where x.id = $1`, id, d.Before)
}

// unhide shows or hides again what has no versions, unless somebody else has meanwhile.
func (tx *Tx) unhide(ctx context.Context, target portal.Ref, d Decided) error {
	return tx.putBack(ctx, `update `+hideable[target.Kind].table+` x set hidden_at = b.hidden_at, hidden_by = b.hidden_by`+record+
		`x.hidden_by = $3 and x.hidden_at = $4`, target.ID, d.Before, d.Actor, d.At)
}
