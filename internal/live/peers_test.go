package live_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/portal"
)

const testBeat = 600 * time.Millisecond

// present waits until the socket is told that just these members read the thread.
func (s *socket) present(thread int64, want ...string) {
	s.t.Helper()
	var last []string
	late := time.After(patience)
	for {
		select {
		case m, open := <-s.heard:
			if !open {
				s.t.Fatal("the server closed the socket")
			}
			if m.Op != "presence" || m.Topic != topicOf(thread) {
				continue
			}
			if last = last[:0]; m.Members != nil {
				for _, p := range m.Members {
					last = append(last, p.Name)
				}
			}
			if slices.Equal(last, want) {
				return
			}
		case <-late:
			s.t.Fatalf("told last that %v are in the thread, want %v", last, want)
		}
	}
}

// tap listens to what the nodes hint to each other.
func (w *world) tap() (said func() string) {
	var mu sync.Mutex
	var all strings.Builder
	listening := make(chan struct{})
	db := w.connect()
	go db.Listen(w.t.Context(), func() {}, func(hint string) {
		mu.Lock()
		defer mu.Unlock()
		if hint == "" {
			close(listening)
		}
		all.WriteString(hint + "\n")
	})
	<-listening
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return all.String()
	}
}

func TestPresenceAndTypingReachEveryNode(t *testing.T) {
	w := newWorld(t)
	one, two := w.node(live.Options{Beat: testBeat}), w.node(live.Options{Beat: testBeat})
	id := w.thread(w.ana, portal.Clear)
	one.settled()
	two.settled()
	ana, somchai, visitor := one.dial(w.ana), two.dial(w.somchai), two.dial(portal.Identity{})
	for _, s := range []*socket{ana, somchai, visitor} {
		s.subscribe(topicOf(id))
	}
	for _, s := range []*socket{ana, somchai} {
		s.present(id, "ana", "somchai")
	}
	// A third node comes late, and learns who is there and tells who is with it.
	three := w.node(live.Options{Beat: testBeat})
	three.settled()
	lena := three.dial(w.lena)
	lena.subscribe(topicOf(id))
	for _, s := range []*socket{ana, somchai, lena} {
		s.present(id, "ana", "somchai", "lena")
	}
	somchai.say(`{"op":"typing","topic":%q}`, topicOf(id))
	for _, s := range []*socket{ana, lena} {
		if m := s.expect("typing", topicOf(id)); m.Member == nil || m.Member.ID != w.somchai.MemberID {
			t.Errorf("typing tells %+v", m.Member)
		}
	}
	somchai.say(`{"op":"unsubscribe","topic":%q}`, topicOf(id))
	for _, s := range []*socket{ana, lena} {
		s.present(id, "ana", "lena")
	}
	// A node that is cut off takes its readers with it after a while, one that stops at once.
	w.must(three.db.Close())
	ana.present(id, "ana")
	somchai.subscribe(topicOf(id))
	ana.present(id, "ana", "somchai")
	two.stop()
	begin := time.Now()
	ana.present(id, "ana")
	if took := time.Since(begin); took > testBeat*8/3 {
		t.Errorf("the readers of a node that said goodbye stayed for %v", took)
	}
	select {
	case m := <-visitor.heard:
		if m.Op != "goodbye" {
			t.Errorf("a visitor is told of members: %+v", m)
		}
	default:
	}
}

// TestHintsKeepToTheAudience holds that who reads what is red is not even said between the nodes,
// and that the word of another node does not open what this one's label closes.
func TestHintsKeepToTheAudience(t *testing.T) {
	w := newWorld(t)
	said := w.tap()
	one, two := w.node(live.Options{Beat: testBeat}), w.node(live.Options{Beat: testBeat})
	amber, red := w.thread(w.ana, portal.Amber), w.thread(w.ana, portal.Red, w.somchai.MemberID)
	one.settled()
	two.settled()
	ana, somchai, lena := one.dial(w.ana), two.dial(w.somchai), two.dial(w.lena)
	for _, s := range []*socket{ana, somchai} {
		s.subscribe(topicOf(red))
		s.subscribe(topicOf(amber))
	}
	for _, s := range []*socket{ana, somchai} {
		s.present(amber, "ana", "somchai")
	}
	lena.say(`{"op":"subscribe","topic":%q}`, topicOf(amber))
	lena.expect("error", topicOf(amber))
	ana.say(`{"op":"typing","topic":%q}`, topicOf(red))
	two.hub.Hear(fmt.Sprintf(`{"node":"x","present":[{"thread":%d,"members":[{"id":1,"name":"forged"}]}],"typing":[{"thread":%d,"member":{"id":1,"name":"forged"}}]}`, red, red))
	time.Sleep(1500 * time.Millisecond)
	somchai.silent()
	if len(lena.heard) > 0 {
		t.Errorf("who may not see the thread is told %+v", <-lena.heard)
	}
	if all := said(); strings.Contains(all, fmt.Sprintf(`"thread":%d`, red)) || !strings.Contains(all, fmt.Sprintf(`"thread":%d`, amber)) {
		t.Errorf("the nodes say of the threads %d (amber) and %d (red):\n%s", amber, red, all)
	}
	// What becomes red is taken back.
	closed, named := portal.Red, []int64{w.somchai.MemberID}
	_, err := w.threads.Change(ctx, w.ana, amber, 0, discussion.ThreadFields{Handling: &closed, Named: &named})
	w.must(err)
	for begin := time.Now(); !strings.Contains(said(), fmt.Sprintf(`"present":[{"thread":%d}]`, amber)); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatalf("it is not taken back:\n%s", said())
		}
	}
}

// TestANodeAloneSaysLittle holds what hints cost: nothing but the beat while a node is alone, and
// never more than one in a quarter of a second.
func TestANodeAloneSaysLittle(t *testing.T) {
	w := newWorld(t)
	said := w.tap()
	one := w.node(live.Options{})
	id := w.thread(w.ana, portal.Clear)
	one.settled()
	churn := func() {
		for begin := time.Now(); time.Since(begin) < 2*time.Second; {
			s := one.dial(w.somchai)
			s.subscribe(topicOf(id))
			s.say(`{"op":"typing","topic":%q}`, topicOf(id))
			s.conn.Close()
		}
	}
	churn()
	if n := one.hub.Hints.Load(); n != 1 || strings.Contains(said(), "present") || strings.Contains(said(), "typing") {
		t.Errorf("a node alone said %d times\n%s", n, said())
	}
	w.node(live.Options{})
	before, begin := one.hub.Hints.Load(), time.Now()
	churn()
	if n, most := one.hub.Hints.Load()-before, int64(time.Since(begin)/(250*time.Millisecond))+1; n == 0 || n > most {
		t.Errorf("with another node it said %d times in %v, want 1 to %d", n, time.Since(begin), most)
	}
}

// TestCrowdedThread has many come and go and type in one thread: each socket is told of who is
// there once a second, and of the typing of a few.
func TestCrowdedThread(t *testing.T) {
	const crowd, seconds = 120, 3
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Clear)
	n.settled()
	ana := n.dial(w.ana)
	ana.subscribe(topicOf(id))
	var all []*socket
	for range crowd {
		s := n.dial(w.somchai)
		s.subscribe(topicOf(id))
		all = append(all, s)
	}
	ana.present(id, "ana", "somchai")
	for len(ana.heard) > 0 {
		<-ana.heard
	}
	before, begin := n.hub.Frames.Load(), time.Now()
	for i := 0; time.Since(begin) < seconds*time.Second; i++ {
		for _, s := range all {
			s.say(`{"op":"typing","topic":%q}`, topicOf(id))
		}
		lena := n.dial(w.lena)
		lena.subscribe(topicOf(id))
		time.Sleep(250 * time.Millisecond)
		lena.conn.Close()
	}
	counts := map[string]int{}
	for len(ana.heard) > 0 {
		counts[(<-ana.heard).Op]++
	}
	took := int(time.Since(begin).Seconds()) + 1
	if counts["presence"] > took+1 || counts["typing"] > 5*(took+1) || counts["typing"] < 5 {
		t.Errorf("in %d seconds one socket is told %v", took, counts)
	}
	if n.hub.Slow.Load() > 0 {
		t.Errorf("%d sockets were too slow", n.hub.Slow.Load())
	}
	t.Logf("%d frames to %d sockets in %d s; to one: %v", n.hub.Frames.Load()-before, crowd, took, counts)
}
