package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Bounds of the attachments' text that one read returns.
const (
	excerptPages = 3      // pages of one practice that are looked at for a snippet
	excerptChars = 20_000 // characters of one of them
)

// AttachedText reads the text of the attachments of practices, for the index: of each practice
// the first pages up to about most characters.
func (c Conn) AttachedText(ctx context.Context, practices []int64, most int) ([]AttachmentPage, error) {
	return list[AttachmentPage](ctx, c, "read attachments to index", `
		select attachment_id, practice_id, name, page, left(text, $2) as text from (
		    select g.attachment_id, a.practice_id, a.name, g.page, g.text,
		        sum(char_length(g.text)) over (partition by a.practice_id order by a.id, g.page) - char_length(g.text) as before
		    from attachments a join attachment_pages g on g.attachment_id = a.id where a.practice_id = any($1) and `+attachmentOpen+`) p
		where before < $2 order by practice_id, attachment_id, page`, pq.Array(practices), most)
}

// PagesWith reads a few pages of the attachments of practices: of each practice the first ones
// that have one of the words (small letters) somewhere. Whoever calls has read the practices as
// the viewer first.
func (c Conn) PagesWith(ctx context.Context, practices []int64, words []string) ([]AttachmentPage, error) {
	return list[AttachmentPage](ctx, c, "read attachments' pages", `
		select found.attachment_id, found.practice_id, found.name, found.page, left(found.text, $3) as text
		from unnest($1::bigint[]) as p (id)
		cross join lateral (
		    select g.attachment_id, a.practice_id, a.name, g.page, g.text
		    from attachments a join attachment_pages g on g.attachment_id = a.id
		    cross join lateral (select lower(g.text) as text offset 0) small -- once, not once for each word
		    where a.practice_id = p.id and `+attachmentOpen+` and exists (select from unnest($2::text[]) w where strpos(small.text, w) > 0)
		    order by a.id, g.page limit $4) found
		order by found.practice_id, found.attachment_id, found.page`, pq.Array(practices), pq.Array(words), excerptChars, excerptPages)
}

// WorkspacesByID reads names and programmes of workspaces; that they exist is told to everybody.
func (c Conn) WorkspacesByID(ctx context.Context, ids []int64) (map[int64]portal.Workspace, error) {
	if len(ids) == 0 {
		return map[int64]portal.Workspace{}, nil
	}
	rows, err := list[workspaceNameRow](ctx, c, "read workspaces' names", workspaceNames+` where id = any($1)`, pq.Array(ids))
	return named(rows, err)
}

// AllWorkspaces reads names and programmes of every workspace, by their identifiers: there are as many as
// themes and countries.
func (c Conn) AllWorkspaces(ctx context.Context) (map[int64]portal.Workspace, error) {
	rows, err := list[workspaceNameRow](ctx, c, "read all workspaces' names", workspaceNames)
	return named(rows, err)
}

const workspaceNames = `select id, name, names::text as names, programme from workspaces`

type workspaceNameRow struct {
	ID        int64  `db:"id"`
	Name      string `db:"name"`
	Names     string `db:"names"`
	Programme string `db:"programme"`
}

func named(rows []workspaceNameRow, err error) (map[int64]portal.Workspace, error) {
	workspaces := make(map[int64]portal.Workspace, len(rows))
	for _, r := range rows {
		w := portal.Workspace{ID: r.ID, Name: r.Name, Programme: r.Programme}
		if err := json.Unmarshal([]byte(r.Names), &w.Names); err != nil {
			return nil, fmt.Errorf("read the names of workspace %d: %w", r.ID, err)
		}
		workspaces[r.ID] = w
	}
	return workspaces, err
}

// Searchable counts what an index is built from.
func (c Conn) Searchable(ctx context.Context) (int, error) {
	return get[int](ctx, c, "count what is indexed", `
		select (select count(*) from practices) + (select count(*) from threads) + (select count(*) from posts)
		    + (select count(*) from members) + (select count(*) from collections)`)
}

// collectionBare are the columns of a reading list for the index, which counts nothing for anybody.
const collectionBare = `select c.id, c.workspace_id, c.title, c.introduction, c.language, c.handling, c.version, c.created_at, c.updated_at,
	c.hidden_at is not null as hidden, coalesce(c.created_by, 0) as created_by, c.written_by, 0 as count from collections c`

// CollectionsByID reads reading lists as they are, whoever may see them, without their practices: for the index.
func (c Conn) CollectionsByID(ctx context.Context, ids []int64) ([]portal.Collection, error) {
	return collectionsOf(list[collectionRow](ctx, c, "read reading lists to index", collectionBare+` where c.id = any($1)`, pq.Array(ids)))
}

// CollectionsAfter reads reading lists in the order of their identifiers, for a rebuild of the index.
func (c Conn) CollectionsAfter(ctx context.Context, after int64, limit int) ([]portal.Collection, error) {
	return collectionsOf(list[collectionRow](ctx, c, "read reading lists to index", collectionBare+` where c.id > $1 order by c.id limit $2`, after, limit))
}

// VisibleCollections reads those of several reading lists that the viewer may see, without their practices.
func (c Conn) VisibleCollections(ctx context.Context, v portal.Viewer, ids []int64) ([]portal.Collection, error) {
	return collectionsOf(list[collectionRow](ctx, c, "read several reading lists",
		`select `+collectionColumns+collectionFrom+` where c.id = any($7) and `+CanSee("c", 1), withViewer(v, pq.Array(ids))...))
}

func collectionsOf(rows []collectionRow, err error) ([]portal.Collection, error) {
	found := make([]portal.Collection, len(rows))
	for i, r := range rows {
		found[i] = r.collection()
	}
	return found, err
}
