package postgres

import (
	"context"
	"time"
)

// Draft is what a member is writing in a thread, to be sent or forgotten.
type Draft struct {
	ThreadID  int64     `db:"thread_id"`
	Body      string    `db:"body"`
	ReplyTo   int64     `db:"reply_to"`
	Language  string    `db:"language"`
	UpdatedAt time.Time `db:"updated_at"`
}

// Draft reads a member's draft in a thread; NotFound where she has none.
func (c Conn) Draft(ctx context.Context, member, thread int64) (Draft, error) {
	return get[Draft](ctx, c, "read a draft",
		`select thread_id, body, reply_to, language, updated_at from drafts where member_id = $1 and thread_id = $2`, member, thread)
}

// SetDraft keeps a member's draft in a thread, one each; without words it is forgotten.
func (c Conn) SetDraft(ctx context.Context, member int64, d Draft) error {
	if d.Body == "" {
		_, err := exec(ctx, c, "forget a draft", `delete from drafts where member_id = $1 and thread_id = $2`, member, d.ThreadID)
		return err
	}
	_, err := exec(ctx, c, "keep a draft", `
		insert into drafts (member_id, thread_id, body, reply_to, language) values ($1, $2, $3, $4, $5)
		on conflict (member_id, thread_id) do update
		set body = excluded.body, reply_to = excluded.reply_to, language = excluded.language, updated_at = now()`,
		member, d.ThreadID, d.Body, d.ReplyTo, d.Language)
	return err
}

// PostVersion is a text that a post once had.
type PostVersion struct {
	Version  int64     `db:"version"`
	Body     string    `db:"body"`
	EditorID int64     `db:"editor"` // who replaced it
	At       time.Time `db:"at"`     // when she did
}

// PostVersions lists the texts that a post had before, the oldest first; at most 100, the latest.
func (c Conn) PostVersions(ctx context.Context, post int64) ([]PostVersion, error) {
	return list[PostVersion](ctx, c, "list a post's versions", `
		select * from (select version, body, editor, at from post_versions where post_id = $1 order by version desc limit 100) v
		order by version`, post)
}
