package postgres

import (
	"context"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// WorkspaceNames finds workspaces by what a file may call them: number, key, or name in lower case.
func (c Conn) WorkspaceNames(ctx context.Context) (map[string]int64, error) {
	return byName(list[namedRow](ctx, c, "list workspaces by name", `
		select id, id::text as name from workspaces union all select id, lower(name) from workspaces
		union all select id, key from workspaces where key is not null`))
}

// MembersByEmail finds members who are not suspended by their addresses.
func (c Conn) MembersByEmail(ctx context.Context, emails []string) (map[string]int64, error) {
	return byName(list[namedRow](ctx, c, "find members by address",
		`select id, email as name from members where email = any($1) and not suspended`, pq.Array(nonNil(emails))))
}

type namedRow struct {
	ID   int64  `db:"id"`
	Name string `db:"name"`
}

func byName(rows []namedRow, err error) (map[string]int64, error) {
	found := make(map[string]int64, len(rows))
	for _, r := range rows {
		found[r.Name] = r.ID
	}
	return found, err
}

// PracticesByKey reads the practices under external keys, whoever wrote them, and keeps others from
// changing them until the transaction ends.
func (tx *Tx) PracticesByKey(ctx context.Context, keys []string) ([]portal.Practice, error) {
	ids, err := list[int64](ctx, tx.Conn, "find practices by their keys",
		`select id from practices where external_key = any($1) order by id for no key update`, pq.Array(nonNil(keys)))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return tx.PracticesByID(ctx, ids)
}

// Officer finds an officer by her address, or the first of them where none is given.
func (c Conn) Officer(ctx context.Context, email string) (int64, error) {
	return get[int64](ctx, c, "find an officer", `
		select id from members where officer and not suspended and ($1 = '' or email = $1) order by id limit 1`, portal.NormalEmail(email))
}
