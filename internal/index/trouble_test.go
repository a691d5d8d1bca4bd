package index_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/index"
)

// book keeps what is logged.
type book struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// What cannot be written to the disk is found all the same and told to the operators, once; when it can
// be written again it is, without anybody's doing. A stop does not wait for a disk that stays full.
func TestUnwritableFolderIsTold(t *testing.T) {
	dir, log := t.TempDir(), &book{}
	open := func() *index.Index {
		t.Helper()
		x, err := index.Open(dir, slog.New(slog.NewTextHandler(log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	x := open()
	f, err := index.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	put := func(id, position int64, title string) {
		t.Helper()
		if err := x.Apply(index.Batch{Put: []index.Document{doc(id, "en", title, "")}, State: &index.State{Position: position, Complete: true}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Apply(index.Batch{State: &index.State{Complete: true}}); err != nil {
		t.Fatal(err)
	}
	if err := x.Swap(f); err != nil {
		t.Fatal(err)
	}
	stores, err := filepath.Glob(filepath.Join(dir, "*", "bleve", "store"))
	if err != nil || len(stores) != 1 {
		t.Fatalf("the index lies in %v (%v)", stores, err)
	}
	store, away := stores[0], filepath.Join(dir, "away")
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}

	move(store, away)
	put(1, 11, "Ferries")
	const line = `level=ERROR msg="the index cannot be written`
	for begin := time.Now(); !strings.Contains(log.String(), line); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			t.Fatalf("nothing is told but: %s", log)
		}
	}
	put(2, 12, "Ports")
	time.Sleep(1500 * time.Millisecond) // in which it is tried again several times
	if n := strings.Count(log.String(), line); n != 1 || !strings.Contains(log.String(), dir) {
		t.Errorf("it is told %d times: %s", n, log)
	}
	if ids := find(t, x, index.Request{Words: index.QueryWords("ports")}); !slices.Equal(ids, []int64{2}) {
		t.Errorf("meanwhile %v are found", ids)
	}
	move(away, store)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open()
	if state, ok := x.Live(); !ok || state.Position != 12 {
		t.Errorf("on the disk the index stands at %+v", state)
	}
	if ids := find(t, x, index.Request{Words: index.QueryWords("ferries")}); !slices.Equal(ids, []int64{1}) {
		t.Errorf("afterwards %v are found", ids)
	}

	move(store, away)
	put(3, 13, "Airports")
	begin := time.Now()
	if err := x.Close(); err == nil || time.Since(begin) > 5*time.Second {
		t.Errorf("the stop took %v and says %v", time.Since(begin), err)
	}
	move(away, store)
	x = open()
	if state, ok := x.Live(); !ok || state.Position != 12 {
		t.Errorf("after a stop that could not write the index stands at %+v", state)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
