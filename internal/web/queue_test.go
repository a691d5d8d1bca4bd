package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/internal/discussion"
	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

// submitted hands a practice of somebody's in and gives its case.
func (w *world) submitted(t *testing.T, who, title string) (path string, k portal.Case) {
	t.Helper()
	path = w.draft(t, who, title)
	p := w.practiceAt(t, who, path)
	w.send(t, sending{who: who, path: path + "/edit", values: with(whole(title), "version", fmt.Sprint(p.Version), "do", "submit"), status: 303})
	return path, w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: p.ID})
}

func (w *world) caseOf(t *testing.T, target portal.Ref) portal.Case {
	t.Helper()
	cases, err := w.f.Moderation.Queue(ctx, w.who(t, officer), 0, portal.Page{Limit: portal.MaxPage})
	must(t, err)
	for _, k := range cases {
		if k.Target == target {
			return k
		}
	}
	t.Fatalf("no case of %v", target)
	return portal.Case{}
}

func TestReview(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Wastewater before festivals")
	at := fmt.Sprintf("/queue/%d", k.ID)
	body := w.page(t, moderator, at)
	holds(t, body, "Wastewater before festivals", "Ana Molina", "practice", "Nothing that is needed.", "Declare", "The author was promised an answer")
	w.sendAll(t, []sending{
		{name: "no note", who: moderator, path: at, values: values("action", "request_changes"), status: 422, links: []string{"note"}},
		{name: "unknown rating", who: moderator, path: at, values: values("action", "approve", "evidence.rating", "stars", "note", "Well told."), status: 422, links: []string{"evidence.rating"}, keeps: []string{"Well told."}},
		{name: "unknown action", who: moderator, path: at, values: values("action", "burn", "note", "Kept words"), status: 422, keeps: []string{"Kept words"}},
		{name: "not hers", who: ana, path: at, values: values("action", "approve"), status: 403},
		{name: "changes", who: moderator, path: at, values: values("action", "request_changes", "note", "How many samples?"), status: 303, to: "/queue"},
	})
	holds(t, w.page(t, ana, path+"/edit"), "How many samples?", "Changes asked for")
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("Wastewater before festivals"), "version", fmt.Sprint(p.Version), "sections.results", "Ninety samples.", "do", "submit"), status: 303})
	k = w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: p.ID})
	at = fmt.Sprintf("/queue/%d", k.ID)
	body = w.page(t, moderator, at)
	holds(t, body, "What changed", "<ins>Ninety", "Earlier decisions", "How many samples?")
	lacks(t, body, "<ins>Presses came in as machine parts.</ins>") // what has not changed is no change
	w.send(t, sending{who: moderator, path: at, values: values("action", "approve", "evidence.rating", "monitored", "evidence.basis", "Publishes counts."), status: 303, to: "/queue"})
	if p = w.practiceAt(t, ana, path); p.Status != portal.Published || p.Evidence == nil || p.Evidence.Rating != "monitored" {
		t.Errorf("it is %s, %+v", p.Status, p.Evidence)
	}
}

// A colleague decides while one still writes the note: nothing collides, the note is kept.
func TestDecidedMeanwhile(t *testing.T) {
	w := newWorld(t)
	_, k := w.submitted(t, ana, "Decided twice")
	at := fmt.Sprintf("/queue/%d", k.ID)
	_, err := w.f.Moderation.Act(ctx, w.who(t, officer), k.ID, moderation.Decision{Action: "reject", Note: "Twice told."})
	must(t, err)
	w.send(t, sending{who: moderator, path: at, values: values("action", "approve", "note", "I liked it."), status: 409, keeps: []string{"I liked it."}, says: []string{"A colleague has decided", "What you wrote is kept below"}})
	own := w.page(t, officer, at)
	holds(t, own, "You have decided this")
	lacks(t, own, "What you wrote is kept below", "Please correct")
	if rec := w.get(t, karim, at); rec.Code != http.StatusForbidden {
		t.Errorf("a member reads a case: status %d", rec.Code)
	}
}

// The author saves while a moderator reads: what she has not read she does not publish.
func TestDecidesOverWhatWasRead(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Changed while it is read")
	at := fmt.Sprintf("/queue/%d", k.ID)
	read := hidden(t, w.page(t, moderator, at), "version")
	p := w.practiceAt(t, ana, path)
	w.send(t, sending{who: ana, path: path + "/edit", values: with(whole("Changed while it is read"), "version", fmt.Sprint(p.Version), "sections.results", "Unread words.", "do", "save"), status: 303})
	approve := values("action", "approve", "version", read, "note", "Well told.")
	body := w.send(t, sending{who: moderator, path: at, values: approve, status: 422, keeps: []string{"Well told.", "Unread words."}}).Body.String()
	if p = w.practiceAt(t, ana, path); p.Status != portal.Submitted {
		t.Errorf("it is %s", p.Status)
	}
	w.send(t, sending{who: moderator, path: at, values: with(approve, "version", hidden(t, body, "version")), status: 303, to: "/queue"})
	if p = w.practiceAt(t, ana, path); p.Status != portal.Published {
		t.Errorf("it is %s", p.Status)
	}
}

func TestFlags(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "To be flagged")
	id := fmt.Sprint(th.LastPostID)
	somchai := "somchai@demo.example"
	holds(t, w.page(t, somchai, "/flag?kind=post&id="+id), "The first post.", "Names a person")
	w.sendAll(t, []sending{
		{name: "no reason", who: somchai, path: "/flag", values: values("kind", "post", "id", id, "note", "It names the source."), status: 422, links: []string{"reason"}, keeps: []string{"It names the source."}},
		{name: "unseen", who: karim, path: "/flag", values: values("kind", "post", "id", id, "reason", "harmful"), status: 404},
		{name: "unknown kind", who: somchai, path: "/flag", values: values("kind", "case", "id", "1", "reason", "harmful"), status: 404},
		{name: "flagged", who: somchai, path: "/flag", values: values("kind", "post", "id", id, "reason", "names_a_person", "note", "It names the source."), status: 303, to: fmt.Sprintf("/t/%d", th.ID)},
	})
	k := w.caseOf(t, portal.Ref{Kind: portal.KindPost, ID: th.LastPostID})
	at := fmt.Sprintf("/queue/%d", k.ID)
	holds(t, w.page(t, moderator, at), "It names the source.", "Names a person", "The first post.", "Somchai", "Whoever flagged it should hear from you")
	w.sendAll(t, []sending{
		{name: "unknown label", who: moderator, path: at, values: values("action", "relabel", "handling", "purple", "note", "Why"), status: 422, links: []string{"handling"}, keeps: []string{"Why"}},
		{name: "relabelled", who: moderator, path: at, values: values("action", "relabel", "handling", "amber+strict"), status: 303, to: "/queue"},
	})
	th, err := w.f.Discussions.Get(ctx, w.who(t, ana), th.ID)
	must(t, err)
	if th.Handling != portal.AmberStrict {
		t.Errorf("it is %s", th.Handling)
	}
	amber := portal.Amber
	_, err = w.f.Discussions.Change(ctx, w.who(t, ana), th.ID, 0, discussion.ThreadFields{Handling: &amber})
	must(t, err)
	w.send(t, sending{who: ana, path: "/flag", values: values("kind", "thread", "id", fmt.Sprint(th.ID), "reason", "other"), status: 303})
	k = w.caseOf(t, portal.Ref{Kind: portal.KindThread, ID: th.ID})
	at = fmt.Sprintf("/queue/%d", k.ID)
	holds(t, w.page(t, moderator, at), "The first post.")
	w.send(t, sending{who: moderator, path: at, values: values("action", "escalate", "note", "For an officer"), status: 303})
	w.send(t, sending{who: officer, path: at, values: values("action", "hide"), status: 303, to: "/queue"})
	if rec := w.get(t, somchai, fmt.Sprintf("/t/%d", th.ID)); rec.Code != http.StatusNotFound {
		t.Errorf("a hidden thread is read: status %d", rec.Code)
	}
	holds(t, w.page(t, moderator, at), "Hidden", "Show it again")
	w.send(t, sending{who: moderator, path: at, values: values("action", "show"), status: 303, to: at})
	if rec := w.get(t, somchai, fmt.Sprintf("/t/%d", th.ID)); rec.Code == http.StatusNotFound {
		t.Error("what was shown again is not there")
	}
	lacks(t, w.page(t, moderator, at), "Show it again")
}

// Whoever decides reads the whole of it: the facts by which it will be found and what it rests on, too.
func TestCaseShowsFactsAndReferences(t *testing.T) {
	w := newWorld(t)
	_, k := w.submitted(t, ana, "Wastewater before festivals")
	_, err := w.f.Practices.Update(ctx, w.who(t, ana), k.Target.ID, 0, practice.Fields{Country: new("UY"), Organization: new("Port of Nueva Palmira"), Year: new(2023),
		Level: new("local"), Topics: &[]string{}, References: &[]portal.Reference{{Title: "Ninety samples", Publisher: "A journal", Year: 2024, URL: "https://example.org/ninety"}, {Title: "A note"}}})
	must(t, err)
	body := w.page(t, moderator, fmt.Sprintf("/queue/%d?lang=en", k.ID))
	holds(t, body, "Uruguay", "Port of Nueva Palmira", "2023", "Local", `<a href="https://example.org/ninety" rel="noopener">Ninety samples</a>`, "A journal", "A note", ">Facts<", ">References<")
	w.sound(t, w.get(t, moderator, fmt.Sprintf("/queue/%d?lang=ar", k.ID)), "ar", "rtl")
}
