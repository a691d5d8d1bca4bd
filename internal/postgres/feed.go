package postgres

import (
	"context"
	"time"

	"praxis/internal/portal"
)

// PutFeedToken gives a member's feed a private address, by its hash; an earlier one leads nowhere any more.
func (c Conn) PutFeedToken(ctx context.Context, member int64, hash []byte) error {
	_, err := exec(ctx, c, "give a feed an address", `
		insert into feed_tokens (member_id, hash) values ($1, $2) on conflict (member_id) do update set hash = excluded.hash, created_at = now()`, member, hash)
	return err
}

// DropFeedToken has a member's feed have no address; that it had none is no error.
func (c Conn) DropFeedToken(ctx context.Context, member int64) error {
	_, err := exec(ctx, c, "end a feed's address", `delete from feed_tokens where member_id = $1`, member)
	return err
}

// FeedSince tells since when a member's feed has the address that it has; NotFound where it has none.
func (c Conn) FeedSince(ctx context.Context, member int64) (time.Time, error) {
	return get[time.Time](ctx, c, "look for a feed's address", `select created_at from feed_tokens where member_id = $1`, member)
}

// FeedMember finds whose feed has an address, and her language.
func (c Conn) FeedMember(ctx context.Context, hash []byte) (member int64, locale string, err error) {
	row, err := get[struct {
		Member int64  `db:"member_id"`
		Locale string `db:"locale"`
	}](ctx, c, "find whose feed it is", `select f.member_id, m.locale from feed_tokens f join members m on m.id = f.member_id where f.hash = $1 and not m.suspended`, hash)
	return row.Member, row.Locale, err
}

// FeedItem is a practice or a thread as a feed tells of it.
type FeedItem struct {
	Kind      string          `db:"kind"` // practice, thread
	ID        int64           `db:"id"`
	Title     string          `db:"title"`
	Language  string          `db:"language"`
	Author    string          `db:"author"`
	Handling  portal.Handling `db:"handling"`
	Text      string          `db:"text"` // a practice's summary, a thread's first post in Markdown
	CreatedAt time.Time       `db:"created_at"`
	UpdatedAt time.Time       `db:"updated_at"`
}

// FeedItems lists the open practices and threads under clear and green that the viewer may see, of one workspace
// or (0) of all, the last changed first: an edition, or a post.
func (c Conn) FeedItems(ctx context.Context, v portal.Viewer, workspace int64, limit int) ([]FeedItem, error) {
	return list[FeedItem](ctx, c, "list what a feed tells of", `
		(select 'practice' as kind, p.id, p.title, p.language, a.name as author, p.handling, p.summary as text, p.published_at as created_at, p.updated_at
		    from practices p join members a on a.id = p.author_id
		    where p.status = 'published' and p.stage = 'open' and p.handling in ('clear', 'green') and ($7::bigint = 0 or p.workspace_id = $7) and `+CanSee("p", 1)+`
		    order by p.updated_at desc limit $8)
		union all
		(select 'thread', t.id, t.title, t.language, a.name, t.handling, coalesce((select x.body from posts x where x.thread_id = t.id and x.number = 1 and x.hidden_at is null), ''),
		    t.created_at, t.last_post_at
		    from threads t join members a on a.id = t.author_id
		    where t.stage = 'open' and t.handling in ('clear', 'green') and ($7::bigint = 0 or t.workspace_id = $7) and `+CanSeeThread("t", 1)+`
		    order by t.last_post_at desc limit $8)
		order by updated_at desc, kind, id limit $8`, withViewer(v, workspace, limit)...)
}
