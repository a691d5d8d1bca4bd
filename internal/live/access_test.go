package live_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"praxis/internal/live"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

func TestLosingMembershipAndSession(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	somchai, ana, lena := n.dial(w.somchai), n.dial(w.ana), n.dial(w.lena)
	space := string(portal.WorkspaceTopic(w.space))
	somchai.subscribe(topicOf(id))
	somchai.subscribe(space)
	somchai.subscribe("me")
	lena.subscribe(space)
	w.must(w.spaces.RemoveMember(ctx, w.moderator, w.space, w.somchai.MemberID))
	revoked := map[string]bool{somchai.next().Topic: true, somchai.next().Topic: true}
	if !revoked[topicOf(id)] || !revoked[space] {
		t.Errorf("the end of the membership revoked %v", revoked)
	}
	w.post(w.ana, id, "Among us")
	somchai.silent()
	// Whoever comes in is told of what is inside from then on.
	w.must(w.spaces.PutMember(ctx, w.moderator, w.space, w.lena.MemberID, portal.RoleMember))
	w.thread(w.ana, portal.Amber)
	lena.event(space, portal.ThreadCreated)

	lasting := w.tokens[w.lena.MemberID]
	w.signIn(w.lena.MemberID)
	second := n.dial(w.lena)
	hash := secret.HashToken(lasting)
	who, err := w.db.IdentityByHash(ctx, hash)
	w.must(err)
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.DeleteSession(ctx, w.lena.MemberID, who.SessionID); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: w.lena.MemberID, Action: "session.end", Target: portal.Ref{Kind: portal.KindSession, ID: who.SessionID},
			Events: []portal.Event{{Topic: portal.MemberTopic(w.lena.MemberID), Type: portal.SessionEnded}}})
	}))
	if code := lena.closed(); code != 4401 {
		t.Errorf("the ended session's socket closes with %d", code)
	}
	second.silent()
	w.suspend(w.ana.MemberID)
	if code := ana.closed(); code != websocket.ClosePolicyViolation {
		t.Errorf("the suspended member's socket closes with %d", code)
	}
}

func (w *world) suspend(member int64) {
	w.t.Helper()
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		m, err := tx.Member(ctx, member)
		if err != nil {
			return err
		}
		m.Suspended = true
		if err := tx.UpdateMember(ctx, m); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Action: "member.standing", Target: portal.Ref{Kind: portal.KindMember, ID: member},
			Events: []portal.Event{{Topic: portal.MemberTopic(member), Type: portal.MemberChanged}}})
	}))
}

func TestModerationIsOneTopic(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	red := w.thread(w.ana, portal.Red, w.somchai.MemberID)
	n.settled()
	officer, moderator, ana := n.dial(w.officer), n.dial(w.moderator), n.dial(w.ana)
	head := officer.subscribe("moderation").Head
	moderator.subscribe("moderation")
	ana.say(`{"op":"subscribe","topic":"moderation"}`)
	if m := ana.expect("error", "moderation"); m.Code != "forbidden" {
		t.Errorf("a member's subscription to moderation answers %q", m.Code)
	}
	// A case about what is red is told to nobody who does not see it.
	_, err := w.mods.Flag(ctx, w.somchai, portal.Ref{Kind: portal.KindThread, ID: red}, "other", "")
	w.must(err)
	_, err = w.mods.Flag(ctx, w.somchai, portal.Ref{Kind: portal.KindThread, ID: id}, "other", "")
	w.must(err)
	for _, s := range []*socket{officer, moderator} {
		if e := s.event("moderation", portal.CaseOpened); !strings.Contains(string(e.Data), fmt.Sprintf(`"target":{"kind":"thread","id":%d}`, id)) {
			t.Errorf("told of %s", e.Data)
		}
	}
	again := n.dial(w.officer)
	again.say(`{"op":"subscribe","topic":"moderation","after":%d}`, head)
	again.expect("subscribed", "moderation")
	again.event("moderation", portal.CaseOpened)
	again.silent()
	w.must(w.spaces.PutMember(ctx, w.officer, w.space, w.moderator.MemberID, portal.RoleMember))
	moderator.expect("revoked", "moderation")
}

func TestOwnAffairs(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	n.settled()
	ana := n.dial(w.ana)
	head := ana.subscribe("me").Head
	told := func(member int64, data string) {
		w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
			return tx.Record(ctx, postgres.Change{Action: "notification.create", Target: portal.Ref{Kind: portal.KindMember, ID: member},
				Events: []portal.Event{{Topic: portal.MemberTopic(member), Type: portal.Notified, Data: json.RawMessage(data)}}})
		}))
	}
	told(w.somchai.MemberID, `{"notification":6,"kind":"reply"}`)
	told(w.ana.MemberID, `{"notification":7,"kind":"mention"}`)
	if e := ana.event("me", portal.Notified); string(e.Data) != `{"id":7,"kind":"mention"}` {
		t.Errorf("told %s", e.Data)
	}
	again := n.dial(w.ana)
	again.say(`{"op":"subscribe","topic":"me","after":%d}`, head)
	again.expect("subscribed", "me")
	again.event("me", portal.Notified)
	again.silent()
}

func TestPresenceAndTyping(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Clear)
	red := w.thread(w.ana, portal.Red, w.somchai.MemberID)
	n.settled()
	ana, somchai, visitor := n.dial(w.ana), n.dial(w.somchai), n.dial(portal.Identity{})
	visitor.subscribe(topicOf(id))
	for _, s := range []*socket{ana, somchai} {
		s.subscribe(topicOf(id))
		s.subscribe(topicOf(red))
	}
	for both := false; !both; {
		m := ana.any()
		if m.Op != "presence" || m.Topic != topicOf(id) {
			t.Fatalf("said %+v, want the presence in the open thread", m)
		}
		both = len(m.Members) == 2 && m.Members[0].Name == "ana" && m.Members[1].Name == "somchai"
	}
	somchai.say(`{"op":"typing","topic":%q}`, topicOf(red))
	somchai.say(`{"op":"typing","topic":%q}`, topicOf(id))
	if m := ana.expect("typing", topicOf(id)); m.Member == nil || m.Member.ID != w.somchai.MemberID {
		t.Errorf("typing tells %+v", m.Member)
	}
	somchai.say(`{"op":"unsubscribe","topic":%q}`, topicOf(id))
	if m := ana.any(); m.Op != "presence" || len(m.Members) != 1 {
		t.Errorf("after one has left: %+v", m)
	}
	select {
	case m := <-visitor.heard:
		t.Errorf("a visitor is told of members: %+v", m)
	default:
	}
}
