package practice

import (
	"context"

	"praxis/internal/portal"
)

// OthersReports counts what others told of a practice: it has the practice's label, so that whoever opens the
// practice opens it, too. The viewer has been shown the practice.
func (s *Service) OthersReports(ctx context.Context, who portal.Identity, practice int64) (int, error) {
	n, _, err := s.db.OthersReports(ctx, practice, who.MemberID, 1)
	return n, err
}
