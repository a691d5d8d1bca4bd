package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// content of a practice as its columns hold it, in both statements that write it.
func practiceArgs(p portal.Practice) ([]any, error) {
	sections, err := json.Marshal(nonNilMap(p.Sections))
	if err != nil {
		return nil, fmt.Errorf("write the sections: %w", err)
	}
	refs, err := json.Marshal(nonNil(p.References))
	if err != nil {
		return nil, fmt.Errorf("write the references: %w", err)
	}
	return []any{string(p.Handling), pq.Array(nonNil(p.Named)), p.WorkspaceID, p.Title, p.Summary, string(sections), p.Language,
		p.Country, p.Organization, p.Year, p.Type, p.Level, pq.Array(nonNil(p.Sectors)), pq.Array(nonNil(p.Topics)),
		pq.Array(nonNil(p.Substances)), string(refs), p.TranslationOf}, nil
}

// InsertPractice adds a draft and its first version; the audience's country and organization are
// the author's of today.
func (tx *Tx) InsertPractice(ctx context.Context, p portal.Practice) (int64, error) {
	args, err := practiceArgs(p)
	if err != nil {
		return 0, err
	}
	id, err := get[int64](ctx, tx.Conn, "add a practice", `
		insert into practices (handling, named, workspace_id, title, summary, sections, language, country, organization, year,
		    type, level, sectors, topics, substances, refs, translation_of, external_key, imported, author_id, author_country, author_organization)
		select $1, $2::bigint[], nullif($3::bigint, 0), $4, $5, $6::jsonb, $7, nullif($8, ''), $9, nullif($10::int, 0), $11, $12,
		    $13::text[], $14::text[], $15::text[], $16::jsonb, nullif($17::bigint, 0), nullif($18, ''), $20, m.id, m.country, coalesce(m.organization, '')
		from members m where m.id = $19 returning id`,
		append(args, p.ExternalKey, p.AuthorID, p.Imported)...)
	if constraint, taken := IsUnique(err); taken && constraint == "practices_author_id_external_key_key" {
		return 0, portal.Fail(portal.Conflict, "error.known_key")
	}
	if err != nil {
		return 0, err
	}
	return id, tx.keepVersion(ctx, id, Save{Editor: p.AuthorID})
}

// Save is how a practice is saved.
type Save struct {
	Editor  int64
	Why     string // what changed, in the editor's words; may be empty
	Edition bool   // a new edition, of which watchers hear, rather than a small edit
}

// UpdatePractice writes a practice's text and audience as a new version and returns its number.
func (tx *Tx) UpdatePractice(ctx context.Context, p portal.Practice, save Save) (int64, error) {
	args, err := practiceArgs(p)
	if err != nil {
		return 0, err
	}
	edits, err := json.Marshal(nonNilMap(p.Edits))
	if err != nil {
		return 0, fmt.Errorf("write who edited: %w", err)
	}
	version, err := get[int64](ctx, tx.Conn, "change a practice", `
		update practices set handling = $1, named = $2::bigint[], workspace_id = nullif($3::bigint, 0), title = $4, summary = $5,
		    sections = $6::jsonb, language = $7, country = nullif($8, ''), organization = $9, year = nullif($10::int, 0),
		    type = $11, level = $12, sectors = $13::text[], topics = $14::text[], substances = $15::text[], refs = $16::jsonb,
		    translation_of = nullif($17::bigint, 0), version = version + 1, updated_at = now(), edits = $19::jsonb,
		    edition = edition + case when $20 then 1 else 0 end
		where id = $18 returning version`, append(args, p.ID, string(edits), save.Edition)...)
	if err != nil {
		return 0, err
	}
	return version, tx.keepVersion(ctx, p.ID, save)
}

// keepVersion copies the practice's text as it now is into its versions.
func (tx *Tx) keepVersion(ctx context.Context, id int64, save Save) error {
	_, err := exec(ctx, tx.Conn, "keep a version", `
		insert into practice_versions (practice_id, version, editor, why, edition, status, content)
		select id, version, $2, $3, edition, status, `+versionContent+` from practices where id = $1`, id, save.Editor, save.Why)
	return err
}

// versionContent is what a version keeps of its practice.
const versionContent = `jsonb_build_object('title', title, 'summary', summary, 'sections', sections,
	'language', language, 'country', coalesce(country, ''), 'organization', organization, 'year', coalesce(year, 0),
	'type', type, 'level', level, 'sectors', sectors, 'topics', topics, 'substances', substances, 'references', refs)`

// MovePractice writes the status that a step of the review led to; evidence may be nil.
func (tx *Tx) MovePractice(ctx context.Context, id int64, to portal.Status, by int64, evidence *portal.Evidence) error {
	var rating, basis string
	if evidence != nil {
		rating, basis = evidence.Rating, evidence.Basis
	}
	_, err := exec(ctx, tx.Conn, "move a practice on", `
		update practices set status = $2, updated_at = now(),
		    submitted_at = case when $2 = 'submitted' then now() else submitted_at end,
		    submitted_version = case when $2 = 'submitted' then coalesce(submitted_version, version) else submitted_version end,
		    published_at = case when $2 = 'published' then coalesce(published_at, now()) else published_at end,
		    published_version = case when $2 = 'published' then coalesce(published_version, version) else published_version end,
		    review_due_at = case when $2 = 'published' then now() + make_interval(months => `+reviewMonths+`) else review_due_at end,
		    evidence_rating = coalesce(nullif($3, ''), evidence_rating),
		    evidence_basis = case when $3 <> '' then $4 else evidence_basis end,
		    evidence_by = case when $3 <> '' then $5::bigint else evidence_by end
		where id = $1`, id, string(to), rating, basis, by)
	return err
}

// DatePractice sets when a practice was made and handed in, and when it was decided over, for the
// demonstration.
func (tx *Tx) DatePractice(ctx context.Context, id int64, created, decided time.Time) error {
	_, err := exec(ctx, tx.Conn, "date a practice", `
		with dated as (update cases set opened_at = $2, closed_at = case when closed_at is null then null else $3::timestamptz end
		    where kind = 'submission' and practice_id = $1 returning id),
		told as (update case_actions set at = $3 where case_id in (select id from dated))
		update practices set created_at = $2, updated_at = $2,
		    published_at = case when published_at is null then null else $3::timestamptz end where id = $1`, id, created, decided)
	return err
}

// PracticeVersion is one saved version of a practice.
type PracticeVersion struct {
	Version int64
	Status  portal.Status
	Editor  portal.Person
	At      time.Time
	Edition int
	Why     string // what changed, in the editor's words
	Text    portal.PracticeText
}

type versionRow struct {
	personRow
	Version int64     `db:"version"`
	Status  string    `db:"status"`
	At      time.Time `db:"at"`
	Edition int       `db:"edition"`
	Why     string    `db:"why"`
	Content string    `db:"content"`
}

func (r versionRow) version() (PracticeVersion, error) {
	v := PracticeVersion{Version: r.Version, Status: portal.Status(r.Status), Editor: portal.Person(r.personRow), At: r.At.UTC(), Edition: r.Edition, Why: r.Why}
	if err := json.Unmarshal([]byte(r.Content), &v.Text); err != nil {
		return v, fmt.Errorf("read version %d: %w", r.Version, err)
	}
	return v, nil
}

// versionSeen lets an author see all versions of p, a moderator those from the first submitted one
// on, other readers those from the first published one on. It wants the viewer's parameters first.
const versionSeen = `(p.author_id = $1::bigint or $1::bigint = any(p.coauthors) or v.version >= case
	when $4::boolean or p.workspace_id = any($6::bigint[]) then p.submitted_version else p.published_version end)`

// PracticeVersions lists the versions of a practice that the viewer may see, newest first, below a
// number (0: all), with their titles but without their sections.
func (c Conn) PracticeVersions(ctx context.Context, viewer portal.Viewer, practice int64, page portal.Page) ([]PracticeVersion, error) {
	rows, err := list[versionRow](ctx, c, "list versions", `
		select `+personColumns+`, v.version, v.status, v.at, v.edition, v.why, (v.content - 'sections')::text as content
		from practice_versions v join members m on m.id = v.editor join practices p on p.id = v.practice_id
		where v.practice_id = $7 and ($8::bigint = 0 or v.version < $8) and `+CanSee("p", 1)+` and `+versionSeen+`
		order by v.version desc limit $9`, withViewer(viewer, practice, page.After, page.Limit)...)
	if err != nil {
		return nil, err
	}
	versions := make([]PracticeVersion, len(rows))
	for i, r := range rows {
		if versions[i], err = r.version(); err != nil {
			return nil, err
		}
	}
	return versions, nil
}

// PracticeVersion reads one version of a practice that the viewer may see, whole.
func (c Conn) PracticeVersion(ctx context.Context, viewer portal.Viewer, practice, version int64) (PracticeVersion, error) {
	row, err := get[versionRow](ctx, c, "read a version", `
		select `+personColumns+`, v.version, v.status, v.at, v.edition, v.why, v.content::text as content
		from practice_versions v join members m on m.id = v.editor join practices p on p.id = v.practice_id
		where v.practice_id = $7 and v.version = $8 and `+CanSee("p", 1)+` and `+versionSeen, withViewer(viewer, practice, version)...)
	if err != nil {
		return PracticeVersion{}, err
	}
	return row.version()
}
