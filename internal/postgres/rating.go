package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Rating is one judgement of a practice's evidence.
type Rating struct {
	Rating, Basis string
	Answers       map[string]string // to the questions of portal.EvidenceQuestions
	Version       int64             // of the practice that was judged
	By            portal.Person
	At            time.Time
}

// RegistryRating is what a registry elsewhere says of a practice, in its own words.
type RegistryRating struct {
	ID       int64  `db:"id"`
	Registry string `db:"registry"`
	Rating   string `db:"rating"`
	URL      string `db:"url"`
	Year     int    `db:"year"`
}

// PutRegistryRating keeps what a registry says, in place of what it said before.
func (tx *Tx) PutRegistryRating(ctx context.Context, practice, by int64, r RegistryRating) error {
	_, err := exec(ctx, tx.Conn, "keep a registry's rating", `
		insert into registry_ratings (practice_id, registry, rating, url, year, member_id) values ($1, $2, $3, $4, nullif($5::int, 0), $6)
		on conflict (practice_id, registry) do update set rating = excluded.rating, url = excluded.url, year = excluded.year,
		    member_id = excluded.member_id, at = now()`, practice, r.Registry, r.Rating, r.URL, r.Year, by)
	return err
}

// DeleteRegistryRating removes what a registry said; NotFound when it said nothing.
func (tx *Tx) DeleteRegistryRating(ctx context.Context, practice, id int64) error {
	n, err := exec(ctx, tx.Conn, "remove a registry's rating", `delete from registry_ratings where practice_id = $1 and id = $2`, practice, id)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// RegistryRatings lists what registries say of a practice.
func (c Conn) RegistryRatings(ctx context.Context, practice int64) ([]RegistryRating, error) {
	return list[RegistryRating](ctx, c, "list registries' ratings", `
		select id, registry, rating, url, coalesce(year, 0) as year from registry_ratings where practice_id = $1 order by registry limit 50`, practice)
}

// Ratings lists all judgements of a practice's evidence, the latest first.
func (c Conn) Ratings(ctx context.Context, practice int64) ([]Rating, error) {
	rows, err := list[struct {
		personRow
		Rating  string         `db:"rating"`
		Basis   string         `db:"basis"`
		Version int64          `db:"version"`
		At      time.Time      `db:"at"`
		Keys    pq.StringArray `db:"keys"`
		Values  pq.StringArray `db:"vals"`
	}](ctx, c, "list ratings", `
		select `+personColumns+`, r.rating, r.basis, r.version, r.at,
		    array(select key from jsonb_each_text(r.answers) order by key) as keys, array(select value from jsonb_each_text(r.answers) order by key) as vals
		from evidence_ratings r join members m on m.id = r.member_id where r.practice_id = $1 order by r.id desc limit 100`, practice)
	ratings := make([]Rating, len(rows))
	for i, r := range rows {
		ratings[i] = Rating{Rating: r.Rating, Basis: r.Basis, Version: r.Version, By: portal.Person(r.personRow), At: r.At.UTC(), Answers: map[string]string{}}
		for k, key := range r.Keys {
			ratings[i].Answers[key] = r.Values[k]
		}
	}
	return ratings, err
}

// Rate writes a judgement of a practice's evidence: on the practice, and into the list of all.
func (tx *Tx) Rate(ctx context.Context, p portal.Practice, e portal.Evidence, by int64) error {
	if _, err := exec(ctx, tx.Conn, "rate a practice", `
		update practices set evidence_rating = $2, evidence_basis = $3, evidence_by = $4 where id = $1`, p.ID, e.Rating, e.Basis, by); err != nil {
		return err
	}
	return tx.KeepRating(ctx, p.ID, p.Version, e, by)
}

// KeepRating adds a judgement to the list of all that were made of a practice.
func (tx *Tx) KeepRating(ctx context.Context, practice, version int64, e portal.Evidence, by int64) error {
	answers, err := json.Marshal(nonNilMap(e.Answers))
	if err != nil {
		return fmt.Errorf("write a rating's answers: %w", err)
	}
	_, err = exec(ctx, tx.Conn, "keep a rating", `
		insert into evidence_ratings (practice_id, version, rating, basis, answers, member_id) values ($1, $2, $3, $4, $5::jsonb, $6)`,
		practice, version, e.Rating, e.Basis, string(answers), by)
	return err
}
