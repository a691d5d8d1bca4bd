package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// SeedConcepts adds those concepts whose keys were never there, with their names and their places, and gives
// the identifiers of what it added. What is there, or was removed, stays as people have left it.
func (tx *Tx) SeedConcepts(ctx context.Context, concepts []portal.Concept) (added []int64, first bool, err error) {
	raw, err := json.Marshal(concepts)
	if err != nil {
		return nil, false, fmt.Errorf("write the seed's concepts: %w", err)
	}
	there, err := get[bool](ctx, tx.Conn, "look for concepts", `select exists (select from concepts)`)
	if err != nil {
		return nil, false, err
	}
	added, err = list[int64](ctx, tx.Conn, "add the seed's concepts", `
		insert into concepts (key, note)
		select s."Key", s."Note" from jsonb_to_recordset($1::jsonb) as s ("Key" text, "Note" text)
		order by s."Key" on conflict (key) do nothing returning id`, string(raw))
	if err != nil || len(added) == 0 {
		return nil, !there, err
	}
	for _, step := range []struct{ what, query string }{
		{"add the names of the seed's concepts", `
			insert into concept_names (concept_id, language, place, name, ordinary)
			select c.id, n->>'Language', n.place, n->>'Name', (n->>'Ordinary')::boolean
			from jsonb_to_recordset($1::jsonb) as s ("Key" text, "Names" jsonb) join concepts c on c.key = s."Key"
			cross join lateral jsonb_array_elements(s."Names") with ordinality as n (n, place)
			where c.id = any($2)`},
		{"put the seed's concepts in their places", `
			update concepts c set broader_id = b.id
			from jsonb_to_recordset($1::jsonb) as s ("Key" text, "Broader" text) join concepts b on b.key = s."Broader" and b.removed_at is null
			where c.key = s."Key" and c.id = any($2)`},
		{"relate the seed's concepts", `
			insert into concept_related (concept_id, related_id)
			select distinct least(c.id, o.id), greatest(c.id, o.id)
			from jsonb_to_recordset($1::jsonb) as s ("Key" text, "Related" jsonb) join concepts c on c.key = s."Key"
			cross join lateral jsonb_array_elements_text(s."Related") as r (key) join concepts o on o.key = r.key and o.removed_at is null
			where c.id = any($2) and c.id <> o.id on conflict do nothing`},
	} {
		if _, err := exec(ctx, tx.Conn, step.what, step.query, string(raw), pq.Array(added)); err != nil {
			return nil, false, err
		}
	}
	return added, !there, nil
}
