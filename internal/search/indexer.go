package search

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	lookEvery  = time.Second     // for an index that another process has built
	checkEvery = 5 * time.Second // for a database that was restored under us
	retryBuild = 5 * time.Second
	lagAllowed = 5 * time.Second // a busy log is always a little ahead
)

// Indexer keeps a node's index in step with the log.
type Indexer struct {
	source
	ix  *index.Index
	log *slog.Logger

	mu      sync.Mutex   // one writer at a time
	seen    atomic.Int64 // position up to which events were handed in
	stale   atomic.Bool  // the index in use cannot be led on: it is being built anew
	rebuild sync.Mutex   // one build or exchange at a time

	percent  atomic.Int32 // of the build under way
	caughtUp atomic.Int64 // when the index last stood at the head of the log, Unix nanoseconds
}

// NewIndexer makes the indexer of a node; Start and Run bring it to work.
func NewIndexer(db *postgres.DB, ix *index.Index, vocab *portal.Vocabulary, log *slog.Logger) *Indexer {
	if log == nil {
		log = slog.Default()
	}
	return &Indexer{source: source{db.Conn, vocab, ix}, ix: ix, log: log}
}

// Start looks whether the index in use can be led on from its position. It must come before
// Position and Consume; when the index cannot, Run builds another.
func (x *Indexer) Start(ctx context.Context) error {
	head, err := x.db.LogState(ctx)
	if err == nil {
		err = x.learn(ctx)
	}
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	live, ok := x.ix.Live()
	if ok {
		why, err := x.unusable(ctx, live, head)
		if err != nil {
			return err
		}
		if why == "" && x.ix.Outdated() {
			why = "it has an earlier format, and answers until then"
		}
		if why == "" {
			x.seen.Store(live.Position)
			return nil
		}
		x.log.Info("the index will be built anew", "why", why)
	}
	x.behind(head.Head)
	return nil
}

// unusable says why an index cannot be led on; "" when it can.
func (x *Indexer) unusable(ctx context.Context, s index.State, head postgres.LogState) (string, error) {
	if s.System != head.SystemIdentifier || s.Timeline != head.Timeline {
		return "it was built from another database, or before a restore", nil
	}
	ok, err := x.db.Resumable(ctx, s.Position)
	if err != nil || ok {
		return "", err
	}
	return "the log does not reach back to its position", nil
}

// Position is the position in the log from which events are to be handed in.
func (x *Indexer) Position() int64 { return x.seen.Load() }

// behind has the index built anew from the database as it stands at the position or later. The one in use
// answers meanwhile, but what it counts may be told to nobody: its labels are of before.
func (x *Indexer) behind(position int64) {
	x.stale.Store(true)
	x.ix.LeaveBehind()
	x.seen.Store(position)
}

// Consume brings the index up to the last of the events, which must follow on Position; those
// that are in the index already are passed over. What changed is read from the database as it is
// now. head is the log's last position.
func (x *Indexer) Consume(ctx context.Context, events []portal.Event, head int64) error {
	if len(events) == 0 {
		return nil
	}
	last := events[len(events)-1].Position
	x.mu.Lock()
	defer x.mu.Unlock()
	if last <= x.seen.Load() {
		return nil
	}
	if live, ok := x.ix.Live(); ok && !x.stale.Load() {
		if err := x.lead(ctx, live, events, x.ix.Apply); err != nil {
			return fmt.Errorf("index the events up to %d: %w", last, err)
		}
	}
	x.seen.Store(last)
	if last >= head {
		x.caughtUp.Store(time.Now().UnixNano())
	}
	return nil
}

// lead writes to an index what the events changed: all in one batch with the new position, or
// where it is too much for one, the position with the last.
func (x *Indexer) lead(ctx context.Context, state index.State, events []portal.Event, apply func(index.Batch) error) error {
	what := newChanged()
	for _, e := range events {
		if e.Position > state.Position {
			what.note(e)
		}
	}
	if err := x.edited(ctx, &state, events); err != nil {
		return err
	}
	state.Position = max(state.Position, events[len(events)-1].Position)
	var pending index.Batch
	err := x.each(ctx, what, func(b index.Batch) error {
		if n := len(pending.Put) + len(pending.Delete); n > 0 && n+len(b.Put)+len(b.Delete) > pageSize {
			if err := apply(pending); err != nil {
				return err
			}
			pending = index.Batch{}
		}
		pending.Put = append(pending.Put, b.Put...)
		pending.Delete = append(pending.Delete, b.Delete...)
		return nil
	})
	if err != nil {
		return err
	}
	pending.State = &state
	return apply(pending)
}

// Run builds the index where that is needed, takes over one that another process has built, and
// notices a restored database, until the context ends.
func (x *Indexer) Run(ctx context.Context) error {
	var thesaurus sync.WaitGroup
	thesaurus.Go(func() { x.followThesaurus(ctx) })
	defer thesaurus.Wait()
	look, check := time.NewTicker(lookEvery), time.NewTicker(checkEvery)
	defer look.Stop()
	defer check.Stop()
	for {
		wait := look.C
		if x.stale.Load() {
			if err := x.Rebuild(ctx, func(int, int) {}); err != nil && ctx.Err() == nil {
				x.log.Error("building the index failed and is tried again", "err", err)
				wait = time.After(retryBuild)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-check.C:
			if err := x.check(ctx); err != nil && ctx.Err() == nil {
				x.log.Warn("the state of the log could not be read", "err", err)
			}
		case <-wait:
			if err := x.takeOver(ctx); err != nil && ctx.Err() == nil {
				x.log.Error("an index built by another process was not taken over", "err", err)
			}
		}
	}
}

// check looks whether the database was exchanged under the index.
func (x *Indexer) check(ctx context.Context) error {
	head, err := x.db.LogState(ctx)
	if err != nil {
		return err
	}
	live, ok := x.ix.Live()
	if !ok || live.System == head.SystemIdentifier && live.Timeline == head.Timeline {
		return nil
	}
	x.log.Warn("the database was restored: the index is built anew")
	x.mu.Lock()
	defer x.mu.Unlock()
	x.behind(head.Head)
	return nil
}

// CaughtUp tells whether the index answers for everything committed up to now, or nearly so, and
// how many per cent of the way are done.
func (x *Indexer) CaughtUp(ctx context.Context) (ok bool, percent int) {
	stale, seen := x.stale.Load(), x.seen.Load()
	if _, live := x.ix.Live(); stale || !live {
		return false, int(x.percent.Load())
	}
	head, err := x.db.LogState(ctx)
	if err != nil {
		return false, 0
	}
	if seen >= head.Head {
		x.caughtUp.Store(time.Now().UnixNano())
		return true, 100
	}
	if last := x.caughtUp.Load(); last != 0 && time.Since(time.Unix(0, last)) < lagAllowed {
		return true, 100
	}
	return false, 99
}
