package outbox_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"praxis/internal/outbox"
	"praxis/internal/portal"
)

// BenchmarkLog has 16 writers commit events, each with its audit row, and a node sequence, chain and
// read them all. The tests' server does not wait for its disk, so this is what the log itself can do;
// with the disk it is what the posts of a portal show (BenchmarkPosts).
func BenchmarkLog(b *testing.B) {
	dsn, _ := database(b)
	db, r := connect(b, dsn), newReader(0)
	relay := outbox.New(db, quiet)
	relay.Follow(outbox.Follower{Name: "reader", From: 0, Consume: r.consume})
	start(b, relay)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := write(context.Background(), db, portal.ThreadTopic(1+n%8), n, nil); err != nil {
					b.Errorf("write %d: %v", n, err)
					return
				}
			}
		})
	}
	all.Wait()
	written := b.Elapsed()
	eventually(b, "all events read", func() bool { return r.count() >= b.N })
	b.ReportMetric(float64(b.N)/written.Seconds(), "written/s")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "read/s")
}
