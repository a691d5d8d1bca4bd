package attachment_test

import (
	"fmt"
	"strings"
	"testing"

	"praxis/internal/portal"
)

// Sent once more because the first answer was lost, the last of as many files as there may be is that file,
// whichever way it comes; another of its name is one too many.
func TestFullPracticeTakesARepeat(t *testing.T) {
	w := newWorld(t)
	name, words := "", ""
	for i := range portal.MaxAttachments {
		name, words = fmt.Sprintf("%d.txt", i), strings.Repeat(fmt.Sprintf("Kit %d. ", i), 20)
		_, err := w.svc.Add(ctx, w.author, w.practice, name, strings.NewReader(words))
		w.must(err)
	}
	have, err := w.svc.List(ctx, w.author, w.practice)
	w.must(err)
	last := have[len(have)-1]
	w.must(w.svc.MayAdd(ctx, w.author, w.practice))
	if a, err := w.svc.Add(ctx, w.author, w.practice, name, strings.NewReader(words)); err != nil || a.ID != last.ID {
		t.Errorf("sent once more: file %d instead of %d, %v", a.ID, last.ID, err)
	}
	for other, content := range map[string]string{"other.txt": words, name: "Other words."} {
		if _, err := w.svc.Add(ctx, w.author, w.practice, other, strings.NewReader(content)); portal.KindOf(err) != portal.Conflict {
			t.Errorf("one more, %s: %v", other, err)
		}
	}
	if _, err := w.svc.Begin(ctx, w.author, w.practice, "other.txt", 9); portal.KindOf(err) != portal.Conflict {
		t.Errorf("one more in pieces: %v", err)
	}
	if _, err := w.svc.Begin(ctx, w.author, w.practice, name, int64(len(words))); err != nil {
		t.Errorf("once more in pieces: %v", err)
	}
	have, err = w.svc.List(ctx, w.author, w.practice)
	w.must(err)
	if len(have) != portal.MaxAttachments {
		t.Errorf("%d files are there", len(have))
	}
}
