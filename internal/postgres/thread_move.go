package postgres

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// LockThreads is LockThread of several, in the order of their identifiers, so that two who move posts between
// the same threads never wait for each other. They come in the order asked for; NotFound where one is not there.
func (tx *Tx) LockThreads(ctx context.Context, ids ...int64) ([]portal.Thread, error) {
	rows, err := list[threadRow](ctx, tx.Conn, "lock threads",
		`select `+threadColumns+threadFrom+` where t.id = any($1) order by t.id for no key update of t`, pq.Array(ids))
	if err != nil {
		return nil, err
	}
	locked := make([]portal.Thread, len(ids))
	for i, id := range ids {
		at := slices.IndexFunc(rows, func(r threadRow) bool { return r.ID == id })
		if at < 0 {
			return nil, portal.ErrNotFound()
		}
		locked[i] = rows[at].thread()
	}
	return locked, nil
}

// Moving is posts that go from one thread to the end of another; both are locked.
type Moving struct {
	From, Into int64
	Workspace  int64   // of the thread into which they go
	Posts      []int64 // in the order of their numbers
	Numbers    []int64 // in the thread that they leave
	Before     int     // posts that are there already
	Follow     bool    // whoever reads or watches the one does so in the other
}

// PostsToMove reads those of the posts (none given: all) that are in a thread, in order. Hidden tells
// whether one of them is.
func (tx *Tx) PostsToMove(ctx context.Context, thread int64, posts []int64) (ids, numbers []int64, hidden bool, err error) {
	rows, err := list[struct {
		ID     int64 `db:"id"`
		Number int64 `db:"number"`
		Hidden bool  `db:"hidden"`
	}](ctx, tx.Conn, "read which posts move", `
		select id, number, hidden_at is not null as hidden from posts
		where thread_id = $1 and (cardinality($2::bigint[]) = 0 or id = any($2)) order by number`, thread, pq.Array(nonNil(posts)))
	for _, r := range rows {
		ids, numbers, hidden = append(ids, r.ID), append(numbers, r.Number), hidden || r.Hidden
	}
	return ids, numbers, hidden, err
}

// MovePosts moves posts to the end of another thread, with their reactions, files, mentions, flags, notices and
// how far they were read. Numbers stay without gaps in both, so that what is unread is counted by them.
func (tx *Tx) MovePosts(ctx context.Context, m Moving) error {
	posts, numbers := pq.Array(m.Posts), pq.Array(m.Numbers)
	// width_bucket tells how many of the posts had been read by whoever had read up to a number: they are
	// sorted, so it looks among thousands as among two.
	steps := []struct {
		statement string
		args      []any
	}{
		{`-- Whoever marks one of them as read waits for its new number.
		select from posts where thread_id = $1 and number >= $2 order by id for update`, []any{m.From, m.Numbers[0]}},
		{`-- What answers a post that is elsewhere from now on answers nobody.
		update posts set reply_to = null where thread_id = $1 and reply_to is not null and (id = any($2)) <> (reply_to = any($2))`, []any{m.From, posts}},
		{`update threads set answer_post_id = null, answered_by = null, answered_at = null where id = $1 and answer_post_id = any($2)`, []any{m.From, posts}},
		{`-- Whoever had read all of the other goes on after what she had read of these; else the first unread one stays where it is.
		update read_positions b set number = $3 + width_bucket(r.number::bigint, $4::bigint[]), at = now() from read_positions r
		where b.thread_id = $2 and b.number >= $3 and r.thread_id = $1 and r.member_id = b.member_id`, []any{m.From, m.Into, m.Before, numbers}},
		{`insert into read_positions (member_id, thread_id, number, post_id)
		select r.member_id, $2, case when $3 = 0 then r.read else 0 end, ($5::bigint[])[greatest(r.read, 1)]
		from (select member_id, width_bucket(number::bigint, $4::bigint[]) as read from read_positions where thread_id = $1 and $6::boolean) r
		on conflict do nothing`, []any{m.From, m.Into, m.Before, numbers, posts, m.Follow}},
		{`update read_positions set number = number - width_bucket(number::bigint, $2::bigint[]) where thread_id = $1`, []any{m.From, numbers}},
		{`update posts p set thread_id = $2, number = $3 + m.n, moved_from = $1 from unnest($4::bigint[]) with ordinality as m (id, n) where p.id = m.id`,
			[]any{m.From, m.Into, m.Before, posts}},
		{`-- Twice, because no two have one number, not even in between.
		update posts set number = number + 1000000000 where thread_id = $1 and number > $2`, []any{m.From, m.Numbers[0]}},
		{`update posts set number = number - 1000000000 - width_bucket((number - 1000000000)::bigint, $2::bigint[]) where thread_id = $1 and number > 1000000000`,
			[]any{m.From, numbers}},
		{`-- Into a thread that is there already nobody brings less than what she has of it: her mute was of the other.
		insert into watches (member_id, thread_id, level) select member_id, $2, level from watches where thread_id = $1 and $3::boolean
		    and ($4 = 0 or level = 'watching') on conflict do nothing`, []any{m.From, m.Into, m.Follow, m.Before}},
		{`-- Whoever is told of them from here on, by whichever program, is told as a reader of where they are.
		update events set thread_id = $1 where entity_kind = 'post' and entity_id = any($2) and thread_id is not null`, []any{m.Into, posts}},
		{`update notifications set thread_id = $1, workspace_id = $2 where post_id = any($3)`, []any{m.Into, m.Workspace, posts}},
		{`update cases set thread_id = $1, workspace_id = $2, claimed_by = case when workspace_id = $2 then claimed_by end,
		    claimed_until = case when workspace_id = $2 then claimed_until end where target_kind = 'post' and target_id = any($3)`,
			[]any{m.Into, m.Workspace, posts}},
		{settling, []any{m.From, false}},
		{settling, []any{m.Into, m.Before > 0}},
	}
	for _, step := range steps {
		if _, err := exec(ctx, tx.Conn, "move posts", step.statement, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// settling counts a thread's posts anew; what was last written in it stays the last where $2 says so.
const settling = `update threads t set posts = l.number, last_post_id = l.id, version = version + 1, updated_at = now(),
	last_post_at = case when $2::boolean then greatest(t.last_post_at, l.created_at) else l.created_at end
	from (select id, number, created_at from posts where thread_id = $1 order by number desc limit 1) l where t.id = $1`

// SplitThread opens a thread beside another, for posts that are to go there: it has the other's workspace, author,
// label and readers, and is closed or slow if that one is.
func (tx *Tx) SplitThread(ctx context.Context, from int64, title string, purpose portal.Purpose) (int64, error) {
	return get[int64](ctx, tx.Conn, "split a thread", `
		insert into threads (workspace_id, practice_id, title, language, handling, named, author_id, author_country, author_organization, kind, closed, slow_seconds)
		select workspace_id, practice_id, $2, language, handling, named, author_id, author_country, author_organization, $3, closed, slow_seconds
		from threads where id = $1 returning id`, from, title, string(purpose))
}

// MoveThread takes a thread to another workspace, with its cases and notices.
func (tx *Tx) MoveThread(ctx context.Context, thread, workspace int64) error {
	for _, statement := range []string{
		`update threads set workspace_id = $2, version = version + 1, updated_at = now() where id = $1`,
		`update cases set workspace_id = $2, claimed_by = null, claimed_until = null where thread_id = $1`,
		`update notifications set workspace_id = $2 where thread_id = $1`,
	} {
		if _, err := exec(ctx, tx.Conn, "move a thread", statement, thread, workspace); err != nil {
			return err
		}
	}
	return nil
}

// EndMerged takes a thread away whose posts have all gone into another: its address leads there from now on,
// and what belonged to the thread itself is the other's. first is what was its opening post: of it are the closed
// cases that were about the thread.
func (tx *Tx) EndMerged(ctx context.Context, from, into, first int64) error {
	steps := []struct {
		statement string
		args      []any
	}{
		{`update notifications n set thread_id = $2, workspace_id = t.workspace_id from threads t where n.thread_id = $1 and t.id = $2`, []any{from, into}},
		{`update cases c set thread_id = $2, workspace_id = t.workspace_id, target_kind = case when target_kind = 'thread' then 'post' else target_kind end,
		    target_id = case when target_kind = 'thread' then $3 else target_id end from threads t where c.thread_id = $1 and t.id = $2`, []any{from, into, first}},
		{`update attachments set thread_id = $2 where thread_id = $1`, []any{from, into}},
		{`-- Whoever was writing in both goes on with both texts.
		update drafts d set body = left(d.body || E'\n\n' || o.body, 20000), updated_at = greatest(d.updated_at, o.updated_at) from drafts o
		where d.thread_id = $2 and o.thread_id = $1 and o.member_id = d.member_id`, []any{from, into}},
		{`update drafts d set thread_id = $2 where thread_id = $1
		    and not exists (select from drafts o where o.thread_id = $2 and o.member_id = d.member_id)`, []any{from, into}},
		{`update thread_moves set into_id = $2 where into_id = $1`, []any{from, into}},
		{`insert into thread_moves (id, into_id) values ($1, $2)`, []any{from, into}},
		{`delete from threads where id = $1`, []any{from}},
	}
	for _, step := range steps {
		if _, err := exec(ctx, tx.Conn, "end a merged thread", step.statement, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// ThreadCase is an open case about a thread or a post of it.
type ThreadCase struct {
	ID     int64       `db:"id"`
	Kind   portal.Kind `db:"target_kind"`
	Target int64       `db:"target_id"`
}

// ThreadCases lists the open cases about a thread and its posts.
func (tx *Tx) ThreadCases(ctx context.Context, thread int64) ([]ThreadCase, error) {
	return list[ThreadCase](ctx, tx.Conn, "list the cases in a thread", `
		select id, target_kind, target_id from cases where thread_id = $1 and closed_at is null order by id`, thread)
}

// MovedTo tells into which thread another was merged, where the viewer may see it; NotFound else.
func (c Conn) MovedTo(ctx context.Context, v portal.Viewer, id int64) (portal.Thread, error) {
	row, err := get[threadRow](ctx, c, "find a merged thread", `select `+threadSeen+threadFrom+`
		join thread_moves m on m.into_id = t.id where m.id = $7 and `+CanSeeThread("t", 1), withViewer(v, id)...)
	return row.thread(), err
}
