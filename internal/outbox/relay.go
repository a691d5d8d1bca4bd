// Package outbox carries the log to those who live by it. Each node runs one Relay: it has the
// committed events sequenced, and hands them in order to this node's followers (the hub of the
// sockets, the search index) and wakes those who work once for all nodes (notifications).
package outbox

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Bounds of the relay.
const (
	Tick       = 250 * time.Millisecond // everybody looks at least this often: what a lost wake-up costs
	roundGap   = 10 * time.Millisecond  // rest after a round: what is committed meanwhile shares the next one, its commit and its readers' statements
	firstRetry = 50 * time.Millisecond  // after an error; doubled each time
	lastRetry  = 5 * time.Second
	restoreGap = time.Minute           // between two looks whether the database was restored
	sweepGap   = time.Hour             // between two sweeps of what is over
	workRest   = 50 * time.Millisecond // of work for all nodes after each go, for the same reason
	workGap    = 5 * time.Second       // work for all nodes is asked for at least this often: another node may have died at it
)

// FromHead lets a follower begin with the next event.
const FromHead int64 = -1

// Follower reads the log on this node, in its own goroutine and at its own pace.
type Follower struct {
	Name string
	From int64 // the position that it has finished, or FromHead
	// Rest is how long it waits after each batch, so that what comes meanwhile makes one batch: an
	// index that takes each post for itself spends most of its time on merging small segments.
	Rest time.Duration
	// Consume takes the next events, in order. It is called once without events when the
	// follower begins. An error has the same events offered again, for ever: nothing is skipped.
	// head is the last position handed out when the events were read.
	Consume func(ctx context.Context, events []portal.Event, head int64) error
	// Restored, where set, is told that the database was restored before anything after that is
	// consumed. It returns the position to go on from.
	Restored func(ctx context.Context, head int64) (int64, error)
}

// Relay is one node's end of the log. Register with Follow and Once, then Run.
type Relay struct {
	db        *postgres.DB
	log       *slog.Logger
	followers []*follower
	workers   []*worker
	wake      chan struct{}
	grown     chan struct{}
	hear      func(hint string)
	head      atomic.Int64
	hole      atomic.Int64
	rounds    atomic.Int64
	sequenced atomic.Int64
	failures  atomic.Int64
	worked    time.Time // when the workers were last woken; the round's own
}

// New makes a relay that does nothing until Run.
func New(db *postgres.DB, log *slog.Logger) *Relay {
	return &Relay{db: db, log: log, wake: make(chan struct{}, 1), grown: make(chan struct{}, 1), hear: func(string) {}}
}

// Hear sets who is told what the nodes hint to each other beside the log, in order and soon; only
// before Run. An empty hint says that those before it may have been missed.
func (r *Relay) Hear(hear func(hint string)) { r.hear = hear }

// Follow registers a follower; only before Run.
func (r *Relay) Follow(f Follower) {
	made := &follower{Follower: f, relay: r, loop: newLoop(f.Name, r.log)}
	made.position.Store(f.From)
	r.followers = append(r.followers, made)
}

// Once registers work that is done once for all nodes; only before Run. work is called whenever
// the log may have grown, again at once while it answers more, and later after an error. It
// must itself see to it that two nodes do not do the same.
func (r *Relay) Once(name string, work func(ctx context.Context) (more bool, err error)) {
	r.workers = append(r.workers, &worker{work: work, loop: newLoop(name, r.log)})
}

// Head is the last position handed out that this node knows of: at most a moment behind.
func (r *Relay) Head() int64 { return r.head.Load() }

// Wake has the relay look at the log soon.
func (r *Relay) Wake() { poke(r.wake) }

// Run relays until the context ends, and returns when all its goroutines have.
func (r *Relay) Run(ctx context.Context) {
	if !r.begin(ctx) {
		return
	}
	var all sync.WaitGroup
	all.Go(func() { r.db.Listen(ctx, r.Wake, r.hear) })
	all.Go(func() { r.db.Notify(ctx, r.grown) })
	all.Go(func() { r.keepHouse(ctx) })
	for _, f := range r.followers {
		all.Go(func() { f.run(ctx) })
	}
	for _, w := range r.workers {
		all.Go(func() { w.run(ctx) })
	}
	r.relay(ctx)
	all.Wait()
}

// begin waits until the database answers, and notices a restore that happened while no node ran.
func (r *Relay) begin(ctx context.Context) bool {
	start := newLoop("start", r.log)
	for ctx.Err() == nil {
		restored, err := r.db.NoticeRestore(ctx)
		if err == nil {
			var at postgres.LogHead
			if at, err = r.db.LogHead(ctx); err == nil {
				r.hole.Store(at.Hole)
				r.head.Store(at.Head)
				if restored {
					r.tellRestored(at)
				}
				return true
			}
		}
		r.failures.Add(1)
		start.failed(ctx, err)
	}
	return false
}

// relay makes a round whenever something was committed here, another node says so, or time is up.
func (r *Relay) relay(ctx context.Context) {
	tick := time.NewTicker(Tick)
	defer tick.Stop()
	trouble := newLoop("sequence", r.log)
	for {
		committed := false
		select {
		case <-ctx.Done():
			return
		case <-r.db.Committed():
			committed = true
		case <-r.wake:
		case <-tick.C:
		}
		if trouble.failing() {
			// The server went away. What came back may be an older one: positions must not be
			// handed out before that is known.
			if _, err := r.db.NoticeRestore(ctx); err != nil {
				trouble.failed(ctx, err)
				continue
			}
		}
		if err := r.round(ctx, committed); err != nil {
			r.failures.Add(1)
			trouble.failed(ctx, err)
			continue
		}
		trouble.succeeded()
		rest(ctx, roundGap)
	}
}

// rest waits, or until the context ends.
func rest(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-ctx.Done():
	case <-over.C:
	}
}

// round has everything sequenced that waits, and tells followers and other nodes.
func (r *Relay) round(ctx context.Context, committed bool) error {
	r.rounds.Add(1)
	// Another node may be at sequencing just now and miss what was committed here a moment ago:
	// it must hear of the commit even where this round gives no position.
	tell := committed
	for {
		n, err := r.db.Sequence(ctx)
		if err != nil {
			return err
		}
		r.sequenced.Add(int64(n))
		tell = tell || n > 0
		if n < postgres.MaxSequenced {
			break
		}
	}
	if tell {
		poke(r.grown)
	}
	return r.look(ctx)
}

// look reads how far the log has come and wakes whoever is behind.
func (r *Relay) look(ctx context.Context) error {
	at, err := r.db.LogHead(ctx)
	if err != nil {
		return err
	}
	if r.hole.Swap(at.Hole) != at.Hole {
		r.log.Warn("the database was restored: everybody reads afresh", "head", at.Head)
		r.tellRestored(at)
	}
	before := r.head.Swap(at.Head)
	for _, f := range r.followers {
		if at.Head != before || f.position.Load() < at.Head {
			poke(f.wake)
		}
	}
	if at.Head != before || time.Since(r.worked) > workGap {
		r.worked = time.Now()
		for _, w := range r.workers {
			poke(w.wake)
		}
	}
	return nil
}

func (r *Relay) tellRestored(at postgres.LogHead) {
	for _, f := range r.followers {
		f.restoredAt.Store(at.Head)
		poke(f.wake)
	}
}

// keepHouse looks for restores and removes what is over. That several nodes do so is harmless.
func (r *Relay) keepHouse(ctx context.Context) {
	restore, sweep := time.NewTicker(restoreGap), time.NewTicker(sweepGap)
	defer restore.Stop()
	defer sweep.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-restore.C:
			if _, err = r.db.NoticeRestore(ctx); err == nil {
				r.Wake() // the round sees the hole, whichever node made it
			}
		case <-sweep.C:
			err = r.sweep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.failures.Add(1)
			r.log.Warn("housekeeping failed; it is tried again later", "err", err)
		}
	}
}

func (r *Relay) sweep(ctx context.Context) error {
	n, err := r.db.ForgetOld(ctx, postgres.KeptFor)
	if err != nil {
		return err
	}
	if n > 0 {
		r.log.Info("old events left the log", "events", n)
	}
	return r.db.Sweep(ctx)
}

// poke leaves a word; a word that already lies there is enough.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
