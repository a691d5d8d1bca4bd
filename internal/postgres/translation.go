package postgres

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Translated notes that a translation says what its original says now.
func (tx *Tx) Translated(ctx context.Context, id int64) error {
	_, err := exec(ctx, tx.Conn, "note what a translation says", `
		update practices t set translated_version = o.version from practices o where o.id = t.translation_of and t.id = $1`, id)
	return err
}

// staleParts joins translations t with the parts ("title", "summary", a section's key) whose original
// changed since they were translated.
const staleParts = `practices t
	join practices o on o.id = t.translation_of
	join practice_versions v on v.practice_id = o.id and v.version = t.translated_version
	cross join lateral (
	    select 'title' as part where o.title is distinct from v.content ->> 'title'
	    union all
	    select 'summary' where o.summary is distinct from v.content ->> 'summary'
	    union all
	    select k from jsonb_object_keys(o.sections || coalesce(v.content -> 'sections', '{}')) k
	    where coalesce(o.sections ->> k, '') <> coalesce(v.content -> 'sections' ->> k, '')) parts`

// StaleParts lists the parts of a translation whose original changed since it was translated. Who may
// see the two is for the caller to know.
func (c Conn) StaleParts(ctx context.Context, id int64) ([]string, error) {
	return list[string](ctx, c, "compare a translation with its original", `select part from `+staleParts+` where t.id = $1 order by part`, id)
}

// StaleAmong tells which of the translations have stale parts.
func (c Conn) StaleAmong(ctx context.Context, ids []int64) ([]int64, error) {
	return list[int64](ctx, c, "compare translations with their original", `select distinct t.id from `+staleParts+` where t.id = any($1)`, pq.Array(nonNil(ids)))
}

// HasTranslation tells whether another translation of a practice into a language stands already, in one
// of the states, as far as the viewer may see it.
func (c Conn) HasTranslation(ctx context.Context, v portal.Viewer, original, except int64, language string, states ...portal.Status) (bool, error) {
	return get[bool](ctx, c, "look for a translation", `
		select exists (select from practices p where p.translation_of = $7 and p.id <> $8 and p.language = $9
		    and p.status = any($10) and `+CanSee("p", 1)+`)`,
		withViewer(v, original, except, language, pq.Array(states))...)
}

// Translators lists who wrote the translations of a practice.
func (c Conn) Translators(ctx context.Context, original int64) ([]int64, error) {
	return list[int64](ctx, c, "list who translated", `
		select distinct author_id from practices where translation_of = $1 and status <> 'draft' order by 1 limit 50`, original)
}

// TranslationsOf lists the translations of several practices, whoever may see them: for the index.
func (c Conn) TranslationsOf(ctx context.Context, originals []int64) ([]int64, error) {
	return list[int64](ctx, c, "list translations", `select id from practices where translation_of = any($1)`, pq.Array(nonNil(originals)))
}

// Carried is a translation whose facts were brought up to its original's.
type Carried struct {
	ID          int64         `db:"id"`
	Version     int64         `db:"version"`
	WorkspaceID int64         `db:"workspace_id"`
	Status      portal.Status `db:"status"`
	Returned    bool          `db:"-"` // to its author, for want of a moderator who may read it
}

// CarryFacts gives the translations of a practice its facts, where theirs differ: they are what is not
// translated. Their versions stay as they are, for nobody wrote anything.
func (tx *Tx) CarryFacts(ctx context.Context, original int64) ([]Carried, error) {
	return list[Carried](ctx, tx.Conn, "carry facts to translations", `
		update practices t set country = o.country, organization = o.organization, year = o.year, type = o.type, level = o.level,
		    sectors = o.sectors, topics = o.topics, substances = o.substances, refs = o.refs
		from practices o where o.id = $1 and t.translation_of = o.id
		    and (t.country, t.organization, t.year, t.type, t.level, t.sectors, t.topics, t.substances, t.refs)
		        is distinct from (o.country, o.organization, o.year, o.type, o.level, o.sectors, o.topics, o.substances, o.refs)
		returning t.id, t.version, coalesce(t.workspace_id, 0) as workspace_id, t.status`, original)
}

// NarrowTranslations brings the label of every translation of a practice that has left its author's hands
// within the practice's own (portal.Audience.Within). Their versions stay as they are, for nobody wrote
// anything. One that was handed in, and that no moderator of its workspace may read any more, is its author's
// draft again. The practice is locked by the caller.
func (tx *Tx) NarrowTranslations(ctx context.Context, original portal.Practice) ([]Carried, error) {
	if original.TranslationOf != 0 {
		return nil, nil
	}
	rows, err := list[practiceRow](ctx, tx.Conn, "lock the translations of a practice", `
		with t as (select id from practices where translation_of = $1 and status <> 'draft' order by id for no key update)
		select `+practiceColumns+practiceFrom+` where p.id in (select id from t) order by p.id`, original.ID)
	translations, err := practicesOf(rows, err)
	if err != nil || len(translations) == 0 {
		return nil, err
	}
	var candidates []int64
	for _, t := range translations {
		candidates = append(candidates, t.Candidates(original.Audience)...)
	}
	members, err := tx.Viewers(ctx, candidates)
	if err != nil {
		return nil, err
	}
	var narrowed []Carried
	for _, t := range translations {
		now := t.Within(original.Audience, members)
		if now.Handling == t.Handling && slices.Equal(now.Named, t.Named) {
			continue
		}
		if _, err := exec(ctx, tx.Conn, "narrow a translation's label",
			`update practices set handling = $2, named = $3::bigint[] where id = $1`, t.ID, string(now.Handling), pq.Array(nonNil(now.Named))); err != nil {
			return nil, err
		}
		narrow := Carried{ID: t.ID, Version: t.Version, WorkspaceID: t.WorkspaceID, Status: t.Status}
		if t.Status == portal.Submitted && now.Handling == portal.Red {
			moderators, err := tx.ModeratorsAmong(ctx, t.WorkspaceID, now.Named)
			if err == nil && len(moderators) == 0 {
				narrow.Status, narrow.Returned, err = portal.Draft, true, tx.handBack(ctx, t.ID)
			}
			if err != nil {
				return nil, err
			}
		}
		narrowed = append(narrowed, narrow)
	}
	return narrowed, nil
}

// handBack makes a practice that was handed in its author's draft again.
func (tx *Tx) handBack(ctx context.Context, id int64) error {
	if _, err := exec(ctx, tx.Conn, "hand a practice back", `update practices set status = 'draft' where id = $1 and status = 'submitted'`, id); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "close the case of what was handed back", `
		update cases set closed_at = now(), outcome = 'return', claimed_by = null, claimed_until = null
		where kind = 'submission' and target_kind = 'practice' and target_id = $1 and closed_at is null`, id)
	return err
}

// translationLabels reads the labels of the translations of practice p, for a decision that may narrow them.
const translationLabels = `(select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'handling', t.handling, 'named', t.named, 'version', t.version, 'status', t.status)), '[]')
	from practices t where t.translation_of = p.id and t.status <> 'draft')`

// relabelTranslationsBack gives translations the label that they had before a decision over their original
// narrowed it, but those that somebody has saved since.
func (tx *Tx) relabelTranslationsBack(ctx context.Context, original int64, before string) error {
	_, err := exec(ctx, tx.Conn, "put back the labels of translations", `
		with b as (select * from jsonb_to_recordset(coalesce($2::jsonb -> 'translations', '[]'))
		    as b (id bigint, handling text, named bigint[], version bigint, status text)),
		handed as ( -- what was handed back waits again, as it did
		    update cases c set closed_at = null, outcome = null from b join practices t on t.id = b.id
		    where b.status = 'submitted' and t.status = 'draft' and t.version = b.version and t.translation_of = $1 and c.id = (
		        select max(k.id) from cases k where k.kind = 'submission' and k.target_kind = 'practice' and k.target_id = t.id) and c.outcome = 'return'
		    returning c.target_id)
		update practices t set handling = b.handling, named = coalesce(b.named, '{}'),
		    status = case when t.id in (select target_id from handed) then 'submitted' else t.status end
		from b where t.id = b.id and t.translation_of = $1 and t.version = b.version`, original, before)
	return err
}

// HiddenWith is a decision that hid a translation together with its original.
type HiddenWith struct {
	ID       int64  `db:"id"` // of the translation's case
	Action   int64  `db:"action"`
	Practice int64  `db:"practice"`
	Before   string `db:"before"`
}

// HiddenWith lists the decisions over the translations of a practice that were taken with one over itself
// and stand, in the order in which translations are locked.
func (tx *Tx) HiddenWith(ctx context.Context, original int64, d Decided) ([]HiddenWith, error) {
	return list[HiddenWith](ctx, tx.Conn, "find what was hidden with a practice", `
		select c.id, x.id as action, t.id as practice, x.before::text as before
		from practices t join cases c on c.target_kind = 'practice' and c.target_id = t.id and c.kind = 'flag' join case_actions x on x.case_id = c.id
		where t.translation_of = $1 and x.action = 'hide' and x.actor = $2 and x.at = $3 and x.undone_at is null and x.before is not null order by t.id`,
		original, d.Actor, d.At)
}

// CloseUnflagged closes a case again that nobody flagged: it was there for a decision alone, which was taken
// back. It tells whether the case is open still.
func (tx *Tx) CloseUnflagged(ctx context.Context, caseID, by int64) (open bool, err error) {
	n, err := exec(ctx, tx.Conn, "close a case that nobody flagged", `
		update cases set closed_at = now(), closed_by = $2, outcome = 'keep' where id = $1 and not exists (select from flags where case_id = $1)`, caseID, by)
	return n == 0, err
}
