package practice_test

import (
	"testing"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

// Editions are counted and told of; small edits are not; an earlier version comes back whole, and
// what came after it stays in the list.
func TestEditionsAndRestore(t *testing.T) {
	w := newWorld(t)
	p, err := w.svc.Get(ctx, w.author, w.published)
	w.must(err)
	first := p.Version
	results, summary := "Ninety lived.", "Shorter."
	p, err = w.svc.Update(ctx, w.author, p.ID, 0, practice.Fields{Sections: map[string]string{"results": results}, Why: "New counts", Edition: true})
	w.must(err)
	p, err = w.svc.Update(ctx, w.author, p.ID, 0, practice.Fields{Summary: &summary})
	w.must(err)
	if p.Edition != 2 || p.ReviewDueAt.IsZero() {
		t.Errorf("it is edition %d, due for review %v", p.Edition, p.ReviewDueAt)
	}
	versions, err := w.svc.Versions(ctx, w.author, p.ID, portal.Page{Limit: 10})
	w.must(err)
	if versions[0].Edition != 2 || versions[1].Edition != 2 || versions[1].Why != "New counts" || versions[2].Edition != 1 {
		t.Errorf("the versions are %+v", versions)
	}
	p, err = w.svc.Restore(ctx, w.author, p.ID, first, p.Version, "As it was")
	w.must(err)
	if p.Sections["results"] != "" || p.Summary == summary || p.Version != first+3 {
		t.Errorf("restored, it is version %d and says %q, %q", p.Version, p.Sections["results"], p.Summary)
	}
	if _, err := w.svc.Restore(ctx, w.author, p.ID, first, first, ""); portal.KindOf(err) != portal.Stale {
		t.Errorf("over what was not read: %v", err)
	}
	if _, err := w.svc.Restore(ctx, w.reader, p.ID, first, 0, ""); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("by a reader: %v", err)
	}
}

// A practice whose time is over is asked about once, its moderators hear when nobody answers, and
// whoever says that it holds ends both.
func TestReviewsAreAskedForOnce(t *testing.T) {
	w := newWorld(t)
	steps := func() (due, overdue int) {
		t.Helper()
		w.must(w.svc.AskForReviews(ctx))
		w.must(w.db.Raw().QueryRowContext(ctx, `select count(*) filter (where action = 'practice.review_due'),
			count(*) filter (where action = 'practice.review_overdue') from audit where target_id = $1`, w.published).Scan(&due, &overdue))
		return due, overdue
	}
	if due, _ := steps(); due != 0 {
		t.Fatalf("a fresh practice is asked about")
	}
	w.exec(`update practices set review_due_at = now() - interval '1 day' where id = $1`)
	steps()
	if due, overdue := steps(); due != 1 || overdue != 0 {
		t.Fatalf("asked %d times, passed on %d times", due, overdue)
	}
	w.exec(`update practices set review_asked_at = now() - interval '31 days' where id = $1`)
	steps()
	if due, overdue := steps(); due != 1 || overdue != 1 {
		t.Fatalf("asked %d times, passed on %d times", due, overdue)
	}
	if err := w.svc.Confirm(ctx, w.reader, w.published); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("a reader vouches: %v", err)
	}
	w.must(w.svc.Confirm(ctx, w.author, w.published))
	if due, overdue := steps(); due != 1 || overdue != 1 {
		t.Errorf("after the answer: asked %d times, passed on %d times", due, overdue)
	}
}

// exec does to the practice what only time would.
func (w *world) exec(statement string) {
	w.Helper()
	_, err := w.db.Raw().ExecContext(ctx, statement, w.published)
	w.must(err)
}
