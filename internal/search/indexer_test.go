package search_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/search"
)

func (w *world) total(text string) int {
	w.t.Helper()
	return w.find(w.viewer(1, w.rooms...), search.Query{Text: text}).Total
}

func TestChangesOfAThreadReachItsPosts(t *testing.T) {
	w := newWorld(t)
	thread := w.thread(portal.Thread{Title: "Kits", Audience: portal.Audience{Handling: portal.Amber}})
	for i := range 450 { // more than one batch
		w.post(thread, w.members[1], fmt.Sprintf("Naloxone number %d", i))
	}
	w.relay()
	if r := w.find(portal.Viewer{}, search.Query{Text: "naloxone"}); r.Total != 0 {
		t.Errorf("a visitor finds %d posts of an amber thread", r.Total)
	}
	w.relabel(thread, portal.Clear)
	w.relay()
	if r := w.find(portal.Viewer{}, search.Query{Text: "naloxone", Kind: "post"}); r.Total != 450 {
		t.Errorf("a visitor finds %d of 450 posts", r.Total)
	}
}

func TestEventsAreConsumedOnceInWhateverPortions(t *testing.T) {
	w := newWorld(t)
	before := w.indexer.Position()
	for i := range 5 {
		w.practice(portal.Practice{PracticeText: text(fmt.Sprintf("Naloxone %d", i), "")}, portal.Published)
	}
	w.relay()
	events, err := w.db.ReadLog(ctx, before, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range events { // again, each alone
		if err := w.indexer.Consume(ctx, events[i:i+1], events[i].Position); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.total("naloxone"); n != 5 {
		t.Errorf("%d of 5", n)
	}
	if got, want := w.indexer.Position(), events[len(events)-1].Position; got != want {
		t.Errorf("position %d, want %d", got, want)
	}
	if ok, percent := w.indexer.CaughtUp(ctx); !ok || percent != 100 {
		t.Errorf("caught up: %v, %d", ok, percent)
	}
}

func TestRestartGoesOnFromThePositionInside(t *testing.T) {
	w := newWorld(t)
	w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	w.relay()
	at, dir := w.indexer.Position(), w.ix.Dir()
	if err := w.ix.Close(); err != nil {
		t.Fatal(err)
	}
	w.practice(portal.Practice{PracticeText: text("Naloxone again", "")}, portal.Published)
	w.start(dir)
	if got := w.indexer.Position(); got != at {
		t.Errorf("position %d after the restart, want %d", got, at)
	}
	w.relay()
	if n := w.total("naloxone"); n != 2 {
		t.Errorf("%d of 2", n)
	}
}

// TestUnusableIndexesAreBuiltAnew: of another database, from a hole of the log, from before what
// is kept.
func TestUnusableIndexesAreBuiltAnew(t *testing.T) {
	for name, spoil := range map[string]string{
		"another server":   `update log_state set system_identifier = 'another'`,
		"another timeline": `update log_state set timeline = timeline + 1`,
		"in a hole":        `insert into log_holes (after, until) select 1, position + 1000 from log_state`,
		"too old":          `update log_state set oldest = position + 10, position = position + 20`,
		"from the future":  `delete from events; update log_state set position = 5, oldest = 0`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
			w.relay()
			dir := w.ix.Dir()
			if err := w.ix.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := w.db.Raw().Exec(spoil); err != nil {
				t.Fatal(err)
			}
			if name == "in a hole" { // the head has jumped past it
				if _, err := w.db.Raw().Exec(`update log_state set position = position + 2000`); err != nil {
					t.Fatal(err)
				}
			}
			w.start(dir)
			if ok, _ := w.indexer.CaughtUp(ctx); ok {
				t.Error("the index is said to be caught up")
			}
			run, stop := context.WithCancel(ctx)
			done := make(chan error)
			go func() { done <- w.indexer.Run(run) }()
			waitFor(t, func() bool { ok, _ := w.indexer.CaughtUp(ctx); return ok })
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if n := w.total("naloxone"); n != 1 {
				t.Errorf("found %d", n)
			}
		})
	}
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}

func TestRebuildBesideWhileEventsArrive(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		w.practice(portal.Practice{PracticeText: text(fmt.Sprintf("Naloxone %d", i), "")}, portal.Published)
	}
	w.relay()
	added := 0
	err := w.indexer.Rebuild(ctx, func(done, total int) {
		w.practice(portal.Practice{PracticeText: text("Naloxone meanwhile", "")}, portal.Published)
		w.relay()
		added++
		if done > total {
			t.Errorf("%d of %d done", done, total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.relay()
	if n := w.total("naloxone"); n != 60+added || added == 0 {
		t.Errorf("%d of %d", n, 60+added)
	}
}

// TestReindexFromAnotherProcess: with a node that runs, and without.
func TestReindexFromAnotherProcess(t *testing.T) {
	w := newWorld(t)
	w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	w.relay()
	// Somebody spoils what the index knows: only a rebuild finds it.
	if _, err := w.db.Raw().Exec(`update practices set title = 'Buprenorphine'`); err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- w.indexer.Run(run) }()
	calls := 0
	if err := search.RebuildDir(ctx, w.db, w.vocab, w.ix.Dir(), func(int, int) { calls++ }, nil); err != nil {
		t.Fatal(err)
	}
	returned := time.Now()
	waitFor(t, func() bool { return w.total("buprenorphine") == 1 })
	if d := time.Since(returned); d > 2*time.Second {
		t.Errorf("the node took the new index over after %s", d)
	}
	stop()
	if err := <-done; err != nil || calls == 0 {
		t.Errorf("%v, %d calls of progress", err, calls)
	}
	dir := w.ix.Dir()
	if err := w.ix.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Raw().Exec(`update practices set title = 'Methadone'`); err != nil {
		t.Fatal(err)
	}
	if err := search.RebuildDir(ctx, w.db, w.vocab, dir, func(int, int) {}, nil); err != nil {
		t.Fatal(err)
	}
	w.start(dir)
	if n := w.total("methadone"); n != 1 {
		t.Errorf("found %d", n)
	}
	if folders, err := filepath.Glob(filepath.Join(dir, "*-*")); err != nil || len(folders) != 1 {
		t.Errorf("old indexes stay: %v, %v", folders, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may look into %s: %v, %v", dir, info.Mode(), err)
	}
}

// TestFoundWithinTwoSeconds measures from the commit to the hit, with 200 other changes before it.
func TestFoundWithinTwoSeconds(t *testing.T) {
	w := newWorld(t)
	for i := range 200 {
		w.practice(portal.Practice{PracticeText: text(fmt.Sprintf("Other %d", i), strings.Repeat("words of a summary ", 20))}, portal.Published)
	}
	w.practice(portal.Practice{PracticeText: text("Xylazine", "")}, portal.Published)
	began := time.Now()
	w.relay()
	if n := w.total("xylazine"); n != 1 || time.Since(began) > 2*time.Second {
		t.Errorf("found %d after %s", n, time.Since(began))
	}
}

func TestNoIndexYetIsNoError(t *testing.T) {
	w := newWorld(t)
	ix, err := index.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	s := search.New(w.db, ix, w.vocab, nil)
	r, err := s.Find(ctx, portal.Viewer{}, search.Query{Text: "naloxone"})
	if err != nil || !r.Partial || len(r.Hits) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	got, err := s.Suggest(ctx, portal.Viewer{}, "nalo", 5)
	if err != nil || len(got) != 1 || got[0].Key != "naloxone" {
		t.Errorf("only the vocabulary's term is expected: %v, %v", got, err)
	}
}
