package live_test

import (
	"database/sql"
	"testing"
	"time"

	"praxis/internal/live"
	"praxis/internal/portal"
)

// Of the server's clock the log takes only where positions go on after a restore, and what is too old to keep. A
// clock that was a year ahead when it did so, and is right again, moves no position back; one that makes
// everything old costs a reset, and no silence.
func TestAClockThatJumps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	owner, err := sql.Open("postgres", w.owner)
	w.must(err)
	defer owner.Close()
	change := func(statement string) {
		t.Helper()
		_, err := owner.Exec(statement)
		w.must(err)
	}
	s := n.dial(w.ana)
	s.subscribe(topicOf(id))
	w.post(w.ana, id, "Before")
	first := s.event(topicOf(id), portal.PostCreated).ID
	change(`update log_state set position = position + 31536000000`)
	w.post(w.ana, id, "With a clock a year ahead")
	second := s.event(topicOf(id), portal.PostCreated).ID
	w.post(w.ana, id, "With a clock that is right")
	third := s.event(topicOf(id), portal.PostCreated).ID
	if second < first+31536000000 || third != second+1 {
		t.Errorf("the positions are %d, %d, %d", first, second, third)
	}
	resumed := n.dial(w.somchai)
	resumed.say(`{"op":"subscribe","topic":%q,"after":%d}`, topicOf(id), first)
	resumed.expect("subscribed", topicOf(id))
	for _, want := range []int64{second, third} {
		if got := resumed.event(topicOf(id), portal.PostCreated).ID; got != want {
			t.Errorf("resumed with %d, want %d", got, want)
		}
	}
	// The clock has gone on by forty days: all of the log is too old to keep.
	change(`update events set at = at - interval '40 days'`)
	_, err = w.db.ForgetOld(ctx, 30*24*time.Hour)
	w.must(err)
	late := n.dial(w.somchai)
	late.say(`{"op":"subscribe","topic":%q,"after":%d}`, topicOf(id), first)
	late.expect("subscribed", topicOf(id))
	late.expect("reset", topicOf(id))
	w.post(w.ana, id, "Afterwards")
	for _, socket := range []*socket{s, resumed, late} {
		if got := socket.event(topicOf(id), portal.PostCreated).ID; got != third+1 {
			t.Errorf("afterwards comes %d after %d", got, third)
		}
	}
}
