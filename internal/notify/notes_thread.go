package notify

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// announced finds to whom new threads are announcements: to all members of their workspaces, up to MaxTold.
func announced(ctx context.Context, tx *postgres.Tx, created []int64, threads map[int64]portal.Thread) (map[int64][]int64, error) {
	all := map[int64][]int64{}
	for _, id := range created {
		t, ok := threads[id]
		if !ok || t.Purpose != portal.Announcement || all[id] != nil {
			continue
		}
		members, err := tx.Insiders(ctx, t.WorkspaceID, MaxTold)
		if err != nil {
			return nil, err
		}
		all[id] = members
	}
	return all, nil
}

// answered tells whose post was marked as what answers a question; where the mark was taken back meanwhile,
// nobody.
func (f *facts) answered(e portal.Event) []told {
	post, ok := f.posts[e.Entity.ID]
	t, there := f.threads[post.ThreadID]
	if !ok || !there || t.AnswerID != post.ID {
		return nil
	}
	var p people
	p.add(post.Author.ID, "answer_marked", told{event: e, audience: &t.Audience,
		Notification: portal.Notification{ThreadID: t.ID, PostID: post.ID, WorkspaceID: t.WorkspaceID}})
	return p.notes
}
