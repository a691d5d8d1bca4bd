package postgres

import (
	"context"

	"github.com/lib/pq"
)

// levelOf is how closely a member follows a thread: what is nearer to it wins. Both are names of SQL, of a
// member's identifier and of a row of threads.
func levelOf(member, thread string) string {
	return `coalesce((select l.level from watches l where l.thread_id = ` + thread + `.id and l.member_id = ` + member + `),
		(select l.level from practice_watches l where l.practice_id = ` + thread + `.practice_id and l.member_id = ` + member + `),
		(select l.level from workspace_watches l where l.workspace_id = ` + thread + `.workspace_id and l.member_id = ` + member + `), 'normal')`
}

// newestLooked is at how many threads of a workspace or practice that a member follows is looked for what is unread
// to her: she may see few of them, and the portal grows.
const newestLooked = "1000"

// followed are the threads that count as unread for the viewer at $1 to $6, with the number of the last post that
// she has read: what she read before, what she watches or tracks, and what came into practices and workspaces
// since she watches or tracks those, of each the newest $7 of newestLooked. Whoever uses it leaves out what is muted.
var followed = `
	select thread_id, number from read_positions where member_id = $1
	union all
	select f.id, 0 from (
	    select w.thread_id as id from watches w where w.member_id = $1 and w.level in ('watching', 'tracking')
	        and not exists (select from read_positions r where r.member_id = $1 and r.thread_id = w.thread_id)
	    union
	    ` + cameInto("practice") + `
	    union
	    ` + cameInto("workspace") + `) f`

// cameInto are the newest threads of each practice or workspace that the viewer follows which she has never opened.
// They are taken from the front of an index, before anything is asked of them that costs.
func cameInto(what string) string {
	return `select n.id from ` + what + `_watches x cross join lateral (
	        select o.id from (
	            select * from threads where ` + what + `_id = x.` + what + `_id and last_post_at > x.at order by last_post_at desc limit ` + newestLooked + `) o
	        where ` + CanSeeThread("o", 1) + ` and not exists (select from read_positions r where r.member_id = $1 and r.thread_id = o.id)
	            and ` + levelOf("$1", "o") + ` in ('watching', 'tracking')
	        order by o.last_post_at desc limit $7) n
	    where x.member_id = $1 and x.level in ('watching', 'tracking')`
}

// SetWatch writes how closely a member follows a thread.
func (c Conn) SetWatch(ctx context.Context, member, thread int64, level string) error {
	_, err := exec(ctx, c, "follow a thread", `
		insert into watches (member_id, thread_id, level) values ($1, $2, $3)
		on conflict (thread_id, member_id) do update set level = excluded.level`, member, thread, level)
	return err
}

// WatchPractice writes how closely a member follows a practice; "" as its workspace, as if she had never said.
func (c Conn) WatchPractice(ctx context.Context, practice, member int64, level string) error {
	if level == "" {
		_, err := exec(ctx, c, "follow a practice no more", `delete from practice_watches where practice_id = $1 and member_id = $2`, practice, member)
		return err
	}
	_, err := exec(ctx, c, "follow a practice", `
		insert into practice_watches as w (practice_id, member_id, level) values ($1, $2, $3)
		on conflict (practice_id, member_id) do update set level = excluded.level, at = case when w.level = excluded.level then w.at else now() end`,
		practice, member, level)
	return err
}

// WatchWorkspace writes how closely a member follows what is in a workspace and has no level of its own.
func (c Conn) WatchWorkspace(ctx context.Context, workspace, member int64, level string) error {
	_, err := exec(ctx, c, "follow a workspace", `
		insert into workspace_watches as w (workspace_id, member_id, level) values ($1, $2, $3)
		on conflict (workspace_id, member_id) do update set level = excluded.level, at = case when w.level = excluded.level then w.at else now() end`,
		workspace, member, level)
	return err
}

// PracticeLevel tells how closely a member follows a practice, by her own word or by her workspace's level.
func (c Conn) PracticeLevel(ctx context.Context, practice, member int64) (string, error) {
	return get[string](ctx, c, "see how a practice is followed", `
		select coalesce((select level from practice_watches where practice_id = p.id and member_id = $2),
		    (select level from workspace_watches where workspace_id = p.workspace_id and member_id = $2), 'normal')
		from practices p where p.id = $1`, practice, member)
}

// WorkspaceLevel tells how closely a member follows a workspace.
func (c Conn) WorkspaceLevel(ctx context.Context, workspace, member int64) (string, error) {
	return get[string](ctx, c, "see how a workspace is followed",
		`select coalesce((select level from workspace_watches where workspace_id = $1 and member_id = $2), 'normal')`, workspace, member)
}

// Watchers lists who watches each of several threads, herself, by its practice or by its workspace, up to a
// number for each.
func (c Conn) Watchers(ctx context.Context, threads []int64, limit int) (map[int64][]int64, error) {
	return pairs(ctx, c, "list who watches", `
		select t.id as of, w.member_id as member from threads t cross join lateral (
		    select member_id from watches where thread_id = t.id and level = 'watching'
		    union
		    select x.member_id from practice_watches x where x.practice_id = t.practice_id and x.level = 'watching'
		        and not exists (select from watches n where n.thread_id = t.id and n.member_id = x.member_id)
		    union
		    select x.member_id from workspace_watches x where x.workspace_id = t.workspace_id and x.level = 'watching'
		        and not exists (select from watches n where n.thread_id = t.id and n.member_id = x.member_id)
		        and not exists (select from practice_watches n where n.practice_id = t.practice_id and n.member_id = x.member_id)
		    order by member_id limit $2) w
		where t.id = any($1)`, threads, limit)
}

// PracticeWatchers lists who watches each of several practices, herself or by its workspace, up to a number for each.
func (c Conn) PracticeWatchers(ctx context.Context, practices []int64, limit int) (map[int64][]int64, error) {
	return pairs(ctx, c, "list who watches practices", `
		select p.id as of, w.member_id as member from practices p cross join lateral (
		    select member_id from practice_watches where practice_id = p.id and level = 'watching'
		    union
		    select x.member_id from workspace_watches x where x.workspace_id = p.workspace_id and x.level = 'watching'
		        and not exists (select from practice_watches n where n.practice_id = p.id and n.member_id = x.member_id)
		    order by member_id limit $2) w
		where p.id = any($1)`, practices, limit)
}

// Followed is a member, and what she may follow: a thread, or a practice (0: none) in a workspace.
type Followed struct {
	Member, Thread, Practice, Workspace int64
}

// Muted tells of each whether the member has muted it, herself or by what it stands in.
func (c Conn) Muted(ctx context.Context, all []Followed) ([]bool, error) {
	var member, thread, practice, workspace []int64
	for _, f := range all {
		member, thread = append(member, f.Member), append(thread, f.Thread)
		practice, workspace = append(practice, f.Practice), append(workspace, f.Workspace)
	}
	places, err := list[int](ctx, c, "look who muted", `
		select n.place::int from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality
		    as n (member, thread, practice, workspace, place)
		left join threads t on t.id = n.thread
		left join watches w on w.thread_id = n.thread and w.member_id = n.member
		left join practice_watches p on p.practice_id = coalesce(t.practice_id, n.practice) and p.member_id = n.member
		left join workspace_watches s on s.workspace_id = n.workspace and s.member_id = n.member
		where coalesce(w.level, p.level, s.level) = 'muted'`, pq.Array(member), pq.Array(thread), pq.Array(practice), pq.Array(workspace))
	muted := make([]bool, len(all))
	for _, place := range places {
		muted[place-1] = true
	}
	return muted, err
}
