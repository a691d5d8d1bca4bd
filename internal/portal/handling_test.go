package portal_test

import (
	"testing"

	"praxis/internal/portal"
)

// Where a label narrows another, no viewer reads under it who did not before; the named of red are
// members whom nobody has counted.
func TestNarrows(t *testing.T) {
	viewers := []portal.Viewer{{}, {MemberID: 1, Country: "EC"}, {MemberID: 2, Country: "EC", Workspaces: []int64{1}}, {MemberID: 3, Country: "TH", Workspaces: []int64{1}}}
	for _, before := range portal.Handlings {
		for _, h := range portal.Handlings {
			if !h.Narrows(before) {
				continue
			}
			old := portal.Audience{Stage: portal.StageOpen, Handling: before, WorkspaceID: 1, AuthorID: 9, AuthorCountry: "EC"}
			now := old
			now.Handling = h
			if h == portal.Red {
				now.Named = []int64{1, 2, 3}
			}
			for _, v := range viewers {
				if v.CanSee(now) && !v.CanSee(old) {
					t.Errorf("%s narrows %s, and lets %+v in", h, before, v)
				}
			}
		}
	}
	for _, c := range []struct{ h, before portal.Handling }{{portal.Clear, portal.Green}, {portal.Amber, portal.Amber}, {portal.Red, portal.Amber}, {portal.Red, portal.Red}, {portal.Green, portal.Red}} {
		if c.h.Narrows(c.before) {
			t.Errorf("%s narrows %s", c.h, c.before)
		}
	}
}
