package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// shapeRow is what a thread has by its purpose.
type shapeRow struct {
	Kind       string         `db:"kind"`
	Sectors    pq.StringArray `db:"sectors"`
	AnswerID   int64          `db:"answer_post_id"`
	AnsweredAt *time.Time     `db:"answered_at"`
	SummaryAt  *time.Time     `db:"summary_at"`
	Slow       int            `db:"slow_seconds"`
	StartsAt   *time.Time     `db:"starts_at"`
	EndsAt     *time.Time     `db:"ends_at"`
	HostID     int64          `db:"host_id"`
}

const shapeColumns = `t.kind, t.sectors, coalesce(t.answer_post_id, 0) as answer_post_id, t.answered_at, t.summary_at, t.slow_seconds,
	t.starts_at, t.ends_at, coalesce(t.host_id, 0) as host_id`

func (r shapeRow) shape() portal.Shape {
	return portal.Shape{Purpose: portal.Purpose(r.Kind), Sectors: r.Sectors, AnswerID: r.AnswerID, AnsweredAt: timeOf(r.AnsweredAt),
		DigestAt: timeOf(r.SummaryAt), Slow: time.Duration(r.Slow) * time.Second, StartsAt: timeOf(r.StartsAt), EndsAt: timeOf(r.EndsAt), HostID: r.HostID}
}

// orNull gives a moment as a parameter; null for none.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// SetAnswer marks the post of a question's thread that answers it, or (0) none; it returns the thread's
// version.
func (tx *Tx) SetAnswer(ctx context.Context, thread, post, by int64) (int64, error) {
	return get[int64](ctx, tx.Conn, "mark an answer", `
		update threads set answer_post_id = nullif($2::bigint, 0), answered_by = case when $2 = 0 then null else $3::bigint end,
		    answered_at = case when $2 = 0 then null else now() end, version = version + 1, updated_at = now()
		where id = $1 returning version`, thread, post, by)
}

// Digest is a thread's summary by its moderators.
type Digest struct {
	Text string    `db:"summary"`
	At   time.Time `db:"summary_at"`
	portal.Person
}

// Digest reads the summary of a thread that was read as the viewer; NotFound where it has none.
func (c Conn) Digest(ctx context.Context, thread int64) (Digest, error) {
	return get[Digest](ctx, c, "read a thread's summary", `
		select t.summary, t.summary_at, m.id, m.name, m.country from threads t join members m on m.id = t.summary_by where t.id = $1`, thread)
}

// SetDigest writes a thread's summary; "" takes it away.
func (tx *Tx) SetDigest(ctx context.Context, thread, by int64, text string) error {
	_, err := exec(ctx, tx.Conn, "write a thread's summary", `
		update threads set summary = $2, summary_by = case when $2 = '' then null else $3::bigint end,
		    summary_at = case when $2 = '' then null else now() end where id = $1`, thread, text, by)
	return err
}

// OpenQuestions lists the questions that the viewer may see and nobody has answered, the last written in
// first.
func (c Conn) OpenQuestions(ctx context.Context, v portal.Viewer, limit int) ([]portal.Thread, error) {
	rows, err := list[threadRow](ctx, c, "list open questions", `select `+threadSeen+threadFrom+`
		where t.kind = 'question' and t.answer_post_id is null and not t.closed and t.stage = 'open' and `+CanSeeThread("t", 1)+`
		order by t.last_post_at desc, t.id desc limit $7`, withViewer(v, limit)...)
	return threadsOf(rows), err
}

// LiveSessions lists the live sessions that the viewer may see and that are not over, the next first; of one
// workspace, or (0) of all.
func (c Conn) LiveSessions(ctx context.Context, v portal.Viewer, workspace int64, limit int) ([]portal.Thread, error) {
	rows, err := list[threadRow](ctx, c, "list sessions", `select `+threadSeen+threadFrom+`
		where t.kind = 'session' and t.ends_at > now() and ($7::bigint = 0 or t.workspace_id = $7) and `+CanSeeThread("t", 1)+`
		order by t.starts_at, t.id limit $8`, withViewer(v, workspace, limit)...)
	return threadsOf(rows), err
}

// LastPostAt tells when a member last wrote in a thread; the zero time when never. Only the time since
// is looked at.
func (tx *Tx) LastPostAt(ctx context.Context, thread, member int64, since time.Duration) (time.Time, error) {
	at, err := get[*time.Time](ctx, tx.Conn, "look when a member last wrote", `
		select max(created_at) from posts where thread_id = $1 and author_id = $2 and created_at > now() - make_interval(secs => $3)`,
		thread, member, since.Seconds())
	return timeOf(at), err
}

// SetAsks notes that a post puts a question to its session.
func (tx *Tx) SetAsks(ctx context.Context, post int64) error {
	_, err := exec(ctx, tx.Conn, "put a question to a session", `update posts set asks = true where id = $1`, post)
	return err
}

// SetVote adds or takes back a member's vote for a question; changed is false when nothing changed.
func (tx *Tx) SetVote(ctx context.Context, post, member int64, on bool) (changed bool, err error) {
	statement := `insert into post_votes (post_id, member_id) values ($1, $2) on conflict do nothing`
	if !on {
		statement = `delete from post_votes where post_id = $1 and member_id = $2`
	}
	n, err := exec(ctx, tx.Conn, "vote for a question", statement, post, member)
	return n > 0, err
}

// AddVotes fills in the votes for those posts that put a question, and whether the viewer's is among them.
func (c Conn) AddVotes(ctx context.Context, viewer int64, posts []portal.Post) error {
	at := map[int64]*portal.Post{}
	var ids []int64
	for i := range posts {
		if posts[i].Asks {
			ids, at[posts[i].ID] = append(ids, posts[i].ID), &posts[i]
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := list[struct {
		Post  int64 `db:"post_id"`
		Count int   `db:"count"`
		Mine  bool  `db:"mine"`
	}](ctx, c, "count votes", `select post_id, count(*) as count, bool_or(member_id = $1) as mine from post_votes where post_id = any($2) group by post_id`,
		viewer, pq.Array(ids))
	for _, r := range rows {
		at[r.Post].Votes, at[r.Post].Voted = r.Count, r.Mine
	}
	return err
}

// Asked lists the questions put to a session that was read as the viewer, those with most votes first.
func (c Conn) Asked(ctx context.Context, viewer, thread int64, limit int) ([]portal.Post, error) {
	posts, err := postsOf(list[postRow](ctx, c, "list a session's questions", `select `+postColumns+postFrom+`
		left join lateral (select count(*) as votes from post_votes v where v.post_id = p.id) n on true
		where p.thread_id = $1 and p.asks and p.deleted_at is null order by n.votes desc, p.number limit $2`, thread, limit))
	if err != nil {
		return nil, err
	}
	return posts, c.AddVotes(ctx, viewer, posts)
}

// NumberAt finds the number of a thread's first post of a moment or later; 0 where there is none. Posts that were
// moved here may be older than those before them: what follows is all since then, and perhaps more.
func (c Conn) NumberAt(ctx context.Context, thread int64, at time.Time) (int, error) {
	return get[int](ctx, c, "find a post by its date", `
		select coalesce(min(number), 0) from posts where thread_id = $1 and created_at >= $2`, thread, at)
}

// Insiders lists the members of a workspace, up to a number.
func (c Conn) Insiders(ctx context.Context, workspace int64, limit int) ([]int64, error) {
	return list[int64](ctx, c, "list a workspace's members", `select member_id from workspace_members where workspace_id = $1 order by member_id limit $2`, workspace, limit)
}
