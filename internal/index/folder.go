package index

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/searcher"

	"praxis/internal/portal"
)

// State is what an index knows of itself. It changes in one step with the documents.
type State struct {
	Position int64  `json:"position"` // of the log: every event up to here is in the index
	System   string `json:"system"`   // identifier of the database server that it was built from
	Timeline int64  `json:"timeline"` // and its timeline
	Complete bool   `json:"complete"` // false while it is being built
	Built    int64  `json:"built"`    // when it was complete, Unix milliseconds
	// Concepts are those by which documents are still to be read again.
	Concepts []int64 `json:"concepts,omitempty"`
}

// Batch is one step of an index.
type Batch struct {
	Put    []Document
	Delete []portal.Ref
	State  *State // nil: as it was
}

const (
	stateKey    = "praxis.state"
	boltTimeout = "2s" // how long another process may hold the folder before opening it fails
	syncLimit   = time.Minute
	// syncAttempts is how often it is tried to write to a disk that refuses; one may be of before.
	syncAttempts = 3
	maxClauses   = 8192 // terms in one question, access included
)

func init() { searcher.DisjunctionMaxClauseCount = maxClauses }

// Folder is one index on disk, opened. One process at a time holds it.
type Folder struct {
	dir     string // the folder of folders
	name    string
	bleve   bleve.Index
	lock    *os.File
	state   atomic.Pointer[State]
	lengths lengths
	columns *columnCache

	outdated bool // of an earlier format, or left behind: it answers, and nothing is written to it

	trouble *trouble
}

// formatHash begins the names of the folders that this program can use.
func formatHash() string { return hashOf(format) }

func hashOf(format string) string {
	sum := sha256.Sum256([]byte(format))
	return hex.EncodeToString(sum[:4])
}

// hasFormat tells whether a folder's name is one of a format.
func hasFormat(name, format string) bool { return strings.HasPrefix(name, hashOf(format)+"-") }

// Create makes an empty index in a folder of its own below dir, which nobody uses until Publish.
func Create(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the index: %w", err)
	}
	f := &Folder{dir: dir, name: formatHash() + "-" + strings.ToLower(rand.Text()[:10])}
	if err := os.Mkdir(f.path(), 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the index: %w", err)
	}
	if err := f.hold(); err != nil {
		return nil, err
	}
	f.hear()
	im := mapping.NewIndexMapping()
	im.DefaultMapping = mapping.NewDocumentDisabledMapping() // documents are built here, field by field
	index, err := bleve.NewUsing(filepath.Join(f.path(), "bleve"), im, scorch.Name, bleve.Config.DefaultKVStore, settings())
	if err != nil {
		f.release()
		return nil, fmt.Errorf("make an index in %s: %w", f.path(), err)
	}
	f.bleve = index
	f.tendColumns()
	f.state.Store(&State{})
	return f, nil
}

// openFolder opens an index that is there. errBusy: another process holds it.
func openFolder(dir, name string) (*Folder, error) {
	f := &Folder{dir: dir, name: name, outdated: slices.ContainsFunc(earlier, func(e string) bool { return hasFormat(name, e) })}
	if !hasFormat(name, format) && !f.outdated || name != filepath.Base(name) {
		return nil, fmt.Errorf("open the index %s: it has another format", name)
	}
	if err := f.hold(); err != nil {
		return nil, err
	}
	f.hear()
	if err := f.open(); err != nil {
		f.release()
		return nil, fmt.Errorf("open the index in %s: %w", f.path(), err)
	}
	return f, nil
}

// open opens bleve's index and reads the state. bleve panics on some kinds of damage.
func (f *Folder) open() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is damaged: %v", p)
		}
	}()
	index, err := bleve.OpenUsing(filepath.Join(f.path(), "bleve"), settings())
	if err != nil {
		return err
	}
	f.bleve = index
	raw, err := index.GetInternal([]byte(stateKey))
	if err != nil {
		return errors.Join(err, index.Close())
	}
	state := &State{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, state); err != nil {
			return errors.Join(fmt.Errorf("read its position: %w", err), index.Close())
		}
	}
	f.state.Store(state)
	counted, err := index.GetInternal([]byte(lengthsKey))
	if err == nil {
		err = f.lengths.decode(counted)
	}
	if err != nil {
		return errors.Join(err, index.Close())
	}
	f.tendColumns()
	f.columns.use()
	return nil
}

func (f *Folder) path() string { return filepath.Join(f.dir, f.name) }

// State tells how far the index is.
func (f *Folder) State() State { return *f.state.Load() }

// Apply writes one batch: all of it or, after a crash, none.
func (f *Folder) Apply(b Batch) (words map[string]bool, err error) {
	words = map[string]bool{}
	batch, count := f.bleve.NewBatch(), &tally{}
	for _, d := range b.Put {
		if err := batch.IndexAdvanced(d.build(words, count)); err != nil {
			return nil, fmt.Errorf("index %s %d: %w", d.Kind, d.ID, err)
		}
	}
	for _, ref := range b.Delete {
		batch.Delete(key(ref))
	}
	if b.State != nil {
		raw, err := json.Marshal(b.State)
		if err != nil {
			return nil, fmt.Errorf("write the index's position: %w", err)
		}
		batch.SetInternal([]byte(stateKey), raw)
	}
	if len(b.Put) > 0 { // what this batch has is counted while it is written, and kept with the next
		counted, err := f.lengths.encode()
		if err != nil {
			return nil, err
		}
		batch.SetInternal([]byte(lengthsKey), counted)
	}
	if err := f.bleve.Batch(batch); err != nil {
		return nil, fmt.Errorf("write to the index: %w", err)
	}
	f.columns.look()
	f.lengths.add(count)
	if b.State != nil {
		state := *b.State
		f.state.Store(&state)
	}
	return words, nil
}

// sync waits until everything that was applied is on disk. It gives up on one that stays full: a stop
// must not wait for it, and the log brings what is missing.
func (f *Folder) sync() error {
	raw, err := json.Marshal(f.State())
	if err != nil {
		return fmt.Errorf("write the index's position: %w", err)
	}
	counted, err := f.lengths.encode()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	select {
	case <-f.trouble.failed: // of earlier
	default:
	}
	batch := f.bleve.NewBatch()
	batch.SetInternal([]byte(stateKey), raw)
	batch.SetInternal([]byte(lengthsKey), counted)
	batch.SetPersistedCallback(func(err error) { done <- err })
	if err := f.bleve.Batch(batch); err != nil {
		return fmt.Errorf("write to the index: %w", err)
	}
	limit := time.After(syncLimit)
	for attempt := 1; ; attempt++ {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("write the index to disk: %w", err)
			}
			return nil
		case err := <-f.trouble.failed:
			if attempt == syncAttempts {
				return fmt.Errorf("write the index to disk: %w", err)
			}
		case <-limit:
			return errors.New("write the index to disk: it took too long")
		}
	}
}

// Close brings the index to disk and gives the folder back.
func (f *Folder) Close() error {
	return errors.Join(f.sync(), f.drop())
}

// drop gives the folder back as it is.
func (f *Folder) drop() error {
	f.stopColumns()
	err := f.bleve.Close()
	f.release()
	if err != nil {
		return fmt.Errorf("close the index in %s: %w", f.path(), err)
	}
	return nil
}

// Publish names the folder as the one to use. A node that runs takes it over; else the next one
// that starts does.
func (f *Folder) Publish() error {
	if err := f.sync(); err != nil {
		return err
	}
	if err := f.settle(); err != nil {
		return err
	}
	return writeCurrent(f.dir, f.name)
}

// settledAtMost is up to how many documents an index is made one piece before it is used: a moment's work,
// which else each program that opens a copy begins with. A larger one is tidied while it answers.
const settledAtMost = 20_000

// settle makes one piece of a small index.
func (f *Folder) settle() error {
	count, err := f.bleve.DocCount()
	if err != nil || count > settledAtMost {
		return err
	}
	advanced, err := f.bleve.Advanced()
	if err != nil {
		return fmt.Errorf("tidy the index: %w", err)
	}
	if inner, is := advanced.(*scorch.Scorch); is {
		if err := inner.ForceMerge(context.Background(), nil); err != nil {
			return fmt.Errorf("tidy the index: %w", err)
		}
	}
	return f.sync() // so that the piece is what the next to open finds
}

// Discard closes the folder and removes it.
func (f *Folder) Discard() error {
	return errors.Join(f.drop(), os.RemoveAll(f.path()))
}
