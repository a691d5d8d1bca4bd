package index

import (
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

const (
	troubleName  = "praxis" // bleve knows who hears of its background work by a name
	troubleEvery = time.Minute
	// troublePause lies between two attempts to write. bleve makes none of its own, and would try
	// again as fast as the processor can for as long as the disk is full.
	troublePause = 500 * time.Millisecond
)

var (
	troubles sync.Map // *trouble by the folder that bleve writes to
	logs     sync.Map // *slog.Logger by the folder of indexes
)

func init() {
	scorch.RegistryAsyncErrorCallbacks[troubleName] = func(err error, path string) {
		if t, ok := troubles.Load(path); ok {
			t.(*trouble).happened(err)
		}
	}
}

// settings are what every index of bleve's is opened with. What was applied is found at once and
// comes to the disk later; that it cannot is told by trouble.
func settings() map[string]any {
	return map[string]any{"unsafe_batch": true, "bolt_timeout": boltTimeout, "asyncErrorCallbackName": troubleName}
}

// trouble hears what bleve could not do in the background with one index.
type trouble struct {
	dir, path string
	failed    chan error // at most one, for whoever waits for the disk

	mu   sync.Mutex
	said time.Time
}

func (f *Folder) hear() {
	f.trouble = &trouble{dir: f.dir, path: f.path(), failed: make(chan error, 1)}
	troubles.Store(filepath.Join(f.path(), "bleve", "store"), f.trouble)
}

func (f *Folder) unhear() {
	troubles.Delete(filepath.Join(f.path(), "bleve", "store"))
}

// happened is called by bleve's own goroutine, which goes on when it returns.
func (t *trouble) happened(err error) {
	t.say(err)
	select {
	case t.failed <- err:
	default:
	}
	if !errors.Is(err, scorch.ErrAsyncPanic) {
		time.Sleep(troublePause)
	}
}

// say tells the operators, once a minute while it lasts.
func (t *trouble) say(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.said) < troubleEvery {
		return
	}
	t.said = time.Now()
	log := loggerOf(t.dir)
	if errors.Is(err, scorch.ErrAsyncPanic) {
		log.Error("the index is no longer written to its folder, and only a restart helps: the log of changes brings it up to date then", "folder", t.path, "err", err)
		return
	}
	log.Error("the index cannot be written to its folder: look for room on its disk; searches are answered meanwhile, and it is tried again", "folder", t.path, "err", err)
}

// loggerOf is what the owner of a folder of indexes wants told.
func loggerOf(dir string) *slog.Logger {
	if l, ok := logs.Load(dir); ok {
		return l.(*slog.Logger)
	}
	return slog.Default()
}
