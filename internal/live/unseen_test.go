package live_test

import (
	"strings"
	"testing"
	"time"

	"praxis/internal/live"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// presence switches it for a member, as her profile does.
func (w *world) presence(member int64, on bool) {
	w.t.Helper()
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		m, err := tx.Member(ctx, member)
		if err != nil {
			return err
		}
		m.Unseen = !on
		if err := tx.UpdateMember(ctx, m); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: member, Action: "member.update", Target: portal.Ref{Kind: portal.KindMember, ID: member},
			Events: []portal.Event{{Topic: portal.MemberTopic(member), Type: portal.MemberChanged}}})
	}))
}

// Who has switched presence off is told to nobody, on any node, and is told of nobody: at once, and until
// it is switched on again.
func TestPresenceIsHersToSwitchOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.node(live.Options{Beat: testBeat}), w.node(live.Options{Beat: testBeat})
	id := w.thread(w.ana, portal.Amber)
	one.settled()
	two.settled()
	ana, somchai, moderator := one.dial(w.ana), two.dial(w.somchai), two.dial(w.moderator)
	for _, s := range []*socket{ana, somchai, moderator} {
		s.subscribe(topicOf(id))
	}
	ana.present(id, "moderator", "ana", "somchai")
	somchai.present(id, "moderator", "ana", "somchai")
	w.presence(w.somchai.MemberID, false)
	ana.present(id, "moderator", "ana")
	moderator.present(id, "moderator", "ana")
	somchai.present(id)
	// A second window of hers, a stream, is no other.
	stream := two.listens(w.somchai, "", topicOf(id))
	stream.expect("subscribed", topicOf(id))
	somchai.say(`{"op":"typing","topic":%q}`, topicOf(id))
	ana.say(`{"op":"typing","topic":%q}`, topicOf(id))
	if m := moderator.expect("typing", topicOf(id)); m.Member == nil || m.Member.ID != w.ana.MemberID {
		t.Errorf("typing tells %+v", m.Member)
	}
	somchai.silent()
	time.Sleep(1200 * time.Millisecond) // presence is told each second
	select {
	case m := <-stream.heard:
		t.Errorf("who wants no presence is told %+v", m)
	default:
	}
	for len(ana.heard)+len(moderator.heard) > 0 {
		for _, s := range []*socket{ana, moderator} {
			if len(s.heard) > 0 {
				if m := s.any(); m.Op == "typing" {
					t.Errorf("told that %+v types", m.Member)
				}
			}
		}
	}
	w.presence(w.somchai.MemberID, true)
	ana.present(id, "moderator", "ana", "somchai")
	somchai.present(id, "moderator", "ana", "somchai")
}

// Nobody learns of a reader of what is red, by whichever way she reads or listens.
func TestNobodyLearnsOfARedThreadsReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.node(live.Options{Beat: testBeat}), w.node(live.Options{Beat: testBeat})
	id := w.thread(w.ana, portal.Red, w.somchai.MemberID)
	one.settled()
	two.settled()
	hinted := w.tap()
	ana, somchai := one.listens(w.ana, "", topicOf(id)), two.listens(w.somchai, "", topicOf(id))
	socket := one.dial(w.somchai)
	ana.expect("subscribed", topicOf(id))
	somchai.expect("subscribed", topicOf(id))
	socket.subscribe(topicOf(id))
	socket.say(`{"op":"typing","topic":%q}`, topicOf(id))
	time.Sleep(2 * testBeat)
	time.Sleep(1200 * time.Millisecond)
	for _, heard := range []<-chan said{ana.heard, somchai.heard, socket.heard} {
		select {
		case m := <-heard:
			t.Errorf("of a red thread's readers is told %+v", m)
		default:
		}
	}
	if hints := hinted(); strings.Contains(hints, `"ana"`) || strings.Contains(hints, `"somchai"`) {
		t.Errorf("the nodes tell each other %s", hints)
	}
}
