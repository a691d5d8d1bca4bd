package search_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/search"
)

// interrupted does something once, when documents that name a concept have just been looked up.
type interrupted struct {
	context.Context
	by func()
}

func (c *interrupted) Err() error {
	callers := make([]uintptr, 8)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for frame, more := frames.Next(); more; frame, more = frames.Next() {
		if by := c.by; by != nil && strings.Contains(frame.Function, "index.(*Index).Naming") && !strings.Contains(frame.Function, "index.read") {
			c.by = nil
			by()
			break
		}
	}
	return c.Context.Err()
}

// A concept that is edited again while documents are being read again by it is not forgotten.
func TestConceptIsEditedTwice(t *testing.T) {
	w := newWorld(t)
	k := w.concept(portal.Concept{Key: "hook"}, "en", "fish hook")
	w.says("en", "A fish hook in the text", "so that there is a document")
	want := w.says("en", "Angling barb", "named by its second name")
	w.relay()
	meanwhile := &interrupted{Context: ctx}
	meanwhile.by = func() {
		k = w.concept(k, "en", "fish hook", "en", "angling barb")
		w.relay()
	}
	if err := w.indexer.Reread(meanwhile); err != nil {
		t.Fatal(err)
	}
	if meanwhile.by != nil {
		t.Fatal("nothing happened meanwhile")
	}
	w.reread()
	if got := w.found(portal.Viewer{}, search.Query{Text: "fish hook"}); !slices.Contains(got, want) {
		t.Errorf("fish hook finds %v, and not %s, which names it by the name that it got while others were read again", got, want)
	}
}
