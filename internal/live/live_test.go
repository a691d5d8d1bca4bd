package live_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/moderation"
	"praxis/internal/portal"
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
