package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// ReportFilter is what a report tells of: what happened at From or later and before Before, in one
// workspace or (0) in all, as far as the viewer may see what it happened to. What she may not see is in
// no count: the difference of two counts would tell of it.
type ReportFilter struct {
	Viewer       portal.Viewer
	From, Before time.Time
	Workspace    int64
}

func (f ReportFilter) args(more ...any) []any {
	return withViewer(f.Viewer, append([]any{f.From, f.Before, f.Workspace}, more...)...)
}

// ReportedMonth counts what became of practices in one month and workspace. Month is like "2026-03".
type ReportedMonth struct {
	Month     string `db:"month"`
	Workspace int64  `db:"workspace_id"`
	Submitted int    `db:"submitted"`
	Published int    `db:"published"`
	Changes   int    `db:"changes"`
	Rejected  int    `db:"rejected"`
	Archived  int    `db:"archived"`
}

// ReportPractices counts the steps of practices, the latest month first. A submission is a case that
// was opened, a decision an action that was not undone; what an import published itself has neither.
func (c Conn) ReportPractices(ctx context.Context, f ReportFilter, limit int) ([]ReportedMonth, error) {
	return list[ReportedMonth](ctx, c, "report on practices", `
		with steps as (
		    select opened_at as at, workspace_id, practice_id, 'submit' as step from cases
		        where kind = 'submission' and opened_at >= $7 and opened_at < $8
		    union all select x.at, c.workspace_id, c.practice_id, x.action from case_actions x join cases c on c.id = x.case_id
		        where x.at >= $7 and x.at < $8 and x.undone_at is null and c.kind = 'submission' and x.action in ('approve', 'request_changes', 'reject')
		    union all select i.published_at, i.workspace_id, i.id, 'approve' from practices i
		        where i.imported and i.published_at is not null and coalesce(i.published_at, i.created_at) >= $7 and coalesce(i.published_at, i.created_at) < $8
		            and not exists (select from cases c where c.practice_id = i.id and c.kind = 'submission' and c.outcome = 'approve')
		    union all select at, workspace_id, target_id, 'archive' from audit
		        where action = 'practice.archive' and target_kind = 'practice' and at >= $7 and at < $8
		    union all select m.at, i.workspace_id, i.id, 'archive' from merges m join practices i on i.id = m.practice_id
		        where m.undone_at is null and m.at >= $7 and m.at < $8)
		select to_char(s.at at time zone 'UTC', 'YYYY-MM') as month, s.workspace_id,
		    count(*) filter (where step = 'submit') as submitted, count(*) filter (where step = 'approve') as published,
		    count(*) filter (where step = 'request_changes') as changes, count(*) filter (where step = 'reject') as rejected,
		    count(*) filter (where step = 'archive') as archived
		from steps s join practices p on p.id = s.practice_id
		where s.workspace_id is not null and ($9::bigint = 0 or s.workspace_id = $9) and `+CanSee("p", 1)+`
		group by 1, 2 order by 1 desc, 2 limit $10`, f.args(limit)...)
}

// ReportedPair counts the reports of those in Country who tried practices of Origin ("" for a practice
// of no one country).
type ReportedPair struct {
	Origin    string `db:"origin"`
	Country   string `db:"country"`
	Worked    int    `db:"worked"`
	Mixed     int    `db:"mixed"`
	Failed    int    `db:"failed"`
	Tried     int    `db:"tried"` // without a result yet
	Confirmed int    `db:"confirmed"`
}

// ReportAdoptions counts the reports that were written in the period, the pair with the most first.
func (c Conn) ReportAdoptions(ctx context.Context, f ReportFilter, limit int) ([]ReportedPair, error) {
	return list[ReportedPair](ctx, c, "report on adoptions", `
		select coalesce(p.country, '') as origin, d.country,
		    count(*) filter (where d.result = 'worked') as worked, count(*) filter (where d.result = 'mixed') as mixed,
		    count(*) filter (where d.result = 'failed') as failed, count(*) filter (where d.result = 'tried') as tried,
		    count(d.confirmed_by) as confirmed
		from adoptions d join practices p on p.id = d.practice_id
		where d.hidden_at is null and d.created_at >= $7 and d.created_at < $8 and ($9::bigint = 0 or p.workspace_id = $9) and `+CanSee("p", 1)+`
		group by 1, 2 order by count(*) desc, 1, 2 limit $10`, f.args(limit)...)
}

// ReportedMembers counts the members of a country or a programme ("" where none is said), and how many
// of them were active.
type ReportedMembers struct {
	Group   string `db:"grouped"`
	Members int    `db:"members"`
	Active  int    `db:"active"`
}

// activeMembers groups members by a column. Whoever posted, wrote or edited a practice, decided over
// something, reported an adoption or reacted to a post in the period was active. Drafts say nothing yet,
// and the first version of what was imported was not written by whom it names.
func activeMembers(column string) string {
	practice, thread := CanSee("p", 1), CanSeeThread("t", 1)
	return `
	with active as materialized (
	    select o.author_id as id from posts o join threads t on t.id = o.thread_id
	        where o.created_at >= $7 and o.created_at < $8 and ($9::bigint = 0 or t.workspace_id = $9) and ` + thread + `
	    union select v.editor from practice_versions v join practices p on p.id = v.practice_id
	        where v.at >= $7 and v.at < $8 and ($9::bigint = 0 or p.workspace_id = $9)
	        and p.stage <> 'private' and not (p.imported and v.version = 1) and ` + practice + `
	    union select x.actor from case_actions x join cases k on k.id = x.case_id
	        left join practices p on p.id = k.practice_id left join threads t on t.id = k.thread_id
	        where x.at >= $7 and x.at < $8 and x.undone_at is null and ($9::bigint = 0 or k.workspace_id = $9) and (` + practice + ` or ` + thread + `)
	    union select d.member_id from adoptions d join practices p on p.id = d.practice_id
	        where d.created_at >= $7 and d.created_at < $8 and ($9::bigint = 0 or p.workspace_id = $9) and ` + practice + `
	    union select r.member_id from reactions r join posts o on o.id = r.post_id join threads t on t.id = o.thread_id
	        where r.at >= $7 and r.at < $8 and ($9::bigint = 0 or t.workspace_id = $9) and ` + thread + `)
	select ` + column + ` as grouped, count(*) as members, count(a.id) as active
	from members m left join active a on a.id = m.id
	where not m.officer and not m.suspended and m.password is not null
	    and ($9::bigint = 0 or m.id in (select member_id from workspace_members where workspace_id = $9))
	group by 1 order by 3 desc, 2 desc, 1 limit $10`
}

// ReportCountries counts members by country, the one with the most active first. Officers are no alumni;
// whoever is suspended, or never came, is not counted.
func (c Conn) ReportCountries(ctx context.Context, f ReportFilter, limit int) ([]ReportedMembers, error) {
	return list[ReportedMembers](ctx, c, "report on members by country",
		activeMembers("m.country"), f.args(limit)...)
}

// ReportProgrammes counts members by programme, as ReportCountries does by country.
func (c Conn) ReportProgrammes(ctx context.Context, f ReportFilter, limit int) ([]ReportedMembers, error) {
	return list[ReportedMembers](ctx, c, "report on members by programme",
		activeMembers("m.programme"), f.args(limit)...)
}

// ReportedQueue tells how long cases of a kind waited in a workspace. Those of all together have
// no kind and no workspace. Times are in hours and nil where nothing was answered, or nothing waits.
type ReportedQueue struct {
	Kind      string   `db:"kind"`
	Workspace int64    `db:"workspace_id"`
	Answered  int      `db:"answered"`
	Median    *float64 `db:"median"`
	Slowest   *float64 `db:"slowest"` // 90 of 100 were answered sooner
	InTime    int      `db:"in_time"` // answered within the time that is promised
	Waiting   int      `db:"waiting"` // now, whatever the period
	Oldest    *float64 `db:"oldest"`
}

// ReportQueue tells of the cases that were answered in the period, and of those that wait now; the last
// row is of all together. promised is the time in which an answer is in time.
func (c Conn) ReportQueue(ctx context.Context, f ReportFilter, promised time.Duration, limit int) ([]ReportedQueue, error) {
	return list[ReportedQueue](ctx, c, "report on the queue", `
		with waited as (
		    select k.kind, k.workspace_id, k.closed_at is not null as answered, extract(epoch from coalesce(k.closed_at, now()) - k.opened_at)::float8 / 3600 as hours
		    from cases k left join practices p on p.id = k.practice_id left join threads t on t.id = k.thread_id
		    where (k.closed_at is null or k.closed_at >= $7 and k.closed_at < $8 and k.outcome <> 'withdraw')
		        and ($9::bigint = 0 or k.workspace_id = $9) and (`+CanSee("p", 1)+` or `+CanSeeThread("t", 1)+` or k.practice_id is null and k.thread_id is null))
		select coalesce(kind, '') as kind, coalesce(workspace_id, 0) as workspace_id, count(*) filter (where answered) as answered,
		    percentile_cont(0.5) within group (order by hours) filter (where answered) as median,
		    percentile_cont(0.9) within group (order by hours) filter (where answered) as slowest,
		    count(*) filter (where answered and hours <= $10::float8) as in_time,
		    count(*) filter (where not answered) as waiting, max(hours) filter (where not answered) as oldest
		from waited group by grouping sets ((kind, workspace_id), ())
		order by kind desc nulls last, workspace_id limit $11`, f.args(promised.Hours(), limit)...)
}

// ReportedSearch is what was looked for and not found. Without words it sums those that were asked for too
// rarely to be shown.
type ReportedSearch struct {
	Query    string    `db:"query"`
	Language string    `db:"language"`
	Times    int       `db:"times"`
	Days     int       `db:"days"`
	Last     time.Time `db:"last"`
}

// ReportSearches lists what was looked for in vain on at least days days and at least times times, the
// most frequent first; what was looked for more rarely is summed in one row, the last.
func (c Conn) ReportSearches(ctx context.Context, f ReportFilter, days, times, limit int) ([]ReportedSearch, error) {
	return list[ReportedSearch](ctx, c, "report on searches that found nothing", `
		with asked as (
		    select query, language, sum(times)::int as times, count(*)::int as days, max(day) as last from empty_searches
		    where day >= ($1::timestamptz at time zone 'UTC')::date and day < ($2::timestamptz at time zone 'UTC')::date group by 1, 2)
		(select query, language, times, days, last from asked where days >= $3 and times >= $4 order by times desc, query, language limit $5)
		union all select '', '', sum(times)::int, 0, max(last) from asked where days < $3 or times < $4 having count(*) > 0`,
		f.From, f.Before, days, times, limit)
}

// EmptySearch is a question in words that found nothing, asked Times times on a day.
type EmptySearch struct {
	Day             time.Time
	Language, Query string
	Times           int
}

// MaxEmptySearches bounds how many different questions of a day are kept: whoever asks nonsense all day
// fills no disk, and what is kept for 13 months is still read in a moment. Those beyond are not counted.
const MaxEmptySearches = 1000

// CountEmptySearches adds to the counts of questions that found nothing; those that the day knows are
// counted up however many it has. None stands in the list twice.
func (c Conn) CountEmptySearches(ctx context.Context, asked []EmptySearch) error {
	days, languages, queries, times := make([]string, len(asked)), make([]string, len(asked)), make([]string, len(asked)), make([]int64, len(asked))
	for i, a := range asked {
		days[i], languages[i], queries[i], times[i] = a.Day.UTC().Format(time.DateOnly), a.Language, a.Query, int64(a.Times)
	}
	// In one order, so that two nodes do not wait for each other.
	_, err := exec(ctx, c, "count searches that found nothing", `
		with asked as (select * from unnest($1::date[], $2::text[], $3::text[], $4::int[]) as a (day, language, query, times)),
		kept as materialized (select d.day, (select count(*) from (select from empty_searches k where k.day = d.day limit $5) x) as rows
		    from (select distinct day from asked) d)
		insert into empty_searches as e (day, language, query, times)
		select a.day, a.language, a.query, a.times from asked a join kept k on k.day = a.day
		where k.rows < $5 or exists (select from empty_searches e where e.day = a.day and e.language = a.language and e.query = a.query)
		order by 1, 2, 3
		on conflict (day, language, query) do update set times = e.times + excluded.times`,
		pq.Array(days), pq.Array(languages), pq.Array(queries), pq.Array(times), MaxEmptySearches)
	return err
}
