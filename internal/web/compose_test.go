package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"praxis/internal/portal"
)

// open opens a thread of somebody's in the first workspace and gives it.
func (w *world) open(t *testing.T, who, title string) portal.Thread {
	t.Helper()
	rec := w.send(t, sending{who: who, path: "/w/1/new-thread", values: values("once", title, "title", title, "body", "The first post.", "language", "en", "handling", "amber"), status: 303, to: "/t/"})
	var id int64
	_, err := fmt.Sscanf(rec.Header().Get("Location"), "/t/%d", &id)
	must(t, err)
	th, err := w.f.Discussions.Get(ctx, w.who(t, who), id)
	must(t, err)
	return th
}

func (w *world) postsOf(t *testing.T, who string, thread int64) []portal.Post {
	t.Helper()
	_, posts, err := w.f.Discussions.Posts(ctx, w.who(t, who), thread, 0, portal.MaxPage)
	must(t, err)
	return posts
}

func TestNewThread(t *testing.T) {
	w := newWorld(t)
	w.sendAll(t, []sending{
		{name: "nothing", who: ana, path: "/w/1/new-thread", values: values("handling", "amber", "language", "en"), status: 422, links: []string{"title", "body"}},
		{name: "no title", who: ana, path: "/w/1/new-thread", values: values("handling", "amber", "language", "en", "body", "A long question"), status: 422, links: []string{"title"}, keeps: []string{"A long question"}},
		{name: "outsider", who: karim, path: "/w/1/new-thread", values: values("handling", "amber", "language", "en", "title", "x", "body", "y"), status: 403},
		{name: "unknown reader", who: ana, path: "/w/1/new-thread", values: values("handling", "red", "language", "en", "title", "x", "body", "Who sees this", "named_more", "Nobody"), status: 422,
			links: []string{"named_more"}, keeps: []string{"Who sees this"}},
	})
	first := w.open(t, ana, "Who signs the standing order?")
	if again := w.open(t, ana, "Who signs the standing order?"); again.ID != first.ID {
		t.Error("a double tap opened two threads")
	}
}

func TestReply(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Replies")
	path := fmt.Sprintf("/t/%d", th.ID)
	seen := fmt.Sprint(th.LastPostID)
	body := w.page(t, ana, path)
	holds(t, body, `action="`+path+`/posts"`, `data-head="`, `<textarea class="in" id="f-body"`, `name="seen" value="`+seen+`"`)
	w.sendAll(t, []sending{
		{name: "nothing", who: ana, path: path + "/posts", values: values("seen", seen, "body", "  "), status: 422, links: []string{"body"}},
		{name: "too long", who: ana, path: path + "/posts", values: values("seen", seen, "body", strings.Repeat("x", 20001)), status: 422, links: []string{"body"}, keeps: []string{strings.Repeat("x", 20001)}},
		{name: "answer to a post of another thread", who: ana, path: path + "/posts", values: values("seen", seen, "body", "Misplaced", "reply_to", "1"), status: 422, keeps: []string{"Misplaced"}},
		{name: "outsider", who: karim, path: path + "/posts", values: values("seen", seen, "body", "x"), status: 404},
		{name: "sent", who: ana, path: path + "/posts", values: values("seen", seen, "body", "We name posts, not people.", "reply_to", seen), status: 303, to: path + "-replies?post="},
		{name: "sent twice", who: ana, path: path + "/posts", values: values("seen", seen, "body", "We name posts, not people.", "reply_to", seen), status: 303, to: path + "-replies?post="},
	})
	if n := len(w.postsOf(t, ana, th.ID)); n != 2 {
		t.Errorf("the thread has %d posts, not 2", n)
	}
	holds(t, w.page(t, ana, path+"/reply?to="+seen+"&quote=1"), "> The first post.", "Ana Molina")
}

// Taps that come at the same moment make one post.
func TestDoubleTap(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Taps")
	w.token(t, ana)
	var wait sync.WaitGroup
	for range 5 {
		wait.Go(func() {
			rec := w.post(t, ana, fmt.Sprintf("/t/%d/posts", th.ID), values("seen", fmt.Sprint(th.LastPostID), "body", "Once, please."))
			if rec.Code != http.StatusSeeOther {
				t.Errorf("status %d", rec.Code)
			}
		})
	}
	wait.Wait()
	if n := len(w.postsOf(t, ana, th.ID)); n != 2 {
		t.Errorf("the thread has %d posts, not 2", n)
	}
}

func TestOwnPosts(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Own posts")
	id := fmt.Sprint(th.LastPostID)
	edit := "/posts/" + id + "/edit"
	holds(t, w.page(t, ana, edit), "The first post.")
	w.sendAll(t, []sending{
		{name: "emptied", who: ana, path: edit, values: values("version", "1", "body", "", "language", "en"), status: 422, links: []string{"body"}},
		{name: "somebody else's", who: officer, path: edit, values: values("version", "1", "body", "x", "language", "en"), status: 403},
		{name: "saved", who: ana, path: edit, values: values("version", "1", "body", "The first post, corrected.", "language", "en"), status: 303, to: fmt.Sprintf("/t/%d", th.ID)},
		{name: "stale", who: ana, path: edit, values: values("version", "1", "body", "The first post, otherwise.", "language", "en"), status: 422,
			keeps: []string{"The first post, otherwise.", "<del>corrected</del>", `name="version" value="2"`}},
		{name: "deleted by another member", who: "somchai@demo.example", path: "/posts/" + id + "/delete", values: values("version", "2"), status: 403},
		{name: "deleted while stale", who: ana, path: "/posts/" + id + "/delete", values: values("version", "1"), status: 409},
		{name: "deleted", who: moderator, path: "/posts/" + id + "/delete", values: values("version", "2"), status: 303},
		{name: "edited after", who: ana, path: edit, values: values("version", "3", "body", "x", "language", "en"), status: 409},
	})
}

func TestReactionsWatchAndRead(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Reactions")
	id, path := fmt.Sprint(th.LastPostID), fmt.Sprintf("/t/%d", th.ID)
	w.sendAll(t, []sending{
		{name: "react", who: ana, path: "/posts/" + id + "/react", values: values("add", "helpful"), status: 303, to: path},
		{name: "react again", who: ana, path: "/posts/" + id + "/react", values: values("add", "helpful"), status: 303},
		{name: "unknown", who: ana, path: "/posts/" + id + "/react", values: values("add", "love"), status: 404},
		{name: "outsider", who: karim, path: "/posts/" + id + "/react", values: values("add", "helpful"), status: 404},
		{name: "watch", who: ana, path: path + "/watch", values: values("level", "muted"), status: 303, to: path + "-reactions?done=follow_muted"},
		{name: "watch how", who: ana, path: path + "/watch", values: values("level", "loudly"), status: 422},
		{name: "read", who: ana, path: path + "/read", values: values("post_id", id), status: 303, to: path},
	})
	holds(t, w.page(t, ana, path), `aria-pressed="true" name="remove" value="helpful"`, `value="muted" aria-pressed="true"`)
	w.send(t, sending{who: ana, path: "/posts/" + id + "/react", values: values("remove", "helpful"), status: 303})
	if r := w.postsOf(t, ana, th.ID)[0].Reactions; len(r) != 0 {
		t.Errorf("reactions left: %v", r)
	}
}

func TestThreadSettings(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Settings")
	path := fmt.Sprintf("/t/%d", th.ID)
	w.sendAll(t, []sending{
		{name: "no title", who: ana, path: path + "/settings", values: values("version", "1", "title", "", "handling", "amber"), status: 422, links: []string{"title"}},
		{name: "somebody else", who: "somchai@demo.example", path: path + "/settings", values: values("version", "1", "title", "Mine", "handling", "amber"), status: 403},
		{name: "closed", who: ana, path: path + "/settings", values: values("version", "1", "title", "Settled", "handling", "green", "closed", "1"), status: 303, to: path + "-settled?done=saved"},
		{name: "stale", who: ana, path: path + "/settings", values: values("version", "1", "title", "Other words", "handling", "green"), status: 422, keeps: []string{"Other words"}},
		{name: "reply to a closed one", who: ana, path: path + "/posts", values: values("seen", "0", "body", "Too late, but kept"), status: 422, keeps: []string{"Too late, but kept"}, says: []string{"cerrado"}},
	})
}

func TestFragmentAndPreview(t *testing.T) {
	w := newWorld(t)
	th := w.open(t, ana, "Fragments")
	path := fmt.Sprintf("/t/%d/posts/%d/fragment", th.ID, th.LastPostID)
	rec := w.get(t, ana, path)
	if rec.Code != http.StatusOK || rec.Header().Get("Cache-Control") != "private, no-store" {
		t.Fatalf("status %d, %s", rec.Code, rec.Header().Get("Cache-Control"))
	}
	holds(t, rec.Body.String(), fmt.Sprintf(`id="post-%d"`, th.LastPostID), "The first post.")
	lacks(t, rec.Body.String(), "<html")
	for _, who := range []string{visitor, karim} {
		if rec := w.get(t, who, path); rec.Code != http.StatusNotFound {
			t.Errorf("%q reads a post by its fragment: status %d", who, rec.Code)
		}
	}
	if rec := w.get(t, ana, fmt.Sprintf("/t/1/posts/%d/fragment", th.LastPostID)); rec.Code != http.StatusNotFound {
		t.Errorf("a post of another thread: status %d", rec.Code)
	}
	preview := w.post(t, ana, "/preview", url.Values{"body": {"**bold** <script>alert(1)</script>"}})
	holds(t, preview.Body.String(), "<strong>bold</strong>")
	lacks(t, preview.Body.String(), "<script")
}
