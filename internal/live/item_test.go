package live_test

import (
	"encoding/json"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

// move takes a practice to a status, and to a label, as the review does.
func (w *world) move(id int64, status portal.Status, handling portal.Handling, also ...portal.Event) {
	w.t.Helper()
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, id)
		if err != nil {
			return err
		}
		p.Status, p.Handling = status, handling
		if p.Version, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: w.ana.MemberID}); err != nil {
			return err
		}
		if err := tx.MovePractice(ctx, id, status, w.moderator.MemberID, nil); err != nil {
			return err
		}
		if len(also) > 0 {
			if _, _, err := tx.OpenCase(ctx, portal.Case{Kind: "submission", Target: portal.Ref{Kind: portal.KindPractice, ID: id}, WorkspaceID: w.space}, id); err != nil {
				return err
			}
		}
		c := practice.Changed(w.ana.MemberID, "practice.update", p, "update")
		c.Events = append(c.Events, also...)
		return tx.Record(ctx, c)
	}))
}

func TestAPracticeOnItsWay(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	var id int64
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		p := portal.Practice{PracticeText: portal.PracticeText{Title: "A practice", Language: "en"}}
		p.WorkspaceID, p.AuthorID, p.Handling = w.space, w.ana.MemberID, portal.Green
		id, err = tx.InsertPractice(ctx, p)
		return err
	}))
	n.settled()
	topic, space := string(portal.PracticeTopic(id)), string(portal.WorkspaceTopic(w.space))
	ana, lena, moderator := n.dial(w.ana), n.dial(w.lena), n.dial(w.moderator)
	refused := func() {
		t.Helper()
		lena.say(`{"op":"subscribe","topic":%q}`, topic)
		if m := lena.expect("error", topic); m.Code != "not_found" {
			t.Errorf("what is not hers answers %q", m.Code)
		}
	}
	refused() // a draft
	ana.subscribe(topic)
	lena.subscribe(space)
	moderator.subscribe("moderation")
	w.move(id, portal.Submitted, portal.Green, portal.Event{Topic: portal.ModerationTopic(w.space), Type: portal.CaseOpened, PracticeID: id, WorkspaceID: w.space})
	ana.event(topic, portal.PracticeChanged)
	var k struct {
		CaseID int64      `json:"case_id"`
		Target portal.Ref `json:"target"`
	}
	e := moderator.event("moderation", portal.CaseOpened)
	if err := json.Unmarshal(e.Data, &k); err != nil || k.CaseID == 0 || k.Target != (portal.Ref{Kind: portal.KindPractice, ID: id}) {
		t.Errorf("the submission is told as %s", e.Data)
	}
	refused() // in review
	w.move(id, portal.Published, portal.Green)
	e = lena.event(space, portal.PracticeChanged)
	var told struct{ Status, Handling string }
	if err := json.Unmarshal(e.Data, &told); err != nil || told.Status != "published" || told.Handling != "green" {
		t.Errorf("the publication is told as %s", e.Data)
	}
	lena.subscribe(topic)
	w.move(id, portal.Published, portal.Amber)
	lena.expect("revoked", topic)
	lena.silent()
	refused()
}

func TestReactionsAreTold(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	p := w.post(w.ana, id, "A post")
	n.settled()
	s := n.dial(w.somchai)
	s.subscribe(topicOf(id))
	w.must(w.threads.React(ctx, w.somchai, p.ID, "helpful", true))
	var told struct {
		PostID    int64 `json:"post_id"`
		Reactions []struct {
			Name  string
			Count int
		}
	}
	e := s.event(topicOf(id), portal.ReactionChanged)
	if err := json.Unmarshal(e.Data, &told); err != nil || told.PostID != p.ID || len(told.Reactions) != 1 || told.Reactions[0].Count != 1 {
		t.Errorf("the reaction is told as %s", e.Data)
	}
	w.must(w.threads.Delete(ctx, w.ana, p.ID, 0))
	if got := s.event(topicOf(id), portal.PostDeleted).post(); got.ID != p.ID || got.Body != "" || got.HTML != "" {
		t.Errorf("the deleted post is told as %+v", got)
	}
}

func TestPingsAndExpiredSessions(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	n.settled()
	pinged := make(chan struct{}, 10)
	s := n.dial(w.ana)
	s.subscribe("me")
	s.conn.SetPingHandler(func(string) error { // the listener is at rest: nothing was sent yet
		pinged <- struct{}{}
		return nil
	})
	n.hub.PingAll()
	select {
	case <-pinged:
	case <-time.After(patience):
		t.Error("no ping arrives")
	}
	visitor := n.dial(portal.Identity{})
	n.hub.CloseExpired()
	s.silent()
	if _, err := w.db.Raw().Exec(`update sessions set expires_at = now() - interval '1 second' where member_id = $1`, w.ana.MemberID); err != nil {
		t.Fatal(err)
	}
	n.hub.CloseExpired()
	if code := s.closed(); code != 4401 {
		t.Errorf("the socket of a session that ran out closes with %d", code)
	}
	visitor.silent()
}

// TestSubscribingWhileLosingAccess has the label change at the very moment of the subscription:
// whichever comes first, nothing is told that was written afterwards.
func TestSubscribingWhileLosingAccess(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Green)
	topic := topicOf(id)
	label := func(h portal.Handling) {
		_, err := w.threads.Change(ctx, w.ana, id, 0, discussion.ThreadFields{Handling: &h})
		w.must(err)
	}
	lena := n.dial(w.lena)
	revoked, refused := 0, 0
	for i := range 60 {
		label(portal.Green)
		n.settled()
		time.Sleep(time.Duration(i%6) * 300 * time.Microsecond)
		lena.say(`{"op":"subscribe","topic":%q}`, topic)
		time.Sleep(time.Duration(i%7) * 300 * time.Microsecond)
		label(portal.Amber)
		n.settled()
		w.post(w.ana, id, "Not for her")
		n.settled()
		lena.say(`{"op":"ping"}`)
		for m := lena.next(); m.Op != "pong"; m = lena.next() {
			switch {
			case m.Op == "event" && m.Type == string(portal.PostCreated):
				t.Fatalf("round %d: told of what was written after the label had changed", i)
			case m.Op == "revoked":
				revoked++
			case m.Op == "error":
				refused++
			}
		}
	}
	if revoked+refused != 60 {
		t.Errorf("of 60 subscriptions %d were revoked and %d refused", revoked, refused)
	}
	t.Logf("%d revoked, %d refused", revoked, refused)
}
