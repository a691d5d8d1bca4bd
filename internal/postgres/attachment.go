package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Attachment is a file on a practice, on a report of the practice's use, or on a post. Its bytes lie in the blob store under their SHA-256.
type Attachment struct {
	ID         int64     `db:"id"`
	PracticeID int64     `db:"practice_id"` // 0 for one on a post
	ThreadID   int64     `db:"thread_id"`
	PostID     int64     `db:"post_id"`     // 0 for one that is not sent yet
	AdoptionID int64     `db:"adoption_id"` // the report on the practice that it is evidence of; 0 for the practice's own
	UploadedBy int64     `db:"uploaded_by"`
	Name       string    `db:"name"`
	MediaType  string    `db:"media_type"`
	Size       int64     `db:"size"`
	SHA256     []byte    `db:"sha256"`
	TextState  string    `db:"text_state"` // waiting, read, empty, failed
	TextTries  int       `db:"text_tries"` // readings of its text that were begun
	CreatedAt  time.Time `db:"created_at"`
	Hidden     bool      `db:"hidden"` // by moderators
}

const attachmentColumns = `a.id, coalesce(a.practice_id, 0) as practice_id, coalesce(a.thread_id, 0) as thread_id, coalesce(a.post_id, 0) as post_id, coalesce(a.adoption_id, 0) as adoption_id, a.uploaded_by, a.name, a.media_type, a.size, a.sha256, a.text_state, a.text_tries, a.created_at, a.hidden_at is not null as hidden`

// InsertAttachment adds an attachment whose bytes are stored, and returns its identifier.
func (tx *Tx) InsertAttachment(ctx context.Context, a Attachment) (int64, error) {
	return get[int64](ctx, tx.Conn, "add an attachment", `
		insert into attachments (practice_id, adoption_id, uploaded_by, name, media_type, size, sha256)
		values ($1, nullif($7::bigint, 0), $2, $3, $4, $5, $6) returning id`, a.PracticeID, a.UploadedBy, a.Name, a.MediaType, a.Size, a.SHA256, a.AdoptionID)
}

// DeleteAttachment removes an attachment from its practice. The bytes stay until they are swept
// (KnownBlobs). It is a Conflict while something waits for moderators (see waits).
func (tx *Tx) DeleteAttachment(ctx context.Context, practice, id int64) error {
	if err := tx.waits(ctx, portal.Ref{Kind: portal.KindAttachment, ID: id}); err != nil {
		return err
	}
	n, err := exec(ctx, tx.Conn, "remove an attachment", `delete from attachments where id = $1 and practice_id = $2`, id, practice)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// attachmentOpen is the condition that neither a file nor the report that it is evidence of is hidden.
const attachmentOpen = `(a.hidden_at is null and not exists (select from adoptions h where h.id = a.adoption_id and h.hidden_at is not null))`

// attachmentSeen is the condition under which a viewer, at the parameters from 1 on, gets a file of a
// practice that she sees: a hidden one is the moderators' and whose it is, and the practice's authors'
// where it is the practice's own.
const attachmentSeen = `(` + attachmentOpen + ` or a.uploaded_by = $1::bigint or a.adoption_id is null and (p.author_id = $1 or $1 = any(p.coauthors))
	or $4::boolean or p.workspace_id = any($6::bigint[]))`

// Attachment reads an attachment of a practice that the viewer may see; NotFound else.
func (c Conn) Attachment(ctx context.Context, v portal.Viewer, id int64) (Attachment, error) {
	return get[Attachment](ctx, c, "read an attachment", `
		select `+attachmentColumns+` from attachments a join practices p on p.id = a.practice_id
		where a.id = $7 and `+attachmentSeen+` and `+CanSee("p", 1), withViewer(v, id)...)
}

// Attachments lists all attachments of practices, whoever may see them; not those of reports.
func (c Conn) Attachments(ctx context.Context, practices []int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list attachments", `
		select `+attachmentColumns+` from attachments a where a.practice_id = any($1) and a.adoption_id is null order by a.practice_id, a.id limit 2000`, pq.Array(practices))
}

// EvidenceSeen lists those attachments of reports that a viewer may see.
func (c Conn) EvidenceSeen(ctx context.Context, v portal.Viewer, adoptions []int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list the attachments of reports", `
		select `+attachmentColumns+` from attachments a join practices p on p.id = a.practice_id
		where a.adoption_id = any($7) and `+attachmentSeen+` and `+CanSee("p", 1)+` order by a.adoption_id, a.id limit 2000`,
		withViewer(v, pq.Array(nonNil(adoptions)))...)
}

// AttachmentsSeen lists those attachments of practices that a viewer may see; not those of reports.
func (c Conn) AttachmentsSeen(ctx context.Context, v portal.Viewer, practices []int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list attachments", `
		select `+attachmentColumns+` from attachments a join practices p on p.id = a.practice_id
		where a.practice_id = any($7) and a.adoption_id is null and `+attachmentSeen+` and `+CanSee("p", 1)+` order by a.practice_id, a.id limit 2000`,
		withViewer(v, pq.Array(practices))...)
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

// HiddenBytes tells whether bytes are hidden on a practice, or on a report of its use, by themselves.
func (c Conn) HiddenBytes(ctx context.Context, practice int64, sum []byte) (bool, error) {
	return get[bool](ctx, c, "see whether bytes are hidden", `
		select exists (select from attachments where practice_id = $1 and sha256 = $2 and hidden_at is not null)`, practice, sum)
}

// HiddenAttachments lists what is hidden by itself on practices, and on reports of their use.
func (c Conn) HiddenAttachments(ctx context.Context, practices []int64) ([]Attachment, error) {
	return list[Attachment](ctx, c, "list hidden attachments", `
		select `+attachmentColumns+` from attachments a where a.practice_id = any($1) and a.hidden_at is not null order by a.id`, pq.Array(practices))
}

// EvidenceSums lists the SHA-256 sums of the files of a report, whoever may see them.
func (c Conn) EvidenceSums(ctx context.Context, adoption int64) ([][]byte, error) {
	return list[[]byte](ctx, c, "list the sums of a report's files", `select distinct sha256 from attachments where adoption_id = $1`, adoption)
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
