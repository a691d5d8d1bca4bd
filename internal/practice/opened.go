package practice

import (
	"context"
	"encoding/json"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// maxOpened is how many authors of reports are told that more people may read them.
const maxOpened = 1000

// OthersReports counts what others told of a practice: it has the practice's label, so that whoever opens the
// practice opens it, too. The viewer has been shown the practice.
func (s *Service) OthersReports(ctx context.Context, who portal.Identity, practice int64) (int, error) {
	n, _, err := s.db.OthersReports(ctx, practice, who.MemberID, 1)
	return n, err
}

// reportsOpened tells those whose reports more people may read than they were told when they wrote them.
func reportsOpened(ctx context.Context, tx *postgres.Tx, who portal.Identity, p portal.Practice, change *postgres.Change) error {
	n, authors, err := tx.OthersReports(ctx, p.ID, who.MemberID, maxOpened)
	if err != nil || n == 0 {
		return err
	}
	told := change.Events[0]
	if told.Data, err = json.Marshal(map[string]any{"status": p.Status, "step": "open_reports", "members": authors}); err != nil {
		return fmt.Errorf("tell whose reports were opened: %w", err)
	}
	change.Detail["reports"] = n
	change.Events = append(change.Events, told)
	return nil
}
