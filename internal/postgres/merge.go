package postgres

import (
	"context"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// MergePractice makes one practice a part of another: threads, adoption reports, files, watchers and
// translations move, and what moved is kept. The database itself takes the files of reports along, and the
// cases over what moves (00024). A report or file that the other has already stays where it
// is, and so does a translation into a language in which the other can be read. Both are locked by the
// caller.
func (tx *Tx) MergePractice(ctx context.Context, from, into, by int64) error {
	steps := []string{
		`update threads set practice_id = $2 where practice_id = $1 returning id`,
		`update adoptions a set practice_id = $2 where practice_id = $1 and not exists (select from adoptions b
		    where b.practice_id = $2 and b.member_id = a.member_id and b.country = a.country and coalesce(b.year, 0) = coalesce(a.year, 0)) returning id`,
		`update attachments a set practice_id = $2 where practice_id = $1 and adoption_id is null -- those of reports went with them
		    and not exists (select from attachments b where b.practice_id = $2 and b.adoption_id is null and b.sha256 = a.sha256) returning id`,
		`insert into practice_watches (practice_id, member_id, level) select $2, member_id, level from practice_watches where practice_id = $1
		    on conflict do nothing returning member_id`,
		`select t.id from practices t join practices o on o.id = $2 and o.translation_of is null and o.language <> t.language
		    where t.translation_of = $1 and not exists (select from practices b where b.translation_of = $2 and b.language = t.language
		        and b.status not in ('rejected', 'archived')) order by t.id`,
	}
	moved := make([]any, len(steps))
	for i, step := range steps {
		ids, err := list[int64](ctx, tx.Conn, "move what belongs to a practice", step, from, into)
		if err != nil {
			return err
		}
		moved[i] = pq.Array(nonNil(ids))
	}
	if _, err := exec(ctx, tx.Conn, "merge a practice", `
		with kept as (
		    insert into merges (practice_id, into_id, status, threads, adoptions, attachments, watchers, translations, translated_versions, member_id)
		    select id, $2, status, $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
		        array(select t.translated_version from practices t where t.id = any($8::bigint[]) order by t.id), $3 from practices where id = $1)
		update practices set merged_into = $2, status = 'archived' where id = $1`, append([]any{from, into, by}, moved...)...); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "move the translations of a practice",
		`update practices set translation_of = $1, translated_version = null where id = any($2::bigint[])`, into, moved[len(moved)-1])
	return err
}

// UnmergePractice takes a merge back: what moved then and is still there moves home. NotFound where
// the practice is not merged; Conflict where the other has been merged itself, for what moved is
// further off. It returns the practice into which it was merged.
func (tx *Tx) UnmergePractice(ctx context.Context, from int64) (into int64, err error) {
	into, err = get[int64](ctx, tx.Conn, "find the merge to undo", `
		select into_id from merges where practice_id = $1 and undone_at is null for update`, from)
	if err != nil {
		return 0, err
	}
	gone, err := get[bool](ctx, tx.Conn, "see whether a later merge stands", `select merged_into is not null from practices where id = $1`, into)
	if err != nil {
		return into, err
	}
	if gone {
		return into, portal.Fail(portal.Conflict, "merge.later_first")
	}
	const merge = ` from merges m where m.practice_id = $1 and m.undone_at is null`
	steps := []string{
		`update threads t set practice_id = $1` + merge + ` and t.id = any(m.threads) and t.practice_id = $2`,
		`update adoptions a set practice_id = $1` + merge + ` and a.id = any(m.adoptions) and a.practice_id = $2`,
		`update attachments a set practice_id = $1` + merge + ` and a.id = any(m.attachments) and a.adoption_id is null and a.practice_id = $2`,
		`delete from practice_watches w using merges m where m.practice_id = $1 and m.undone_at is null and w.practice_id = $2 and w.member_id = any(m.watchers)`,
		`update practices t set translation_of = $1, translated_version = k.version
		    from merges m cross join lateral unnest(m.translations, m.translated_versions) as k (id, version)
		    where m.practice_id = $1 and m.undone_at is null and t.id = k.id and t.translation_of = $2`,
		`update practices p set merged_into = null, status = m.status` + merge + ` and p.id = $1 and p.merged_into = $2`,
		`update merges set undone_at = now() where practice_id = $1 and into_id = $2 and undone_at is null`,
	}
	for _, step := range steps {
		if _, err := exec(ctx, tx.Conn, "move home what belongs to a practice", step, from, into); err != nil {
			return into, err
		}
	}
	return into, nil
}

// PartCase is an open case over a report or a file, and where it lies.
type PartCase struct {
	ID        int64  `db:"id"`
	Kind      string `db:"target_kind"`
	Target    int64  `db:"target_id"`
	Practice  int64  `db:"practice_id"`
	Workspace int64  `db:"workspace_id"`
}

// PartCases lists the open cases over the reports and files of practices.
func (tx *Tx) PartCases(ctx context.Context, practices ...int64) ([]PartCase, error) {
	return list[PartCase](ctx, tx.Conn, "list the cases on practices", `
		select id, target_kind, target_id, practice_id, workspace_id from cases
		where practice_id = any($1) and closed_at is null and target_kind in ('adoption', 'attachment') order by id`, pq.Array(practices))
}

// ForgetCaseNotices takes the notices of a case from those who do not decide over it any more.
func (tx *Tx) ForgetCaseNotices(ctx context.Context, caseID int64) error {
	_, err := exec(ctx, tx.Conn, "forget the notices of a case", `
		delete from notifications n using cases c, members m where c.id = $1 and n.case_id = c.id and n.kind = 'case' and m.id = n.member_id and not m.officer
		    and not exists (select from workspace_members w where w.workspace_id = c.workspace_id and w.member_id = n.member_id and w.role = 'moderator')`, caseID)
	return err
}

// MergedFrom lists the practices that were merged into one, also by way of another, as far as the
// viewer may see them: by identifier, with title and language.
func (c Conn) MergedFrom(ctx context.Context, v portal.Viewer, into int64) ([]portal.Practice, error) {
	rows, err := list[struct {
		ID       int64  `db:"id"`
		Title    string `db:"title"`
		Language string `db:"language"`
	}](ctx, c, "list what was merged into a practice", `
		with recursive same as (select id, merged_into from practices where merged_into = $7
		    union select m.id, m.merged_into from practices m join same on m.merged_into = same.id)
		select p.id, p.title, p.language from same join practices p on p.id = same.id where `+CanSee("p", 1)+` order by p.id limit 50`, withViewer(v, into)...)
	merged := make([]portal.Practice, len(rows))
	for i, r := range rows {
		merged[i] = portal.Practice{ID: r.ID, PracticeText: portal.PracticeText{Title: r.Title, Language: r.Language}}
	}
	return merged, err
}

// MergedInto reads into which practice another was merged, as far as the viewer may see that one;
// 0 where it was not.
func (c Conn) MergedInto(ctx context.Context, v portal.Viewer, id int64) (int64, error) {
	return get[int64](ctx, c, "see what a practice was merged into", `
		select coalesce((select p.id from practices f join practices p on p.id = f.merged_into where f.id = $7 and `+CanSee("p", 1)+`), 0)`,
		withViewer(v, id)...)
}

// HoldsMerged tells whether another practice was merged into this one, and still is: then things of
// other authors are in it.
func (c Conn) HoldsMerged(ctx context.Context, id int64) (bool, error) {
	return get[bool](ctx, c, "see what was merged into a practice", `select exists (select from merges where into_id = $1 and undone_at is null)`, id)
}

// AllInWorkspace tells whether all of the members are in the workspace.
func (c Conn) AllInWorkspace(ctx context.Context, workspace int64, members []int64) (bool, error) {
	return get[bool](ctx, c, "see who is in a workspace", `
		select not exists (select from unnest($2::bigint[]) m where not exists (
		    select from workspace_members w where w.workspace_id = $1 and w.member_id = m))`, workspace, pq.Array(nonNil(members)))
}
