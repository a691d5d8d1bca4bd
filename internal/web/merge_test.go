package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

// Two practices become one: the address of the merged one leads to the other, with its threads,
// reports and watchers; undone, all of it is home again. What others read never moves to where more do.
func TestMergeOfPractices(t *testing.T) {
	w := newWorld(t)
	somchai := "somchai@demo.example"
	published := func(who, title string) portal.Practice {
		path, k := w.submitted(t, who, title)
		w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
		return w.practiceAt(t, who, path)
	}
	from, into := published(ana, "Said twice"), published(somchai, "Said once")
	at := fmt.Sprintf("/p/%d", from.ID)
	_, err := w.f.Practices.Adopt(ctx, w.who(t, somchai), from.ID, portal.Adoption{Result: "worked", Country: "TH", Year: 2025})
	must(t, err)
	must(t, w.f.Practices.Watch(ctx, w.who(t, somchai), from.ID, true))
	target := fmt.Sprintf("https://praxis.test/p/%d-said-once", into.ID)
	w.sendAll(t, []sending{
		{name: "a member", who: ana, path: at + "/merge", values: values("do", "merge", "into", target), status: 403},
		{name: "into nothing", who: moderator, path: at + "/merge", values: values("do", "look", "into", "nothing"), status: 422, links: []string{"into"}, keeps: []string{"nothing"}},
		{name: "into itself", who: moderator, path: at + "/merge", values: values("do", "merge", "into", fmt.Sprint(from.ID)), status: 422},
		{name: "looked at", who: moderator, path: at + "/merge", values: values("do", "look", "into", target), status: 200, says: []string{"Said once"}},
	})
	w.change(t, `update practices set handling = 'green' where id = $1`, into.ID)
	w.send(t, sending{name: "to other readers", who: moderator, path: at + "/merge", values: values("do", "merge", "into", target), status: 422, says: []string{"the same people"}})
	w.change(t, `update practices set handling = 'amber' where id = $1`, into.ID)
	w.send(t, sending{name: "merged", who: moderator, path: at + "/merge", values: values("do", "merge", "into", target), status: 303, to: fmt.Sprintf("/p/%d", into.ID)})
	rec := w.get(t, ana, at+"-said-twice")
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != fmt.Sprintf("/p/%d", into.ID) {
		t.Errorf("the old address answers %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	counts := func(id int64) (reports, watchers int) {
		t.Helper()
		must(t, w.db.Raw().QueryRowContext(ctx, `select (select count(*) from adoptions where practice_id = $1), (select count(*) from practice_watches where practice_id = $1)`, id).Scan(&reports, &watchers))
		return reports, watchers
	}
	if r, n := counts(into.ID); r != 1 || n != 1 {
		t.Errorf("the one that lives on has %d reports and %d watchers", r, n)
	}
	// Others' work is in it: its author narrows its label as ever, and does not widen it.
	relabel := func(to portal.Handling) error {
		_, err := w.f.Practices.Update(ctx, w.who(t, somchai), into.ID, 0, practice.Fields{Handling: &to})
		return err
	}
	for _, wider := range []portal.Handling{portal.Green, portal.Clear} {
		if err := relabel(wider); portal.KindOf(err) != portal.Forbidden {
			t.Errorf("its author makes it %s: %v", wider, err)
		}
	}
	must(t, relabel(portal.AmberStrict))
	w.change(t, `update practices set handling = 'amber' where id = $1`, into.ID)
	holds(t, w.page(t, moderator, at+"/merge"), "was merged into", "Undo the merge")
	w.send(t, sending{name: "undone", who: moderator, path: at + "/merge", values: values("do", "unmerge"), status: 303})
	if r, n := counts(from.ID); r != 1 || n != 1 {
		t.Errorf("undone, it has %d reports and %d watchers", r, n)
	}
	if r, n := counts(into.ID); r != 0 || n != 0 {
		t.Errorf("undone, the other keeps %d reports and %d watchers", r, n)
	}
	if p := w.practiceAt(t, ana, at+"-said-twice"); p.Status != portal.Published {
		t.Errorf("undone, it is %s", p.Status)
	}
}
