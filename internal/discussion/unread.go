package discussion

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MaxUnread is how many threads with new posts are looked at; nobody catches up with more.
const MaxUnread = 100

// Unread lists the threads that the viewer follows, has written in or has read, in which there are
// new posts, the last answered first; at most limit of them, MaxUnread at most.
func (s *Service) Unread(ctx context.Context, who portal.Identity, limit int) ([]postgres.UnreadThread, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	return s.db.UnreadThreads(ctx, who.Viewer, min(limit, MaxUnread))
}
