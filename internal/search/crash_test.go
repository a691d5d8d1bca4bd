package search_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres/storetest"
	"praxis/internal/search"
)

const (
	childURL = "PRAXIS_SEARCH_TEST_URL"
	childDir = "PRAXIS_SEARCH_TEST_DIR"
)

// TestChildConsumes is the process that the next test kills: it consumes the log for ever.
func TestChildConsumes(t *testing.T) {
	url := os.Getenv(childURL)
	if url == "" {
		return // only of use as a child
	}
	w := &world{t: t, db: openDB(t, url), vocab: storetest.Vocabulary(t)}
	w.start(os.Getenv(childDir))
	for {
		fmt.Println("at", w.indexer.Position())
		w.relay()
		time.Sleep(time.Millisecond)
	}
}

// TestKilledNodeLosesNothing kills a consuming node again and again while posts are written,
// then leads its index on and compares it with the database.
func TestKilledNodeLosesNothing(t *testing.T) {
	url := pgtest.URL(t, migrate, "praxis")
	parent := newWorldOn(t, url)
	thread := parent.thread(portal.Thread{Title: "Naloxone thread", Audience: portal.Audience{Handling: portal.Green}})
	dir := t.TempDir()
	posts := 0
	for round := range 6 {
		child := exec.Command(os.Args[0], "-test.run=^TestChildConsumes$", "-test.v")
		child.Env = append(os.Environ(), childURL+"="+url, childDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "at ") {
		}
		go func() {
			for lines.Scan() { // the pipe must not fill
			}
		}()
		for range 40 {
			parent.post(thread, parent.members[1], "Naloxone post "+strconv.Itoa(posts))
			posts++
		}
		time.Sleep(time.Duration(round*15) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
	}
	parent.start(dir)
	parent.relay()
	query := search.Query{Text: "naloxone", Kind: "post"}
	r := parent.find(parent.viewer(2), query)
	for range 50 { // a machine that is busy elsewhere answers in part, and says so
		if !r.Partial {
			break
		}
		r = parent.find(parent.viewer(2), query)
	}
	if r.Total != posts || r.Partial {
		t.Errorf("%d of %d posts are in the index after six kills", r.Total, posts)
	}
}
