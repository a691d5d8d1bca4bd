package web_test

import (
	"fmt"
	"strings"
	"testing"

	"praxis/internal/discussion"
)

// Ten answers in one thread are one note, which leads to where the member stopped reading.
func TestAnswersInOneThreadAreOneNote(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	th := w.open(t, ana, "Who counts the answers?")
	for n := range 3 {
		_, err := w.f.Discussions.Reply(ctx, w.who(t, "somchai@demo.example"), th.ID, discussion.NewPost{Body: fmt.Sprint("Answer ", n)})
		must(t, err)
	}
	w.settle(t)
	path := fmt.Sprintf(`href="/t/%d-who-counts-the-answers#new"`, th.ID)
	for _, at := range []string{"/", "/notifications"} {
		body := w.page(t, ana, at)
		if n := strings.Count(body, path); n != 1 {
			t.Errorf("%s has %d notes of the thread", at, n)
		}
		holds(t, body, "and 2 more posts")
	}
}
