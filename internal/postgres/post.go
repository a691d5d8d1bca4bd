package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type postRow struct {
	ID         int64      `db:"id"`
	ThreadID   int64      `db:"thread_id"`
	Number     int        `db:"number"`
	AuthorID   int64      `db:"author_id"`
	AuthorName string     `db:"author_name"`
	AuthorLand string     `db:"author_land"`
	Sector     string     `db:"author_sector"`
	Body       string     `db:"body"`
	Language   string     `db:"language"`
	ReplyTo    int64      `db:"reply_to"`
	Version    int64      `db:"version"`
	CreatedAt  time.Time  `db:"created_at"`
	EditedAt   *time.Time `db:"edited_at"`
	DeletedAt  *time.Time `db:"deleted_at"`
	HiddenAt   *time.Time `db:"hidden_at"`
	Files      int        `db:"files"`
	Asks       bool       `db:"asks"`
	MovedFrom  int64      `db:"moved_from"`
}

const postColumns = `p.id, p.thread_id, p.number, p.author_id, a.name as author_name, a.country as author_land,
	case when (a.sharing ->> 'expertise')::boolean then a.sector else '' end as author_sector,
	p.body, p.language, coalesce(p.reply_to, 0) as reply_to, p.version, p.created_at, p.edited_at, p.deleted_at, p.hidden_at, p.files,
	p.asks, coalesce(p.moved_from, 0) as moved_from`

const postFrom = ` from posts p join members a on a.id = p.author_id`

func (r postRow) post() portal.Post {
	return portal.Post{ID: r.ID, ThreadID: r.ThreadID, Number: r.Number,
		Author: portal.Person{ID: r.AuthorID, Name: r.AuthorName, Country: r.AuthorLand, Sector: r.Sector},
		Body:   r.Body, Language: r.Language, ReplyTo: r.ReplyTo, Version: r.Version, CreatedAt: r.CreatedAt.UTC(),
		EditedAt: timeOf(r.EditedAt), DeletedAt: timeOf(r.DeletedAt), HiddenAt: timeOf(r.HiddenAt), FileCount: r.Files, Asks: r.Asks, MovedFrom: r.MovedFrom}
}

func postsOf(rows []postRow, err error) ([]portal.Post, error) {
	posts := make([]portal.Post, len(rows))
	for i, r := range rows {
		posts[i] = r.post()
	}
	return posts, err
}

// Posts lists a thread's posts after a number, in order, with the reactions to them as the viewer
// sees them. Whoever calls has read the thread as the viewer first.
func (c Conn) Posts(ctx context.Context, viewer, thread int64, afterNumber, limit int) ([]portal.Post, error) {
	posts, err := postsOf(list[postRow](ctx, c, "list posts",
		`select `+postColumns+postFrom+` where p.thread_id = $1 and p.number > $2 order by p.number limit $3`, thread, afterNumber, limit))
	if err != nil {
		return nil, err
	}
	return posts, c.AddReactions(ctx, viewer, posts)
}

// AddReactions fills in the reactions to posts, the most frequent first, and which of them are the
// viewer's own; and the votes for questions. A statement of its own costs a third of what a part of the posts' statement does,
// where reactions are counted for one post after the other.
func (c Conn) AddReactions(ctx context.Context, viewer int64, posts []portal.Post) error {
	if len(posts) == 0 {
		return nil
	}
	ids := make([]int64, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	rows, err := list[struct {
		Post  int64  `db:"post_id"`
		Name  string `db:"name"`
		Count int    `db:"count"`
		Mine  bool   `db:"mine"`
	}](ctx, c, "count reactions", `
		select post_id, name, count(*) as count, bool_or(member_id = $1) as mine from reactions where post_id = any($2)
		group by post_id, name order by count desc, name`, viewer, pq.Array(ids))
	if err != nil {
		return err
	}
	for _, r := range rows {
		p := &posts[slices.Index(ids, r.Post)]
		p.Reactions = append(p.Reactions, portal.Reaction{Name: r.Name, Count: r.Count, Mine: r.Mine})
	}
	return c.AddVotes(ctx, viewer, posts)
}

// PostsByID reads several posts as they are, whoever may see them, without reactions: for index,
// hub and notices.
func (c Conn) PostsByID(ctx context.Context, ids []int64) ([]portal.Post, error) {
	return postsOf(list[postRow](ctx, c, "read posts", `select `+postColumns+postFrom+` where p.id = any($1) order by p.id`, pq.Array(ids)))
}

// PostsAfter reads posts in the order of their identifiers, without reactions, for a rebuild of
// the index.
func (c Conn) PostsAfter(ctx context.Context, after int64, limit int) ([]portal.Post, error) {
	return postsOf(list[postRow](ctx, c, "read posts to index",
		`select `+postColumns+postFrom+` where p.id > $1 order by p.id limit $2`, after, limit))
}

// Post reads a post and its thread, both as the viewer may see them; NotFound else.
func (c Conn) Post(ctx context.Context, v portal.Viewer, id int64) (portal.Post, portal.Thread, error) {
	// One statement for the unseen and the absent alike, so that not even the clock tells them apart.
	row, err := get[postRow](ctx, c, "read a post", `select `+postColumns+postFrom+` join threads t on t.id = p.thread_id
		where p.id = $7 and `+CanSeeThread("t", 1), withViewer(v, id)...)
	if err != nil {
		return portal.Post{}, portal.Thread{}, err
	}
	thread, err := c.Thread(ctx, v, row.ThreadID)
	if err != nil {
		return portal.Post{}, portal.Thread{}, err
	}
	posts := []portal.Post{row.post()}
	err = c.AddReactions(ctx, v.MemberID, posts)
	return posts[0].Shown(v, thread.Audience), thread, err
}

// LockPost reads a post for a change, without reactions. Its thread must be locked first.
func (tx *Tx) LockPost(ctx context.Context, id int64) (portal.Post, error) {
	row, err := get[postRow](ctx, tx.Conn, "lock a post", `select `+postColumns+postFrom+` where p.id = $1 for no key update of p`, id)
	return row.post(), err
}

// addingPost is the part of a statement that adds a post at the end of a thread, under a condition
// on the thread. What the update draws (identifier, number, time) is drawn again when it had to
// wait for another post: within a thread they all grow together.
func addingPost(condition string, files bool) string {
	chosen, all, attached := "", "", ""
	if files { // most posts have none, and everybody in a busy thread waits for this statement
		chosen = `chosen as materialized (
		    select f.id from attachments f where f.id = any($14::bigint[]) and f.thread_id = $7 and f.uploaded_by = $8::bigint and f.post_id is null for update),
		`
		all = ` and (select count(*) from chosen) = cardinality($14::bigint[])`
		attached = `
		attached as (update attachments f set post_id = added.id from added, chosen where f.id = chosen.id),`
	}
	return `with ` + chosen + `thread as (
		    update threads t set posts = t.posts + 1, last_post_at = coalesce($12, clock_timestamp()),
		        last_post_id = nextval(pg_get_serial_sequence('posts', 'id'))
		    from members a where a.id = t.author_id and t.id = $7 and ` + condition + all + `
		    returning ` + threadColumns + `),
		added as (
		    insert into posts (id, thread_id, number, author_id, body, language, reply_to, created_at, files)
		    overriding system value
		    select last_post_id, id, posts, $8::bigint, $9, $10, nullif($11::bigint, 0), last_post_at, cardinality($14::bigint[]) from thread returning id, thread_id, number),
		read as (
		    insert into read_positions (member_id, thread_id, number, post_id) select $8::bigint, thread_id, number, id from added
		    on conflict (member_id, thread_id) do update set number = excluded.number, post_id = excluded.post_id, at = now()),
		mentioned as (
		    insert into mentions (post_id, member_id) select added.id, m.id from added, members m where m.id = any($13)),` + attached + `
		sent as (delete from drafts where member_id = $8 and thread_id = $7)`
}

// AddPost adds a post at the end of a thread that the viewer may see, NotFound else, notes whom it
// mentions, gives it the files that its author has put there for it, takes her draft away and moves her
// reading position to it; NotFound, too, where one of the files is not there any more. It returns the post with
// its place and the thread, locked for the rest of the transaction. Without a time it is of now. Nothing is
// written to the log.
func (tx *Tx) AddPost(ctx context.Context, v portal.Viewer, p portal.Post, mentioned []int64) (portal.Post, portal.Thread, error) {
	return addPost(ctx, tx.Conn, v, p, mentioned, addingPost(CanSeeThread("t", 1), len(p.Files) > 0)+replied)
}

// Reply is AddPost with its row of the audit and its event, in one statement that commits by
// itself: in a busy thread everybody else waits from the update to the commit, so nothing must be
// between them. NotFound when the viewer may not reply, the thread is closed or slow, or what is answered
// is not in it.
func (db *DB) Reply(ctx context.Context, v portal.Viewer, p portal.Post, mentioned []int64) (portal.Post, error) {
	var added portal.Post
	var t portal.Thread
	of := replying
	if len(p.Files) > 0 {
		of = replyingWithFiles
	}
	statement, claim := of+replied, claimOf(ctx)
	if len(claim) > 0 {
		statement = of + `,
		settled as (update idempotency_keys k set done_kind = 'post', done_id = added.id from added where k.owner = $15 and k.key = $16)` + replied
	}
	err := retried(func() (err error) {
		added, t, err = addPost(ctx, db.Conn, v, p, mentioned, statement, claim...)
		return err
	})
	if err == nil {
		db.committed([]portal.Event{{Topic: portal.ThreadTopic(t.ID), Type: portal.PostCreated, ThreadID: t.ID, WorkspaceID: t.WorkspaceID}})
	}
	return added, err
}

const replied = ` select thread.* from thread`

// replying writes what Record writes, under the same lock: each part needs rows of the part that
// must come before it. One with files is a statement of its own.
var replying, replyingWithFiles = replyingTo(false), replyingTo(true)

func replyingTo(files bool) string {
	return addingPost(CanReply("t", 1)+` and not t.closed and t.slow_seconds = 0
		    and ($11::bigint = 0 or exists (select from posts q where q.id = $11::bigint and q.thread_id = $7))`, files) + `,
		locked as materialized (
		    select pg_advisory_xact_lock(hashtextextended('thread:' || thread.id, 0))::text from thread),
		written as (
		    insert into audit (at, actor, action, target_kind, target_id, workspace_id)
		    select clock_timestamp(), $8::bigint, 'post.create', 'post', added.id, thread.workspace_id from thread, added, locked
		    returning id, at),
		told as (
		    insert into events (topic, type, actor, entity_kind, entity_id, version, thread_id, workspace_id, audit_id, at)
		    select 'thread:' || thread.id, 'post.created', $8::bigint, 'post', added.id, 1, thread.id, thread.workspace_id, written.id, written.at
		    from thread, added, written)`
}

func addPost(ctx context.Context, c Conn, v portal.Viewer, p portal.Post, mentioned []int64, statement string, more ...any) (portal.Post, portal.Thread, error) {
	var at *time.Time
	if !p.CreatedAt.IsZero() {
		at = &p.CreatedAt
	}
	row, err := get[threadRow](ctx, c, "add a post", statement,
		append(withViewer(v, p.ThreadID, p.Author.ID, p.Body, p.Language, p.ReplyTo, at, pq.Array(nonNil(mentioned)), pq.Array(nonNil(p.Files))), more...)...)
	p.ID, p.Number, p.CreatedAt, p.Version, p.FileCount = row.LastPostID, row.Posts, row.LastPostAt.UTC(), 1, len(p.Files)
	return p, row.thread(), err
}

// SetMentions replaces whom a post mentions; unknown identifiers are passed over.
func (tx *Tx) SetMentions(ctx context.Context, post int64, members []int64) error {
	if _, err := exec(ctx, tx.Conn, "clear mentions", `delete from mentions where post_id = $1`, post); err != nil || len(members) == 0 {
		return err
	}
	_, err := exec(ctx, tx.Conn, "note mentions", `
		insert into mentions (post_id, member_id) select $1, id from members where id = any($2)`, post, pq.Array(members))
	return err
}

// UpdatePost writes a new text of a post and keeps the old one; it returns the new version.
func (tx *Tx) UpdatePost(ctx context.Context, id, editor int64, body, language string) (int64, error) {
	return get[int64](ctx, tx.Conn, "edit a post", `
		with kept as (
		    insert into post_versions (post_id, version, body, editor) select id, version, body, $2 from posts where id = $1)
		update posts set body = $3, language = $4, version = version + 1, edited_at = now() where id = $1 returning version`,
		id, editor, body, language)
}

// DeletePost takes a post's text away, with all its earlier versions, files, reactions and mentions; its
// place stays.
func (tx *Tx) DeletePost(ctx context.Context, id, by int64) error {
	_, err := exec(ctx, tx.Conn, "delete a post", `
		with v as (delete from post_versions where post_id = $1), r as (delete from reactions where post_id = $1),
		    m as (delete from mentions where post_id = $1), f as (delete from attachments where post_id = $1)
		update posts set body = '', files = 0, version = version + 1, deleted_at = now(), deleted_by = $2 where id = $1`, id, by)
	return err
}

// SetReaction adds or takes back a member's reaction; changed is false when nothing changed.
func (tx *Tx) SetReaction(ctx context.Context, post, member int64, name string, on bool) (changed bool, err error) {
	statement := `insert into reactions (post_id, member_id, name) values ($1, $2, $3) on conflict do nothing`
	if !on {
		statement = `delete from reactions where post_id = $1 and member_id = $2 and name = $3`
	}
	n, err := exec(ctx, tx.Conn, "react to a post", statement, post, member, name)
	return n > 0, err
}
