package live_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/moderation"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

func TestEventsReachWhoMaySeeThem(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{RateLimits: true})
	amber := w.thread(w.ana, portal.Amber)
	clear := w.thread(w.ana, portal.Clear)
	n.settled()

	ana, visitor, lena := n.dial(w.ana), n.dial(portal.Identity{}), n.dial(w.lena)
	ana.subscribe(topicOf(amber))
	for _, s := range []*socket{visitor, lena} {
		for _, topic := range []string{topicOf(amber), topicOf(99999), "thread:0", "thread:01", "nothing", "member:1", ""} {
			s.say(`{"op":"subscribe","topic":%q}`, topic)
			if m := s.expect("error", topic); m.Code != "not_found" {
				t.Errorf("subscribing to %q answers %q", topic, m.Code)
			}
		}
		s.subscribe(topicOf(clear))
		s.subscribe(string(portal.WorkspaceTopic(w.space)))
	}
	p := w.post(w.somchai, amber, "Some *words*")
	e := ana.event(topicOf(amber), portal.PostCreated)
	if got := e.post(); got.ID != p.ID || got.Body != p.Body || !strings.Contains(got.HTML, "<em>words</em>") {
		t.Errorf("the event tells %s", e.Data)
	}
	w.post(w.ana, clear, "For everybody")
	for _, s := range []*socket{visitor, lena} {
		s.event(topicOf(clear), portal.PostCreated)
	}
	// What happens in a workspace is told to each as the labels let.
	w.thread(w.ana, portal.Amber)
	green := w.thread(w.ana, portal.Green)
	var data struct{ ID int64 }
	e = lena.event(string(portal.WorkspaceTopic(w.space)), portal.ThreadCreated)
	if err := json.Unmarshal(e.Data, &data); err != nil || data.ID != green {
		t.Errorf("the workspace tells %s, want thread %d", e.Data, green)
	}
	visitor.silent()
	lena.silent()
	ana.silent()
}

func TestWhoMayOpenASocket(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	token := w.tokens[w.ana.MemberID]
	cookie := "praxis_session=" + token
	for _, c := range []struct {
		name   string
		token  string
		header http.Header
		want   int
	}{
		{"visitor", "", nil, 101},
		{"visitor from elsewhere", "", http.Header{"Origin": {"https://elsewhere.example"}}, 101},
		{"subprotocol", token, nil, 101},
		{"wrong subprotocol token", "wrong", nil, 401},
		{"header", "", http.Header{"Authorization": {"Bearer " + token}}, 101},
		{"wrong header", "", http.Header{"Authorization": {"Bearer x"}}, 401},
		{"header of another scheme", "", http.Header{"Authorization": {"Basic x"}}, 401},
		{"cookie from the portal", "", http.Header{"Cookie": {cookie}, "Origin": {"http://portal.example"}}, 101},
		{"cookie from elsewhere", "", http.Header{"Cookie": {cookie}, "Origin": {"https://elsewhere.example"}}, 403},
		{"dead cookie", "", http.Header{"Cookie": {"praxis_session=x"}}, 101},
	} {
		s, status := n.try(c.token, c.header)
		if status != c.want {
			t.Errorf("%s: %d, want %d", c.name, status, c.want)
		}
		if s == nil {
			continue
		}
		signedIn := strings.Contains(c.name, "header") || c.name == "subprotocol" || c.name == "cookie from the portal"
		s.say(`{"op":"subscribe","topic":"me"}`)
		if m := s.next(); m.Op == "subscribed" != signedIn || !signedIn && m.Code != "unauthorized" {
			t.Errorf("%s: subscribing to me answers %+v", c.name, m)
		}
	}
	answer, err := http.Get(n.site.URL + "/api/v1/live")
	if err != nil || answer.StatusCode != 400 {
		t.Errorf("a request that is no handshake: %v, %v", answer, err)
	}
}

func TestRelabellingActsOnOpenSockets(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Green)
	topic := topicOf(id)
	n.settled()
	ana, somchai, lena := n.dial(w.ana), n.dial(w.somchai), n.dial(w.lena)
	for _, s := range []*socket{ana, somchai, lena} {
		s.subscribe(topic)
	}
	label := func(h portal.Handling, named ...int64) {
		t.Helper()
		_, err := w.threads.Change(ctx, w.ana, id, 0, discussion.ThreadFields{Handling: &h, Named: &named})
		w.must(err)
	}
	begin := time.Now()
	label(portal.Amber)
	lena.expect("revoked", topic)
	if took := time.Since(begin); took > time.Second {
		t.Errorf("it took %v until the socket lost its access", took)
	}
	somchai.event(topic, portal.ThreadChanged)
	label(portal.AmberStrict) // her country, not his
	somchai.expect("revoked", topic)
	label(portal.Red, w.somchai.MemberID)
	n.settled()
	somchai.subscribe(topic)
	w.post(w.ana, id, "For two")
	if body := somchai.event(topic, portal.PostCreated).post().Body; body != "For two" {
		t.Errorf("the named reader is told %q", body)
	}
	lena.silent()
	lena.say(`{"op":"subscribe","topic":%q}`, topic)
	if m := lena.expect("error", topic); m.Code != "not_found" {
		t.Errorf("subscribing again answers %q", m.Code)
	}
}

func TestHidingWithholdsTheText(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	p := w.post(w.ana, id, "Something harmful")
	topic := topicOf(id)
	n.settled()
	ana, somchai, moderator := n.dial(w.ana), n.dial(w.somchai), n.dial(w.moderator)
	heads := map[*socket]int64{}
	for _, s := range []*socket{ana, somchai, moderator} {
		heads[s] = s.subscribe(topic).Head
	}
	moderator.subscribe("moderation")
	_, err := w.mods.Flag(ctx, w.somchai, portal.Ref{Kind: portal.KindPost, ID: p.ID}, "harmful", "")
	w.must(err)
	opened := moderator.event("moderation", portal.CaseOpened)
	var k struct {
		CaseID int64 `json:"case_id"`
		Target portal.Ref
	}
	if err := json.Unmarshal(opened.Data, &k); err != nil || k.CaseID == 0 || k.Target.ID != p.ID {
		t.Fatalf("the case is told as %s", opened.Data)
	}
	_, err = w.mods.Act(ctx, w.moderator, k.CaseID, moderation.Decision{Action: "hide"})
	w.must(err)
	for s, want := range map[*socket]string{ana: p.Body, moderator: p.Body, somchai: ""} {
		e := s.expect("event", topic)
		if got := e.post(); got.Body != want || !got.Hidden || (want == "") != (got.HTML == "") {
			t.Errorf("told of the hidden post: %s, want the body %q", e.Data, want)
		}
	}
	moderator.event("moderation", portal.CaseClosed)
	// The same holds for what is read from the log.
	again := n.dial(w.somchai)
	again.say(`{"op":"subscribe","topic":%q,"after":%d}`, topic, heads[somchai])
	again.expect("subscribed", topic)
	if got := again.event(topic, portal.PostEdited).post(); got.Body != "" || got.HTML != "" {
		t.Errorf("replayed of the hidden post: %+v", got)
	}
}

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
