package moderation

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// SavedReplies lists what the moderators of a workspace keep to write to authors.
func (s *Service) SavedReplies(ctx context.Context, who portal.Identity, workspace int64) ([]portal.SavedReply, error) {
	if err := moderatesIn(who, workspace); err != nil {
		return nil, err
	}
	return s.db.SavedReplies(ctx, workspace)
}

// SaveReply keeps a reply for the moderators of a workspace, in place of one of the same title.
func (s *Service) SaveReply(ctx context.Context, who portal.Identity, workspace int64, title, body string) error {
	if err := moderatesIn(who, workspace); err != nil {
		return err
	}
	var c portal.Checks
	c.Text("title", title, portal.MaxName, false)
	c.Text("body", body, portal.MaxNote, false)
	if err := c.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		r := portal.SavedReply{WorkspaceID: workspace, Title: title, Body: body, By: portal.Person{ID: who.MemberID}}
		if _, err := tx.PutSavedReply(ctx, r); err != nil {
			return err
		}
		return tx.Record(ctx, repliesChanged(who, workspace))
	})
}

// DropReply removes a saved reply.
func (s *Service) DropReply(ctx context.Context, who portal.Identity, workspace, id int64) error {
	if err := moderatesIn(who, workspace); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.DeleteSavedReply(ctx, workspace, id); err != nil {
			return err
		}
		return tx.Record(ctx, repliesChanged(who, workspace))
	})
}

func repliesChanged(who portal.Identity, workspace int64) postgres.Change {
	return postgres.Change{Actor: who.MemberID, Action: "workspace.replies", WorkspaceID: workspace,
		Target: portal.Ref{Kind: portal.KindWorkspace, ID: workspace}}
}

func moderatesIn(who portal.Identity, workspace int64) error {
	if err := moderates(who); err != nil {
		return err
	}
	if !who.ModeratorOf(workspace) {
		return portal.ErrNotFound()
	}
	return nil
}
