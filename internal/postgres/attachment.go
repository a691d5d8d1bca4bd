package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Attachment is a file on a practice. Its bytes lie in the blob store under their SHA-256.
type Attachment struct {
	ID         int64     `db:"id"`
	PracticeID int64     `db:"practice_id"`
	UploadedBy int64     `db:"uploaded_by"`
	Name       string    `db:"name"`
	MediaType  string    `db:"media_type"`
	Size       int64     `db:"size"`
	SHA256     []byte    `db:"sha256"`
	TextState  string    `db:"text_state"` // waiting, read, empty, failed
	TextTries  int       `db:"text_tries"` // readings of its text that were begun
	CreatedAt  time.Time `db:"created_at"`
}

const attachmentColumns = `a.id, a.practice_id, a.uploaded_by, a.name, a.media_type, a.size, a.sha256, a.text_state, a.text_tries, a.created_at`

// InsertAttachment adds an attachment whose bytes are stored, and returns its identifier.
func (tx *Tx) InsertAttachment(ctx context.Context, a Attachment) (int64, error) {
	return get[int64](ctx, tx.Conn, "add an attachment", `
		insert into attachments (practice_id, uploaded_by, name, media_type, size, sha256)
		values ($1, $2, $3, $4, $5, $6) returning id`, a.PracticeID, a.UploadedBy, a.Name, a.MediaType, a.Size, a.SHA256)
}

// DeleteAttachment removes an attachment from its practice. The bytes stay until they are swept
// (KnownBlobs).
func (tx *Tx) DeleteAttachment(ctx context.Context, practice, id int64) error {
	n, err := exec(ctx, tx.Conn, "remove an attachment", `delete from attachments where id = $1 and practice_id = $2`, id, practice)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// Attachment reads an attachment of a practice that the viewer may see; NotFound else.
func (c Conn) Attachment(ctx context.Context, v portal.Viewer, id int64) (Attachment, error) {
	return get[Attachment](ctx, c, "read an attachment", `
		select `+attachmentColumns+` from attachments a join practices p on p.id = a.practice_id
		where a.id = $7 and `+CanSee("p", 1), withViewer(v, id)...)
}

// Attachments lists the attachments of practices.
func (c Conn) Attachments(ctx context.Context, practices []int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list attachments", `
		select `+attachmentColumns+` from attachments a where a.practice_id = any($1) order by a.practice_id, a.id limit 2000`, pq.Array(practices))
}

// ClaimAttachment takes the next attachment whose text has not been read, keeps other nodes from
// it for a while and counts the try; NotFound when there is none. The count is committed before a
// byte is read: a file that kills the process is known by it afterwards.
func (c Conn) ClaimAttachment(ctx context.Context, hold time.Duration) (Attachment, error) {
	return get[Attachment](ctx, c, "take an attachment to read", `
		update attachments a set claimed_until = now() + make_interval(secs => $1), text_tries = text_tries + 1
		where a.id = (select id from attachments where text_state = 'waiting' and (claimed_until is null or claimed_until < now())
		    order by id limit 1 for update skip locked)
		returning `+attachmentColumns, hold.Seconds())
}

// ReleaseAttachment gives back a claim whose reading was broken off in good order: it was no try.
func (c Conn) ReleaseAttachment(ctx context.Context, id int64) error {
	_, err := exec(ctx, c, "give an attachment back", `
		update attachments set claimed_until = null, text_tries = greatest(text_tries - 1, 0) where id = $1 and text_state = 'waiting'`, id)
	return err
}

// SetAttachmentText keeps the text of an attachment's pages under their numbers, or why there is
// none; NotFound when the attachment was removed meanwhile.
func (tx *Tx) SetAttachmentText(ctx context.Context, id int64, state, why string, numbers []int64, pages []string) error {
	n, err := exec(ctx, tx.Conn, "keep an attachment's state",
		`update attachments set text_state = $2, text_error = left($3, 500) where id = $1`, id, state, why)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	if err != nil || len(pages) == 0 {
		return err
	}
	_, err = exec(ctx, tx.Conn, "keep an attachment's text", `
		insert into attachment_pages (attachment_id, page, text) select $1, n, t from unnest($2::bigint[], $3::text[]) as p (n, t)
		on conflict (attachment_id, page) do update set text = excluded.text`, id, pq.Array(numbers), pq.Array(pages))
	return err
}

// AttachmentPage is the text of one page of an attachment.
type AttachmentPage struct {
	AttachmentID int64  `db:"attachment_id"`
	PracticeID   int64  `db:"practice_id"`
	Name         string `db:"name"`
	Page         int    `db:"page"`
	Text         string `db:"text"`
}

// KnownBlobs tells which of the SHA-256 sums some attachment still needs.
func (c Conn) KnownBlobs(ctx context.Context, sums [][]byte) ([][]byte, error) {
	return list[[]byte](ctx, c, "look for needed bytes", `select distinct sha256 from attachments where sha256 = any($1)`, pq.Array(sums))
}

// LostAttachments counts the attachments whose bytes are not stored, by asking has for each sum.
func (c Conn) LostAttachments(ctx context.Context, has func(sum []byte) bool) (int, error) {
	sums, err := list[[]byte](ctx, c, "list the sums of attachments", `select distinct sha256 from attachments`)
	lost := 0
	for _, sum := range sums {
		if !has(sum) {
			lost++
		}
	}
	return lost, err
}
