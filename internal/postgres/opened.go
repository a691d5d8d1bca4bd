package postgres

import (
	"context"
	"encoding/json"
	"fmt"
)

// maxOpened is how many authors of reports are told that more people may read them.
const maxOpened = 1000

// OpenReports has those told whose reports more people may read than they were told when they wrote them: a
// report has its practice's label, whoever changes that. The change is what the log is to hold of it, and
// begins with the event of the practice.
func (tx *Tx) OpenReports(ctx context.Context, practice int64, change *Change) error {
	n, authors, err := tx.OthersReports(ctx, practice, change.Actor, maxOpened)
	if err != nil || n == 0 {
		return err
	}
	told := change.Events[0]
	if told.Data, err = json.Marshal(map[string]any{"step": "open_reports", "members": authors}); err != nil {
		return fmt.Errorf("tell whose reports were opened: %w", err)
	}
	change.Detail["reports"] = n
	change.Events = append(change.Events, told)
	return nil
}
