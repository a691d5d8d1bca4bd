package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// thesaurusKey is the advisory lock under which the thesaurus is edited: whether a concept's place is right
// follows from all others.
const thesaurusKey = 0x7072_7468_6573

type conceptRow struct {
	ID        int64          `db:"id"`
	Key       string         `db:"key"`
	Broader   string         `db:"broader"`
	Related   pq.StringArray `db:"related"`
	Names     string         `db:"names"`
	Note      string         `db:"note"`
	Version   int64          `db:"version"`
	UpdatedAt time.Time      `db:"updated_at"`
}

// Concepts lists all concepts of the thesaurus by their keys.
func (c Conn) Concepts(ctx context.Context) ([]portal.Concept, error) {
	rows, err := list[conceptRow](ctx, c, "list the thesaurus", `
		select c.id, c.key, coalesce(b.key, '') as broader, c.note, c.version, c.updated_at, coalesce(r.related, '{}') as related,
		    coalesce(n.names, '[]')::text as names
		from concepts c left join concepts b on b.id = c.broader_id
		left join (select concept_id, jsonb_agg(jsonb_build_object('Language', language, 'Name', name, 'Ordinary', ordinary) order by language, place) as names
		    from concept_names group by concept_id) n on n.concept_id = c.id
		left join (select r.id, array_agg(o.key order by o.key) as related
		    from (select concept_id as id, related_id as other from concept_related union all select related_id, concept_id from concept_related) r
		    join concepts o on o.id = r.other group by r.id) r on r.id = c.id
		where c.removed_at is null order by c.key`)
	concepts := make([]portal.Concept, len(rows))
	for i, r := range rows {
		concepts[i] = portal.Concept{ID: r.ID, Key: r.Key, Broader: r.Broader, Related: r.Related, Note: r.Note, Version: r.Version, UpdatedAt: r.UpdatedAt.UTC()}
		if err := json.Unmarshal([]byte(r.Names), &concepts[i].Names); err != nil {
			return nil, fmt.Errorf("read the names of %s: %w", r.Key, err)
		}
	}
	return concepts, err
}

// LockThesaurus keeps everybody else from editing the thesaurus until the transaction ends.
func (tx *Tx) LockThesaurus(ctx context.Context) error {
	_, err := exec(ctx, tx.Conn, "lock the thesaurus", `select pg_advisory_xact_lock($1)`, int64(thesaurusKey))
	return err
}

// ConceptKeyTaken tells whether a concept has, or once had, the key.
func (tx *Tx) ConceptKeyTaken(ctx context.Context, key string) (bool, error) {
	return get[bool](ctx, tx.Conn, "look for a concept", `select exists (select from concepts where key = $1)`, key)
}

// InsertConcept adds a concept and gives its identifier. The concepts that it names must be there.
func (tx *Tx) InsertConcept(ctx context.Context, k portal.Concept) (int64, error) {
	id, err := get[int64](ctx, tx.Conn, "add a concept", `
		insert into concepts (key, broader_id, note) values ($1, (select id from concepts where key = $2), $3) returning id`, k.Key, k.Broader, k.Note)
	if err != nil {
		return 0, err
	}
	k.ID = id
	return id, tx.setConceptLists(ctx, k)
}

// UpdateConcept writes a concept as its next version when its version is still the one given.
func (tx *Tx) UpdateConcept(ctx context.Context, k portal.Concept) error {
	n, err := exec(ctx, tx.Conn, "change a concept", `
		update concepts set broader_id = (select id from concepts where key = $3), note = $4, version = version + 1, updated_at = now()
		where id = $1 and version = $2 and removed_at is null`, k.ID, k.Version, k.Broader, k.Note)
	if err != nil {
		return err
	}
	if n == 0 {
		return portal.Fail(portal.Stale, "error.stale")
	}
	return tx.setConceptLists(ctx, k)
}

// setConceptLists writes a concept's names and what it is related to.
func (tx *Tx) setConceptLists(ctx context.Context, k portal.Concept) error {
	if _, err := exec(ctx, tx.Conn, "drop a concept's names", `delete from concept_names where concept_id = $1`, k.ID); err != nil {
		return err
	}
	var languages, names []string
	var ordinary []bool
	for _, n := range k.Names {
		languages, names, ordinary = append(languages, n.Language), append(names, n.Name), append(ordinary, n.Ordinary)
	}
	if _, err := exec(ctx, tx.Conn, "write a concept's names", `
		insert into concept_names (concept_id, language, place, name, ordinary)
		select $1, n.language, n.place, n.name, n.ordinary
		from unnest($2::text[], $3::text[], $4::boolean[]) with ordinality as n (language, name, ordinary, place)`,
		k.ID, pq.Array(languages), pq.Array(names), pq.Array(ordinary)); err != nil {
		return err
	}
	if _, err := exec(ctx, tx.Conn, "drop what a concept is related to", `delete from concept_related where concept_id = $1 or related_id = $1`, k.ID); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "write what a concept is related to", `
		insert into concept_related (concept_id, related_id)
		select least($1, id), greatest($1, id) from concepts where key = any($2) and id <> $1 and removed_at is null`, k.ID, pq.Array(nonNil(k.Related)))
	return err
}

// RemoveConcept takes a concept away when its version is still the one given. Its kinds become kinds of what
// it is a kind of.
func (tx *Tx) RemoveConcept(ctx context.Context, k portal.Concept) error {
	n, err := exec(ctx, tx.Conn, "remove a concept", `
		with gone as (
		    update concepts set removed_at = now(), updated_at = now(), version = version + 1, broader_id = null
		    where id = $1 and version = $2 and removed_at is null returning id),
		names as (delete from concept_names where concept_id in (select id from gone)),
		related as (delete from concept_related r using gone where r.concept_id = gone.id or r.related_id = gone.id)
		select id from gone`, k.ID, k.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return portal.Fail(portal.Stale, "error.stale")
	}
	_, err = exec(ctx, tx.Conn, "lift the kinds of a concept", `
		update concepts set broader_id = (select id from concepts where key = $2), version = version + 1, updated_at = now() where broader_id = $1`, k.ID, k.Broader)
	return err
}

// ConceptKey gives the key of a concept, also of one that was removed.
func (c Conn) ConceptKey(ctx context.Context, id int64) (string, error) {
	return get[string](ctx, c, "read a concept's key", `select key from concepts where id = $1`, id)
}
