package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// InsertAdoption adds an adoption report and returns its identifier. A second one of the member for
// the same country and year is a Conflict, and so is one more than portal.MaxAdoptions of hers.
func (tx *Tx) InsertAdoption(ctx context.Context, a portal.Adoption) (int64, error) {
	id, err := get[int64](ctx, tx.Conn, "add an adoption report", `
		insert into adoptions (practice_id, member_id, country, organization, year, month, level, result, note, adapted, took, links)
		select $1, $2, $3, $4, nullif($5::int, 0), nullif($6::int, 0), $7, $8, $9, $10, $11, $12::text[]
		where (select count(*) from adoptions where practice_id = $1 and member_id = $2) < $13 returning id`,
		append([]any{a.PracticeID, a.Author.ID}, append(adoptionArgs(a), portal.MaxAdoptions)...)...)
	if portal.KindOf(err) == portal.NotFound && !refersToNone(err) {
		return 0, portal.Fail(portal.Conflict, "error.too_many_reports", "Max", portal.MaxAdoptions)
	}
	return id, knownReport(err)
}

func adoptionArgs(a portal.Adoption) []any {
	return []any{a.Country, a.Organization, a.Year, a.Month, a.Level, a.Result, a.Note, a.Adapted, a.Took, pq.Array(nonNil(a.Links))}
}

func knownReport(err error) error {
	if constraint, taken := IsUnique(err); taken && constraint == "adoptions_once" {
		return portal.Fail(portal.Conflict, "error.known_report")
	}
	return err
}

// UpdateAdoption writes a report anew. Whoever confirmed it confirmed other words: that is taken off.
func (tx *Tx) UpdateAdoption(ctx context.Context, a portal.Adoption) error {
	_, err := exec(ctx, tx.Conn, "correct an adoption report", `
		update adoptions set country = $2, organization = $3, year = nullif($4::int, 0), month = nullif($5::int, 0), level = $6, result = $7,
		    note = $8, adapted = $9, took = $10, links = $11::text[], confirmed_by = null, confirmed_at = null where id = $1`,
		append([]any{a.ID}, adoptionArgs(a)...)...)
	return knownReport(err)
}

// DeleteAdoption takes a report back, with its files; the audit keeps that it was there. It is a Conflict
// while something waits for moderators (see waits).
func (tx *Tx) DeleteAdoption(ctx context.Context, id int64) error {
	if err := tx.waits(ctx, portal.Ref{Kind: portal.KindAdoption, ID: id}); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "withdraw an adoption report", `delete from adoptions where id = $1`, id)
	return err
}

// ConfirmAdoption notes who stands behind a report of another's.
func (tx *Tx) ConfirmAdoption(ctx context.Context, id, member int64) error {
	_, err := exec(ctx, tx.Conn, "confirm an adoption report",
		`update adoptions set confirmed_by = $2, confirmed_at = now() where id = $1`, id, member)
	return err
}

type adoptionRow struct {
	ID            int64          `db:"adoption_id"`
	PracticeID    int64          `db:"practice_id"`
	Country       string         `db:"adopted_in"`
	Organization  string         `db:"organization"`
	Level         string         `db:"level"`
	Year          int            `db:"year"`
	Month         int            `db:"month"`
	Result        string         `db:"result"`
	Note          string         `db:"note"`
	Adapted       string         `db:"adapted"`
	Took          string         `db:"took"`
	Links         pq.StringArray `db:"links"`
	SecondID      int64          `db:"second_id"`
	SecondName    string         `db:"second_name"`
	SecondCountry string         `db:"second_country"`
	ConfirmedAt   *time.Time     `db:"confirmed_at"`
	CreatedAt     time.Time      `db:"created_at"`
	Title         string         `db:"title"`
	Language      string         `db:"language"`
	Handling      string         `db:"handling"`
	WorkspaceID   int64          `db:"workspace_id"`
	HiddenAt      *time.Time     `db:"hidden_at"`
	personRow
}

// adoptionColumns reads adoptions d by member m, confirmed by s, of practice p.
const adoptionColumns = `d.id as adoption_id, d.practice_id, d.country as adopted_in, d.organization, d.level, coalesce(d.year, 0) as year,
	coalesce(d.month, 0) as month, d.result, d.note, d.adapted, d.took, d.links, coalesce(s.id, 0) as second_id,
	coalesce(s.name, '') as second_name, coalesce(s.country, '') as second_country, d.confirmed_at, d.created_at, d.hidden_at,
	p.title, p.language, p.handling, coalesce(p.workspace_id, 0) as workspace_id, ` + personColumns

const adoptionFrom = ` from adoptions d join practices p on p.id = d.practice_id
	join members m on m.id = d.member_id left join members s on s.id = d.confirmed_by`

func (r adoptionRow) adoption() portal.Adoption {
	a := portal.Adoption{ID: r.ID, PracticeID: r.PracticeID, Author: portal.Person(r.personRow), Country: r.Country,
		Organization: r.Organization, Level: r.Level, Year: r.Year, Month: r.Month, Result: r.Result, Note: r.Note, Adapted: r.Adapted,
		Took: r.Took, Links: nonNil(r.Links), CreatedAt: r.CreatedAt.UTC(), Hidden: r.HiddenAt != nil,
		Practice: &portal.AdoptedPractice{Title: r.Title, Language: r.Language, Handling: portal.Handling(r.Handling), WorkspaceID: r.WorkspaceID}}
	if r.ConfirmedAt != nil {
		at := r.ConfirmedAt.UTC()
		a.ConfirmedAt = &at
	}
	if r.SecondID != 0 {
		a.ConfirmedBy = &portal.Person{ID: r.SecondID, Name: r.SecondName, Country: r.SecondCountry}
	}
	return a
}

func adoptionsOf(rows []adoptionRow, err error) ([]portal.Adoption, error) {
	adoptions := make([]portal.Adoption, len(rows))
	for i, r := range rows {
		adoptions[i] = r.adoption()
	}
	return adoptions, err
}

// Adoption reads one report, whoever may see it; the rule that changes it asks.
func (c Conn) Adoption(ctx context.Context, id int64) (portal.Adoption, error) {
	row, err := get[adoptionRow](ctx, c, "read an adoption report", `select `+adoptionColumns+adoptionFrom+` where d.id = $1`, id)
	if err != nil {
		return portal.Adoption{}, err
	}
	return row.adoption(), nil
}

// adoptionSeen is the condition under which a viewer, at the parameters from 1 on, reads a report of a
// practice that she sees: a hidden one is its author's and the moderators' alone.
const adoptionSeen = `(d.hidden_at is null or d.member_id = $1::bigint or $4::boolean or p.workspace_id = any($6::bigint[]))`

// AdoptionSeen reads a report on a practice that the viewer may see; NotFound else.
func (c Conn) AdoptionSeen(ctx context.Context, v portal.Viewer, id int64) (portal.Adoption, error) {
	row, err := get[adoptionRow](ctx, c, "read an adoption report",
		`select `+adoptionColumns+adoptionFrom+` where d.id = $7 and `+adoptionSeen+` and `+CanSee("p", 1), withViewer(v, id)...)
	if err != nil {
		return portal.Adoption{}, err
	}
	return row.adoption(), nil
}

// Adoptions lists the adoption reports of a practice that the viewer may see, after an identifier, oldest
// first, in whatever language it was tried, with those of practices merged into it that did not move,
// because it has one of the member's for the same place and year: the words are others.
func (c Conn) Adoptions(ctx context.Context, v portal.Viewer, practice int64, page portal.Page) ([]portal.Adoption, error) {
	return adoptionsOf(list[adoptionRow](ctx, c, "list adoption reports",
		`select `+adoptionColumns+adoptionFrom+` where d.practice_id = any(array(`+samePractice("$7::bigint")+`)) and `+adoptionSeen+` and `+CanSee("p", 1)+`
		    and d.id > $8 order by d.id limit $9`,
		withViewer(v, practice, page.After, page.Limit)...))
}

// OthersReports counts the reports on a practice that others than a member wrote and all its readers read, and
// lists their authors, up to a limit.
func (c Conn) OthersReports(ctx context.Context, practice, member int64, limit int) (n int, authors []int64, err error) {
	row, err := get[struct {
		N       int           `db:"n"`
		Authors pq.Int64Array `db:"authors"`
	}](ctx, c, "find others' reports", `
		select count(*)::int as n, (coalesce(array_agg(distinct member_id), '{}'))[:$3] as authors
		from adoptions where practice_id = $1 and member_id <> $2 and hidden_at is null`, practice, member, limit)
	return row.N, row.Authors, err
}

// AdoptionFilter narrows a list of adoption reports; an empty field does not.
type AdoptionFilter struct {
	Country   string // where it was tried
	Result    string
	Sector    string // of the practice
	Workspace int64  // the practice's
	Practice  int64  // with what is the same: see samePractice
	Year      int
	Page      portal.Page
}

// ofPractice is the condition that a report is on a practice, in whatever language, or on one that was merged
// into it. The viewer stands at the parameters from 1 on.
var ofPractice = "d.practice_id = any(array(" + samePractice("$%[1]d::bigint") + "))"

// on gives the conditions of the filter, the rule of access first.
func (f AdoptionFilter) on(v portal.Viewer) where {
	w := where{args: viewerArgs(v), conditions: []string{"d.hidden_at is null and p.stage = 'open'", CanSee("p", 1)}}
	w.and(f.Practice != 0, ofPractice, f.Practice)
	w.and(f.Country != "", "d.country = $%d", f.Country)
	w.and(f.Result != "", "d.result = $%d", f.Result)
	w.and(f.Sector != "", "p.sectors @> array[$%d]", f.Sector)
	w.and(f.Workspace != 0, "p.workspace_id = $%d", f.Workspace)
	w.and(f.Year != 0, "d.year = $%d", f.Year)
	return w
}

// AllAdoptions lists the reports on practices that the viewer may see, the latest first.
func (c Conn) AllAdoptions(ctx context.Context, v portal.Viewer, f AdoptionFilter) ([]portal.Adoption, error) {
	w := f.on(v)
	w.and(f.Page.After != 0, "d.id < $%d", f.Page.After)
	return adoptionsOf(list[adoptionRow](ctx, w.on(c), "list all adoption reports",
		`select `+adoptionColumns+adoptionFrom+w.sql()+` order by d.id desc limit `+w.next(f.Page.Limit), w.args...))
}

// NearAdoptions lists the latest reports from a country, then from the others of its part of the
// world, on practices that the viewer may see.
func (c Conn) NearAdoptions(ctx context.Context, v portal.Viewer, country string, limit int) ([]portal.Adoption, error) {
	from := `select ` + adoptionColumns + adoptionFrom + ` where d.hidden_at is null and p.stage = 'open' and ` + CanSee("p", 1) + ` and d.member_id <> $1::bigint and `
	return adoptionsOf(list[adoptionRow](ctx, c, "list adoption reports from near", `
		with own as (`+from+`d.country = $7 order by d.id desc limit $8),
		near as (`+from+`d.country <> $7 and d.country in (
		    select n.code from countries n join countries o on o.subregion = n.subregion where o.code = $7) order by d.id desc limit $8)
		select * from (select * from own union all select * from near) x order by adopted_in = $7 desc, adoption_id desc limit $8`,
		withViewer(v, country, limit)...))
}
