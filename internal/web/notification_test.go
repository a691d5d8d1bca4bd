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

// Whoever watches a practice is led to the edition that she is told of, not to a translation that
// lacks it.
func TestNotificationLeadsToTheNewEdition(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	path, k := w.submitted(t, ana, "Watched and changed")
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	p := w.practiceAt(t, ana, path)
	watcher := "luis@demo.example"
	w.send(t, sending{who: watcher, path: fmt.Sprintf("/p/%d/watch", p.ID), values: values("level", "watching"), status: 303})
	changed := with(whole("Watched and changed"), "version", fmt.Sprint(p.Version), "sections.results", "Sixty presses.", "why", "Counted again", "edition", "1", "do", "save")
	w.send(t, sending{who: ana, path: path + "/edit", values: changed, status: 303})
	w.settle(t)
	holds(t, w.page(t, watcher, "/notifications"), fmt.Sprintf(`href="/p/%d-watched-and-changed?original=1"`, p.ID))
}

// Whoever saved a search is told, with its name, of what is published later and asks for all of it.
func TestSavedSearchTellsOfWhatIsNew(t *testing.T) {
	w := newWorld(t)
	w.send(t, sending{who: "luis@demo.example", path: "/searches", values: values("name", "Presses at the border", "query", "q=zirconium+presses"), status: 303})
	w.settle(t)
	path, k := w.submitted(t, ana, "Zirconium in pill presses")
	w.settle(t)
	if body := w.page(t, "luis@demo.example", "/notifications"); strings.Contains(body, "Zirconium") {
		t.Error("what is not published yet is told of")
	}
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	w.settle(t)
	holds(t, w.page(t, "luis@demo.example", "/notifications"), "New for a search that you saved:", `href="`+path, "Presses at the border")
	if body := w.page(t, "somchai@demo.example", "/notifications"); strings.Contains(body, "Zirconium") {
		t.Error("somebody else is told")
	}
}
