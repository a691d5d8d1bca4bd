package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// SavedSearch is a search that a member keeps.
type SavedSearch struct {
	ID        int64     `db:"id" json:"id"`
	Name      string    `db:"name" json:"name"`
	Query     string    `db:"query" json:"query"`
	CreatedAt time.Time `db:"created_at" json:"created_at"`
}

// MaxSavedSearches is how many searches a member may keep.
const MaxSavedSearches = 50

// ErrTooManySearches tells that a member keeps MaxSavedSearches already.
var ErrTooManySearches = errors.New("too many saved searches")

// SaveSearch keeps a search and returns its identifier.
func (tx *Tx) SaveSearch(ctx context.Context, member int64, name, query string) (int64, error) {
	if err := tx.LockMember(ctx, member); err != nil {
		return 0, err
	}
	n, err := get[int](ctx, tx.Conn, "count saved searches", `select count(*)::int from saved_searches where member_id = $1`, member)
	if err != nil {
		return 0, err
	}
	if n >= MaxSavedSearches {
		return 0, ErrTooManySearches
	}
	return get[int64](ctx, tx.Conn, "save a search",
		`insert into saved_searches (member_id, name, query) values ($1, $2, $3) returning id`, member, name, query)
}

// SavedSearches lists a member's saved searches, newest first.
func (c Conn) SavedSearches(ctx context.Context, member int64) ([]SavedSearch, error) {
	return list[SavedSearch](ctx, c, "list saved searches",
		`select id, name, query, created_at from saved_searches where member_id = $1 order by id desc`, member)
}

// DeleteSearch forgets a saved search of the member.
func (tx *Tx) DeleteSearch(ctx context.Context, member, id int64) error {
	n, err := exec(ctx, tx.Conn, "forget a search", `delete from saved_searches where id = $1 and member_id = $2`, id, member)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// Standing is a saved search with whose it is.
type Standing struct {
	SavedSearch
	Member int64 `db:"member_id"`
}

// StandingSearches reads saved searches in the order in which they were saved, behind one of them.
func (c Conn) StandingSearches(ctx context.Context, after time.Time, id int64, limit int) ([]Standing, error) {
	return list[Standing](ctx, c, "read saved searches", `
		select id, member_id, name, query, created_at from saved_searches
		where (created_at, id) > ($1, $2) order by created_at, id limit $3`, after, id, limit)
}

// SearchHit is something new that a saved search asks for.
type SearchHit struct {
	Search Standing
	Thing  portal.Ref
}

// NoteSearchHits notes what saved searches are told of, at most so many at once, and gives those of the hits
// that are new: a search is told of a thing once, and one that was forgotten is told of nothing.
func (tx *Tx) NoteSearchHits(ctx context.Context, hits []SearchHit, most int) ([]SearchHit, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	var searches, things []int64
	var kinds []string
	for _, h := range hits {
		searches, kinds, things = append(searches, h.Search.ID), append(kinds, string(h.Thing.Kind)), append(things, h.Thing.ID)
	}
	type row struct {
		Search int64       `db:"search_id"`
		Kind   portal.Kind `db:"kind"`
		Thing  int64       `db:"thing_id"`
	}
	added, err := list[row](ctx, tx.Conn, "note what saved searches are told of", `
		insert into saved_search_hits (search_id, kind, thing_id)
		select s.id, h.kind, h.thing from unnest($1::bigint[], $2::text[], $3::bigint[]) as h (search, kind, thing)
		join saved_searches s on s.id = h.search
		where not exists (select from saved_search_hits t where t.search_id = h.search and t.kind = h.kind and t.thing_id = h.thing)
		limit $4 on conflict do nothing returning search_id, kind, thing_id`, pq.Array(searches), pq.Array(kinds), pq.Array(things), most)
	fresh := make(map[row]bool, len(added))
	for _, r := range added {
		fresh[r] = true
	}
	var told []SearchHit
	for _, h := range hits {
		if r := (row{h.Search.ID, h.Thing.Kind, h.Thing.ID}); fresh[r] {
			told = append(told, h)
			delete(fresh, r)
		}
	}
	return told, err
}
