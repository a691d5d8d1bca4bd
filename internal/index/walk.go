package index

import (
	"context"
	"errors"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search"
)

// lookAtClock is after how many documents a walk looks whether its time is over.
const lookAtClock = 1024

// errEnough ends a walk for which any hits will do, once it has them; its total is of what it saw until then.
var errEnough = errors.New("there are hits enough")

// segment is one of the pieces of which an index is made, as one search sees it.
type segment struct {
	base, end uint64          // of the index's numbers: from, and before
	seen      *roaring.Bitmap // the documents that the viewer may see, by their numbers within the segment
	deleted   *roaring.Bitmap // nil: none
	facts     facts
}

// view gives the pieces of an index as the viewer with the terms sees them.
func (c *columnCache) view(ctx context.Context, shot *scorch.IndexSnapshot, access []string) ([]segment, error) {
	c.use()
	key := audienceKey(access)
	all := make([]segment, 0, len(shot.Segments()))
	base := uint64(0)
	for _, s := range shot.Segments() {
		one := segment{base: base, end: base + uint64(s.FullSize()), deleted: s.Deleted()}
		base = one.end
		var err error
		if one.seen, err = c.audience(s, key, access); err != nil {
			return nil, err
		}
		kept, err := c.ready(ctx, s)
		if err != nil {
			return nil, err
		}
		if kept != nil {
			one.facts = kept
		} else if one.facts, err = newDocValues(shot, one.base); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// walk goes over the documents that a request finds, in the order of the index.
type walk struct {
	ctx      context.Context
	shot     *scorch.IndexSnapshot
	segments []segment
	filters  filters
	facets   *facetCounts
	best     *best
	weigh    weigh
	total    int

	record record
	steps  int
}

// matches walks over what a searcher finds.
func (w *walk) matches(found search.Searcher) error {
	sc := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(found.DocumentMatchPoolSize()+1, 0), IndexReader: w.shot}
	m, err := found.Next(sc)
	for i := range w.segments {
		s := &w.segments[i]
		w.begin()
		for err == nil && m != nil {
			id := m.IndexInternalID.Value()
			if id >= s.end {
				break
			}
			if err = w.look(s, uint32(id-s.base), m.Score); err != nil {
				break
			}
			sc.DocumentMatchPool.Put(m)
			m, err = found.Next(sc)
		}
		w.facets.end(s.facts)
		if err != nil {
			return err
		}
	}
	return nil
}

// everything walks over all that the viewer may see.
func (w *walk) everything() error {
	for i := range w.segments {
		s := &w.segments[i]
		w.begin()
		var err error
		for it := s.seen.Iterator(); err == nil && it.HasNext(); {
			if document := it.Next(); s.deleted == nil || !s.deleted.Contains(document) {
				err = w.look(s, document, 0)
			}
		}
		w.facets.end(s.facts)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) begin() {
	w.filters.begin()
	w.weigh.begin()
}

// look counts a document that was found, if the viewer may see it, and keeps it if it is among the best.
func (w *walk) look(s *segment, document uint32, score float64) error {
	if w.steps++; w.steps%lookAtClock == 0 {
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	if !s.seen.Contains(document) {
		return nil
	}
	if err := s.facts.read(document, &w.record); err != nil {
		return err
	}
	switch missed := w.filters.judge(&w.record, s.facts); missed {
	case inNone:
		return nil
	case inAll:
	default:
		w.facets.one(missed, &w.record)
		return nil
	}
	w.total++
	if w.best.full() && len(w.facets.fields) == 0 {
		return errEnough
	}
	w.facets.all(&w.record)
	return w.best.offer(s.base+uint64(document), w.weigh.score(&w.record, s.facts, score))
}
