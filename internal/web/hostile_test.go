package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/practice"
)

// A form that was opened before a moderator relabelled the practice does not relabel it back, even
// where its words can be merged.
func TestStaleFormDoesNotRelabel(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Relabelled meanwhile")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	clear, amber := portal.Clear, portal.Amber
	p := w.practiceAt(t, ana, path)
	p, err := w.f.Practices.Update(ctx, w.who(t, ana), p.ID, 0, practice.Fields{Handling: &clear})
	must(t, err)
	_, err = w.f.Practices.Update(ctx, w.who(t, moderator), p.ID, 0, practice.Fields{Handling: &amber})
	must(t, err)
	stale := with(whole("Relabelled meanwhile"), "version", fmt.Sprint(p.Version), "handling", "clear", "sections.results", "Kept words.", "do", "save")
	body := w.send(t, sending{who: ana, path: path + "/edit", values: stale, status: 422, keeps: []string{"Kept words."}}).Body.String()
	holds(t, body, `value="amber" checked`)
	if now := w.practiceAt(t, ana, path); now.Handling != portal.Amber {
		t.Errorf("it is %s again", now.Handling)
	}
}

// Undo puts back what the decision changed, and nothing that was changed since: no label comes back
// that somebody has narrowed.
func TestUndoNeverWidens(t *testing.T) {
	w := newWorld(t)
	clear, red := portal.Clear, portal.Red
	path, k := w.submitted(t, ana, "Approved, then made red")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	p := w.practiceAt(t, ana, path)
	named := []int64{w.who(t, moderator).MemberID}
	_, err := w.f.Practices.Update(ctx, w.who(t, ana), p.ID, 0, practice.Fields{Handling: &red, Named: &named})
	must(t, err)
	if _, err = w.f.Moderation.Undo(ctx, w.who(t, moderator), k.ID); portal.KindOf(err) != portal.Conflict {
		t.Errorf("undo over a new label: %v", err)
	}
	if now := w.practiceAt(t, ana, path); now.Handling != portal.Red || now.Status != portal.Published {
		t.Errorf("it is %s, %s", now.Handling, now.Status)
	}
	_, err = w.f.Practices.Update(ctx, w.who(t, ana), p.ID, 0, practice.Fields{Handling: &clear})
	must(t, err)
	w.send(t, sending{who: "somchai@demo.example", path: "/flag", values: values("kind", "practice", "id", fmt.Sprint(p.ID), "reason", "other"), status: 303})
	flag := w.caseOf(t, portal.Ref{Kind: portal.KindPractice, ID: p.ID})
	_, err = w.f.Moderation.Act(ctx, w.who(t, moderator), flag.ID, moderation.Decision{Action: "hide"})
	must(t, err)
	none := []int64{}
	_, err = w.f.Practices.Update(ctx, w.who(t, ana), p.ID, 0, practice.Fields{Handling: &red, Named: &none})
	if err != nil { // red needs a moderator among its readers
		_, err = w.f.Practices.Update(ctx, w.who(t, ana), p.ID, 0, practice.Fields{Handling: &red, Named: &named})
	}
	must(t, err)
	_, _ = w.f.Moderation.Undo(ctx, w.who(t, moderator), flag.ID)
	if rec := w.get(t, visitor, path); rec.Code != http.StatusNotFound && rec.Code != http.StatusSeeOther {
		t.Errorf("a visitor reads it: status %d", rec.Code)
	}
	if now := w.practiceAt(t, ana, path); now.Handling != portal.Red {
		t.Errorf("undo made it %s", now.Handling)
	}
}

// Whoever is made an author does not decide; leaving makes her free to, so that nobody is kept from it by
// being named. Nobody decides over words that she wrote, whoever is named now.
func TestOwnWordsAreOwnWork(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "With the moderator's words")
	p := w.practiceAt(t, ana, path)
	who := w.who(t, moderator)
	invite := func() {
		t.Helper()
		_, err := w.f.Practices.Invite(ctx, w.who(t, ana), p.ID, []int64{who.MemberID})
		must(t, err)
	}
	invite()
	if _, err := w.f.Moderation.Claim(ctx, who, k.ID); portal.KindOf(err) != portal.Forbidden {
		t.Errorf("an author is to decide: %v", err)
	}
	must(t, w.f.Practices.Leave(ctx, who, p.ID, who.MemberID))
	_, err := w.f.Moderation.Claim(ctx, who, k.ID)
	must(t, err)
	_, err = w.f.Moderation.Release(ctx, who, k.ID)
	must(t, err)
	invite()
	summary := "Better said."
	_, err = w.f.Practices.Update(ctx, who, p.ID, 0, practice.Fields{Summary: &summary})
	must(t, err)
	must(t, w.f.Practices.Leave(ctx, who, p.ID, who.MemberID))
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 403})
	w.send(t, sending{name: "an officer takes it over", who: officer, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "claim"), status: 303})
}
