package postgres

import (
	"context"
	"time"
)

// Upload is a file that comes in pieces.
type Upload struct {
	ID           int64  `db:"id"`
	MemberID     int64  `db:"member_id"`
	PracticeID   int64  `db:"practice_id"`
	AdoptionID   int64  `db:"adoption_id"` // the report that it is evidence of; 0 for the practice's own
	Name         string `db:"name"`
	Size         int64  `db:"size"`
	Received     int64  `db:"received"`      // bytes that are on a node's disk for good
	AttachmentID int64  `db:"attachment_id"` // what it became; 0 before
}

const uploadColumns = `id, member_id, practice_id, coalesce(adoption_id, 0) as adoption_id, name, size, received, coalesce(attachment_id, 0) as attachment_id`

// InsertUpload begins an upload. Of a member's unfinished ones the newest most stay; older ones are
// forgotten, and told, so that their bytes go too.
func (tx *Tx) InsertUpload(ctx context.Context, u Upload, most int) (id int64, forgotten []int64, err error) {
	if forgotten, err = list[int64](ctx, tx.Conn, "forget a member's old uploads", `
		delete from uploads where id in (select id from uploads where member_id = $1 and attachment_id is null order by id desc offset $2)
		returning id`, u.MemberID, most-1); err != nil {
		return 0, nil, err
	}
	id, err = get[int64](ctx, tx.Conn, "begin an upload", `
		insert into uploads (member_id, practice_id, adoption_id, name, size) values ($1, $2, nullif($3::bigint, 0), $4, $5) returning id`,
		u.MemberID, u.PracticeID, u.AdoptionID, u.Name, u.Size)
	return id, forgotten, err
}

// Upload reads a member's own upload; NotFound else.
func (c Conn) Upload(ctx context.Context, member, id int64) (Upload, error) {
	return get[Upload](ctx, c, "read an upload", `select `+uploadColumns+` from uploads where id = $1 and member_id = $2`, id, member)
}

// SetReceived notes how many bytes of an upload are kept.
func (c Conn) SetReceived(ctx context.Context, id, received int64) error {
	_, err := exec(ctx, c, "note an upload's bytes", `update uploads set received = $2 where id = $1`, id, received)
	return err
}

// FinishUpload notes what an upload became.
func (c Conn) FinishUpload(ctx context.Context, id, attachment int64) error {
	_, err := exec(ctx, c, "finish an upload", `update uploads set attachment_id = $2 where id = $1`, id, attachment)
	return err
}

// DeleteUpload forgets an upload.
func (c Conn) DeleteUpload(ctx context.Context, id int64) error {
	_, err := exec(ctx, c, "forget an upload", `delete from uploads where id = $1`, id)
	return err
}

// ExpireUploads forgets the uploads that began before a time.
func (c Conn) ExpireUploads(ctx context.Context, before time.Time) error {
	_, err := exec(ctx, c, "forget old uploads", `delete from uploads where created_at < $1`, before)
	return err
}
