package postgres

import (
	"context"
	"encoding/json"
	"fmt"
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
	Reactions  string     `db:"reactions"`
}

// postColumns wants the reader's member identifier as $1, for the reactions that are hers.
const postColumns = `p.id, p.thread_id, p.number, p.author_id, a.name as author_name, a.country as author_land,
	case when (a.sharing ->> 'expertise')::boolean then a.sector else '' end as author_sector,
	p.body, p.language, coalesce(p.reply_to, 0) as reply_to, p.version, p.created_at, p.edited_at, p.deleted_at, p.hidden_at,
	coalesce((select json_agg(json_build_object('name', r.name, 'count', r.count, 'mine', r.mine) order by r.count desc, r.name)
	    from (select name, count(*) as count, bool_or(member_id = $1::bigint) as mine from reactions where post_id = p.id group by name) r),
	    '[]')::text as reactions`

const postFrom = ` from posts p join members a on a.id = p.author_id`

func (r postRow) post() (portal.Post, error) {
	p := portal.Post{ID: r.ID, ThreadID: r.ThreadID, Number: r.Number,
		Author: portal.Person{ID: r.AuthorID, Name: r.AuthorName, Country: r.AuthorLand, Sector: r.Sector},
		Body:   r.Body, Language: r.Language, ReplyTo: r.ReplyTo, Version: r.Version, CreatedAt: r.CreatedAt.UTC(),
		EditedAt: timeOf(r.EditedAt), DeletedAt: timeOf(r.DeletedAt), HiddenAt: timeOf(r.HiddenAt)}
	if r.Reactions == "[]" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(r.Reactions), &p.Reactions); err != nil {
		return p, fmt.Errorf("read the reactions to post %d: %w", r.ID, err)
	}
	return p, nil
}

func postsOf(rows []postRow, err error) ([]portal.Post, error) {
	if err != nil {
		return nil, err
	}
	posts := make([]portal.Post, len(rows))
	for i, r := range rows {
		if posts[i], err = r.post(); err != nil {
			return nil, err
		}
	}
	return posts, nil
}

// Posts lists a thread's posts after a number, in order. Whoever calls has read the thread as
// the viewer first.
func (c Conn) Posts(ctx context.Context, viewer, thread int64, afterNumber, limit int) ([]portal.Post, error) {
	return postsOf(list[postRow](ctx, c, "list posts",
		`select `+postColumns+postFrom+` where p.thread_id = $2 and p.number > $3 order by p.number limit $4`,
		viewer, thread, afterNumber, limit))
}

// PostsByID reads several posts as they are, whoever may see them: for index, hub and notices.
func (c Conn) PostsByID(ctx context.Context, ids []int64) ([]portal.Post, error) {
	return postsOf(list[postRow](ctx, c, "read posts",
		`select `+postColumns+postFrom+` where p.id = any($2) order by p.id`, int64(0), pq.Array(ids)))
}

// PostsAfter reads posts in the order of their identifiers, for a rebuild of the index.
func (c Conn) PostsAfter(ctx context.Context, after int64, limit int) ([]portal.Post, error) {
	return postsOf(list[postRow](ctx, c, "read posts to index",
		`select `+postColumns+postFrom+` where p.id > $2 order by p.id limit $3`, int64(0), after, limit))
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
	post, err := row.post()
	return post.Shown(v, thread.Audience), thread, err
}

// LockPost reads a post for a change. Its thread must be locked first.
func (tx *Tx) LockPost(ctx context.Context, id int64) (portal.Post, error) {
	row, err := get[postRow](ctx, tx.Conn, "lock a post",
		`select `+postColumns+postFrom+` where p.id = $2 for no key update of p`, int64(0), id)
	if err != nil {
		return portal.Post{}, err
	}
	return row.post()
}

// InsertPost adds a post at the end of its thread, which the transaction has locked, and moves
// the author's own reading position to it.
func (tx *Tx) InsertPost(ctx context.Context, p portal.Post, at time.Time) (id int64, number int, err error) {
	row, err := get[struct {
		ID     int64 `db:"id"`
		Number int   `db:"number"`
	}](ctx, tx.Conn, "add a post", `
		with new as (select nextval(pg_get_serial_sequence('posts', 'id')) as id),
		thread as (
		    update threads set posts = posts + 1, last_post_at = $6, last_post_id = new.id
		    from new where threads.id = $1 returning threads.id, posts, new.id as post),
		added as (
		    insert into posts (id, thread_id, number, author_id, body, language, reply_to, created_at)
		    overriding system value
		    select post, id, posts, $2, $3, $4, nullif($5::bigint, 0), $6 from thread returning id, thread_id, number),
		read as (
		    insert into read_positions (member_id, thread_id, number, post_id) select $2, thread_id, number, id from added
		    on conflict (member_id, thread_id) do update set number = excluded.number, post_id = excluded.post_id, at = now())
		select id, number from added`,
		p.ThreadID, p.Author.ID, p.Body, p.Language, p.ReplyTo, at)
	if err != nil {
		return 0, 0, err
	}
	return row.ID, row.Number, err
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

// Mentioned lists whom a post mentions.
func (c Conn) Mentioned(ctx context.Context, post int64) ([]int64, error) {
	return list[int64](ctx, c, "read mentions", `select member_id from mentions where post_id = $1 order by 1`, post)
}

// UpdatePost writes a new text of a post and keeps the old one; it returns the new version.
func (tx *Tx) UpdatePost(ctx context.Context, id, editor int64, body, language string) (int64, error) {
	return get[int64](ctx, tx.Conn, "edit a post", `
		with kept as (
		    insert into post_versions (post_id, version, body, editor) select id, version, body, $2 from posts where id = $1)
		update posts set body = $3, language = $4, version = version + 1, edited_at = now() where id = $1 returning version`,
		id, editor, body, language)
}

// DeletePost takes a post's text away, with all its earlier versions, reactions and mentions; its
// place stays.
func (tx *Tx) DeletePost(ctx context.Context, id, by int64) error {
	_, err := exec(ctx, tx.Conn, "delete a post", `
		with v as (delete from post_versions where post_id = $1), r as (delete from reactions where post_id = $1),
		    m as (delete from mentions where post_id = $1)
		update posts set body = '', version = version + 1, deleted_at = now(), deleted_by = $2 where id = $1`, id, by)
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

// ThreadPeople lists whom a new post in a thread concerns: who follows it and how.
func (c Conn) ThreadPeople(ctx context.Context, thread int64) (map[int64]string, error) {
	rows, err := list[struct {
		Member int64  `db:"member_id"`
		Level  string `db:"level"`
	}](ctx, c, "list who follows a thread", `select member_id, level from watches where thread_id = $1`, thread)
	people := make(map[int64]string, len(rows))
	for _, r := range rows {
		people[r.Member] = r.Level
	}
	return people, err
}
