package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/portal"
)

const somchai = "somchai@demo.example"

// flagged has somebody flag a thing and gives the address of its case.
func (w *world) flagged(t *testing.T, by string, target portal.Ref, note string) (at string, k portal.Case) {
	t.Helper()
	_, err := w.f.Moderation.Flag(ctx, w.who(t, by), target, "harmful", note)
	must(t, err)
	k = w.caseOf(t, target)
	return fmt.Sprintf("/queue/%d", k.ID), k
}

// Whoever decides over others' things, too, is not told who flagged her own, nor what colleagues wrote
// to each other about it.
func TestFlaggersAreNotNamedToTheAuthor(t *testing.T) {
	w := newWorld(t)
	path, of := w.submitted(t, officer, "An officer's own")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", of.ID), values: values("action", "approve"), status: 303})
	th := w.open(t, moderator, "A moderator's own")
	for _, c := range []struct {
		author, colleague string
		target            portal.Ref
	}{
		{moderator, officer, portal.Ref{Kind: portal.KindThread, ID: th.ID}},
		{moderator, officer, portal.Ref{Kind: portal.KindPost, ID: th.LastPostID}},
		{officer, moderator, portal.Ref{Kind: portal.KindPractice, ID: w.practiceAt(t, officer, path).ID}},
	} {
		at, k := w.flagged(t, somchai, c.target, "Told in confidence.")
		w.send(t, sending{who: c.colleague, path: at, values: values("action", "escalate", "note", "Between colleagues."), status: 303})
		holds(t, w.page(t, c.colleague, at), "Told in confidence.", "Somchai", "Between colleagues.")
		lacks(t, w.page(t, c.author, at), "Told in confidence.", "Somchai", "Between colleagues.")
		read, err := w.f.Moderation.Case(ctx, w.who(t, c.author), k.ID)
		must(t, err)
		all, err := json.Marshal(read)
		must(t, err)
		for _, secret := range []string{"Told in confidence.", "Somchai", "Between colleagues."} {
			if strings.Contains(string(all), secret) {
				t.Errorf("the author of a %s reads %q", c.target.Kind, secret)
			}
		}
	}
}

// What was taken back was never so: nobody keeps a notice of it, whether it was written before or not.
func TestUndoneDecisionIsToldToNobody(t *testing.T) {
	w := newWorld(t)
	path, of := w.submitted(t, ana, "Flagged and published")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", of.ID), values: values("action", "approve"), status: 303})
	th := w.open(t, ana, "Decided by a slip")
	w.settle(t)
	targets := map[string]portal.Ref{"thread": {Kind: portal.KindThread, ID: th.ID}, "post": {Kind: portal.KindPost, ID: th.LastPostID},
		"practice": {Kind: portal.KindPractice, ID: w.practiceAt(t, ana, path).ID}}
	notices := func() (n int) {
		t.Helper()
		must(t, w.db.Raw().QueryRowContext(ctx, `select count(*) from notifications where kind in ('hidden', 'relabelled', 'flag_hide', 'flag_keep', 'flag_relabel')`).Scan(&n))
		return n
	}
	before := notices()
	for name, target := range targets {
		for _, action := range []string{"hide", "keep", "relabel"} {
			at, _ := w.flagged(t, somchai, target, "Look at it.")
			for _, toldFirst := range []bool{true, false} {
				w.send(t, sending{who: moderator, path: at, values: values("action", action, "handling", "amber+strict"), status: 303})
				if toldFirst {
					w.settle(t)
					if notices() == before {
						t.Errorf("%s of a %s: nobody is told", action, name)
					}
				}
				w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303})
				w.settle(t)
				if n := notices() - before; n != 0 {
					t.Errorf("%s of a %s, undone: %d notices are left (told first: %v)", action, name, n, toldFirst)
				}
			}
			w.send(t, sending{who: moderator, path: at, values: values("action", "keep"), status: 303})
			w.settle(t)
			before = notices()
		}
	}
}

// A moderator who hides or relabels may say why, and the author reads it; whoever flagged does not.
func TestAuthorReadsWhyItIsHidden(t *testing.T) {
	w := newWorld(t)
	path, of := w.submitted(t, ana, "Hidden with a reason")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", of.ID), values: values("action", "approve"), status: 303})
	th := w.open(t, ana, "Relabelled with a reason")
	w.settle(t)
	for i, target := range []portal.Ref{{Kind: portal.KindPost, ID: th.LastPostID}, {Kind: portal.KindThread, ID: th.ID},
		{Kind: portal.KindPractice, ID: w.practiceAt(t, ana, path).ID}} {
		for _, action := range []string{"relabel", "hide", "keep"} {
			why := fmt.Sprintf("Reason %d of %s.", i, action)
			at, _ := w.flagged(t, somchai, target, "Look at it.")
			w.send(t, sending{who: moderator, path: at, values: values("action", action, "handling", "green", "note", why), status: 303})
			w.settle(t)
			if body := w.page(t, ana, "/notifications"); strings.Contains(body, why) != (action != "keep") {
				t.Errorf("%s of a %s: the author reads why: %v", action, target.Kind, action == "keep")
			}
			lacks(t, w.page(t, somchai, "/notifications"), why)
			if action == "hide" {
				w.send(t, sending{who: moderator, path: at, values: values("action", "show"), status: 303})
			}
		}
	}
}

// Whoever rates at the approval says why, as whoever rates later does.
func TestRatingAtApprovalNeedsItsReason(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Rated without a reason")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve", "evidence.rating", "monitored", "evidence.basis", " ", "note", "Well told."),
		status: 422, links: []string{"evidence.basis"}, keeps: []string{"Well told."}})
	if p := w.practiceAt(t, ana, path); p.Status != portal.Submitted {
		t.Errorf("it is %s", p.Status)
	}
}

// After a decision the next case is one that the moderator can decide: not her own, not a colleague's.
func TestNextCaseIsOneToDecide(t *testing.T) {
	w := newWorld(t)
	w.change(t, `update cases set closed_at = now(), closed_by = 1, outcome = 'keep' where closed_at is null`)
	_, own := w.submitted(t, moderator, "Her own")
	_, held := w.submitted(t, ana, "Held by a colleague")
	edited, written := w.submitted(t, ana, "With words of hers")
	_, decided := w.submitted(t, ana, "To be decided")
	_, free := w.submitted(t, somchai, "Free")
	w.change(t, `update practices set edits = edits || jsonb_build_object('results', jsonb_build_object('by', $2::bigint, 'at', now())) where id = $1`,
		w.practiceAt(t, ana, edited).ID, w.who(t, moderator).MemberID)
	w.send(t, sending{who: officer, path: fmt.Sprintf("/queue/%d", held.ID), values: values("action", "claim"), status: 303})
	rec := w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", decided.ID), values: values("action", "reject", "note", "No."), status: 303})
	if to := rec.Header().Get("Location"); !strings.HasPrefix(to, fmt.Sprintf("/queue/%d?", free.ID)) {
		t.Errorf("it goes on at %s, not at case %d (own %d, held %d, written %d)", to, free.ID, own.ID, held.ID, written.ID)
	}
	rec = w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", free.ID), values: values("action", "reject", "note", "No."), status: 303})
	if to := rec.Header().Get("Location"); !strings.HasPrefix(to, "/queue?") {
		t.Errorf("it goes on at %s, where nothing is hers to decide", to)
	}
}

// What is hidden leads its moderators to who hid it, why, and to showing it again; its author, who is
// none of them, and others are not led there.
func TestHiddenThingLeadsToItsCase(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Hidden and found again")
	thread := fmt.Sprintf("/t/%d-hidden-and-found-again", th.ID)
	for _, target := range []portal.Ref{{Kind: portal.KindPost, ID: th.LastPostID}, {Kind: portal.KindThread, ID: th.ID}} {
		way := fmt.Sprintf("/queue/of/%s/%d", target.Kind, target.ID)
		if rec := w.get(t, moderator, way); rec.Code != http.StatusNotFound {
			t.Errorf("what never had a case leads to one: status %d", rec.Code)
		}
		at, _ := w.flagged(t, somchai, target, "Look at it.")
		w.send(t, sending{who: officer, path: at, values: values("action", "hide", "note", "It names the source."), status: 303})
		holds(t, w.page(t, moderator, thread), way)
		lacks(t, w.page(t, ana, thread), way)
		if rec := w.get(t, moderator, way); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != at {
			t.Errorf("the hidden %s leads to %q (status %d), not to %s", target.Kind, rec.Header().Get("Location"), rec.Code, at)
		}
		if rec := w.get(t, ana, way); rec.Code != http.StatusForbidden {
			t.Errorf("a member is led to a case: status %d", rec.Code)
		}
		holds(t, w.page(t, moderator, at), "It names the source.", "Show it again")
		w.send(t, sending{who: moderator, path: at, values: values("action", "show"), status: 303})
	}
}
