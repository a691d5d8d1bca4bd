package workspace

import (
	"context"

	"praxis/internal/portal"
)

// Watch sets how closely the viewer follows what is in a workspace and has no level of its own. That the
// workspace exists is told to everybody, so any member may; she is told of what she may see.
func (s *Service) Watch(ctx context.Context, who portal.Identity, id int64, level string) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if _, err := s.Get(ctx, who, id); err != nil {
		return err
	}
	if err := portal.CheckWatchLevel(level); err != nil {
		return err
	}
	return s.db.WatchWorkspace(ctx, id, who.MemberID, level)
}

// Level tells how closely the viewer follows a workspace.
func (s *Service) Level(ctx context.Context, who portal.Identity, id int64) (string, error) {
	if !who.SignedIn() {
		return portal.WatchNormal, nil
	}
	return s.db.WorkspaceLevel(ctx, id, who.MemberID)
}
