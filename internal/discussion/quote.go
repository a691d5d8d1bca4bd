package discussion

import (
	"context"

	"praxis/internal/portal"
)

// Quoted reads posts of a thread that the viewer has been shown, as she may read them: those that
// others answer. Posts of other threads are left out.
func (s *Service) Quoted(ctx context.Context, who portal.Identity, thread portal.Thread, ids []int64) ([]portal.Post, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	posts, err := s.db.PostsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	quoted := posts[:0]
	for _, p := range posts {
		if p.ThreadID == thread.ID {
			quoted = append(quoted, p.Shown(who.Viewer, thread.Audience))
		}
	}
	return quoted, nil
}
