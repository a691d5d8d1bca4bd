package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/internal/discussion"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

// Two practices become one: the address of the merged one leads to the other, with its threads,
// reports and watchers; undone, all of it is home again. What others read never moves to where more do.
func TestMergeOfPractices(t *testing.T) {
	w := newWorld(t)
	from, into := w.published(t, ana, "Said twice"), w.published(t, somchai, "Said once")
	at := fmt.Sprintf("/p/%d", from.ID)
	_, err := w.f.Practices.Adopt(ctx, w.who(t, somchai), from.ID, portal.Adoption{Result: "worked", Country: "TH", Year: 2025})
	must(t, err)
	must(t, w.f.Practices.Watch(ctx, w.who(t, somchai), from.ID, "watching"))
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

// published has a practice of somebody's handed in and approved.
func (w *world) published(t *testing.T, who, title string) portal.Practice {
	t.Helper()
	path, k := w.submitted(t, who, title)
	w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	return w.practiceAt(t, who, path)
}

// translated has a translation of a practice written, handed in and approved.
func (w *world) translated(t *testing.T, who string, original portal.Practice, title, language string) portal.Practice {
	t.Helper()
	at := w.send(t, sending{who: who, path: "/write", values: values("once", title, "title", title, "summary", "Resumen.", "language", language, "handling", string(original.Handling),
		"workspace_id", "1", "translation_of", fmt.Sprint(original.ID), "as_original", "1", "sections.problem", "El problema.", "sections.steps", "1. Uno.",
		"sections.results", "Resultados.", "do", "submit"), status: 303}).Header().Get("Location")
	var id int64
	_, err := fmt.Sscanf(at, "/p/%d", &id)
	must(t, err)
	k := w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: id})
	w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	return w.practiceAt(t, who, fmt.Sprintf("/p/%d", id))
}

func (w *world) merged(t *testing.T, from, into portal.Practice, do string, status int) {
	t.Helper()
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/p/%d/merge", from.ID), values: values("do", do, "into", fmt.Sprint(into.ID)), status: status})
}

// What is said of a merged practice after the merge is said of the one that lives on, and what both
// had been told of the same place and year is read there, too.
func TestWordsFollowTheMerge(t *testing.T) {
	w := newWorld(t)
	from, into := w.published(t, ana, "Goes into the other"), w.published(t, somchai, "Lives on")
	luis := "luis@demo.example"
	w.told(t, luis, from, "result", "worked", "country", "CO", "year", "2024", "note", "Told of the first.")
	w.told(t, luis, into, "result", "mixed", "country", "CO", "year", "2024", "note", "Told of the second.")
	w.merged(t, from, into, "merge", 303)
	living := fmt.Sprintf("/p/%d-lives-on", into.ID)
	holds(t, w.page(t, luis, living), "Told of the first.", "Told of the second.")
	rec := w.send(t, sending{name: "a form that was open", who: luis, path: fmt.Sprintf("/p/%d/adopt", from.ID),
		values: values("once", "late", "result", "failed", "country", "CO", "year", "2025", "note", "Told too late."), status: 303, to: living})
	holds(t, w.page(t, luis, rec.Header().Get("Location")), "Told too late.", "Thank you")
	a, err := w.f.Practices.Adopt(ctx, w.who(t, luis), from.ID, portal.Adoption{Result: "worked", Country: "CO", Year: 2023})
	must(t, err)
	if a.PracticeID != into.ID {
		t.Errorf("the report is on practice %d, not on %d", a.PracticeID, into.ID)
	}
	th, err := w.f.Discussions.Open(ctx, w.who(t, luis), 1, discussion.NewThread{Title: "Asked too late", Body: "Who?", PracticeID: from.ID})
	must(t, err)
	if th.PracticeID != into.ID {
		t.Errorf("the thread is about practice %d, not about %d", th.PracticeID, into.ID)
	}
	holds(t, w.page(t, luis, living), "Asked too late")
}

// Moderators find on the practice that lives on what was merged into it, and undo it there, the later
// of two merges first; the authors are told what was done.
func TestMergeIsFoundAndUndoneInOrder(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	a, b, c := w.published(t, ana, "First of three"), w.published(t, somchai, "Second of three"), w.published(t, somchai, "Third of three")
	spanish := w.translated(t, "luis@demo.example", a, "La primera", "es")
	taken, leftover := w.translated(t, "luis@demo.example", b, "La segunda en árabe", "ar"), w.translated(t, "luis@demo.example", a, "La primera en árabe", "ar")
	w.told(t, "luis@demo.example", a, "result", "worked", "country", "CO", "year", "2024", "note", "Told of the first.")
	w.send(t, sending{name: "a draft of no workspace", who: ana, path: "/write", values: values("once", "fr", "title", "Le brouillon", "language", "fr", "handling", "amber",
		"translation_of", fmt.Sprint(a.ID), "as_original", "1", "do", "save"), status: 303})
	w.change(t, `update practices set year = 1999 where id = $1`, b.ID)
	w.merged(t, a, b, "merge", 303)
	if p := w.practiceAt(t, "luis@demo.example", fmt.Sprintf("/p/%d", spanish.ID)); p.Year != 1999 {
		t.Errorf("the translation is of %d, not of the year of the practice that lives on", p.Year)
	}
	page := fmt.Sprintf("/p/%d-second-of-three", b.ID)
	holds(t, w.page(t, moderator, page), fmt.Sprintf("/p/%d/merge", a.ID), "First of three")
	lacks(t, w.page(t, ana, page), fmt.Sprintf("/p/%d/merge", a.ID))
	original := func(p portal.Practice) int64 {
		t.Helper()
		return w.practiceAt(t, "luis@demo.example", fmt.Sprintf("/p/%d", p.ID)).TranslationOf
	}
	if of := original(spanish); of != b.ID {
		t.Errorf("the translation is one of %d, not of %d, which lives on", of, b.ID)
	}
	if original(taken) != b.ID || original(leftover) != a.ID {
		t.Error("the practice that lives on has two translations of one language")
	}
	holds(t, w.page(t, "luis@demo.example", fmt.Sprintf("/p/%d", spanish.ID)), "Told of the first.")
	holds(t, w.page(t, "luis@demo.example", fmt.Sprintf("/p/%d", leftover.ID)), "Told of the first.")
	w.merged(t, b, c, "merge", 303)
	w.settle(t)
	holds(t, w.page(t, moderator, fmt.Sprintf("/p/%d-third-of-three", c.ID)), fmt.Sprintf("/p/%d/merge", b.ID), fmt.Sprintf("/p/%d/merge", a.ID))
	w.send(t, sending{name: "the earlier first", who: moderator, path: fmt.Sprintf("/p/%d/merge", a.ID), values: values("do", "unmerge"), status: 409})
	w.merged(t, b, c, "unmerge", 303)
	w.merged(t, a, b, "unmerge", 303)
	if of := original(spanish); of != a.ID {
		t.Errorf("undone, the translation is one of %d, not of %d", of, a.ID)
	}
	if stale, err := w.db.StaleParts(ctx, spanish.ID); err != nil || len(stale) > 0 {
		t.Errorf("undone, the translation is stale in %v (%v)", stale, err)
	}
	if p := w.practiceAt(t, "luis@demo.example", fmt.Sprintf("/p/%d", spanish.ID)); p.Year != a.Year {
		t.Errorf("undone, the translation is of %d, not of %d", p.Year, a.Year)
	}
	reports, err := w.db.Adoptions(ctx, portal.Viewer{Officer: true}, a.ID, portal.Page{Limit: 10})
	must(t, err)
	if len(reports) != 1 {
		t.Errorf("undone, the first has %d reports, not 1", len(reports))
	}
	w.settle(t)
	told := func(kind string) (n int) {
		t.Helper()
		must(t, w.db.Raw().QueryRowContext(ctx, `select count(*) from notifications where kind = $1`, kind).Scan(&n))
		return n
	}
	if merged, unmerged := told("merged"), told("unmerged"); merged != 4 || unmerged != 4 { // of each, both authors
		t.Errorf("%d notices of merges and %d of their undoing, want 4 of each", merged, unmerged)
	}
	holds(t, w.page(t, ana, "/notifications"), "The merge is undone")
}
