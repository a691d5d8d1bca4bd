package practice_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

// emptyArchive has no file, and counts how often it was asked.
type emptyArchive struct {
	asked int
	then  func()
}

func (e *emptyArchive) Take(context.Context, portal.Identity, string, bool) (postgres.Attachment, error) {
	e.asked++
	if e.then != nil {
		e.then()
	}
	return postgres.Attachment{}, portal.Fail(portal.Invalid, "import.file_missing")
}

// Names of files are bounded on each line, and whoever names very many wrong ones is told of the first.
func TestImportBoundsNamesOfFiles(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 301)
	var many strings.Builder
	for n := range 2000 {
		fmt.Fprintf(&many, `{"key":"%d","workspace":"Room","title":"A","attachments":["%d"]}`+"\n", n, n)
	}
	for _, tt := range []struct {
		name, file  string
		asked, told int
	}{
		{"a long name", `{"key":"a","workspace":"Room","title":"A","attachments":["` + long + `"]}`, 0, 1},
		{"many names", `{"key":"a","workspace":"Room","title":"A","attachments":["a"` + strings.Repeat(`,"a"`, 20) + `]}`, 0, 1},
		{"many wrong ones", many.String(), 500, 500},
	} {
		archive := &emptyArchive{}
		done, err := w.svc.Import(ctx, w.officer(), practice.ImportFile{Practices: strings.NewReader(tt.file), Attachments: archive}, true)
		w.must(err)
		if archive.asked != tt.asked || len(done.Problems) != tt.told {
			t.Errorf("%s: %d are asked for, and %d problems told: %.300s", tt.name, archive.asked, len(done.Problems), said(done.Problems))
		}
	}
}

// An import whose officer has left takes in no more files.
func TestImportStopsWhenItsOfficerLeaves(t *testing.T) {
	w := newWorld(t)
	left, leave := context.WithCancel(ctx)
	archive := &emptyArchive{then: leave}
	file := practice.ImportFile{Practices: strings.NewReader(`{"key":"a","workspace":"Room","title":"A","attachments":["a","b","c"]}`), Attachments: archive}
	if _, err := w.svc.Import(left, w.officer(), file, true); !errors.Is(err, context.Canceled) || archive.asked != 1 {
		t.Errorf("%d files are taken in, and it ends with %v", archive.asked, err)
	}
	if _, problems := w.imports(`{"key":"a","workspace":"Room","title":"A"}`, false, true); len(problems) > 0 { // the lock is free
		t.Errorf("the next has %s", said(problems))
	}
}

// One import at a time: another is told so, and does not wait, before it has taken in a single file.
func TestImportsDoNotMeetAtTheirFiles(t *testing.T) {
	w := newWorld(t)
	release, err := w.db.HoldImport(ctx)
	w.must(err)
	archive := &emptyArchive{}
	file := practice.ImportFile{Practices: strings.NewReader(`{"key":"a","workspace":"Room","title":"A","attachments":["a"]}`), Attachments: archive}
	_, err = w.svc.Import(ctx, w.officer(), file, true)
	w.want(portal.Conflict, err, "a second import")
	if archive.asked != 0 {
		t.Errorf("it took in %d files", archive.asked)
	}
	release()
	_, err = w.svc.Import(ctx, w.officer(), file, true)
	w.must(err)
}
