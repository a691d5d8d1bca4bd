package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type caseRow struct {
	ID          int64          `db:"id"`
	Kind        string         `db:"kind"`
	TargetKind  string         `db:"target_kind"`
	TargetID    int64          `db:"target_id"`
	WorkspaceID int64          `db:"workspace_id"`
	ThreadID    int64          `db:"thread_id"`
	Title       string         `db:"title"`
	Excerpt     string         `db:"excerpt"`
	Handling    string         `db:"handling"`
	AuthorID    int64          `db:"author_id"`
	AuthorName  string         `db:"author_name"`
	AuthorLand  string         `db:"author_land"`
	Reasons     pq.StringArray `db:"reasons"`
	EscalatedAt *time.Time     `db:"escalated_at"`
	OpenedAt    time.Time      `db:"opened_at"`
	ClosedAt    *time.Time     `db:"closed_at"`
	Outcome     string         `db:"outcome"`
	Holder      int64          `db:"holder"`
	HolderName  string         `db:"holder_name"`
	HeldUntil   *time.Time     `db:"held_until"`
	Own         bool           `db:"own"`
}

// A case is seen by whoever may decide over it: a moderator of its workspace who sees the item
// itself (of a red one, only a named moderator). x is the audience of the practice, the thread or the
// reading list; a profile is the officers' to decide over.
const caseFrom = ` from cases c
	left join adoptions d on d.id = c.adoption_id
	left join attachments f on f.id = c.attachment_id
	left join practices p on p.id = coalesce(d.practice_id, f.practice_id, c.practice_id)
	left join threads t on t.id = c.thread_id
	left join posts o on c.target_kind = 'post' and o.id = c.target_id
	left join collections l on l.id = c.collection_id
	left join members m on m.id = c.member_id
	cross join lateral (select
	    coalesce(p.stage, t.stage, 'review') as stage, coalesce(p.handling, t.handling, l.handling, c.gone_label, 'green') as handling, coalesce(p.named, t.named, '{}') as named, coalesce(p.coauthors, '{}') as coauthors,
	    coalesce(p.workspace_id, t.workspace_id, l.workspace_id, case when c.gone is not null then c.workspace_id end) as workspace_id, coalesce(p.author_id, t.author_id) as author_id,
	    coalesce(p.author_country, t.author_country, '') as author_country,
	    coalesce(p.author_organization, t.author_organization, '') as author_organization) x
	left join members a on a.id = case when c.gone is null then coalesce(d.member_id, f.uploaded_by, o.author_id, p.author_id, t.author_id, l.created_by, m.id) else c.gone_makers[1] end
	left join members h on h.id = c.claimed_by and c.claimed_until > now() and c.closed_at is null`

// caseOwn tells whether a case is about the work of the viewer, at the parameters from 1 on: hers, or on a
// practice that she began, is named as an author of, or has words in, or a list in which she wrote. Nobody decides on her own.
const caseOwn = `coalesce(a.id = $1::bigint or p.author_id = $1 or $1 = any(p.coauthors) or $1 = any(l.written_by) or $1 = any(c.gone_makers)
	or exists (select from jsonb_each(p.edits) e where (e.value ->> 'by')::bigint = $1), false)`

const caseColumns = caseOwn + ` as own, c.id, c.kind, c.target_kind, c.target_id, coalesce(c.workspace_id, 0) as workspace_id, coalesce(c.thread_id, 0) as thread_id,
	coalesce(f.name, nullif(c.gone, ''), p.title, t.title, l.title, m.name, '') as title,
	case c.target_kind when 'adoption' then left(concat_ws(E'\n\n', nullif(d.note, ''), nullif(d.adapted, ''), nullif(d.took, '')), 300)
	    when 'attachment' then p.title when 'collection' then left(coalesce(l.introduction, ''), 300) when 'member' then left(m.bio, 300)
	    else coalesce(left(o.body, 300), p.summary, '') end as excerpt, x.handling,
	coalesce(a.id, 0) as author_id, coalesce(a.name, '') as author_name, coalesce(a.country, '') as author_land,
	array(select distinct f.reason from flags f where f.case_id = c.id order by 1) as reasons,
	c.escalated_at, c.opened_at, c.closed_at, coalesce(c.outcome, '') as outcome,
	coalesce(h.id, 0) as holder, coalesce(h.name, '') as holder_name, case when h.id is not null then c.claimed_until end as held_until`

const caseDecides = `($4::boolean or c.workspace_id = any($6::bigint[]))`

func (r caseRow) portalCase() portal.Case {
	k := portal.Case{ID: r.ID, Kind: r.Kind, Target: portal.Ref{Kind: portal.Kind(r.TargetKind), ID: r.TargetID},
		WorkspaceID: r.WorkspaceID, ThreadID: r.ThreadID, Title: r.Title, Excerpt: r.Excerpt, Handling: portal.Handling(r.Handling),
		Author:  portal.Person{ID: r.AuthorID, Name: r.AuthorName, Country: r.AuthorLand},
		Reasons: r.Reasons, Open: r.ClosedAt == nil, Escalated: r.EscalatedAt != nil, OpenedAt: r.OpenedAt.UTC(),
		ClosedAt: timeOf(r.ClosedAt), Outcome: r.Outcome, Own: r.Own}
	if r.Holder != 0 {
		k.Claim = &portal.Claim{By: portal.Person{ID: r.Holder, Name: r.HolderName}, Until: timeOf(r.HeldUntil)}
	}
	return k
}

// Queue lists the open cases that the viewer may decide over, the oldest first and light ones last,
// after an identifier; workspace 0 is all of hers.
func (c Conn) Queue(ctx context.Context, v portal.Viewer, workspace int64, page portal.Page) ([]portal.Case, error) {
	rows, err := list[caseRow](ctx, c, "list the queue", `
		select `+caseColumns+caseFrom+`
		where c.closed_at is null and `+caseDecides+` and `+CanSee("x", 1)+`
		    and ($7::bigint = 0 or c.workspace_id = $7)
		    and ($8::bigint = 0 or (c.light, c.opened_at, c.id) > (select l.light, l.opened_at, l.id from cases l where l.id = $8))
		order by c.light, c.opened_at, c.id limit $9`, withViewer(v, workspace, page.After, page.Limit)...)
	cases := make([]portal.Case, len(rows))
	for i, r := range rows {
		cases[i] = r.portalCase()
	}
	return cases, err
}

// Case reads one case that the viewer may decide over, with its flags and actions.
func (c Conn) Case(ctx context.Context, v portal.Viewer, id int64) (portal.Case, error) {
	row, err := get[caseRow](ctx, c, "read a case", `
		select `+caseColumns+caseFrom+` where c.id = $7 and `+caseDecides+` and `+CanSee("x", 1), withViewer(v, id)...)
	if err != nil {
		return portal.Case{}, err
	}
	found := row.portalCase()
	flags, err := list[struct {
		personRow
		FlagID int64     `db:"flag_id"`
		Reason string    `db:"reason"`
		Note   string    `db:"note"`
		At     time.Time `db:"at"`
		Light  bool      `db:"light"`
	}](ctx, c, "read flags", `
		select `+personColumns+`, f.id as flag_id, f.reason, f.note, f.at, f.weight < $2 as light
		from flags f join members m on m.id = f.member_id where f.case_id = $1 order by f.id limit 100`, id, lightFlag)
	if err != nil {
		return portal.Case{}, err
	}
	for _, f := range flags {
		found.Flags = append(found.Flags, portal.Flag{ID: f.FlagID, By: portal.Person(f.personRow), Reason: f.Reason, Note: f.Note, At: f.At.UTC(), Light: f.Light})
	}
	found.Actions, err = c.caseActions(ctx, found.Target, false)
	return found, err
}

// caseActions lists all that was ever decided about a target, or what its author may read of it,
// oldest first.
func (c Conn) caseActions(ctx context.Context, target portal.Ref, toAuthor bool) ([]portal.CaseAction, error) {
	rows, err := list[struct {
		personRow
		Action string    `db:"action"`
		Note   string    `db:"note"`
		At     time.Time `db:"at"`
		Undone bool      `db:"undone"`
	}](ctx, c, "read what was decided", `
		select `+personColumns+`, x.action, x.note, x.at, x.undone_at is not null as undone from cases c
		join case_actions x on x.case_id = c.id join members m on m.id = x.actor
		where c.target_kind = $1 and c.target_id = $2 and not ($3 and (c.kind <> 'submission' or x.action = 'escalate' or x.undone_at is not null))
		order by x.id limit 100`, string(target.Kind), target.ID, toAuthor)
	actions := make([]portal.CaseAction, len(rows))
	for i, r := range rows {
		actions[i] = portal.CaseAction{Actor: portal.Person(r.personRow), Action: r.Action, Note: r.Note, At: r.At.UTC(), Undone: r.Undone}
	}
	return actions, err
}

// PracticeDecisions lists what moderators decided about a practice; for its author only what was
// decided about her submissions: notes on flags, and on passing a case on, are for moderators.
func (c Conn) PracticeDecisions(ctx context.Context, practice int64, toAuthor bool) ([]portal.CaseAction, error) {
	return c.caseActions(ctx, portal.Ref{Kind: portal.KindPractice, ID: practice}, toAuthor)
}

// DecisionsToAuthor lists of what was decided about a target what its author may read.
func (c Conn) DecisionsToAuthor(ctx context.Context, target portal.Ref) ([]portal.CaseAction, error) {
	return c.caseActions(ctx, target, true)
}

// NextCase finds the open case to go on with after another one: the first of the queue that the viewer
// may decide, which no colleague holds and which is not about her own work; 0 where there is none.
func (c Conn) NextCase(ctx context.Context, v portal.Viewer, after int64) (int64, error) {
	ids, err := list[int64](ctx, c, "find the next case", `
		select c.id`+caseFrom+` where c.closed_at is null and `+caseDecides+` and `+CanSee("x", 1)+` and c.id <> $7
		    and (h.id is null or h.id = $1) and not `+caseOwn+`
		order by c.light, c.opened_at, c.id limit 1`, withViewer(v, after)...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// CasesNotOwn tells which of the cases are there and about nothing of a member's own.
func (c Conn) CasesNotOwn(ctx context.Context, member int64, cases []int64) ([]int64, error) {
	return list[int64](ctx, c, "see whose work cases are about", `select c.id`+caseFrom+` where c.id = any($2) and not `+caseOwn, member, pq.Array(cases))
}

// LastCase finds the latest case about a target that the viewer may decide over; NotFound when there
// is none.
func (c Conn) LastCase(ctx context.Context, v portal.Viewer, target portal.Ref) (int64, error) {
	return get[int64](ctx, c, "find the case of a thing", `
		select c.id`+caseFrom+` where c.target_kind = $7 and c.target_id = $8 and `+caseDecides+` and `+CanSee("x", 1)+`
		order by c.id desc limit 1`, withViewer(v, string(target.Kind), target.ID)...)
}

// OpenCase opens a case, or finds the open one about the same thing; opened tells which.
func (tx *Tx) OpenCase(ctx context.Context, k portal.Case, practice int64) (id int64, opened bool, err error) {
	for range retriesInTx {
		id, opened, err = tx.openCase(ctx, k, practice)
		if portal.KindOf(err) != portal.NotFound || refersToNone(err) { // else the open one was closed just now
			break
		}
	}
	return id, opened, err
}

func (tx *Tx) openCase(ctx context.Context, k portal.Case, practice int64) (id int64, opened bool, err error) {
	ids, err := list[int64](ctx, tx.Conn, "open a case", `
		insert into cases (kind, target_kind, target_id, practice_id, thread_id, workspace_id, adoption_id, attachment_id, collection_id, member_id)
		values ($1, $2, $3, nullif($4::bigint, 0), nullif($5::bigint, 0), nullif($6::bigint, 0), case $2 when 'adoption' then $3::bigint end,
		    case $2 when 'attachment' then $3::bigint end, case $2 when 'collection' then $3::bigint end, case $2 when 'member' then $3::bigint end)
		on conflict (kind, target_kind, target_id) where closed_at is null do nothing returning id`,
		k.Kind, string(k.Target.Kind), k.Target.ID, practice, k.ThreadID, k.WorkspaceID)
	if err != nil || len(ids) == 1 {
		if len(ids) == 1 {
			id = ids[0]
		}
		return id, err == nil, err
	}
	id, err = tx.OpenCaseOf(ctx, k.Kind, k.Target)
	return id, false, err
}

// OpenCaseOf finds the open case of a kind about a target; NotFound when there is none.
func (tx *Tx) OpenCaseOf(ctx context.Context, kind string, target portal.Ref) (int64, error) {
	return get[int64](ctx, tx.Conn, "find the open case", `
		select id from cases where kind = $1 and target_kind = $2 and target_id = $3 and closed_at is null for no key update`,
		kind, string(target.Kind), target.ID)
}

// LockCase locks a case and tells whether it is still open.
func (tx *Tx) LockCase(ctx context.Context, id int64) (open bool, err error) {
	return get[bool](ctx, tx.Conn, "lock a case", `select closed_at is null from cases where id = $1 for no key update`, id)
}

// ActOnCase records an action on a case, with what its target was before it, and ends the claim; all
// but an escalation close it.
func (tx *Tx) ActOnCase(ctx context.Context, id, actor int64, action, note, before string) error {
	if _, err := exec(ctx, tx.Conn, "record a decision", `
		insert into case_actions (case_id, actor, action, note, before) values ($1, $2, $3, $4, nullif($5, '')::jsonb)`,
		id, actor, action, note, before); err != nil {
		return err
	}
	if action == "escalate" {
		_, err := exec(ctx, tx.Conn, "escalate a case", `
			update cases set escalated_at = coalesce(escalated_at, now()), claimed_by = null, claimed_until = null where id = $1`, id)
		return err
	}
	_, err := exec(ctx, tx.Conn, "close a case",
		`update cases set closed_at = now(), closed_by = $2, outcome = $3 where id = $1`, id, actor, action)
	return err
}

// Flaggers lists who flagged in a case.
func (c Conn) Flaggers(ctx context.Context, caseID int64) ([]int64, error) {
	return list[int64](ctx, c, "list who flagged", `select member_id from flags where case_id = $1 order by 1`, caseID)
}

// QueueLength counts the open cases that the viewer may decide over, up to 100.
func (c Conn) QueueLength(ctx context.Context, v portal.Viewer) (int, error) {
	return get[int](ctx, c, "count the queue", `
		select count(*)::int from (select 1`+caseFrom+` where c.closed_at is null and `+caseDecides+` and `+CanSee("x", 1)+` limit 100) q`,
		viewerArgs(v)...)
}
