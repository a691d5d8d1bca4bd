package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type collectionRow struct {
	ID           int64     `db:"id"`
	WorkspaceID  int64     `db:"workspace_id"`
	Title        string    `db:"title"`
	Introduction string    `db:"introduction"`
	Language     string    `db:"language"`
	Handling     string    `db:"handling"`
	Version      int64     `db:"version"`
	Count        int       `db:"count"`
	CreatedAt    time.Time `db:"created_at"`
	UpdatedAt    time.Time `db:"updated_at"`
	Hidden       bool      `db:"hidden"`
	CreatedBy    int64     `db:"created_by"`

	WrittenBy pq.Int64Array `db:"written_by"`
}

func (r collectionRow) collection() portal.Collection {
	return portal.Collection{ID: r.ID, WorkspaceID: r.WorkspaceID, Title: r.Title, Introduction: r.Introduction, Language: r.Language,
		Handling: portal.Handling(r.Handling), Version: r.Version, Count: r.Count, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		Hidden: r.Hidden, CreatedBy: r.CreatedBy, WrittenBy: r.WrittenBy}
}

// collectionFrom gives reading lists the columns that the rule of access reads (portal.Collection.Audience):
// they are open unless they are hidden, and no author's own.
const collectionFrom = ` from (select *, case when hidden_at is null then 'open' else 'review' end as stage, null::bigint as author_id, ''::text as author_country, ''::text as author_organization,
	    '{}'::bigint[] as named, '{}'::bigint[] as coauthors from collections) c`

// collectionColumns count of a list only the practices that the viewer, at the parameters from 1 on, may see.
var collectionColumns = `c.id, c.workspace_id, c.title, c.introduction, c.language, c.handling, c.version, c.created_at, c.updated_at,
	c.hidden_at is not null as hidden, coalesce(c.created_by, 0) as created_by, c.written_by,
	(select count(*) from collection_items i join practices p on p.id = i.practice_id where i.collection_id = c.id and ` + CanSee("p", 1) + `)::int as count`

// Collection reads a reading list that the viewer may see, without its practices; NotFound else.
func (c Conn) Collection(ctx context.Context, v portal.Viewer, id int64) (portal.Collection, error) {
	row, err := get[collectionRow](ctx, c, "read a reading list", `select `+collectionColumns+collectionFrom+` where c.id = $7 and `+CanSee("c", 1), withViewer(v, id)...)
	return row.collection(), err
}

// CollectionFilter narrows a list of reading lists.
type CollectionFilter struct {
	Workspace int64
	Page      portal.Page
}

// Collections lists the reading lists that the viewer may see, the newest first.
func (c Conn) Collections(ctx context.Context, v portal.Viewer, f CollectionFilter) ([]portal.Collection, error) {
	w := where{args: viewerArgs(v), conditions: []string{CanSee("c", 1)}}
	w.and(f.Workspace != 0, "c.workspace_id = $%d", f.Workspace)
	w.and(f.Page.After != 0, "c.id < $%d", f.Page.After)
	rows, err := list[collectionRow](ctx, w.on(c), "list the reading lists", `select `+collectionColumns+collectionFrom+w.sql()+` order by c.id desc limit `+w.next(f.Page.Limit), w.args...)
	found := make([]portal.Collection, len(rows))
	for i, r := range rows {
		found[i] = r.collection()
	}
	return found, err
}

// CollectionItems lists what is in a reading list, whoever may see it, without the practices themselves.
func (c Conn) CollectionItems(ctx context.Context, id int64) ([]portal.CollectionItem, error) {
	rows, err := list[struct {
		Practice int64  `db:"practice_id"`
		Note     string `db:"note"`
	}](ctx, c, "read what is in a reading list", `select practice_id, note from collection_items where collection_id = $1 order by position`, id)
	items := make([]portal.CollectionItem, len(rows))
	for i, r := range rows {
		items[i] = portal.CollectionItem{PracticeID: r.Practice, Note: r.Note}
	}
	return items, err
}

// LockCollection holds a reading list, so that nobody else changes it until the transaction ends.
func (tx *Tx) LockCollection(ctx context.Context, id int64) error {
	_, err := get[int64](ctx, tx.Conn, "lock a reading list", `select id from collections where id = $1 for no key update`, id)
	return err
}

// InsertCollection adds a reading list and gives its identifier.
func (tx *Tx) InsertCollection(ctx context.Context, k portal.Collection) (int64, error) {
	id, err := get[int64](ctx, tx.Conn, "add a reading list", `
		insert into collections (workspace_id, title, introduction, language, handling, created_by, written_by)
		values ($1, $2, $3, $4, $5, nullif($6::bigint, 0), array_remove(array[$6::bigint], 0)) returning id`,
		k.WorkspaceID, k.Title, k.Introduction, k.Language, string(k.Handling), k.CreatedBy)
	if err != nil {
		return 0, err
	}
	return id, tx.setItems(ctx, id, k.Items)
}

// UpdateCollection writes a reading list, whoever may see what of it, as its next version, by a member.
func (tx *Tx) UpdateCollection(ctx context.Context, k portal.Collection, by int64) error {
	_, err := exec(ctx, tx.Conn, "change a reading list", `
		update collections set title = $2, introduction = $3, language = $4, handling = $5, version = version + 1, updated_at = now(),
		    written_by = case when $6::bigint = any(written_by) then written_by else written_by || $6::bigint end where id = $1`,
		k.ID, k.Title, k.Introduction, k.Language, string(k.Handling), by)
	if err != nil {
		return err
	}
	return tx.setItems(ctx, k.ID, k.Items)
}

func (tx *Tx) setItems(ctx context.Context, id int64, items []portal.CollectionItem) error {
	practices, notes := make([]int64, len(items)), make([]string, len(items))
	for i, item := range items {
		practices[i], notes[i] = item.PracticeID, item.Note
	}
	_, err := exec(ctx, tx.Conn, "empty a reading list", `delete from collection_items where collection_id = $1`, id)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx.Conn, "fill a reading list", `
		insert into collection_items (collection_id, practice_id, position, note)
		select $1, i.practice, i.n, i.note from unnest($2::bigint[], $3::text[]) with ordinality as i (practice, note, n)`, id, pq.Array(practices), pq.Array(notes))
	return err
}

// DeleteCollection removes a reading list; its practices stay. It is a Conflict while something waits for
// moderators (see waits).
func (tx *Tx) DeleteCollection(ctx context.Context, id int64) error {
	if err := tx.waits(ctx, portal.Ref{Kind: portal.KindCollection, ID: id}); err != nil {
		return err
	}
	n, err := exec(ctx, tx.Conn, "remove a reading list", `delete from collections where id = $1`, id)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}
