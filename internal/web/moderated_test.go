package web_test

import (
	"testing"

	"praxis/internal/portal"
)

// A moderator who lets more people read a practice opens what others told of it as its author does: they
// are told, once it is so, and not of what was taken back.
func TestWhoseReportsAModeratorOpensIsTold(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Opened by a moderator")
	w.change(t, `update practices set handling = 'amber' where id = $1`, p.ID)
	w.told(t, somchai, p, "result", "worked", "country", "TH", "note", "Among us.")
	w.settle(t)
	relabel := func(handling portal.Handling, told int) (at string) {
		t.Helper()
		at, _ = w.flagged(t, somchai, portal.Ref{Kind: portal.KindPractice, ID: p.ID}, "")
		w.send(t, sending{who: moderator, path: at, values: values("action", "relabel", "handling", string(handling)), status: 303})
		w.settle(t)
		if n := w.count(t, `select count(*) from notifications where kind = 'report_opened' and practice_id = $1`, p.ID); n != told {
			t.Errorf("after %s %d notices tell of it, want %d", handling, n, told)
		}
		return at
	}
	relabel(portal.Amber, 0) // as it was
	at := relabel(portal.Green, 1)
	holds(t, w.page(t, somchai, "/notifications"), "your report on it", "Opened by a moderator")
	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
	w.settle(t)
	lacks(t, w.page(t, somchai, "/notifications"), "your report on it")
	w.send(t, sending{who: moderator, path: at, values: values("action", "relabel", "handling", "green"), status: 303})
	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
	w.settle(t)
	lacks(t, w.page(t, somchai, "/notifications"), "your report on it")
	if n := w.count(t, `select count(*) from notifications where kind = 'report_opened' and practice_id = $1`, p.ID); n != 0 {
		t.Errorf("taken back, %d notices tell that reports were opened", n)
	}
}
