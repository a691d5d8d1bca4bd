package live_test

import (
	"testing"

	"github.com/gorilla/websocket"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Of what a restored state knows otherwise no event tells: who may be where is asked anew.
func TestARestoreAsksAnewWhoMayListen(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	inside, open := w.thread(w.ana, portal.Amber), w.thread(w.ana, portal.Clear)
	n.settled()
	ana, somchai, lena, visitor := n.dial(w.ana), n.dial(w.somchai), n.dial(w.lena), n.dial(portal.Identity{})
	ana.subscribe(topicOf(inside))
	for _, topic := range []string{topicOf(inside), topicOf(open), string(portal.WorkspaceTopic(w.space))} {
		somchai.subscribe(topic)
	}
	visitor.subscribe(topicOf(open))
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		m, err := tx.Member(ctx, w.lena.MemberID)
		if err != nil {
			return err
		}
		m.Suspended = true
		if err := tx.UpdateMember(ctx, m); err != nil {
			return err
		}
		th, err := tx.LockThread(ctx, open)
		if err != nil {
			return err
		}
		th.Handling = portal.Amber
		if _, err := tx.UpdateThread(ctx, th); err != nil {
			return err
		}
		return tx.DeleteWorkspaceMember(ctx, w.space, w.somchai.MemberID)
	}))
	at, err := w.db.LogHead(ctx)
	w.must(err)
	if _, err := n.hub.Restored(ctx, at.Head); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if m := somchai.next(); m.Op != "revoked" {
			t.Errorf("whom the restored state does not let in is told %+v", m)
		}
	}
	visitor.expect("revoked", topicOf(open))
	if code := lena.closed(); code != websocket.ClosePolicyViolation {
		t.Errorf("the socket of whom the restored state has suspended closes with %d", code)
	}
	ana.expect("reset", topicOf(inside))
}

// Who is there is told as soon as the label lets it be told.
func TestPresenceAfterRelabelling(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Red, w.somchai.MemberID)
	n.settled()
	ana, somchai := n.dial(w.ana), n.dial(w.somchai)
	ana.subscribe(topicOf(id))
	somchai.subscribe(topicOf(id))
	ana.silent()
	amber := portal.Amber
	_, err := w.threads.Change(ctx, w.ana, id, 0, discussion.ThreadFields{Handling: &amber})
	w.must(err)
	ana.event(topicOf(id), portal.ThreadChanged)
	if m := ana.any(); m.Op != "presence" || len(m.Members) != 2 {
		t.Errorf("after the label has changed: %+v", m)
	}
}
