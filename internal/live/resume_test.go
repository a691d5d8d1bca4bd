package live_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func TestResume(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	topic := topicOf(id)
	n.settled()
	first := n.dial(w.ana)
	head := first.subscribe(topic).Head
	var positions []int64
	for i := range 250 { // more than a page
		w.post(w.ana, id, fmt.Sprint("number ", i))
		positions = append(positions, first.event(topic, portal.PostCreated).ID)
	}
	for _, c := range []struct {
		name  string
		after int64
		want  []int64
		reset bool
	}{
		{"all", head, positions, false},
		{"some", positions[99], positions[100:], false},
		{"the last", positions[248], positions[249:], false},
		{"nothing missed", positions[249], nil, false},
		{"the future", positions[249] + 1000, nil, true},
		{"before the log", 1, nil, true},
	} {
		s := n.dial(w.somchai)
		s.say(`{"op":"subscribe","topic":%q,"after":%d}`, topic, c.after)
		if got := s.expect("subscribed", topic).Head; got < positions[249] {
			t.Errorf("%s: the head is %d, before the last event", c.name, got)
		}
		if c.reset {
			s.expect("reset", topic)
		}
		for _, want := range c.want {
			if got := s.event(topic, portal.PostCreated).ID; got != want {
				t.Fatalf("%s: event %d, want %d", c.name, got, want)
			}
		}
		s.silent()
	}
}

func TestTooMuchToResumeIsReset(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	s := n.dial(w.ana)
	head := s.subscribe(topicOf(id)).Head
	s.say(`{"op":"unsubscribe","topic":%q}`, topicOf(id))
	for range 6 {
		c := postgres.Change{Action: "post.create", Target: portal.Ref{Kind: portal.KindThread, ID: id}}
		for range 1000 {
			c.Events = append(c.Events, portal.Event{Topic: portal.ThreadTopic(id), Type: portal.ThreadChanged, ThreadID: id})
		}
		w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.Record(ctx, c) }))
	}
	n.settled()
	s.say(`{"op":"subscribe","topic":%q,"after":%d}`, topicOf(id), head)
	s.expect("subscribed", topicOf(id))
	s.expect("reset", topicOf(id))
	w.post(w.ana, id, "After that")
	s.event(topicOf(id), portal.PostCreated)
}

func TestARestoreResetsEverybody(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	s := n.dial(w.ana)
	s.subscribe(topicOf(id))
	at, err := w.db.LogHead(ctx)
	w.must(err)
	if _, err := n.hub.Restored(ctx, at.Head); err != nil {
		t.Fatal(err)
	}
	s.expect("reset", topicOf(id))
	w.post(w.ana, id, "After the restore")
	s.event(topicOf(id), portal.PostCreated)
}

// A restore that comes while a subscription still asks where to resume is told to it, too: else what the
// hub has passed over by it would be lost.
func TestARestoreResetsWhoIsJustSubscribing(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	s := n.dial(w.ana)
	head := s.subscribe(topicOf(id)).Head
	s.say(`{"op":"unsubscribe","topic":%q}`, topicOf(id))
	w.post(w.ana, id, "Missed")
	n.settled()
	before := n.hub.Subscriptions.Load()
	release := w.hold("log_holes")
	s.say(`{"op":"subscribe","topic":%q,"after":%d}`, topicOf(id), head)
	for n.hub.Subscriptions.Load() == before {
		time.Sleep(time.Millisecond)
	}
	last := w.post(w.ana, id, "While it asks")
	var at int64
	for at == 0 {
		_, err := w.db.Sequence(ctx)
		w.must(err)
		w.must(w.db.Raw().QueryRow(`select coalesce(max(position), 0) from events where entity_id = $1`, last.ID).Scan(&at))
	}
	if _, err := n.hub.Restored(ctx, at); err != nil {
		t.Fatal(err)
	}
	release()
	s.expect("subscribed", topicOf(id))
	s.expect("reset", topicOf(id))
}

// hold locks a table for everybody, until it is released.
func (w *world) hold(table string) (release func()) {
	w.t.Helper()
	owner, err := sql.Open("postgres", w.owner)
	w.must(err)
	tx, err := owner.Begin()
	w.must(err)
	_, err = tx.Exec(`lock table ` + table + ` in access exclusive mode`)
	w.must(err)
	return func() {
		w.must(tx.Rollback())
		w.must(owner.Close())
	}
}

// follower follows a thread as the protocol promises it can: it resumes after the last event that
// it saw, on whichever node, and cuts its connection at random.
type follower struct {
	w     *world
	nodes []*node
	topic string
	last  int64
	seen  map[int64]int
	wrong []string
}

func (f *follower) run(t *testing.T, over <-chan struct{}, total func() int) {
	slower := time.Duration(1)
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); {
		before := f.last
		s := f.nodes[rand.IntN(len(f.nodes))].dial(f.w.somchai)
		s.say(`{"op":"subscribe","topic":%q,"after":%d}`, f.topic, f.last)
		f.follow(s, slower*time.Duration(20+rand.IntN(300))*time.Millisecond)
		s.conn.Close()
		// Who always cuts before the first event comes gets nowhere on a machine that is busy enough.
		if slower = 1; f.last == before {
			slower = 8
		}
		select {
		case <-over:
			if len(f.seen) >= total() {
				return
			}
		default:
		}
	}
	t.Error("a follower does not see all")
}

// follow listens for a while after the first word, so that a slow machine gets on, too.
func (f *follower) follow(s *socket, while time.Duration) {
	cut, begun := time.After(10*time.Second), false
	for {
		select {
		case <-cut:
			return
		case m, open := <-s.heard:
			if !begun {
				cut, begun = time.After(while), true
			}
			switch {
			case !open:
				return
			case m.Op == "event" && m.ID <= f.last:
				f.wrong = append(f.wrong, fmt.Sprintf("event %d came after %d", m.ID, f.last))
			case m.Op == "event":
				f.last = m.ID
				f.seen[m.post().ID]++
			case m.Op == "reset" || m.Op == "error":
				f.wrong = append(f.wrong, fmt.Sprintf("%+v", m))
			}
		}
	}
}

func TestEveryPostArrivesOnceAcrossReconnects(t *testing.T) {
	w := newWorld(t)
	nodes := []*node{w.node(live.Options{}), w.node(live.Options{})}
	id := w.thread(w.ana, portal.Amber)
	nodes[0].settled()
	nodes[1].settled()
	at, err := w.db.LogHead(ctx)
	w.must(err)
	var mu sync.Mutex
	var posted []int64
	var writers, followers sync.WaitGroup
	writing, stop := context.WithTimeout(ctx, 4*time.Second)
	defer stop()
	for range 4 {
		writers.Go(func() {
			for writing.Err() == nil {
				p, err := w.threads.Reply(ctx, w.ana, id, discussion.NewPost{Body: "A post"})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				posted = append(posted, p.ID)
				mu.Unlock()
			}
		})
	}
	over := make(chan struct{})
	var all []*follower
	for range 6 {
		f := &follower{w: w, nodes: nodes, topic: topicOf(id), last: at.Head, seen: map[int64]int{}}
		all = append(all, f)
		followers.Go(func() { f.run(t, over, func() int { return len(posted) }) })
	}
	writers.Wait()
	close(over)
	followers.Wait()
	for i, f := range all {
		for _, p := range posted {
			if f.seen[p] != 1 {
				t.Errorf("follower %d was told of post %d %d times", i, p, f.seen[p])
			}
		}
		if len(f.wrong) > 0 {
			t.Errorf("follower %d: %v", i, f.wrong)
		}
	}
	t.Logf("%d posts, %d events resumed, %d slow", len(posted), nodes[0].hub.Resumed.Load()+nodes[1].hub.Resumed.Load(),
		nodes[0].hub.Slow.Load()+nodes[1].hub.Slow.Load())
}
