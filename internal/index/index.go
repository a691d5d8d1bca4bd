package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// ErrNotReady says that no complete index is in use yet.
var ErrNotReady = errors.New("the index has not been built yet")

// Index is the index that a node searches: one folder, which can be exchanged for a newer one
// under way. It is safe for concurrent use.
type Index struct {
	dir  string
	log  *slog.Logger
	lock *os.File

	thesaurus atomic.Pointer[Thesaurus] // by which questions and texts are read

	mu      sync.RWMutex // searches share it; an exchange waits for them
	live    *Folder
	observe func(words []string)
}

// Open takes the folder of indexes for this node and opens the one in use. An index that is
// damaged or of another format is moved aside; then nothing is live until Swap. It answers
// ErrInUse when another portal runs on the folder.
func Open(dir string, log *slog.Logger) (*Index, error) {
	if log == nil {
		log = slog.Default()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the index: %w", err)
	}
	lock, err := lockFile(filepath.Join(dir, nodeLock))
	if errors.Is(err, errBusy) {
		return nil, fmt.Errorf("open the index in %s: %w", dir, ErrInUse)
	}
	if err != nil {
		return nil, err
	}
	logs.Store(dir, log)
	x := &Index{dir: dir, log: log, lock: lock}
	if err := x.openCurrent(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := Sweep(dir); err != nil {
		log.Warn("old indexes stay", "err", err)
	}
	return x, nil
}

func (x *Index) openCurrent() error {
	name, err := readCurrent(x.dir)
	if err != nil || name == "" {
		return err
	}
	f, err := openFolder(x.dir, name)
	switch {
	case errors.Is(err, errBusy):
		return fmt.Errorf("open the index in %s: %w", x.dir, ErrInUse)
	case err != nil:
		x.log.Warn("the index cannot be used and will be built anew", "err", err)
		setAside(x.dir, name)
		return nil
	case !f.State().Complete:
		x.log.Info("the index was not finished and will be built anew")
		return f.Discard()
	}
	x.live = f
	return nil
}

// Close ends the use of the index. Searches under way finish first.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var err error
	if x.live != nil {
		err = x.live.Close()
		x.live = nil
	}
	logs.Delete(x.dir)
	return errors.Join(err, x.lock.Close())
}

// Dir is the folder in which the indexes lie.
func (x *Index) Dir() string { return x.dir }

// Live tells how far the index in use is; false when there is none.
func (x *Index) Live() (State, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.live == nil {
		return State{}, false
	}
	return x.live.State(), true
}

// Outdated tells that the index in use is of an earlier format, or was left behind: it answers as it was when
// it was last used, until another takes its place.
func (x *Index) Outdated() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.live != nil && x.live.outdated
}

// LeaveBehind says that the index in use cannot be led on any more.
func (x *Index) LeaveBehind() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.live != nil {
		x.live.outdated = true
	}
}

// Apply writes a batch to the index in use.
func (x *Index) Apply(b Batch) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.live == nil || x.live.outdated {
		return ErrNotReady
	}
	words, err := x.live.Apply(b)
	if err == nil && x.observe != nil && len(words) > 0 {
		x.observe(slices.Collect(maps.Keys(words)))
	}
	return err
}

// Published opens an index that another process has built and named, or returns nil when there
// is nothing new. What cannot be used is unnamed again.
func (x *Index) Published() (*Folder, error) {
	x.mu.RLock()
	live := x.live
	x.mu.RUnlock()
	name, err := readCurrent(x.dir)
	if err != nil || name == "" || live != nil && name == live.name {
		return nil, err
	}
	f, err := openFolder(x.dir, name)
	if errors.Is(err, errBusy) {
		return nil, nil // its builder is just letting go
	}
	if err == nil && f.State().Complete {
		return f, nil
	}
	if err == nil {
		err = errors.Join(errors.New("it is not finished"), f.Close())
	}
	if live != nil {
		err = errors.Join(err, live.Publish())
	} else {
		setAside(x.dir, name)
	}
	return nil, fmt.Errorf("take over the index %s: %w", name, err)
}

// Swap puts a complete index in the place of the one in use, which is closed and removed.
func (x *Index) Swap(f *Folder) error {
	if err := f.Publish(); err != nil {
		return err
	}
	f.columns.use()
	x.mu.Lock()
	old := x.live
	x.live = f
	x.mu.Unlock()
	x.tellWords()
	if old == nil || old == f {
		return nil
	}
	if err := old.Discard(); err != nil { // the new one is in use all the same
		x.log.Warn("the index that was replaced stays on the disk", "err", err)
	}
	return nil
}

// Observe has f told of every word of the documents: at once of those that are there, from then
// on of those that are written. f must be quick and safe for concurrent use.
func (x *Index) Observe(f func(words []string)) {
	x.mu.Lock()
	x.observe = f
	x.mu.Unlock()
	x.tellWords()
}

const wordsAtOnce = 1000

func (x *Index) tellWords() {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.live == nil || x.observe == nil {
		return
	}
	dict, err := x.live.bleve.FieldDict(wordField)
	if err != nil {
		x.log.Warn("the list for misspellings stays as it is", "err", err)
		return
	}
	defer dict.Close()
	var words []string
	for {
		entry, err := dict.Next()
		if err != nil {
			x.log.Warn("the list for misspellings is cut short", "err", err)
			break
		}
		if entry == nil {
			break
		}
		if words = append(words, entry.Term); len(words) == wordsAtOnce {
			x.observe(words)
			words = nil
		}
	}
	x.observe(words)
}

// read runs f on the index in use.
func read[T any](ctx context.Context, x *Index, f func(*Folder) (T, error)) (T, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var zero T
	if x.live == nil {
		return zero, ErrNotReady
	}
	if err := ctx.Err(); err != nil {
		return zero, err
	}
	return f(x.live)
}
