package web_test

import (
	"fmt"
	"testing"
	"time"
)

// Officers say for how long a published practice is good; it holds for what is published then.
func TestReviewMonths(t *testing.T) {
	w := newWorld(t)
	holds(t, w.page(t, officer, "/officer/review"), `value="24"`)
	w.sendAll(t, []sending{
		{name: "not hers", who: moderator, path: "/officer/review", values: values("review_months", "6"), status: 403},
		{name: "no number", who: officer, path: "/officer/review", values: values("review_months", "six"), status: 422, links: []string{"review_months"}, keeps: []string{"six"}},
		{name: "none", who: officer, path: "/officer/review", values: values("review_months", "0"), status: 422, links: []string{"review_months"}},
		{name: "too many", who: officer, path: "/officer/review", values: values("review_months", "121"), status: 422, links: []string{"review_months"}},
		{name: "saved", who: officer, path: "/officer/review", values: values("review_months", "6"), status: 303, to: "/officer/review?done=saved"},
	})
	holds(t, w.page(t, officer, "/officer/review"), `value="6"`)
	path, k := w.submitted(t, ana, "Good for half a year")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	due := w.practiceAt(t, ana, path).ReviewDueAt
	if want := time.Now().AddDate(0, 6, 0); due.Before(want.AddDate(0, 0, -4)) || due.After(want.AddDate(0, 0, 4)) {
		t.Errorf("it is due on %v, want about %v", due, want)
	}
}
