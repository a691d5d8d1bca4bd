package browsertest

import (
	"fmt"
	"testing"
)

// A thread that stands open shows what its moderators do with it: the answer and the summary above the posts, posts
// that leave, and, when it is merged into another, that one.
func TestAnOpenThreadFollowsItsModerators(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ana, somchai, moderator := w.As(t, "ana"), w.As(t, "somchai"), w.As(t, "moderator")
	open := func(title string) int64 {
		return ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": title, "body": "Opening.", "kind": "question"}).Want(201).Thing().ID
	}
	post := func(thread int64, body string) int64 {
		return somchai.Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": body}).Want(201).Thing().ID
	}
	from, into := open("From here"), open("Over there")
	answer, leaving := post(from, "This is why."), post(from, "Off the subject.")
	r := w.reader(t, phone)
	r.signsIn("ana")
	r.goes(fmt.Sprintf("/t/%d", from))
	r.until("the post", fmt.Sprintf("document.getElementById('post-%d')", leaving))
	ana.Do("PUT", fmt.Sprintf("/posts/%d/answer", answer), nil).Want(204)
	r.until("the answer above the posts", "document.querySelector('.head .note.good')")
	moderator.Do("PATCH", fmt.Sprintf("/threads/%d", from), map[string]any{"summary": "All in one sentence."}).Want(200)
	r.until("the summary", "document.querySelector('.head').innerText.includes('All in one sentence.')")
	moderator.Do("POST", fmt.Sprintf("/threads/%d/move", from), map[string]any{"posts": []int64{leaving}, "into": into}).Want(200)
	r.until("that the post has left", fmt.Sprintf("!document.getElementById('post-%d')", leaving))
	moderator.Do("POST", fmt.Sprintf("/threads/%d/merge", from), map[string]any{"into": into}).Want(200)
	r.until("the other thread", fmt.Sprintf("location.pathname.startsWith('/t/%d-')", into))
	r.until("its posts", fmt.Sprintf("document.getElementById('post-%d')", answer))
	r.sound()
}
