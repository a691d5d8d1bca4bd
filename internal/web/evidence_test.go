package web_test

import (
	"fmt"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

// The answers propose a rating, the moderator sets it and says why; every one is kept and read by
// all; what registries say stands in their own words.
func TestEvidence(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Judged by its answers")
	at := fmt.Sprintf("/queue/%d", k.ID)
	answers := values("action", "propose", "answer.design", "evaluated", "answer.comparison", "group", "answer.size", "large", "answer.harm", "none_found", "answer.replication", "one", "note", "Kept note.")
	body := w.send(t, sending{who: moderator, path: at, values: answers, status: 200, keeps: []string{"Kept note."}}).Body.String()
	holds(t, body, `value="replicated" checked`)
	w.send(t, sending{who: moderator, path: at, values: with(answers, "action", "approve", "evidence.rating", "replicated", "evidence.basis", "Two trials."), status: 303})
	id := w.practiceAt(t, ana, path).ID
	page := fmt.Sprintf("/p/%d/evidence", id)
	holds(t, w.page(t, ana, page), "Replicated", "Two trials.", "With a group that did without")
	lacks(t, w.page(t, ana, page), "Rate anew")
	w.sendAll(t, []sending{
		{name: "without a reason", who: moderator, path: page, values: values("do", "rate", "evidence.rating", "monitored"), status: 422, links: []string{"evidence.basis"}},
		{name: "by a reader", who: ana, path: page, values: values("do", "rate", "evidence.rating", "recommended", "evidence.basis", "Mine."), status: 403},
		{name: "anew", who: moderator, path: page, values: values("do", "rate", "evidence.rating", "monitored", "evidence.basis", "The second trial was withdrawn."), status: 303, to: page},
		{name: "a registry without its source", who: moderator, path: page, values: values("do", "quote", "registry", "CrimeSolutions", "registry_rating", "Promising"), status: 422, links: []string{"url"}},
		{name: "a registry", who: moderator, path: page, values: values("do", "quote", "registry", "CrimeSolutions", "registry_rating", "Promising", "url", "https://crimesolutions.example/1"), status: 303, to: page},
	})
	holds(t, w.page(t, ana, page), "Two trials.", "The second trial was withdrawn.", "CrimeSolutions", "Promising")
	holds(t, w.page(t, ana, path), "CrimeSolutions", "Promising")
	if p := w.practiceAt(t, ana, path); p.Evidence == nil || p.Evidence.Rating != "monitored" {
		t.Errorf("it is rated %+v", p.Evidence)
	}
}

// Versions say what changed, and one of them comes back by one press.
func TestVersionsOfAPublishedPractice(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Published and changed")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: "somchai@demo.example", path: fmt.Sprintf("/p/%d/watch", p.ID), values: values("level", "watching"), status: 303})
	holds(t, w.page(t, "somchai@demo.example", path), `value="watching" aria-pressed="true"`)
	changed := with(whole("Published and changed"), "version", fmt.Sprint(p.Version), "sections.results", "Sixty presses.", "why", "Counted again", "edition", "1", "do", "save")
	w.send(t, sending{who: ana, path: path + "/edit", values: changed, status: 303})
	list := w.page(t, ana, fmt.Sprintf("/p/%d/versions", p.ID))
	holds(t, list, "Edition 2", "Counted again")
	holds(t, w.page(t, ana, fmt.Sprintf("/p/%d/diff?from=%d&to=%d", p.ID, p.Version, p.Version+1)), "<ins>Sixty", "Before", "After")
	changed = with(changed, "version", fmt.Sprint(p.Version+1), "country", "CO", "edition", "")
	w.send(t, sending{who: ana, path: path + "/edit", values: changed, status: 303})
	holds(t, w.page(t, ana, fmt.Sprintf("/p/%d/diff?from=%d&to=%d", p.ID, p.Version+1, p.Version+2)), "<h2>Country</h2>", "<ins>Colombia</ins>")
	old := fmt.Sprintf("/p/%d/versions/%d", p.ID, p.Version)
	body := w.page(t, ana, old)
	holds(t, body, "Restore this version", "What has changed since")
	lacks(t, w.page(t, "somchai@demo.example", old), "Restore this version")
	w.sendAll(t, []sending{
		{name: "by a reader", who: "somchai@demo.example", path: old + "/restore", values: values("version", hidden(t, body, "version")), status: 403},
		{name: "restored", who: ana, path: old + "/restore", values: values("version", hidden(t, body, "version")), status: 303},
		{name: "over what was not read", who: ana, path: old + "/restore", values: values("version", hidden(t, body, "version")), status: 412},
	})
	if now := w.practiceAt(t, ana, path); now.Sections["results"] != p.Sections["results"] || now.Edition != 2 {
		t.Errorf("restored, it says %q, edition %d", now.Sections["results"], now.Edition)
	}
}

// A practice whose time is over says so, and its author can say that it still holds.
func TestOverduePractice(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Two years old")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	id := w.practiceAt(t, ana, path).ID
	lacks(t, w.page(t, ana, path), "due to be looked at again")
	w.change(t, `update practices set review_due_at = now() - interval '1 day' where id = $1`, id)
	holds(t, w.page(t, "somchai@demo.example", path), "due to be looked at again")
	lacks(t, w.page(t, "somchai@demo.example", path), "It still holds")
	w.sendAll(t, []sending{
		{name: "a reader", who: "somchai@demo.example", path: fmt.Sprintf("/p/%d/confirm", id), status: 403},
		{name: "its author", who: ana, path: fmt.Sprintf("/p/%d/confirm", id), status: 303},
	})
	lacks(t, w.page(t, ana, path), "due to be looked at again")
	months, err := w.f.Practices.ReviewMonths(ctx)
	must(t, err)
	if months != 24 {
		t.Errorf("practices are good for %d months", months)
	}
	must(t, w.f.Practices.SetReviewMonths(ctx, w.who(t, officer), 12))
	if err := w.f.Practices.SetReviewMonths(ctx, w.who(t, moderator), 6); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("a moderator sets it: %v", err)
	}
	_, err = w.f.Practices.Update(ctx, w.who(t, ana), id, 0, practice.Fields{Edition: true})
	must(t, err)
}
