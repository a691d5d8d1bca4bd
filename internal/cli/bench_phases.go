package cli

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// ways measures how long a post takes from its sending, its commit included, to the last socket.
func (b *bench) ways() (last times, err error) {
	for range b.Posts {
		if err := b.post(0); err != nil {
			return nil, err
		}
		var longest time.Duration
		if err := b.collect(len(b.sockets), func(took time.Duration) { longest = max(longest, took) }); err != nil {
			return nil, err
		}
		last = append(last, longest)
		time.Sleep(20 * time.Millisecond) // one after the other is measured, not the queue of many
	}
	return last, nil
}

// stall measures the same again while some sockets follow the thread and read nothing.
func (b *bench) stall(plain times) error {
	for range b.Stalled {
		ctx, cancel := context.WithTimeout(b.ctx, benchPatience)
		s, err := dialBench(ctx, b.origin, b.token)
		cancel()
		if err != nil {
			return err
		}
		defer s.conn.Close()
		if _, err := s.subscribe(b.Topics[0], 0); err != nil {
			return err
		}
	}
	with, err := b.ways()
	if err != nil {
		return err
	}
	b.tell("the same beside stalled sockets", "p50 %s, p99 %s (%+d µs at p99)", with.at(50), with.at(99), (with.at(99) - plain.at(99)).Microseconds())
	return nil
}

// write has writers write as fast as they are answered, and counts answers and frames.
func (b *bench) write() error {
	var all sync.WaitGroup
	var acknowledged, here atomic.Int64
	var first atomic.Pointer[error]
	frames := b.frames.Load()
	began := time.Now()
	for n := range b.Writers {
		all.Go(func() {
			for time.Since(began) < b.For && b.ctx.Err() == nil {
				if err := b.post(n); err != nil {
					first.CompareAndSwap(nil, &err)
					return
				}
				acknowledged.Add(1)
				if n%len(b.Topics) == 0 {
					here.Add(1)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() {
		all.Wait()
		close(written)
	}()
	// What comes meanwhile has to be taken, or the sockets of this very program stall.
	for taking := true; taking; {
		select {
		case <-b.arrived:
		case <-written:
			taking = false
		}
	}
	took := time.Since(began).Seconds()
	if err := first.Load(); err != nil {
		return *err
	}
	b.tell("acknowledged posts", "%.0f/s by %d writers in %d threads", float64(acknowledged.Load())/took, b.Writers, len(b.Topics))
	spent := b.drain().Sub(began).Seconds()
	b.tell("frames at the sockets meanwhile", "%.0f/s (%.0f posts/s told)", float64(b.frames.Load()-frames)/spent, float64(here.Load())*float64(len(b.sockets))/spent)
	return nil
}

// drain waits until nothing comes any more, and tells when the last came.
func (b *bench) drain() time.Time {
	for last := time.Now(); ; {
		select {
		case <-b.arrived:
			last = time.Now()
		case <-time.After(time.Second):
			return last
		}
	}
}

// comeBack has all sockets lost, miss events, and come back at once.
func (b *bench) comeBack() error {
	ctx, cancel := context.WithTimeout(b.ctx, benchPatience)
	probe, err := dialBench(ctx, b.origin, b.token)
	cancel()
	if err != nil {
		return err
	}
	head, err := probe.subscribe(b.Topics[0], 0)
	probe.conn.Close()
	if err != nil {
		return err
	}
	b.drain()
	b.hangUp()
	b.ears.Wait()
	for range b.Resume {
		if err := b.post(0); err != nil {
			return err
		}
	}
	b.over.Store(false)
	began := time.Now()
	opened := make(chan error, 1)
	go func() { opened <- b.open(head) }()
	if err := b.collect(b.Clients*b.Resume, func(time.Duration) {}); err != nil {
		return err
	}
	took := time.Since(began)
	if err := <-opened; err != nil {
		return err
	}
	b.tell("all back, each with what it missed", "%d sockets, %d events each, in %.2f s", len(b.sockets), b.Resume, took.Seconds())
	return nil
}
