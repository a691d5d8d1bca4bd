package search_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/search"
)

// earlierFormat is one that internal/index still answers from.
const earlierFormat = "praxis 4: title summary body attached tagged (positions) word edge access kind language country workspace sector tag level evidence programme author created due adoptions concept"

// age makes the index in use one of the earlier format, as if an earlier program had left it.
func age(t *testing.T, dir string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	if err != nil {
		t.Fatal(err)
	}
	name, sum := strings.TrimSpace(string(raw)), sha256.Sum256([]byte(earlierFormat))
	_, rest, _ := strings.Cut(name, "-")
	old := hex.EncodeToString(sum[:4]) + "-" + rest
	if err := os.Rename(filepath.Join(dir, name), filepath.Join(dir, old)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "CURRENT"), []byte(old+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// open starts on an index's folder without building anything.
func (w *world) open(dir string, log *slog.Logger) {
	w.t.Helper()
	ix, err := index.Open(dir, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { ix.Close() })
	w.ix, w.indexer, w.service = ix, search.NewIndexer(w.db, ix, w.vocab, log), search.New(w.db, ix, w.vocab, log)
	if err := w.indexer.Start(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// TestEarlierFormatAnswersMeanwhile: a program with another format goes on answering from what the earlier one
// left, says so, and writes nothing to it; neither a build that is killed nor another start changes that, until
// an index of its own takes its place.
func TestEarlierFormatAnswersMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.practice(portal.Practice{PracticeText: text("Naloxone before", "")}, portal.Published)
	w.relay()
	dir := w.ix.Dir()
	if err := w.ix.Close(); err != nil {
		t.Fatal(err)
	}
	age(t, dir)
	for _, start := range []string{"first", "after a build was killed"} {
		w.open(dir, nil)
		if got := w.find(portal.Viewer{}, search.Query{Text: "naloxone"}); got.Total != 1 || !got.Partial {
			t.Fatalf("%s: %+v", start, got)
		}
		if ok, _ := w.indexer.CaughtUp(ctx); ok || !w.ix.Outdated() {
			t.Fatalf("%s: it is said to be today's", start)
		}
		w.practice(portal.Practice{PracticeText: text("Naloxone meanwhile", "")}, portal.Published)
		w.relay()
		if n := w.total("naloxone"); n != 1 {
			t.Errorf("%s: it was written to, %d are found", start, n)
		}
		if start == "first" {
			killed, kill := context.WithCancel(ctx)
			if err := w.indexer.Rebuild(killed, func(int, int) { kill() }); err == nil {
				t.Error("a build that was killed did not fail")
			}
			if err := w.ix.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.indexer.Rebuild(ctx, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	if ok, _ := w.indexer.CaughtUp(ctx); !ok || w.ix.Outdated() {
		t.Error("today's has not taken its place")
	}
	if got := w.find(portal.Viewer{}, search.Query{Text: "naloxone"}); got.Total != 3 || got.Partial {
		t.Errorf("after that: %+v", got)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*-*"))
	if err != nil || len(left) != 1 {
		t.Errorf("there lie %v, %v", left, err)
	}
}

// TestBuildTellsTheLog: that it began, each tenth, and figures at the end; and when it was, it keeps.
func TestBuildTellsTheLog(t *testing.T) {
	w := newWorld(t)
	var many []string
	for range 450 { // a page holds 40
		many = append(many, "Naloxone")
	}
	for _, title := range many {
		w.practice(portal.Practice{PracticeText: text(title, "")}, portal.Published)
	}
	dir := w.ix.Dir()
	if err := w.ix.Close(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	w.open(dir, slog.New(slog.NewTextHandler(&log, nil)))
	log.Reset()
	if err := w.indexer.Rebuild(ctx, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if !strings.Contains(lines[0], "is being built") || !strings.Contains(lines[len(lines)-1], "was built") || !strings.Contains(lines[len(lines)-1], "per_second=") {
		t.Errorf("the log tells:\n%s", log.String())
	}
	if n := strings.Count(log.String(), "percent="); n < 5 || n > 9 {
		t.Errorf("it tells of %d tenths:\n%s", n, log.String())
	}
	built := w.indexer.Built()
	if err := w.ix.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(dir, nil)
	if built.IsZero() || !w.indexer.Built().Equal(built) {
		t.Errorf("it was built %v, then %v", built, w.indexer.Built())
	}
}

// TestIndexLeftBehindTellsNoCounts: what was relabelled since an index was last written to is counted nowhere
// while that one answers until another is built, be it of an earlier format or of another time of the database.
func TestIndexLeftBehindTellsNoCounts(t *testing.T) {
	for why, leave := range map[string]func(*world, string){
		"an earlier format": func(_ *world, dir string) { age(t, dir) },
		"a restore": func(w *world, _ string) {
			if _, err := w.db.Raw().Exec(`update log_state set timeline = timeline + 1`); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(why, func(t *testing.T) {
			w := newWorld(t)
			w.practice(portal.Practice{PracticeText: text("Naloxone open", "")}, portal.Published)
			id := w.practice(portal.Practice{PracticeText: text("Naloxone zyzzybalub", "")}, portal.Published)
			w.relay()
			dir := w.ix.Dir()
			if err := w.ix.Close(); err != nil {
				t.Fatal(err)
			}
			leave(w, dir)
			if _, err := w.db.Raw().Exec(`update practices set handling = 'red' where id = $1`, id); err != nil {
				t.Fatal(err)
			}
			w.open(dir, nil)
			if got := w.find(portal.Viewer{}, search.Query{Text: "zyzzybalud"}); len(got.Replaced) > 0 {
				t.Errorf("its words are proposed: %v", got.Replaced)
			}
			for _, q := range []search.Query{{Text: "naloxone"}, {Text: "naloxone", Limit: 1}, {Text: "naloxone", Sort: search.Newest, Limit: 1}} {
				got := w.find(portal.Viewer{}, q)
				for field, facets := range got.Facets {
					for _, f := range facets {
						if f.Count > 1 {
							t.Errorf("%+v counts %d of %s %s", q, f.Count, field, f.Value)
						}
					}
				}
				if got.Total > 1 || !got.Partial {
					t.Errorf("%+v: %d are said to be there, partial: %v", q, got.Total, got.Partial)
				}
			}
		})
	}
}
