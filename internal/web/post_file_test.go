package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Without scripts a reply brings its files, a post keeps them or lets them go, and a file that is refused
// costs the post nothing.
func TestReplyBringsFiles(t *testing.T) {
	w := newWorld(t)
	thread := w.open(t, ana, "Files without scripts")
	path := fmt.Sprintf("/t/%d", thread.ID)
	rec := w.upload(t, ana, path+"/posts", values("body", "The list", "seen", "1", "reply_to", "", "language", "es"), "ports.txt", "Guayaquil\n")
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	holds(t, w.page(t, somchai, path), `<bdi>ports.txt</bdi>`)
	again := w.upload(t, ana, path+"/posts", values("body", "The list", "seen", "1", "reply_to", "", "language", "es"), "ports.txt", "Guayaquil\n")
	posts := w.postsOf(t, ana, thread.ID)
	if again.Header().Get("Location") != rec.Header().Get("Location") || len(posts) != 2 || posts[1].FileCount != 1 {
		t.Errorf("sent twice it leads to %q and %q, posts %+v", rec.Header().Get("Location"), again.Header().Get("Location"), posts)
	}
	// A program under the name of a text is refused; the words stand, and the page says what is wrong.
	rec = w.upload(t, ana, path+"/posts", values("body", "A program", "seen", "2", "reply_to", "", "language", "es"), "x.txt", "MZ\x90\x00\x03")
	if rec.Code == http.StatusSeeOther || rec.Code >= 500 {
		t.Errorf("status %d", rec.Code)
	}
	posts = w.postsOf(t, ana, thread.ID)
	if len(posts) != 3 {
		t.Fatalf("%d posts stand", len(posts))
	}
	holds(t, rec.Body.String(), "A program", fmt.Sprintf("/posts/%d/edit", posts[2].ID))
	// On the page of an edit a file comes and goes; what is written beside it is kept.
	edit := fmt.Sprintf("/posts/%d/edit", posts[2].ID)
	version := hidden(t, w.page(t, ana, edit), "version")
	rec = w.upload(t, ana, edit, values("version", version, "body", "No program", "language", "es"), "more.txt", "Paita\n")
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	body := w.page(t, ana, edit)
	holds(t, body, "No program", "more.txt", "detach-")
	file := body[strings.Index(body, "detach-"):]
	file = file[:strings.IndexByte(file, '"')]
	w.sendAll(t, []sending{{who: ana, path: edit, values: values("version", hidden(t, body, "version"), "body", "No program at all", "language", "es", "do", file), status: http.StatusSeeOther}})
	body = w.page(t, ana, edit)
	holds(t, body, "No program at all")
	lacks(t, body, "more.txt")
}

// Who reads a post reads how it changed, and nobody else does.
func TestPostHistory(t *testing.T) {
	w := newWorld(t)
	thread := w.open(t, ana, "A post that changes")
	post := w.postsOf(t, ana, thread.ID)[0]
	edit := fmt.Sprintf("/posts/%d/edit", post.ID)
	w.sendAll(t, []sending{{who: ana, path: edit, values: values("version", "1", "body", "Thirty <kits> now", "language", "es"), status: http.StatusSeeOther}})
	body := w.get(t, somchai, fmt.Sprintf("/posts/%d/history", post.ID)).Body.String()
	holds(t, body, "<ins>", "&lt;")
	lacks(t, body, "<kits>")
	if rec := w.get(t, lena, fmt.Sprintf("/posts/%d/history", post.ID)); rec.Code != http.StatusNotFound {
		t.Errorf("lena gets %d", rec.Code)
	}
}

// A new thread brings files, too.
func TestNewThreadBringsFiles(t *testing.T) {
	w := newWorld(t)
	rec := w.upload(t, ana, "/w/1/new-thread", values("once", "files", "title", "With a list", "body", "See the list.", "language", "en", "handling", "amber"), "ports.txt", "Guayaquil\n")
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("status %d: %s", rec.Code, summary(rec.Body.String()))
	}
	holds(t, w.page(t, somchai, rec.Header().Get("Location")), "ports.txt")
}
