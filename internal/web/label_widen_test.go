package web_test

import (
	"fmt"
	"testing"

	"praxis/internal/portal"
)

// A label is its author's, and what others told under it goes with it: she is told how many reports of theirs
// more people would read, and they are told that more people may.
func TestWhoseReportsAreOpenedIsTold(t *testing.T) {
	w := newWorld(t)
	p := w.published(t, ana, "Opened to more")
	w.change(t, `update practices set handling = 'amber' where id = $1`, p.ID)
	at := fmt.Sprintf("/p/%d/handling", p.ID)
	w.told(t, ana, p, "result", "worked", "country", "EC", "note", "Her own.")
	lacks(t, w.page(t, ana, at), "of colleagues")
	w.told(t, somchai, p, "result", "worked", "country", "TH", "note", "Among us.")
	w.told(t, somchai, p, "result", "mixed", "country", "LA", "note", "Among us, too.")
	for _, page := range []string{at, fmt.Sprintf("/p/%d/edit", p.ID)} {
		holds(t, w.page(t, ana, page), "2 reports of colleagues")
	}
	w.settle(t)
	relabel := func(handling string, told int) {
		t.Helper()
		w.send(t, sending{who: ana, path: at, values: values("handling", handling, "version", fmt.Sprint(w.practiceAt(t, ana, fmt.Sprintf("/p/%d", p.ID)).Version)), status: 303})
		w.settle(t)
		if n := w.count(t, `select count(*) from notifications where kind = 'report_opened' and practice_id = $1`, p.ID); n != told {
			t.Errorf("after %s %d notices tell of it, want %d", handling, n, told)
		}
	}
	relabel(string(portal.AmberStrict), 0)
	relabel(string(portal.Green), 1)
	holds(t, w.page(t, somchai, "/notifications"), "your report on it", "Opened to more")
	relabel(string(portal.Amber), 1)
}
