package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// How many items counts look at, the latest; a library of more says of each value how many of these
// have it.
const (
	CountBeside = 2_000  // beside a list: each costs some microseconds of every page
	CountPlaces = 20_000 // on the pages of places, which few read and which say what there is in all
)

// Count is how many of the items that a viewer may see have a value.
type Count struct {
	Value string
	N     int
}

// Counts are the values of each property with their counts, the most frequent first; "total" has one
// without a value.
type Counts map[string][]Count

// Total is how many items there are in all.
func (c Counts) Total() int {
	if len(c["total"]) == 0 {
		return 0
	}
	return c["total"][0].N
}

// Latest is how many items the counts looked at, the latest, where there are more; else 0.
func (c Counts) Latest() int {
	if len(c["latest"]) == 0 {
		return 0
	}
	return c["latest"][0].N
}

// facets makes the one statement that counts a filtered list by its properties. Each filter notes in
// "missed" where an item does not meet it, so that a property is counted without its own filter: the
// reader sees what its other values would bring.
type facets struct {
	where
	missed         []string
	single, plural [][2]string // property and column; a plural column is an array
	filter         map[string]string
	bound          int // how many of the latest are looked at
}

func (f *facets) unless(asked bool, filter, condition string, arg any) {
	if !asked {
		return
	}
	f.asked++
	f.missed = append(f.missed, "case when ("+fmt.Sprintf(condition, len(f.args)+1)+") is not true then '"+filter+"' end")
	f.args = append(f.args, arg)
}

// count runs the statement over a table expression whose items are ordered by order.
func (f *facets) count(ctx context.Context, c Conn, what, from, order string) (Counts, error) {
	missed := "''"
	if len(f.missed) > 0 {
		missed = "concat_ws(',', " + strings.Join(f.missed, ", ") + ")"
	}
	var columns, names, values, sets, lists, filters []string
	for _, s := range f.single {
		columns = append(columns, s[1]+" as "+s[0])
		names = append(names, "when grouping("+s[0]+") = 0 then '"+s[0]+"'")
		values, sets = append(values, s[0]), append(sets, "("+s[0]+", missed)")
	}
	for _, p := range f.plural {
		columns = append(columns, p[1]+" as "+p[0])
		lists = append(lists, "union all select '"+p[0]+"', x, missed, count(*)::int from seen, unnest("+p[0]+") x group by x, missed")
	}
	for property, filter := range f.filter {
		filters = append(filters, "when '"+property+"' then '"+filter+"'")
	}
	of := "facet"
	if len(filters) > 0 {
		of = "case facet " + strings.Join(filters, " ") + " else facet end"
	}
	rows, err := list[struct {
		Facet string `db:"facet"`
		Value string `db:"value"`
		N     int    `db:"n"`
	}](ctx, f.on(c), what, `
		with near as (select `+strings.Join(columns, ", ")+`, `+missed+` as missed `+from+f.sql()+` order by `+order+` limit `+fmt.Sprint(f.bound)+`),
		seen as materialized (select * from near where position(',' in missed) = 0),
		counted as (
		    select case `+strings.Join(names, " ")+` else 'total' end as facet, coalesce(`+strings.Join(values, ", ")+`, '') as value, missed, count(*)::int as n
		    from seen group by grouping sets (`+strings.Join(sets, ", ")+`, (missed))
		    `+strings.Join(lists, " ")+`)
		select facet, value, sum(n)::int as n from counted
		where (value <> '' or facet = 'total') and (missed = '' or missed = `+of+`)
		group by facet, value
		union all select 'latest', '', count(*)::int from near having count(*) >= `+fmt.Sprint(f.bound)+`
		order by facet, n desc, value`, f.args...)
	counts := Counts{}
	for _, r := range rows {
		counts[r.Facet] = append(counts[r.Facet], Count{r.Value, r.N})
	}
	return counts, err
}

// CountPractices counts the library as Practices lists it, by country, level, evidence, language,
// workspace, programme, sector, topic and substance. It knows the filters that say something of a
// practice, not those of its author or status. It looks at the latest bound.
func (c Conn) CountPractices(ctx context.Context, v portal.Viewer, f PracticeFilter, bound int) (Counts, error) {
	q := facets{bound: bound, where: where{args: viewerArgs(v), conditions: []string{"p.status = 'published' and p.stage = 'open'", CanSee("p", 1)}},
		single: [][2]string{{"country", "p.country"}, {"level", "p.level"}, {"evidence", "p.evidence_rating"}, {"language", "p.language"},
			{"workspace", "p.workspace_id::text"}, {"programme", "w.programme"}},
		plural: [][2]string{{"sector", "p.sectors"}, {"topic", "p.topics"}, {"substance", "p.substances"}},
		filter: map[string]string{"topic": "tag", "substance": "tag"}}
	q.unless(f.Workspace != 0, "workspace", "p.workspace_id = $%d", f.Workspace)
	q.unless(f.Country != "", "country", "p.country = $%d", f.Country)
	q.unless(len(f.Organizations) > 0, "organization", "p.organization <> '' and lower(p.organization) = any($%d)", pq.Array(f.Organizations))
	q.unless(f.Language != "", "language", "p.language = $%d", f.Language)
	q.unless(f.Sector != "", "sector", "p.sectors @> array[$%d]", f.Sector)
	q.unless(f.Tag != "", "tag", "p.topics @> array[$%[1]d] or p.substances @> array[$%[1]d]", f.Tag)
	q.unless(f.Level != "", "level", "p.level = $%d", f.Level)
	q.unless(f.Evidence != "", "evidence", "p.evidence_rating = $%d", f.Evidence)
	q.unless(f.Programme != "", "programme", "w.programme = $%d", f.Programme)
	return q.count(ctx, c, "count the library", "from practices p left join workspaces w on w.id = p.workspace_id",
		"coalesce(p.published_at, p.created_at) desc, p.id desc")
}

// CountAdoptions counts the reports as AllAdoptions lists them, the latest bound.
func (c Conn) CountAdoptions(ctx context.Context, v portal.Viewer, f AdoptionFilter, bound int) (Counts, error) {
	q := facets{bound: bound, where: where{args: viewerArgs(v), conditions: []string{"d.hidden_at is null and p.stage = 'open'", CanSee("p", 1)}},
		single: [][2]string{{"country", "d.country"}, {"result", "d.result"}, {"year", "d.year::text"}, {"workspace", "p.workspace_id::text"}},
		plural: [][2]string{{"sector", "p.sectors"}}}
	q.and(f.Practice != 0, ofPractice, f.Practice) // not one of the properties: nothing else is counted beside it
	q.unless(f.Country != "", "country", "d.country = $%d", f.Country)
	q.unless(f.Result != "", "result", "d.result = $%d", f.Result)
	q.unless(f.Year != 0, "year", "d.year = $%d", f.Year)
	q.unless(f.Workspace != 0, "workspace", "p.workspace_id = $%d", f.Workspace)
	q.unless(f.Sector != "", "sector", "p.sectors @> array[$%d]", f.Sector)
	return q.count(ctx, c, "count the reports", "from adoptions d join practices p on p.id = d.practice_id", "d.id desc")
}

// Visit notes that a member is here, at most once in ten minutes, and tells when she was here before:
// the last time before a pause of half an hour. It is zero on her first visit.
func (c Conn) Visit(ctx context.Context, member int64) (time.Time, error) {
	before, err := get[*time.Time](ctx, c, "note a visit", `
		with noted as (
		    update members set visited_at = now(),
		        previous_visit_at = case when visited_at < now() - interval '30 minutes' then visited_at else previous_visit_at end
		    where id = $1 and (visited_at is null or visited_at < now() - interval '10 minutes') returning previous_visit_at)
		select previous_visit_at from noted
		union all select previous_visit_at from members where id = $1 and not exists (select from noted)`, member)
	return timeOf(before), err
}

// CountNew counts the practices that were published since a moment, as far as the viewer may see
// them and she did not write them; a hundred are many.
func (c Conn) CountNew(ctx context.Context, v portal.Viewer, since time.Time) (int, error) {
	return get[int](ctx, c, "count new practices", `
		select count(*)::int from (select from practices p
		    where coalesce(p.published_at, p.created_at) > $7 and p.status = 'published' and p.stage = 'open' and p.author_id <> $1::bigint and `+CanSee("p", 1)+`
		    limit 100) n`, withViewer(v, since)...)
}
