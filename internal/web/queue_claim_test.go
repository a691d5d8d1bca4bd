package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/moderation"
	"praxis/internal/portal"
)

// Two moderators never collide: whoever takes a case first decides it, the other keeps her note.
func TestClaimedCase(t *testing.T) {
	w := newWorld(t)
	_, k := w.submitted(t, ana, "Claimed by a colleague")
	at := fmt.Sprintf("/queue/%d", k.ID)
	holds(t, w.page(t, officer, at), "Take this case")
	w.send(t, sending{who: officer, path: at, values: values("action", "claim"), status: 303, to: at})
	holds(t, w.page(t, officer, at), "You have taken this case")
	holds(t, w.page(t, moderator, at), "has taken this case")
	holds(t, w.page(t, moderator, "/queue"), "is on it")
	w.sendAll(t, []sending{
		{name: "claims too", who: moderator, path: at, values: values("action", "claim"), status: 409},
		{name: "decides all the same", who: moderator, path: at, values: values("action", "approve", "note", "My own words."), status: 409, keeps: []string{"My own words."}},
		{name: "gives back what is not hers", who: moderator, path: at, values: values("action", "release"), status: 303, to: at},
	})
	holds(t, w.page(t, moderator, at), "has taken this case") // it was not hers to give back
	w.change(t, `update cases set claimed_until = now() where id = $1`, k.ID)
	w.send(t, sending{who: moderator, path: at, values: values("action", "approve"), status: 303, to: "/queue"})
}

// What was just decided can be taken back: the practice, its case and the author's notice are as before.
func TestUndo(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, ana, "Published by a slip")
	at := fmt.Sprintf("/queue/%d", k.ID)
	rec := w.send(t, sending{who: moderator, path: at, values: values("action", "approve", "evidence.rating", "monitored", "evidence.basis", "Counts."), status: 303, to: "/queue"})
	if next := rec.Header().Get("Location"); !strings.Contains(next, fmt.Sprintf("undo=%d", k.ID)) {
		t.Fatalf("the decision leads to %s, which offers no undo", next)
	}
	holds(t, w.page(t, moderator, fmt.Sprintf("/queue?undo=%d", k.ID)), "Undo")
	w.send(t, sending{name: "another's", who: officer, path: at, values: values("action", "undo"), status: 409})
	w.send(t, sending{who: moderator, path: at, values: values("action", "undo"), status: 303, to: at})
	p := w.practiceAt(t, ana, path)
	if p.Status != portal.Submitted || p.Evidence != nil || !p.PublishedAt.IsZero() {
		t.Errorf("after the undo it is %s, rated %+v, published %v", p.Status, p.Evidence, p.PublishedAt)
	}
	if rec := w.get(t, karim, path); rec.Code != http.StatusNotFound {
		t.Errorf("a stranger still reads it: status %d", rec.Code)
	}
	lacks(t, w.page(t, ana, path), "Decisions") // what was taken back was never decided, for the author
	body := w.page(t, moderator, at)
	holds(t, body, "taken back", "You have taken this case")
	w.send(t, sending{name: "twice", who: moderator, path: at, values: values("action", "undo"), status: 409})
	w.send(t, sending{name: "decided anew", who: moderator, path: at, values: values("action", "request_changes", "note", "How many?"), status: 303})
	w.change(t, `update case_actions set at = at - interval '1 minute' where case_id = $1`, k.ID)
	w.send(t, sending{name: "too late", who: moderator, path: at, values: values("action", "undo"), status: 409})
}

// Hidden and relabelled things come back as they were.
func TestUndoOfFlags(t *testing.T) {
	w := newWorld(t)
	for _, d := range []moderation.Decision{{Action: "hide"}, {Action: "relabel", Handling: portal.Green}, {Action: "keep"}, {Action: "escalate"}} {
		target := portal.Ref{Kind: portal.KindThread, ID: w.open(t, ana, "Flagged, and decided by a slip").ID}
		w.send(t, sending{who: "somchai@demo.example", path: "/flag", values: values("kind", "thread", "id", fmt.Sprint(target.ID), "reason", "other"), status: 303})
		k := w.caseOf(t, target)
		before, err := w.f.Discussions.Get(ctx, w.who(t, moderator), target.ID)
		must(t, err)
		who := w.who(t, moderator)
		_, err = w.f.Moderation.Act(ctx, who, k.ID, d)
		must(t, err)
		k, err = w.f.Moderation.Undo(ctx, who, k.ID)
		must(t, err)
		after, err := w.f.Discussions.Get(ctx, w.who(t, moderator), target.ID)
		must(t, err)
		if !k.Open || k.Escalated || after.Hidden || after.Handling != before.Handling {
			t.Errorf("%s undone: case open %v, escalated %v; hidden %v, %s", d.Action, k.Open, k.Escalated, after.Hidden, after.Handling)
		}
		_, err = w.f.Moderation.Act(ctx, who, k.ID, moderation.Decision{Action: "keep"})
		must(t, err)
	}
}

// Nobody decides on her own work, officers neither.
func TestOwnWork(t *testing.T) {
	w := newWorld(t)
	path, k := w.submitted(t, moderator, "By the moderator herself")
	at := fmt.Sprintf("/queue/%d", k.ID)
	holds(t, w.page(t, moderator, at), "Nobody decides on her own work")
	for _, action := range []string{"approve", "escalate", "claim"} {
		w.send(t, sending{name: action, who: moderator, path: at, values: values("action", action), status: 403})
	}
	if p := w.practiceAt(t, moderator, path); p.Status != portal.Submitted {
		t.Errorf("it is %s", p.Status)
	}
	w.send(t, sending{who: officer, path: at, values: values("action", "approve"), status: 303})
}

// Replies are kept for a workspace's moderators and go under what is typed already.
func TestSavedReplies(t *testing.T) {
	w := newWorld(t)
	_, k := w.submitted(t, ana, "Needs the usual answer")
	at := fmt.Sprintf("/queue/%d", k.ID)
	w.sendAll(t, []sending{
		{name: "without a name", who: moderator, path: "/w/1/replies", values: values("body", "Kept words"), status: 422, links: []string{"title"}, keeps: []string{"Kept words"}},
		{name: "kept", who: moderator, path: "/w/1/replies", values: values("title", "Numbers", "body", "How many, in which year?"), status: 303, to: "/w/1/replies"},
		{name: "not hers", who: ana, path: "/w/1/replies", values: values("title", "Mine", "body", "x"), status: 403},
	})
	replies, err := w.f.Moderation.SavedReplies(ctx, w.who(t, moderator), 1)
	must(t, err)
	kept := slices.IndexFunc(replies, func(r portal.SavedReply) bool { return r.Title == "Numbers" })
	if len(replies) != 2 || kept < 0 { // the demonstration has one
		t.Fatalf("there are %d replies: %v", len(replies), replies)
	}
	w.send(t, sending{who: moderator, path: at, values: values("action", fmt.Sprintf("reply:%d", replies[kept].ID), "note", "Dear Ana,"), status: 200, keeps: []string{"Dear Ana,\n\nHow many, in which year?"}})
	for _, r := range replies {
		w.send(t, sending{who: moderator, path: "/w/1/replies", values: values("drop", fmt.Sprint(r.ID)), status: 303})
	}
	holds(t, w.page(t, moderator, "/w/1/replies"), "None yet.")
}

// The author reads where she stands; red submissions of others are not counted.
func TestPlaceInTheQueue(t *testing.T) {
	w := newWorld(t)
	_, first := w.submitted(t, ana, "First in the queue")
	second, k := w.submitted(t, "somchai@demo.example", "Second in the queue")
	p := w.practiceAt(t, "somchai@demo.example", second)
	ahead := func() int {
		t.Helper()
		n, due, err := w.f.Moderation.Place(ctx, w.who(t, "somchai@demo.example"), p)
		must(t, err)
		if due.Sub(k.OpenedAt).Round(time.Hour) != portal.AnswerWithin {
			t.Errorf("an answer is due at %v, handed in at %v", due, k.OpenedAt)
		}
		return n
	}
	before := ahead()
	holds(t, w.page(t, "somchai@demo.example", second), "ahead of yours", "An answer is due by")
	w.change(t, `update practices set handling = 'red' where id = $1`, first.Target.ID)
	if after := ahead(); after != before-1 {
		t.Errorf("%d are ahead, %d before one of them turned red", after, before)
	}
	if n, due, err := w.f.Moderation.Place(ctx, w.who(t, karim), p); n != 0 || !due.IsZero() || err != nil {
		t.Errorf("a stranger is told %d, %v, %v", n, due, err)
	}
}

// change does to the database what only time, or a label, would.
func (w *world) change(t *testing.T, statement string, args ...any) {
	t.Helper()
	_, err := w.db.Raw().ExecContext(ctx, statement, args...)
	must(t, err)
}
