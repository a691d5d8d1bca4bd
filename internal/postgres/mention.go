package postgres

import (
	"context"
	"strings"

	"praxis/internal/portal"
)

// Mentionable lists members whose name, or a later part of it, begins with what was typed and who are likely
// to be meant in a thread: those who wrote in it lately, its named readers, the members of its workspace, and
// (elsewhere) anybody whose first name begins so. Whether each may see the thread is not asked here.
func (c Conn) Mentionable(ctx context.Context, thread portal.Thread, typed string, elsewhere bool, limit int) ([]portal.Person, error) {
	// What is typed is a prefix, never a pattern.
	begins := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(typed)) + "%"
	rows, err := list[personRow](ctx, c, "list who may be mentioned", `
		with near as (
		    select author_id as id, 0 as distance from (select author_id from posts where thread_id = $1 order by number desc limit 300) p
		    union all select unnest(named), 0 from threads where id = $1
		    union all select member_id, 1 from workspace_members where workspace_id = $2
		    union all (select id, 2 from members where $4 and lower(name) between $6 and $6 || chr(1114111) order by lower(name) limit $5))
		select `+personColumns+` from members m join (select id, min(distance) as distance from near group by id) n on n.id = m.id
		where not m.suspended and m.password is not null and (lower(m.name) like $3 or lower(m.name) like '% ' || $3)
		order by n.distance, lower(m.name), m.id limit $5`, thread.ID, thread.WorkspaceID, begins, elsewhere, limit, strings.ToLower(typed))
	people := make([]portal.Person, len(rows))
	for i, r := range rows {
		people[i] = portal.Person(r)
	}
	return people, err
}
