package postgres

import (
	"cmp"
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type threadRow struct {
	ID            int64         `db:"id"`
	WorkspaceID   int64         `db:"workspace_id"`
	PracticeID    int64         `db:"practice_id"`
	Title         string        `db:"title"`
	Language      string        `db:"language"`
	Handling      string        `db:"handling"`
	Named         pq.Int64Array `db:"named"`
	AuthorID      int64         `db:"author_id"`
	AuthorCountry string        `db:"author_country"`
	AuthorOrg     string        `db:"author_organization"`
	AuthorName    string        `db:"author_name"`
	AuthorLand    string        `db:"author_land"`
	Stage         string        `db:"stage"`
	HiddenAt      *time.Time    `db:"hidden_at"`
	Closed        bool          `db:"closed"`
	Version       int64         `db:"version"`
	Posts         int           `db:"posts"`
	LastPostID    int64         `db:"last_post_id"`
	LastPostAt    time.Time     `db:"last_post_at"`
	CreatedAt     time.Time     `db:"created_at"`
	UpdatedAt     time.Time     `db:"updated_at"`
	shapeRow
}

const threadColumns = `coalesce(t.practice_id, 0) as practice_id, ` + threadOwn

// threadSeen is threadColumns for a viewer at the parameters from 1 on.
var threadSeen = ifSeen("t.practice_id") + ` as practice_id, ` + threadOwn

const threadOwn = `t.id, t.workspace_id, t.title, t.language, t.handling, t.named,
	t.author_id, t.author_country, t.author_organization, a.name as author_name, a.country as author_land, t.stage, t.hidden_at,
	t.closed, t.version, t.posts, coalesce(t.last_post_id, 0) as last_post_id, t.last_post_at, t.created_at, t.updated_at, ` + shapeColumns

const threadFrom = ` from threads t join members a on a.id = t.author_id`

func (r threadRow) thread() portal.Thread {
	return portal.Thread{ID: r.ID, PracticeID: r.PracticeID, Title: r.Title, Language: r.Language,
		Audience: portal.Audience{Stage: portal.Stage(r.Stage), Handling: portal.Handling(r.Handling), WorkspaceID: r.WorkspaceID,
			AuthorID: r.AuthorID, AuthorCountry: r.AuthorCountry, AuthorOrganization: r.AuthorOrg, Named: r.Named, Shared: true},
		Shape:  r.shape(),
		Author: portal.Person{ID: r.AuthorID, Name: r.AuthorName, Country: r.AuthorLand},
		Closed: r.Closed, Hidden: r.HiddenAt != nil, Version: r.Version, Posts: r.Posts, LastPostID: r.LastPostID,
		LastPostAt: r.LastPostAt.UTC(), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()}
}

func threadsOf(rows []threadRow) []portal.Thread {
	threads := make([]portal.Thread, len(rows))
	for i, r := range rows {
		threads[i] = r.thread()
	}
	return threads
}

// Thread reads a thread that the viewer may see; NotFound else.
func (c Conn) Thread(ctx context.Context, v portal.Viewer, id int64) (portal.Thread, error) {
	row, err := get[threadRow](ctx, c, "read a thread",
		`select `+threadSeen+threadFrom+` where t.id = $7 and `+CanSeeThread("t", 1), withViewer(v, id)...)
	return row.thread(), err
}

// LockThread reads a thread for a change: nobody else posts in it or changes it until the
// transaction ends. It does not ask who may see it; the rule that changes it does.
func (tx *Tx) LockThread(ctx context.Context, id int64) (portal.Thread, error) {
	row, err := get[threadRow](ctx, tx.Conn, "lock a thread", `select `+threadColumns+threadFrom+` where t.id = $1 for no key update of t`, id)
	return row.thread(), err
}

// ThreadsByID reads several threads as they are, whoever may see them: for index and hub.
func (c Conn) ThreadsByID(ctx context.Context, ids []int64) ([]portal.Thread, error) {
	rows, err := list[threadRow](ctx, c, "read threads", `select `+threadColumns+threadFrom+` where t.id = any($1) order by t.id`, pq.Array(ids))
	return threadsOf(rows), err
}

// VisibleThreads reads those of several threads that the viewer may see.
func (c Conn) VisibleThreads(ctx context.Context, v portal.Viewer, ids []int64) ([]portal.Thread, error) {
	rows, err := list[threadRow](ctx, c, "read threads",
		`select `+threadSeen+threadFrom+` where t.id = any($7) and `+CanSeeThread("t", 1)+` order by t.id`, withViewer(v, pq.Array(ids))...)
	return threadsOf(rows), err
}

// ThreadsAfter reads threads in the order of their identifiers, for a rebuild of the index.
func (c Conn) ThreadsAfter(ctx context.Context, after int64, limit int) ([]portal.Thread, error) {
	rows, err := list[threadRow](ctx, c, "read threads to index", `select `+threadColumns+threadFrom+` where t.id > $1 order by t.id limit $2`, after, limit)
	return threadsOf(rows), err
}

// ThreadFilter narrows a list of threads; an empty field does not.
type ThreadFilter struct {
	Workspace int64
	Practice  int64
	Page      portal.Page
}

// Threads lists the threads that the viewer may see, the last answered first.
func (c Conn) Threads(ctx context.Context, v portal.Viewer, f ThreadFilter) ([]portal.Thread, error) {
	w := where{args: viewerArgs(v), conditions: []string{CanSeeThread("t", 1)}}
	w.and(f.Workspace != 0, "t.workspace_id = $%d", f.Workspace)
	w.and(f.Practice != 0, "t.practice_id = $%d and "+ifSeen("t.practice_id")+" <> 0", f.Practice)
	w.and(f.Page.After != 0, "(t.last_post_at, t.id) < (select l.last_post_at, l.id from threads l where l.id = $%d and "+CanSeeThread("l", 1)+")", f.Page.After)
	rows, err := list[threadRow](ctx, c, "list threads", `select `+threadSeen+threadFrom+w.sql()+
		` order by t.last_post_at desc, t.id desc limit `+w.next(f.Page.Limit), w.args...)
	return threadsOf(rows), err
}

// CountThreads counts what Threads lists of a practice; bound are many.
func (c Conn) CountThreads(ctx context.Context, v portal.Viewer, practice int64, bound int) (int, error) {
	return get[int](ctx, c, "count a practice's threads", `
		select count(*)::int from (select from threads t where t.practice_id = $7 and `+ifSeen("t.practice_id")+` <> 0 and `+CanSeeThread("t", 1)+` limit $8) n`,
		withViewer(v, practice, bound)...)
}

// InsertThread opens a thread and returns its identifier; the audience's country and organization
// are the author's of today.
func (tx *Tx) InsertThread(ctx context.Context, t portal.Thread) (int64, error) {
	return get[int64](ctx, tx.Conn, "open a thread", `
		insert into threads (workspace_id, practice_id, title, language, handling, named, author_id, author_country, author_organization,
		    kind, sectors, starts_at, ends_at, host_id)
		select $1, nullif($2::bigint, 0), $3, $4, $5, $6::bigint[], m.id, m.country, coalesce(m.organization, ''), $8, $9::text[], $10, $11, nullif($12::bigint, 0)
		from members m where m.id = $7 returning id`,
		t.WorkspaceID, t.PracticeID, t.Title, t.Language, string(t.Handling), pq.Array(nonNil(t.Named)), t.AuthorID,
		string(cmp.Or(t.Purpose, portal.Discussion)), pq.Array(nonNil(t.Sectors)), orNull(t.StartsAt), orNull(t.EndsAt), t.HostID)
}

// UpdateThread writes a thread's title, label, named readers, closing, purpose and slow mode, and returns its version.
func (tx *Tx) UpdateThread(ctx context.Context, t portal.Thread) (int64, error) {
	return get[int64](ctx, tx.Conn, "change a thread", `
		update threads set title = $2, handling = $3, named = $4::bigint[], closed = $5, language = $6,
		    kind = $7, sectors = $8::text[], slow_seconds = $9, starts_at = $10, ends_at = $11, host_id = nullif($12::bigint, 0),
		    answer_post_id = case when $7 = 'question' then answer_post_id end, answered_by = case when $7 = 'question' then answered_by end,
		    answered_at = case when $7 = 'question' then answered_at end,
		    version = version + 1, updated_at = now()
		where id = $1 returning version`,
		t.ID, t.Title, string(t.Handling), pq.Array(nonNil(t.Named)), t.Closed, t.Language,
		string(cmp.Or(t.Purpose, portal.Discussion)), pq.Array(nonNil(t.Sectors)), int(t.Slow/time.Second), orNull(t.StartsAt), orNull(t.EndsAt), t.HostID)
}

// Reading is how far a member has read in a thread and how closely she follows it.
type Reading struct {
	Number int    `db:"number"` // of the last post read, 0: none
	Level  string `db:"level"`
}

// OpenThread reads a thread that the viewer may see, NotFound else, and how she stands to it.
func (c Conn) OpenThread(ctx context.Context, v portal.Viewer, id int64) (portal.Thread, Reading, error) {
	row, err := get[struct {
		threadRow
		Reading
	}](ctx, c, "open a thread", `select `+threadSeen+`, coalesce(r.number, 0) as number, `+levelOf("$1", "t")+` as level`+threadFrom+`
		left join read_positions r on r.member_id = $1 and r.thread_id = t.id
		where t.id = $7 and `+CanSeeThread("t", 1), withViewer(v, id)...)
	return row.thread(), row.Reading, err
}

// SetRead moves a member's reading position to a post of the thread, never back. NotFound when
// the post is not in the thread.
func (c Conn) SetRead(ctx context.Context, member, thread, post int64) error {
	n, err := exec(ctx, c, "note what was read", `
		insert into read_positions as r (member_id, thread_id, number, post_id)
		select $1, p.thread_id, p.number, p.id from posts p where p.id = $3 and p.thread_id = $2
		for key share -- after whoever moves it: then by its new number, or not at all
		on conflict (member_id, thread_id) do update
		    set number = greatest(r.number, excluded.number), at = now(),
		        post_id = case when excluded.number > r.number then excluded.post_id else r.post_id end`, member, thread, post)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// UnreadThread is a thread that a member follows, with how many posts she has not read.
type UnreadThread struct {
	portal.Thread
	New int
}

// UnreadThreads lists the threads with new posts since the member last read them, of those that
// she watches or tracks or has read before and has not muted, the last answered first.
func (c Conn) UnreadThreads(ctx context.Context, v portal.Viewer, limit int) ([]UnreadThread, error) {
	rows, err := list[struct {
		threadRow
		New int `db:"new"`
	}](ctx, c, "list unread threads", `
		with mine as (`+followed+`)
		select `+threadSeen+`, t.posts - mine.number as new from mine join threads t on t.id = mine.thread_id
		join members a on a.id = t.author_id
		where t.posts > mine.number and `+CanSeeThread("t", 1)+`
		    and `+levelOf("$1", "t")+` <> 'muted'
		order by t.last_post_at desc limit $7`, withViewer(v, limit)...)
	threads := make([]UnreadThread, len(rows))
	for i, r := range rows {
		threads[i] = UnreadThread{Thread: r.thread(), New: r.New}
	}
	return threads, err
}

// DateThread sets when a thread was opened, for the demonstration and imports.
func (tx *Tx) DateThread(ctx context.Context, id int64, created time.Time) error {
	_, err := exec(ctx, tx.Conn, "date a thread", `update threads set created_at = $2, updated_at = $2 where id = $1`, id, created)
	return err
}
