package outbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"praxis/internal/outbox"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func TestFollowersDoNotWaitForEachOther(t *testing.T) {
	dsn, _ := database(t)
	db := connect(t, dsn)
	fast, slow := newReader(0), newReader(0)
	release := make(chan struct{})
	var tries atomic.Int64
	relay := outbox.New(db, quiet)
	relay.Follow(outbox.Follower{Name: "fast", From: outbox.FromHead, Consume: fast.consume})
	relay.Follow(outbox.Follower{Name: "slow", From: outbox.FromHead, Consume: func(ctx context.Context, events []portal.Event, head int64) error {
		if len(events) == 0 {
			return nil
		}
		switch tries.Add(1) {
		case 1:
			return errors.New("not yet")
		case 2:
			panic("nor now")
		}
		<-release
		return slow.consume(ctx, events, head)
	}})
	start(t, relay)
	eventually(t, "begin", func() bool { return relay.Stats().Readers[0].Position > 0 })
	var written []int64
	for i := range int64(20) {
		if err := write(context.Background(), db, "thread:1", i+1, nil); err != nil {
			t.Fatal(err)
		}
		written = append(written, i+1)
	}
	eventually(t, "the fast one has read", func() bool { return fast.count() == 20 })
	eventually(t, "the slow one has tried again", func() bool { return tries.Load() >= 3 })
	stats := relay.Stats()
	if stats.Readers[1].Lag == 0 || stats.Readers[1].Failures != 2 || stats.Sequenced != 20 {
		t.Errorf("while one reader is stuck: %+v", stats)
	}
	close(release)
	eventually(t, "the slow one has read", func() bool { return slow.count() == 20 })
	fast.check(t, "fast", written)
	slow.check(t, "slow", written)
}

func TestWorkIsWokenAndRepeated(t *testing.T) {
	dsn, _ := database(t)
	db := connect(t, dsn)
	var calls, left atomic.Int64
	relay := outbox.New(db, quiet)
	relay.Once("work", func(context.Context) (bool, error) {
		if calls.Add(1) == 2 {
			return false, errors.New("try again")
		}
		return left.Add(-1) > 0, nil
	})
	start(t, relay)
	eventually(t, "it is called at the start and after an error", func() bool { return calls.Load() >= 1 })
	left.Store(5)
	before := calls.Load()
	if err := write(context.Background(), db, "thread:1", 1, nil); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is called while there is more", func() bool { return left.Load() <= 0 && calls.Load() >= before+5 })
}

func TestEveryNodeHearsOfARestore(t *testing.T) {
	dsn, owner := database(t)
	db := connect(t, dsn)
	if _, err := db.NoticeRestore(context.Background()); err != nil {
		t.Fatal(err)
	}
	var heard [2]atomic.Int64
	var relays []*outbox.Relay
	for i := range heard {
		relay := outbox.New(connect(t, dsn), quiet)
		relay.Follow(outbox.Follower{Name: "reader", From: outbox.FromHead,
			Consume:  func(context.Context, []portal.Event, int64) error { return nil },
			Restored: func(_ context.Context, head int64) (int64, error) { heard[i].Add(1); return head, nil }})
		start(t, relay)
		relays = append(relays, relay)
	}
	for _, r := range relays {
		eventually(t, "begin", func() bool { return r.Stats().Rounds > 0 && r.Stats().Readers[0].Position > 0 })
	}
	own, err := postgres.Open(owner, postgres.Options{Owner: true})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if _, err := own.Raw().Exec(`update log_state set system_identifier = '1'`); err != nil {
		t.Fatal(err)
	}
	if restored, err := db.NoticeRestore(context.Background()); err != nil || !restored {
		t.Fatalf("NoticeRestore = %v, %v", restored, err)
	}
	for i := range heard {
		eventually(t, "a node hears of the restore", func() bool { return heard[i].Load() == 1 })
	}
}

func TestLatencyOfAnIdleLog(t *testing.T) {
	dsn, _ := database(t)
	db, other := connect(t, dsn), connect(t, dsn)
	arrived := make(chan time.Time, 1)
	here, there := outbox.New(db, quiet), outbox.New(other, quiet)
	there.Follow(outbox.Follower{Name: "reader", From: outbox.FromHead, Consume: func(_ context.Context, events []portal.Event, _ int64) error {
		if len(events) > 0 {
			arrived <- time.Now()
		}
		return nil
	}})
	start(t, here)
	start(t, there)
	eventually(t, "begin", func() bool { return here.Stats().Rounds > 2 && there.Stats().Readers[0].Position > 0 })
	var sum time.Duration
	for i := range int64(10) {
		begin := time.Now()
		if err := write(context.Background(), db, "thread:1", i, nil); err != nil {
			t.Fatal(err)
		}
		sum += (<-arrived).Sub(begin)
		time.Sleep(20 * time.Millisecond)
	}
	if mean := sum / 10; mean > outbox.Tick/2 {
		t.Errorf("an event takes %v to another node: nobody was woken", mean)
	} else {
		t.Logf("an event takes %v to another node", mean)
	}
}
