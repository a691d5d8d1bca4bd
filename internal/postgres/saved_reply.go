package postgres

import (
	"context"
	"time"

	"praxis/internal/portal"
)

// SavedReplies lists what the moderators of a workspace keep to write to authors, by title.
func (c Conn) SavedReplies(ctx context.Context, workspace int64) ([]portal.SavedReply, error) {
	rows, err := list[struct {
		personRow
		ReplyID   int64     `db:"reply_id"`
		Workspace int64     `db:"workspace_id"`
		Title     string    `db:"title"`
		Body      string    `db:"body"`
		UpdatedAt time.Time `db:"updated_at"`
	}](ctx, c, "list saved replies", `
		select `+personColumns+`, r.id as reply_id, r.workspace_id, r.title, r.body, r.updated_at
		from saved_replies r join members m on m.id = r.member_id where r.workspace_id = $1 order by r.title limit $2`,
		workspace, portal.MaxSavedReplies)
	replies := make([]portal.SavedReply, len(rows))
	for i, r := range rows {
		replies[i] = portal.SavedReply{ID: r.ReplyID, WorkspaceID: r.Workspace, Title: r.Title, Body: r.Body, By: portal.Person(r.personRow), UpdatedAt: r.UpdatedAt.UTC()}
	}
	return replies, err
}

// PutSavedReply keeps a reply under its title, in place of one of the same title. Conflict when the
// workspace has portal.MaxSavedReplies others.
func (tx *Tx) PutSavedReply(ctx context.Context, r portal.SavedReply) (int64, error) {
	id, err := get[int64](ctx, tx.Conn, "keep a reply", `
		insert into saved_replies (workspace_id, member_id, title, body)
		select $1, $2, $3, $4 where exists (select from saved_replies where workspace_id = $1 and title = $3)
		    or (select count(*) from saved_replies where workspace_id = $1) < $5
		on conflict (workspace_id, title) do update set member_id = excluded.member_id, body = excluded.body, updated_at = now()
		returning id`, r.WorkspaceID, r.By.ID, r.Title, r.Body, portal.MaxSavedReplies)
	if portal.KindOf(err) == portal.NotFound {
		return 0, portal.Fail(portal.Conflict, "error.too_many", "Max", portal.MaxSavedReplies)
	}
	return id, err
}

// DeleteSavedReply removes a reply of a workspace; NotFound when there is none such.
func (tx *Tx) DeleteSavedReply(ctx context.Context, workspace, id int64) error {
	n, err := exec(ctx, tx.Conn, "remove a saved reply", `delete from saved_replies where id = $1 and workspace_id = $2`, id, workspace)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}
