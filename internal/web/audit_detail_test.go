package web_test

import (
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// What an audit row tells beside who and what is in the reader's words, with nothing of the program's own
// way of writing.
func TestAuditDetailIsReadable(t *testing.T) {
	w := newWorld(t)
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.Record(ctx, postgres.Change{Actor: w.who(t, ana).MemberID, Action: "practice.adopt_correct", Target: portal.Ref{Kind: portal.KindPractice, ID: 1},
			Detail: map[string]any{"handling": "green", "status": "published", "version": 1234567, "report": map[string]any{"id": 7, "result": "worked", "country": "EC", "year": 2024, "month": 0, "confirmed": true},
				"workspaces": []int64{1, 2}, "scopes": []string{}, "member": nil, "rating": "", "of_another_version": "<plain>", "decision": "relabel"}})
	}))
	w.settle(t)
	body := w.page(t, officer, "/officer/audit")
	holds(t, body, "decision: Handling changed", "handling: Green", "report: (confirmed: yes; country: Ecuador; number: 7; result: Worked; year: 2024)",
		"status: Published", "version: 1234567", "workspaces: 1 and 2", "of_another_version: <plain>")
	lacks(t, body, "map[", "<nil>", "scopes", "may:", "month", "evidence:", "[1 2]")
	rec := w.get(t, officer, "/officer/audit?lang=ar")
	holds(t, rec.Body.String(), "النتيجة")
}
