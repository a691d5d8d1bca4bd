package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type practiceRow struct {
	ID            int64          `db:"id"`
	ExternalKey   string         `db:"external_key"`
	Version       int64          `db:"version"`
	Status        string         `db:"status"`
	HiddenAt      *time.Time     `db:"hidden_at"`
	Stage         string         `db:"stage"`
	Handling      string         `db:"handling"`
	Named         pq.Int64Array  `db:"named"`
	WorkspaceID   int64          `db:"workspace_id"`
	AuthorID      int64          `db:"author_id"`
	CoAuthors     pq.Int64Array  `db:"coauthors"`
	Edits         string         `db:"edits"`
	AuthorCountry string         `db:"author_country"`
	AuthorOrg     string         `db:"author_organization"`
	AuthorName    string         `db:"author_name"`
	AuthorLand    string         `db:"author_land"` // where she lives now
	Title         string         `db:"title"`
	Summary       string         `db:"summary"`
	Sections      string         `db:"sections"`
	Language      string         `db:"language"`
	Country       string         `db:"country"`
	Organization  string         `db:"organization"`
	Year          int            `db:"year"`
	Type          string         `db:"type"`
	Level         string         `db:"level"`
	Sectors       pq.StringArray `db:"sectors"`
	Topics        pq.StringArray `db:"topics"`
	Substances    pq.StringArray `db:"substances"`
	Refs          string         `db:"refs"`
	TranslationOf int64          `db:"translation_of"`
	Rating        string         `db:"evidence_rating"`
	Basis         string         `db:"evidence_basis"`
	RatedBy       int64          `db:"evidence_by"`
	RaterName     string         `db:"rater_name"`
	RaterLand     string         `db:"rater_land"`
	Tried         int            `db:"tried"`
	Worked        int            `db:"worked"`
	Mixed         int            `db:"mixed"`
	Failed        int            `db:"failed"`
	TriedIn       int            `db:"tried_in"`
	CreatedAt     time.Time      `db:"created_at"`
	UpdatedAt     time.Time      `db:"updated_at"`
	SubmittedAt   *time.Time     `db:"submitted_at"`
	PublishedAt   *time.Time     `db:"published_at"`
	Edition       int            `db:"edition"`
	Imported      bool           `db:"imported"`
	ReviewDueAt   *time.Time     `db:"review_due_at"`
}

const practiceColumns = `coalesce(p.translation_of, 0) as translation_of, coalesce(p.evidence_basis, '') as evidence_basis, ` + practiceOwn

// practiceSeen is practiceColumns for a viewer at the parameters from 1 on. Why a translation is rated as
// its original, which the schema sees to, is for the original's readers.
var practiceSeen = ifSeen("p.translation_of") + ` as translation_of,
	coalesce(case when p.translation_of is not null then (select q.evidence_basis from practices q where q.id = p.translation_of and ` +
	CanSee("q", 1) + `) end, p.evidence_basis, '') as evidence_basis, ` + practiceOwn

const practiceOwn = `p.id, coalesce(p.external_key, '') as external_key, p.version, p.status, p.hidden_at, p.stage, p.handling,
	p.named, coalesce(p.workspace_id, 0) as workspace_id, p.author_id, p.coauthors, p.edits::text as edits, p.author_country, p.author_organization,
	a.name as author_name, a.country as author_land, p.title, p.summary, p.sections::text as sections, p.language,
	coalesce(p.country, '') as country, p.organization, coalesce(p.year, 0) as year, p.type, p.level,
	p.sectors, p.topics, p.substances, p.refs::text as refs,
	coalesce(p.evidence_rating, '') as evidence_rating,
	coalesce(p.evidence_by, 0) as evidence_by, coalesce(r.name, '') as rater_name, coalesce(r.country, '') as rater_land,
	coalesce(d.tried, 0) as tried, coalesce(d.worked, 0) as worked, coalesce(d.mixed, 0) as mixed,
	coalesce(d.failed, 0) as failed, coalesce(d.tried_in, 0) as tried_in,
	p.created_at, p.updated_at, p.submitted_at, p.published_at, p.edition, p.review_due_at, p.imported`

// practiceFrom reads practices p with author a and rater r, and no sums of adoptions d, which are a viewer's.
const practiceFrom = practicePeople + ` cross join (select 0 as tried, 0 as worked, 0 as mixed, 0 as failed, 0 as tried_in) d`

const practicePeople = ` from practices p
	join members a on a.id = p.author_id
	left join members r on r.id = p.evidence_by`

// practiceSeenFrom is practiceFrom with the reports of use counted that a viewer, at the parameters from 1 on,
// may read: on the practice in whatever language, as Adoptions lists them.
var practiceSeenFrom = practicePeople + `
	left join lateral (
	    select count(*)::int as tried, count(*) filter (where u.result = 'worked')::int as worked,
	        count(*) filter (where u.result = 'mixed')::int as mixed, count(*) filter (where u.result = 'failed')::int as failed,
	        count(distinct u.country)::int as tried_in
	    from (` + samePractice("p.id") + `) s cross join lateral (select u.result, u.country from adoptions u join practices o on o.id = u.practice_id
	        where u.practice_id = s.id and u.hidden_at is null and ` + CanSee("o", 1) + ` offset 0) u) d on true`

// samePractice selects what is one practice with another, as far as the viewer, at the parameters from 1 on,
// sees that it is: its original, and what that was merged into; the translations of these, and what was merged
// into them. Each step is kept to its index by "offset 0": the planner takes the few for many, and would read
// whole tables.
func samePractice(id string) string {
	return `with recursive living as (select coalesce((select q.id from practices f join practices q on q.id = f.translation_of
	        where f.id = ` + id + ` and ` + CanSee("q", 1) + `), ` + id + `) as id
	        union select q.id from living cross join lateral (select q.id from practices f join practices q on q.id = f.merged_into
	            where f.id = living.id and ` + CanSee("q", 1) + ` offset 0) q),
	    same as (select id from (select ` + id + ` as id union select id from living) one
	        union select n.id from same cross join lateral (select t.id from practices t where t.translation_of = same.id
	            union all select m.id from practices m where m.merged_into = same.id offset 0) n)
	    select id from same`
}

func (r practiceRow) practice() (portal.Practice, error) {
	p := portal.Practice{
		ID: r.ID, ExternalKey: r.ExternalKey, Version: r.Version, Status: portal.Status(r.Status), Hidden: r.HiddenAt != nil,
		PracticeText: portal.PracticeText{Title: r.Title, Summary: r.Summary, Language: r.Language, Country: r.Country,
			Organization: r.Organization, Year: r.Year, Type: r.Type, Level: r.Level, Sectors: r.Sectors, Topics: r.Topics,
			Substances: r.Substances},
		Audience: portal.Audience{Stage: portal.Stage(r.Stage), Handling: portal.Handling(r.Handling), WorkspaceID: r.WorkspaceID,
			AuthorID: r.AuthorID, AuthorCountry: r.AuthorCountry, AuthorOrganization: r.AuthorOrg, Named: r.Named, CoAuthors: r.CoAuthors},
		TranslationOf: r.TranslationOf,
		Author:        portal.Person{ID: r.AuthorID, Name: r.AuthorName, Country: r.AuthorLand},
		Adoptions: portal.AdoptionCounts{Tried: r.Tried, Worked: r.Worked, Mixed: r.Mixed, Failed: r.Failed,
			Countries: r.TriedIn},
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), SubmittedAt: timeOf(r.SubmittedAt), PublishedAt: timeOf(r.PublishedAt),
		Edition: r.Edition, Imported: r.Imported, ReviewDueAt: timeOf(r.ReviewDueAt),
	}
	if r.Rating != "" {
		p.Evidence = &portal.Evidence{Rating: r.Rating, Basis: r.Basis,
			RatedBy: &portal.Person{ID: r.RatedBy, Name: r.RaterName, Country: r.RaterLand}}
	}
	if err := json.Unmarshal([]byte(r.Sections), &p.Sections); err != nil {
		return p, fmt.Errorf("read the sections of practice %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Edits), &p.Edits); err != nil {
		return p, fmt.Errorf("read who edited practice %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Refs), &p.References); err != nil {
		return p, fmt.Errorf("read the references of practice %d: %w", r.ID, err)
	}
	return p, nil
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// Practice reads a practice that the viewer may see; NotFound else.
func (c Conn) Practice(ctx context.Context, v portal.Viewer, id int64) (portal.Practice, error) {
	row, err := get[practiceRow](ctx, c, "read a practice",
		`select `+practiceSeen+practiceSeenFrom+` where p.id = $7 and `+CanSee("p", 1), withViewer(v, id)...)
	if err != nil {
		return portal.Practice{}, err
	}
	return row.practice()
}

// LockPractice reads a practice for a change: nobody else changes it until the transaction ends.
// It does not ask who may see it; the rule that changes it does.
func (tx *Tx) LockPractice(ctx context.Context, id int64) (portal.Practice, error) {
	if _, err := get[int64](ctx, tx.Conn, "lock a practice", `select id from practices where id = $1 for no key update`, id); err != nil {
		return portal.Practice{}, err
	}
	row, err := get[practiceRow](ctx, tx.Conn, "read a practice", `select `+practiceColumns+practiceFrom+` where p.id = $1`, id)
	if err != nil {
		return portal.Practice{}, err
	}
	return row.practice()
}

// PracticesByID reads several practices as they are, whoever may see them: for the index.
func (c Conn) PracticesByID(ctx context.Context, ids []int64) ([]portal.Practice, error) {
	rows, err := list[practiceRow](ctx, c, "read practices",
		`select `+practiceColumns+practiceFrom+` where p.id = any($1) order by p.id`, pq.Array(ids))
	return practicesOf(rows, err)
}

// VisiblePractices reads those of several practices that the viewer may see.
func (c Conn) VisiblePractices(ctx context.Context, v portal.Viewer, ids []int64) ([]portal.Practice, error) {
	rows, err := list[practiceRow](ctx, c, "read practices",
		`select `+practiceSeen+practiceSeenFrom+` where p.id = any($7) and `+CanSee("p", 1)+` order by p.id`, withViewer(v, pq.Array(ids))...)
	return practicesOf(rows, err)
}

// PracticesAfter reads practices in the order of their identifiers, for a rebuild of the index.
func (c Conn) PracticesAfter(ctx context.Context, after int64, limit int) ([]portal.Practice, error) {
	rows, err := list[practiceRow](ctx, c, "read practices to index",
		`select `+practiceColumns+practiceFrom+` where p.id > $1 order by p.id limit $2`, after, limit)
	return practicesOf(rows, err)
}

// CountPublished counts an author's published practices that the viewer may see.
func (c Conn) CountPublished(ctx context.Context, v portal.Viewer, author int64) (int, error) {
	return get[int](ctx, c, "count an author's practices", `
		select count(*)::int from practices p where p.author_id = $7 and p.status = 'published' and p.stage = 'open' and `+CanSee("p", 1),
		withViewer(v, author)...)
}

// ReviewedVersion reads the last published version of a practice below another, or else the last
// that was saved before a moment (zero: none), as far as the viewer may see it; NotFound else.
func (c Conn) ReviewedVersion(ctx context.Context, v portal.Viewer, practice, below int64, until time.Time) (PracticeVersion, error) {
	row, err := get[versionRow](ctx, c, "find the version seen before", `
		select `+personColumns+`, v.version, v.status, v.at, v.edition, v.why, v.content::text as content
		from practice_versions v join members m on m.id = v.editor join practices p on p.id = v.practice_id
		where v.practice_id = $7 and v.version < $8 and (v.status = 'published' or v.at < $9) and `+CanSee("p", 1)+` and `+versionSeen+`
		order by v.status = 'published' desc, v.version desc limit 1`, withViewer(v, practice, below, until)...)
	if err != nil {
		return PracticeVersion{}, err
	}
	return row.version()
}

func practicesOf(rows []practiceRow, err error) ([]portal.Practice, error) {
	if err != nil {
		return nil, err
	}
	practices := make([]portal.Practice, len(rows))
	for i, r := range rows {
		if practices[i], err = r.practice(); err != nil {
			return nil, err
		}
	}
	return practices, nil
}
