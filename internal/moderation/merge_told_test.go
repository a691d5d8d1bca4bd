package moderation_test

import (
	"testing"

	"praxis/internal/portal"
)

// Whoever has a case open that a merge takes to another workspace, or back, is told there, so that her page is
// read anew.
func TestModeratorsAreToldOfACaseThatLeaves(t *testing.T) {
	r := newRooms(t)
	report, _ := r.report()
	open := r.flag(r.moderator[1], report)
	told := func(room int) (n int) {
		t.Helper()
		must(t, r.db.Raw().QueryRow(`select count(*) from events where topic = $1 and type = 'case.changed' and (data ->> 'case')::bigint = $2`,
			string(portal.ModerationTopic(r.room[room])), open).Scan(&n))
		return n
	}
	must(t, r.svc.Merge(ctx, r.officer, r.practice[0], r.practice[1]))
	if told(0) != 1 || told(1) != 0 {
		t.Errorf("merged, the workspaces are told %d and %d times", told(0), told(1))
	}
	must(t, r.svc.Unmerge(ctx, r.officer, r.practice[0]))
	if told(0) != 1 || told(1) != 1 {
		t.Errorf("taken back, the workspaces are told %d and %d times", told(0), told(1))
	}
}
