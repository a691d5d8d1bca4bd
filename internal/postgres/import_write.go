package postgres

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// importKey is the advisory lock of whoever imports.
const importKey = 0x7072_6178_696d

// LockImport keeps others from importing until the transaction ends; Conflict where somebody does.
func (tx *Tx) LockImport(ctx context.Context) error {
	free, err := get[bool](ctx, tx.Conn, "take the lock of imports", `select pg_try_advisory_xact_lock($1)`, int64(importKey))
	if err == nil && !free {
		return portal.Fail(portal.Conflict, "import.busy")
	}
	return err
}

// HoldImport keeps others from beginning an import until it is released, or the connection is lost;
// Conflict where somebody holds it. It is another lock than that of the writing transaction (LockImport),
// which would be refused to its own holder: an import takes in its files before it writes.
func (db *DB) HoldImport(ctx context.Context) (release func(), err error) {
	conn, err := db.pool.Connx(ctx)
	if err != nil {
		return nil, answer("hold imports", err)
	}
	free := false
	if err := conn.GetContext(ctx, &free, `select pg_try_advisory_lock($1::bigint)`, int64(importKey+1)); err != nil || !free {
		conn.Close()
		if err == nil {
			return nil, portal.Fail(portal.Conflict, "import.busy")
		}
		return nil, answer("hold imports", err)
	}
	return func() {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), `select pg_advisory_unlock($1::bigint)`, int64(importKey+1)); err != nil {
			_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // closed, and the lock with it
		}
		conn.Close()
	}, nil
}

// importRow is a practice as one statement takes many.
type importRow struct {
	N            int                `json:"n"`
	ID           int64              `json:"id"`
	Key          string             `json:"key"`
	Author       int64              `json:"author"`
	Published    bool               `json:"published"`
	Handling     portal.Handling    `json:"handling"`
	Workspace    int64              `json:"workspace"`
	Title        string             `json:"title"`
	Summary      string             `json:"summary"`
	Sections     map[string]string  `json:"sections"`
	Language     string             `json:"language"`
	Country      string             `json:"country"`
	Organization string             `json:"organization"`
	Year         int                `json:"year"`
	Type         string             `json:"type"`
	Level        string             `json:"level"`
	Sectors      []string           `json:"sectors"`
	Topics       []string           `json:"topics"`
	Substances   []string           `json:"substances"`
	Refs         []portal.Reference `json:"refs"`
}

// given reads the rows of a parameter.
const given = `given as (select * from json_to_recordset($1::json) as x (n int, id bigint, key text, author bigint, published boolean, handling text,
	workspace bigint, title text, summary text, sections jsonb, language text, country text, organization text, year int, type text, level text,
	sectors text[], topics text[], substances text[], refs jsonb))`

func importRows(practices []portal.Practice) (string, error) {
	rows := make([]importRow, len(practices))
	for i, p := range practices {
		rows[i] = importRow{N: i, ID: p.ID, Key: p.ExternalKey, Author: p.AuthorID, Published: p.Status == portal.Published, Handling: p.Handling,
			Workspace: p.WorkspaceID, Title: p.Title, Summary: p.Summary, Sections: nonNilMap(p.Sections), Language: p.Language, Country: p.Country,
			Organization: p.Organization, Year: p.Year, Type: p.Type, Level: p.Level, Sectors: nonNil(p.Sectors), Topics: nonNil(p.Topics),
			Substances: nonNil(p.Substances), Refs: nonNil(p.References)}
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("write practices to import: %w", err)
	}
	return string(raw), nil
}

// InsertPractices adds imported practices with their first versions, as InsertPractice does one; those
// whose status says so are published at once. Their keys must differ; it returns their identifiers by them.
func (tx *Tx) InsertPractices(ctx context.Context, practices []portal.Practice) (map[string]int64, error) {
	rows, err := importRows(practices)
	if err != nil {
		return nil, err
	}
	return byName(list[namedRow](ctx, tx.Conn, "add practices", `
		with `+given+`,
		made as (
		    insert into practices (external_key, imported, author_id, author_country, author_organization, handling, workspace_id, title, summary,
		        sections, language, country, organization, year, type, level, sectors, topics, substances, refs,
		        status, submitted_at, submitted_version, published_at, published_version, review_due_at)
		    select x.key, true, m.id, m.country, coalesce(m.organization, ''), x.handling, x.workspace, x.title, x.summary,
		        x.sections, x.language, nullif(x.country, ''), x.organization, nullif(x.year, 0), x.type, x.level, x.sectors, x.topics, x.substances, x.refs,
		        case when x.published then 'published' else 'draft' end, p.at, p.version, p.at, p.version, p.at + make_interval(months => `+reviewMonths+`)
		    from given x join members m on m.id = x.author,
		        lateral (select case when x.published then now() end as at, case when x.published then 1 end as version) p
		    order by x.n returning *),
		kept as (
		    insert into practice_versions (practice_id, version, editor, edition, status, content)
		    select id, version, author_id, edition, 'draft', `+versionContent+` from made)
		select id, external_key as name from made`, rows))
}

// UpdatePractices writes the texts of known practices as new versions, as UpdatePractice does one, and
// returns the numbers of these by the practices.
func (tx *Tx) UpdatePractices(ctx context.Context, practices []portal.Practice, editor int64) (map[int64]int64, error) {
	rows, err := importRows(practices)
	if err != nil {
		return nil, err
	}
	found, err := list[struct {
		ID      int64 `db:"id"`
		Version int64 `db:"version"`
	}](ctx, tx.Conn, "change practices", `
		with `+given+`,
		made as (
		    update practices p set title = x.title, summary = x.summary, sections = x.sections, language = x.language, country = nullif(x.country, ''),
		        organization = x.organization, year = nullif(x.year, 0), type = x.type, level = x.level, sectors = x.sectors, topics = x.topics,
		        substances = x.substances, refs = x.refs, version = p.version + 1, updated_at = now()
		    from given x where p.id = x.id returning p.*),
		kept as (
		    insert into practice_versions (practice_id, version, editor, edition, status, content)
		    select id, version, $2, edition, status, `+versionContent+` from made)
		select id, version from made`, rows, editor)
	versions := make(map[int64]int64, len(found))
	for _, f := range found {
		versions[f.ID] = f.Version
	}
	return versions, err
}

// InsertAttachments adds attachments whose bytes are stored, and returns them with their identifiers.
func (tx *Tx) InsertAttachments(ctx context.Context, files []Attachment) ([]Attachment, error) {
	var practices, by, sizes []int64
	var names, types []string
	var sums [][]byte
	for _, a := range files {
		practices, by, sizes = append(practices, a.PracticeID), append(by, a.UploadedBy), append(sizes, a.Size)
		names, types, sums = append(names, a.Name), append(types, a.MediaType), append(sums, a.SHA256)
	}
	return list[Attachment](ctx, tx.Conn, "add attachments", `
		insert into attachments as a (practice_id, uploaded_by, name, media_type, size, sha256)
		select practice, by, name, type, size, sum
		from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bytea[]) with ordinality as x (practice, by, name, type, size, sum, n)
		order by n returning `+attachmentColumns, pq.Array(practices), pq.Array(by), pq.Array(names), pq.Array(types), pq.Array(sizes), pq.ByteaArray(sums))
}

// DeleteAttachments removes attachments. The bytes stay until they are swept (KnownBlobs).
func (tx *Tx) DeleteAttachments(ctx context.Context, ids []int64) error {
	_, err := exec(ctx, tx.Conn, "remove attachments", `delete from attachments where id = any($1)`, pq.Array(ids))
	return err
}

// ImportedAttachments tells which of the attachments an import brought, and no person: another may replace
// them, unless moderators have hidden one or are to decide over it.
func (c Conn) ImportedAttachments(ctx context.Context, ids []int64) ([]int64, error) {
	return list[int64](ctx, c, "look where attachments are from", `
		select distinct target_id from audit where target_kind = 'attachment' and target_id = any($1) and action = 'attachment.import'
		    and not exists (select from attachments a where a.id = target_id and a.hidden_at is not null)
		    and not exists (select from cases c where c.attachment_id = target_id and c.closed_at is null)`, pq.Array(nonNil(ids)))
}
