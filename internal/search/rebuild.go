package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Rebuild builds the index from the database beside the one in use, leads it on to where that
// one is, and exchanges the two. Searches and Consume go on meanwhile. progress is told how many
// of about how many things are done.
func (x *Indexer) Rebuild(ctx context.Context, progress func(done, total int)) error {
	x.rebuild.Lock()
	defer x.rebuild.Unlock()
	x.percent.Store(0)
	b := began(x.log, func(done, total int) {
		x.percent.Store(int32(min(99, 100*done/max(total, 1))))
		progress(done, total)
	})
	fresh, err := build(ctx, x.source, x.ix.Dir(), b.at)
	b.ended(err)
	if err != nil {
		return err
	}
	return x.adopt(ctx, fresh)
}

// takeOver exchanges the index in use for one that another process has built.
func (x *Indexer) takeOver(ctx context.Context) error {
	if !x.rebuild.TryLock() {
		return nil
	}
	defer x.rebuild.Unlock()
	fresh, err := x.ix.Published()
	if err != nil || fresh == nil {
		return err
	}
	return x.adopt(ctx, fresh)
}

// adopt leads a complete index on and puts it in the place of the one in use. The last steps
// hold Consume up, so that no event falls between the two.
func (x *Indexer) adopt(ctx context.Context, fresh *index.Folder) error {
	err := x.catchUp(ctx, fresh, 0)
	if err == nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		if err = x.catchUp(ctx, fresh, x.seen.Load()); err == nil {
			if err = x.ix.Swap(fresh); err != nil {
				return fmt.Errorf("exchange the index: %w", err)
			}
			x.seen.Store(max(x.seen.Load(), fresh.State().Position))
			x.stale.Store(false)
			return nil
		}
	}
	return errors.Join(err, fresh.Discard())
}

// catchUp applies the log to an index from its position to the log's end, at least to until.
func (x *Indexer) catchUp(ctx context.Context, f *index.Folder, until int64) error {
	head, err := x.db.LogState(ctx)
	if err != nil {
		return err
	}
	why, err := x.unusable(ctx, f.State(), head)
	if err == nil && why != "" {
		err = fmt.Errorf("lead the new index on: %s", why)
	}
	for err == nil {
		var events []portal.Event
		if events, err = x.db.ReadLog(ctx, f.State().Position, postgres.MaxRead); err != nil || len(events) == 0 {
			break
		}
		err = x.lead(ctx, f.State(), events, func(b index.Batch) error {
			_, err := f.Apply(b)
			return err
		})
	}
	if err == nil && f.State().Position < until {
		err = fmt.Errorf("lead the new index on: the log ends at %d, before %d", f.State().Position, until)
	}
	return err
}

// build makes a complete index in a folder of its own. The head of the log is read first: what
// happens during the build is in the log after it.
func build(ctx context.Context, s source, dir string, progress func(done, total int)) (*index.Folder, error) {
	head, err := s.db.LogState(ctx)
	if err == nil {
		err = s.learn(ctx)
	}
	if err != nil {
		return nil, err
	}
	total, err := s.db.Searchable(ctx)
	if err != nil {
		return nil, err
	}
	f, err := index.Create(dir)
	if err != nil {
		return nil, err
	}
	write := func(b index.Batch) error {
		_, err := f.Apply(b)
		return err
	}
	done := 0
	err = s.all(ctx, write, func(n int) {
		done += n
		progress(done, max(done, total))
	})
	if err == nil {
		err = write(index.Batch{State: &index.State{Position: head.Head, System: head.SystemIdentifier, Timeline: head.Timeline, Complete: true,
			Built: time.Now().UnixMilli()}})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("build the index: %w", err), f.Discard())
	}
	return f, nil
}

// RebuildDir builds the index in a node's folder from another process: beside the one in use,
// which a node that runs on the folder exchanges within two seconds after this returns. Without
// one, the next to start uses it. log is told of the progress, too; nil: nobody is.
func RebuildDir(ctx context.Context, db *postgres.DB, vocab *portal.Vocabulary, dir string, progress func(done, total int), log *slog.Logger) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	b := began(log, progress)
	f, err := build(ctx, source{db.Conn, vocab, &ownLexicon{}}, dir, b.at)
	b.ended(err)
	if err != nil {
		return err
	}
	if err := f.Publish(); err != nil {
		return errors.Join(err, f.Discard())
	}
	if err := f.Close(); err != nil {
		return err
	}
	return index.Sweep(dir)
}
