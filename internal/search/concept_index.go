package search

import (
	"context"
	"fmt"
	"slices"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
)

const (
	rereadEvery = 300 * time.Millisecond // a look whether the thesaurus was edited
	rereadSize  = 100                    // documents that are read again at once; the log goes on between
)

// edited notes in an index's state the concepts that events tell of, by which its documents are to be read
// again, and learns the thesaurus. They stand in the state, so that no crash between forgets them.
func (x *Indexer) edited(ctx context.Context, state *index.State, events []portal.Event) error {
	some := false
	for _, e := range events {
		if e.Type != portal.ThesaurusChanged || e.Position <= state.Position {
			continue
		}
		some = true
		// Without a concept it is the first thesaurus: whatever was built before it had none, and is built anew
		// because of its format. By the first of the concepts documents may just be read again, as it was before
		// this edit: it may stand there twice.
		if id := e.Entity.ID; id != 0 && !slices.Contains(state.Concepts[min(1, len(state.Concepts)):], id) {
			state.Concepts = append(slices.Clone(state.Concepts), id)
		}
	}
	if !some {
		return nil
	}
	return x.learn(ctx)
}

// followThesaurus reads documents again when concepts were edited, until the context ends.
func (x *Indexer) followThesaurus(ctx context.Context) {
	look := time.NewTicker(rereadEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			if err := x.Reread(ctx); err != nil && ctx.Err() == nil {
				x.log.Error("documents were not read again by the thesaurus, which is tried again", "err", err)
			}
		}
	}
}

// Reread reads those documents again that name, or named, a concept that was edited, and no others. It
// returns when there are none left, or when the index is being built anew, which reads them all.
func (x *Indexer) Reread(ctx context.Context) error {
	if !x.rebuild.TryLock() {
		return nil
	}
	defer x.rebuild.Unlock()
	for {
		live, ok := x.ix.Live()
		if !ok || x.stale.Load() || len(live.Concepts) == 0 {
			return nil
		}
		if err := x.rereadOne(ctx, live.Concepts[0]); err != nil {
			return fmt.Errorf("read the documents of concept %d again: %w", live.Concepts[0], err)
		}
	}
}

func (x *Indexer) rereadOne(ctx context.Context, id int64) error {
	key, err := x.db.ConceptKey(ctx, id)
	if err != nil && portal.KindOf(err) != portal.NotFound {
		return err
	}
	refs, err := x.ix.Naming(ctx, key, x.ix.Thesaurus().Names(key))
	if err != nil {
		return err
	}
	begin := time.Now()
	for some := range slices.Chunk(refs, rereadSize) {
		if x.stale.Load() {
			return nil
		}
		if err := x.rereadSome(ctx, some); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	state, ok := x.ix.Live()
	if !ok || x.stale.Load() || len(state.Concepts) == 0 || state.Concepts[0] != id {
		return nil
	}
	state.Concepts = slices.Clone(state.Concepts[1:]) // where it was edited meanwhile, it stands there again
	x.log.Info("documents were read again by the thesaurus", "concept", key, "documents", len(refs), "took", time.Since(begin).Round(time.Millisecond))
	return x.ix.Apply(index.Batch{State: &state})
}

func (x *Indexer) rereadSome(ctx context.Context, refs []portal.Ref) error {
	what := newChanged()
	for _, ref := range refs {
		what.add(ref)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.each(ctx, what, x.ix.Apply)
}

// add notes one thing.
func (c changed) add(ref portal.Ref) {
	switch ref.Kind {
	case portal.KindPractice:
		c.practices[ref.ID] = true
	case portal.KindThread:
		c.threads[ref.ID] = true
	case portal.KindPost:
		c.posts[ref.ID] = true
	case portal.KindMember:
		c.members[ref.ID] = true
	case portal.KindCollection:
		c.collections[ref.ID] = true
	default: // countries and organizations are few, and are read together
		c.places[ref.Kind] = true
	}
}
