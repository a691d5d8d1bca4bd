package search_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/search"
)

// TestPagesWhileTheIndexMoves: whoever pages through a list sees what was there, and is still, once each,
// whatever comes and goes between the pages: by date, and by relevance, too, where each new thing changes what
// the words are worth and so every score.
func TestPagesWhileTheIndexMoves(t *testing.T) {
	w := newWorld(t)
	there := map[int64]int{}
	for i := range 40 {
		there[w.practice(portal.Practice{PracticeText: text(fmt.Sprintf("Naloxone %d", i), strings.Repeat("naloxone ", i%7))}, portal.Published)] = 0
	}
	gone := w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	w.relay()
	for _, order := range []string{search.Newest, search.Relevance} {
		for id := range there {
			there[id] = 0
		}
		q := search.Query{Text: "naloxone", Sort: order, Limit: 6}
		pages := 0
		for ; pages < 40; pages++ {
			r := w.find(portal.Viewer{}, q)
			before := map[int64]bool{}
			for _, h := range r.Hits {
				if before[h.ID] {
					t.Errorf("%s: practice %d stands twice on a page", order, h.ID)
				}
				before[h.ID] = true
				if _, asked := there[h.ID]; asked {
					there[h.ID]++
				}
			}
			if q.After = r.Next; r.Next == "" {
				break
			}
			w.practice(portal.Practice{PracticeText: text("Naloxone meanwhile", "")}, portal.Published)
			w.practice(portal.Practice{PracticeText: text("Something else", "")}, portal.Published)
			if pages == 2 && order == search.Newest {
				w.hide(portal.Ref{Kind: portal.KindPractice, ID: gone}, portal.PracticeChanged, 0)
			}
			w.relay()
		}
		if pages == 40 {
			t.Errorf("%s: the list has no end", order)
		}
		missed, twice := 0, 0
		for _, n := range there {
			switch {
			case n == 0:
				missed++
			case n > 1:
				twice++
			}
		}
		if missed+twice > 0 {
			t.Errorf("%s: %d were missed, %d came twice", order, missed, twice)
		}
		t.Logf("%s: of 40, %d were missed and %d came twice", order, missed, twice)
	}
}

// TestShortOfTimeAnswersInPart: when the time for an answer is over, some of what is there comes at once, and is
// said to be a part.
func TestShortOfTimeAnswersInPart(t *testing.T) {
	w := newWorld(t)
	for range 30 {
		w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	}
	w.relay()
	defer w.service.Within(time.Nanosecond)()
	r, err := w.service.Find(ctx, portal.Viewer{}, search.Query{Text: "naloxone", Limit: 10})
	if err != nil || !r.Partial {
		t.Fatalf("%+v, %v", r, err)
	}
	if len(r.Hits) == 0 || r.Total < len(r.Hits) {
		t.Errorf("%d hits of %d", len(r.Hits), r.Total)
	}
}

// TestKilledBuildLeavesTheOldOne: a node that is killed while it builds starts on the index that it had; what
// was half-built is swept away.
func TestKilledBuildLeavesTheOldOne(t *testing.T) {
	w := newWorld(t)
	for range 90 {
		w.practice(portal.Practice{PracticeText: text("Naloxone", "")}, portal.Published)
	}
	w.relay()
	left := filepath.Join(t.TempDir(), "index")
	err := w.indexer.Rebuild(ctx, func(done, total int) {
		if done < total && done >= 80 && !exists(left) { // what a kill would leave on the disk
			if err := os.CopyFS(left, os.DirFS(w.ix.Dir())); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if folders, _ := filepath.Glob(filepath.Join(left, "*-*")); len(folders) != 2 {
		t.Fatalf("the kill leaves %v", folders)
	}
	w.open(left, nil)
	if ok, _ := w.indexer.CaughtUp(ctx); !ok || w.total("naloxone") != 90 {
		t.Errorf("after the kill: caught up %v, %d are found", ok, w.total("naloxone"))
	}
	if folders, _ := filepath.Glob(filepath.Join(left, "*-*")); len(folders) != 1 {
		t.Errorf("there lie %v", folders)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestClockThatJumps: what is dated after this node's clock, or long before it, is found, listed and narrowed
// like all else: the clock decides over nothing but what is overdue, and that only moves down.
func TestClockThatJumps(t *testing.T) {
	w := newWorld(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	var ids []int64
	for i, due := range []time.Time{{}, now.AddDate(-30, 0, 0), now.AddDate(30, 0, 0)} {
		id := w.practice(portal.Practice{PracticeText: text(fmt.Sprintf("Naloxone %c", 'a'+i), "")}, portal.Published)
		if _, err := w.db.Raw().Exec(`update practices set published_at = $2, review_due_at = $3 where id = $1`, id, now.AddDate(10*(i-1), 0, 0), nullTime(due)); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := w.indexer.Rebuild(ctx, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	listed := w.find(portal.Viewer{}, search.Query{Text: "naloxone", Sort: search.Newest})
	if len(listed.Hits) != 3 || listed.Hits[0].ID != ids[2] || listed.Hits[2].ID != ids[0] {
		t.Errorf("by date: %+v", listed.Hits)
	}
	ranked := w.find(portal.Viewer{}, search.Query{Text: "naloxone"})
	if len(ranked.Hits) != 3 || ranked.Hits[2].ID != ids[1] {
		t.Errorf("the overdue one does not stand last: %+v", ranked.Hits)
	}
	if got := w.find(portal.Viewer{}, search.Query{Text: "naloxone", From: now.AddDate(5, 0, 0)}); got.Total != 1 || got.Hits[0].ID != ids[2] {
		t.Errorf("from the future on: %+v", got.Hits)
	}
	if ok, _ := w.indexer.CaughtUp(ctx); !ok {
		t.Error("it is not said to be caught up")
	}
}

func nullTime(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at
}
