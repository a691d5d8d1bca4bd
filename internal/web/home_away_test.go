package web_test

import (
	"fmt"
	"strings"
	"testing"
)

// Who comes back is told of mentions first, then of the threads that she follows, then of what is new in her field,
// and of nothing twice.
func TestWhileYouWereAway(t *testing.T) {
	w := newWorld(t)
	const luis = "luis@demo.example"
	w.settle(t) // the first time, from which on it is told
	w.page(t, luis, "/")
	who := w.who(t, luis)
	w.change(t, `update notifications set read_at = now()`)
	w.change(t, `delete from read_positions where member_id = $1`, who.MemberID)
	w.change(t, `update members set sector = 'customs', visited_at = now() - interval '3 hours', previous_visit_at = now() - interval '5 hours' where id = $1`, who.MemberID)
	followed, named := w.open(t, ana, "Followed thread of hers"), w.open(t, ana, "Thread that names her")
	w.send(t, sending{who: luis, path: fmt.Sprintf("/t/%d/watch", followed.ID), values: values("level", "watching"), status: 303})
	w.send(t, sending{who: luis, path: fmt.Sprintf("/t/%d/watch", named.ID), values: values("level", "watching"), status: 303})
	for range 3 {
		w.send(t, sending{who: ana, path: fmt.Sprintf("/t/%d/posts", followed.ID), values: values("body", "News."), status: 303})
		w.send(t, sending{who: ana, path: fmt.Sprintf("/t/%d/posts", named.ID), values: values("body", fmt.Sprintf("And you, [Luis](member:%d)?", who.MemberID)), status: 303})
	}
	practice := w.published(t, ana, "Practice of her field")
	w.settle(t)
	body := w.page(t, luis, "/")
	order := []string{"For you", "Thread that names her", "Threads you follow", "Followed thread of hers", "New in your field", practice.Title, "New practices"}
	last := 0
	for _, what := range order {
		at := strings.Index(body[last:], what)
		if at < 0 {
			t.Fatalf("after %d bytes there is no %q in %s", last, what, body[last:])
		}
		last += at
	}
	for _, title := range []string{">Thread that names her<", ">Followed thread of hers<", ">Practice of her field<"} {
		if n := strings.Count(body, title); n != 1 {
			t.Errorf("%s stands there %d times", title, n)
		}
	}
}

// Who watches a workspace is told of what is published in it, with words of its own for her.
func TestAWatchedWorkspaceTellsOfNewPractices(t *testing.T) {
	w := newWorld(t)
	w.settle(t)
	const luis = "luis@demo.example"
	path, k := w.submitted(t, ana, "Published in a watched room")
	w.send(t, sending{who: luis, path: fmt.Sprintf("/w/%d/watch", k.WorkspaceID), values: values("level", "watching"), status: 303})
	holds(t, w.page(t, luis, fmt.Sprintf("/w/%d", k.WorkspaceID)), `value="watching" aria-pressed="true"`)
	w.send(t, sending{who: luis, path: fmt.Sprintf("/w/%d/watch", k.WorkspaceID), values: values("level", "loudly"), status: 422})
	w.send(t, sending{who: moderator, path: fmt.Sprintf("/queue/%d", k.ID), values: values("action", "approve"), status: 303})
	w.settle(t)
	holds(t, w.page(t, luis, "/notifications"), "New in a workspace that you follow:", `href="`+path)
}
