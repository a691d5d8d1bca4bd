package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"praxis/internal/postgres"
)

// loop is the patience of one goroutine: it is woken, and waits longer after each error.
type loop struct {
	name     string
	log      *slog.Logger
	wake     chan struct{}
	wait     time.Duration // before the next try; 0: nothing is wrong
	failures atomic.Int64
}

func newLoop(name string, log *slog.Logger) *loop {
	return &loop{name: name, log: log, wake: make(chan struct{}, 1)}
}

func (l *loop) failing() bool { return l.wait > 0 }

func (l *loop) succeeded() { l.wait = 0 }

// failed notes an error and waits before the next try.
func (l *loop) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	l.failures.Add(1)
	l.wait = min(max(2*l.wait, firstRetry), lastRetry)
	l.log.Warn("reading the log failed; it is tried again", "reader", l.name, "after", l.wait, "err", err)
	rest(ctx, l.wait)
}

// each calls step whenever the loop is woken, and again while it answers more or fails.
func (l *loop) each(ctx context.Context, step func(ctx context.Context) (more bool, err error)) {
	for more := true; ; {
		if !more {
			select {
			case <-ctx.Done():
				return
			case <-l.wake:
			}
		}
		if ctx.Err() != nil {
			return
		}
		var err error
		if more, err = guarded(ctx, step); err != nil {
			l.failed(ctx, err)
			more = true
			continue
		}
		l.succeeded()
	}
}

// guarded turns a panic into an error: the events stay where they are, and the node lives.
func guarded(ctx context.Context, step func(ctx context.Context) (bool, error)) (more bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return step(ctx)
}

type worker struct {
	*loop
	work func(ctx context.Context) (bool, error)
}

func (w *worker) run(ctx context.Context) {
	w.each(ctx, func(ctx context.Context) (more bool, err error) {
		if more, err = w.work(ctx); err == nil && !more {
			rest(ctx, workRest)
		}
		return more, err
	})
}

type follower struct {
	Follower
	*loop
	relay      *Relay
	position   atomic.Int64
	restoredAt atomic.Int64 // head after a restore that the follower has not heard of; 0: none
	begun      bool
}

func (f *follower) run(ctx context.Context) { f.each(ctx, f.step) }

// step takes the follower on by one batch.
func (f *follower) step(ctx context.Context) (more bool, err error) {
	head := f.relay.head.Load()
	if !f.begun {
		return true, f.begin(ctx, head)
	}
	if restored := f.restoredAt.Load(); restored != 0 {
		return true, f.restored(ctx, restored)
	}
	position := f.position.Load()
	if position >= head {
		return false, nil
	}
	events, err := f.relay.db.ReadLog(ctx, position, postgres.MaxRead)
	if err != nil {
		return false, err
	}
	if len(events) == 0 {
		// Nothing is kept between here and the head: the events were old, or a restore took them.
		f.position.Store(head)
		return false, nil
	}
	last := events[len(events)-1].Position
	if last <= position {
		return false, errors.New("the log went backwards")
	}
	if err := f.Consume(ctx, events, max(head, last)); err != nil {
		return false, fmt.Errorf("consume %d events after %d: %w", len(events), position, err)
	}
	f.position.Store(last)
	if len(events) < postgres.MaxRead {
		rest(ctx, f.Rest)
	}
	return true, nil
}

func (f *follower) begin(ctx context.Context, head int64) error {
	if f.From == FromHead {
		f.position.Store(head)
	}
	if err := f.Consume(ctx, nil, head); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	f.begun = true
	return nil
}

func (f *follower) restored(ctx context.Context, head int64) error {
	if f.Restored != nil {
		from, err := f.Restored(ctx, head)
		if err != nil {
			return fmt.Errorf("read afresh after a restore: %w", err)
		}
		f.position.Store(from)
	}
	f.restoredAt.CompareAndSwap(head, 0)
	return nil
}
