package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// InsertPostFile adds a file whose bytes are stored to a thread: on a post, or (PostID 0) unsent. Its
// text is not read: threads are found by what is written in them.
func (tx *Tx) InsertPostFile(ctx context.Context, a Attachment) (int64, error) {
	return get[int64](ctx, tx.Conn, "add a file to a thread", `
		insert into attachments (thread_id, post_id, uploaded_by, name, media_type, size, sha256, text_state)
		values ($1, nullif($2::bigint, 0), $3, $4, $5, $6, $7, 'empty') returning id`,
		a.ThreadID, a.PostID, a.UploadedBy, a.Name, a.MediaType, a.Size, a.SHA256)
}

// postFileSeen is the condition under which a viewer, at the parameters from 1 on, gets a file of a thread
// that she sees: an unsent one is its uploader's, one of a hidden post its author's and the moderators'.
const postFileSeen = `(a.post_id is null and a.uploaded_by = $1::bigint or p.id is not null and p.deleted_at is null
	and (p.hidden_at is null or p.author_id = $1 or $4::boolean or t.workspace_id = any($6::bigint[])))`

const postFileFrom = ` from attachments a join threads t on t.id = a.thread_id left join posts p on p.id = a.post_id`

// PostFile reads a file of a thread that the viewer may see; NotFound else.
func (c Conn) PostFile(ctx context.Context, v portal.Viewer, id int64) (Attachment, error) {
	return get[Attachment](ctx, c, "read a thread's file", `select `+attachmentColumns+postFileFrom+`
		where a.id = $7 and `+postFileSeen+` and `+CanSeeThread("t", 1), withViewer(v, id)...)
}

// PostFiles lists those files of posts that a viewer may see, post by post.
func (c Conn) PostFiles(ctx context.Context, v portal.Viewer, posts []int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list the files of posts", `select `+attachmentColumns+postFileFrom+`
		where a.post_id = any($7) and `+postFileSeen+` and `+CanSeeThread("t", 1)+` order by a.post_id, a.id limit 2000`,
		withViewer(v, pq.Array(nonNil(posts)))...)
}

// UnsentFiles lists a member's files in a thread that are on no post yet.
func (c Conn) UnsentFiles(ctx context.Context, member, thread int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list unsent files", `select `+attachmentColumns+` from attachments a
		where a.thread_id = $2 and a.uploaded_by = $1 and a.post_id is null order by a.id limit 100`, member, thread)
}

// CountUnsent counts a member's files that are on no post yet, in all threads.
func (c Conn) CountUnsent(ctx context.Context, member int64) (int, error) {
	return get[int](ctx, c, "count unsent files", `
		select count(*)::int from attachments where uploaded_by = $1 and thread_id is not null and post_id is null`, member)
}

// FilesOfPost lists all files of a post, whoever may see them.
func (c Conn) FilesOfPost(ctx context.Context, post int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list a post's files", `select `+attachmentColumns+` from attachments a where a.post_id = $1 order by a.id limit 100`, post)
}

// DeletePostFile removes a file from a thread. The bytes stay until they are swept.
func (tx *Tx) DeletePostFile(ctx context.Context, id int64) error {
	n, err := exec(ctx, tx.Conn, "remove a thread's file", `delete from attachments where id = $1 and thread_id is not null`, id)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// CountPostFiles counts a post's files anew, which is a change of the post: it returns its new version. In the
// first minutes it is no edit: the files still come.
func (tx *Tx) CountPostFiles(ctx context.Context, post int64) (version int64, err error) {
	return get[int64](ctx, tx.Conn, "count a post's files", `
		update posts p set files = (select count(*) from attachments a where a.post_id = p.id), version = version + 1,
		    edited_at = case when created_at < now() - interval '2 minutes' then now() else edited_at end
		where id = $1 returning version`, post)
}

// ExpireUnsentFiles removes the files that came before a time and were never sent with a post.
func (c Conn) ExpireUnsentFiles(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, c, "forget unsent files", `
		delete from attachments where thread_id is not null and post_id is null and created_at < $1`, before)
	return err
}
