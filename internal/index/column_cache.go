package index

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

const (
	// smallSegment is how many documents a segment has at most whose columns a search loads by itself: that
	// takes it a few milliseconds. Those of a larger one, which merges have made, come in the background.
	smallSegment = 2000
	// audienceBytes is how much the bitmaps of audiences may take. One of 1.2 million documents is 150 KB at
	// most, and a few milliseconds' work to make again.
	audienceBytes = 64 << 20
)

// columnCache keeps the columns of an index's segments, and of each the bitmaps of the audiences that ask.
// A segment never changes and its identifier never comes again, so nothing in here can be out of date: what
// is relabelled is written anew in another segment, and who joins or leaves a workspace asks as another
// audience from the same second on.
type columnCache struct {
	mu        sync.Mutex
	segments  map[uint64]*columns
	young     map[audience]*roaring.Bitmap // what was asked for lately
	old       map[audience]*roaring.Bitmap // and before that
	youngSize uint64

	never bool          // tests only: columns come too late, always
	used  atomic.Bool   // somebody searches: an index that is only being built needs no columns
	wake  chan struct{} // there may be segments without columns
	stop  context.CancelFunc
	done  chan struct{}
}

// audience names the documents of a segment that a list of terms opens.
type audience struct {
	segment uint64
	terms   [sha256.Size]byte
}

func audienceKey(terms []string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join(terms, "\x00")))
}

// tendColumns begins to keep the columns of an index; stopColumns ends it, and must come before the index is
// closed.
func (f *Folder) tendColumns() {
	ctx, stop := context.WithCancel(context.Background())
	c := &columnCache{segments: map[uint64]*columns{}, young: map[audience]*roaring.Bitmap{},
		wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	f.columns = c
	go func() {
		defer close(c.done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-c.wake:
			}
			if err := c.tend(ctx, f.bleve); err != nil && ctx.Err() == nil {
				loggerOf(f.dir).Warn("the columns of the index could not be read: searches are slower without", "folder", f.path(), "err", err)
			}
		}
	}()
}

func (f *Folder) stopColumns() {
	f.columns.stop()
	<-f.columns.done
}

// use begins to load columns, before the first search needs them.
func (c *columnCache) use() {
	if !c.used.Swap(true) {
		c.look()
	}
}

// look has the cache see which segments there are, soon.
func (c *columnCache) look() {
	if !c.used.Load() {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default: // it will
	}
}

// tend loads the columns that are missing and forgets those of segments that are gone.
func (c *columnCache) tend(ctx context.Context, b bleve.Index) error {
	shot, err := snapshot(b)
	if err != nil {
		return err
	}
	defer shot.Close()
	live := map[uint64]bool{}
	for _, s := range shot.Segments() {
		live[s.Id()] = true
		if _, err := c.load(ctx, s); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.segments {
		if !live[id] {
			delete(c.segments, id)
		}
	}
	return nil
}

// snapshot is the index as it is now; it must be closed.
func snapshot(b bleve.Index) (*scorch.IndexSnapshot, error) {
	advanced, err := b.Advanced()
	if err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	reader, err := advanced.Reader()
	if err != nil {
		return nil, fmt.Errorf("read the index: %w", err)
	}
	shot, ok := reader.(*scorch.IndexSnapshot)
	if !ok || shot == nil {
		return nil, fmt.Errorf("read the index: it is closed, or no scorch: %T", reader)
	}
	return shot, nil
}

// kept gives a segment's columns if they are there; nil if not.
func (c *columnCache) kept(s *scorch.SegmentSnapshot) *columns {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.segments[s.Id()]
}

// load gives a segment's columns, read now if need be.
func (c *columnCache) load(ctx context.Context, s *scorch.SegmentSnapshot) (*columns, error) {
	if known := c.kept(s); known != nil {
		return known, nil
	}
	made, err := loadColumns(piece{s, ctx})
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.segments[s.Id()] = made
	return made, nil
}

// ready gives a segment's columns without a long wait; nil where they would take one.
func (c *columnCache) ready(ctx context.Context, s *scorch.SegmentSnapshot) (*columns, error) {
	if c.never {
		return nil, nil
	}
	if known := c.kept(s); known != nil {
		return known, nil
	}
	if s.FullSize() > smallSegment {
		c.look()
		return nil, nil
	}
	return c.load(ctx, s)
}

// audience gives the documents of a segment that the terms open, deleted ones, too. It is not to be changed.
func (c *columnCache) audience(s *scorch.SegmentSnapshot, key [sha256.Size]byte, terms []string) (*roaring.Bitmap, error) {
	at := audience{s.Id(), key}
	c.mu.Lock()
	seen, ok := c.young[at]
	if !ok {
		if seen, ok = c.old[at]; ok {
			c.keep(at, seen)
		}
	}
	c.mu.Unlock()
	if ok {
		return seen, nil
	}
	made, err := withAny(s, accessField, terms)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(at, made)
	return made, nil
}

// keep remembers a bitmap. When half of the room is full, what was not asked for since it last was goes.
func (c *columnCache) keep(at audience, documents *roaring.Bitmap) {
	if c.youngSize > audienceBytes/2 {
		c.old, c.young, c.youngSize = c.young, map[audience]*roaring.Bitmap{}, 0
	}
	c.young[at] = documents
	c.youngSize += documents.GetSizeInBytes() + 100 // of the map
}

// withAny gives the documents of a segment that have one of the terms in a field.
func withAny(s *scorch.SegmentSnapshot, field string, terms []string) (*roaring.Bitmap, error) {
	dict, err := s.Segment().Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", field, err)
	}
	found := roaring.New()
	list, err := dict.PostingsList(nil, nil, nil)
	for i := 0; err == nil && i < len(terms); i++ {
		if list, err = dict.PostingsList([]byte(terms[i]), nil, list); err == nil {
			known, ok := list.(postingsList)
			if !ok {
				return nil, fmt.Errorf("look into %s: bleve's %T is unknown", field, list)
			}
			known.OrInto(found)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("look into %s: %w", field, err)
	}
	return found, nil
}

// Columns tells how many bytes of memory the columns of the index in use take, and for how many documents
// they are there.
func (x *Index) Columns() (bytes, documents int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.live == nil {
		return 0, 0
	}
	c := x.live.columns
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.segments {
		bytes += one.bytes()
		documents += len(one.created)
	}
	return bytes, documents
}
