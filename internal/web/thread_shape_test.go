package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

const mod = moderator

// opened opens a thread of a purpose by its form, and gives its address.
func (w *world) opened(t *testing.T, who, title string, more ...string) string {
	t.Helper()
	pairs := append([]string{"once", title, "title", title, "body", "The first post.", "language", "en", "handling", "green"}, more...)
	to := w.send(t, sending{who: who, path: "/w/1/new-thread", values: values(pairs...), status: 303, to: "/t/"}).Header().Get("Location")
	return regexp.MustCompile(`^/t/\d+`).FindString(to)
}

func TestAQuestionByItsForms(t *testing.T) {
	w := newWorld(t)
	form := w.page(t, ana, "/w/1/new-thread?kind=question")
	holds(t, form, `name="kind" value="question"`, `name="sectors" value="customs"`, `aria-current="page">Question</a>`)
	lacks(t, form, "Announcement", "Live session", `name="starts_at"`)
	path := w.opened(t, ana, "Which spectra?", "kind", "question", "sectors", "customs")
	holds(t, w.page(t, ana, path), "Question\u00a0· open", "For those who know: Customs")
	holds(t, w.page(t, somchai, "/questions"), "Which spectra?")
	w.send(t, sending{who: somchai, path: path + "/posts", values: values("body", "These twelve."), status: 303})
	asked := w.page(t, ana, path)
	post := regexp.MustCompile(`action="/posts/(\d+)/answer"`).FindStringSubmatch(asked)
	if post == nil {
		t.Fatal("the asker cannot mark an answer")
	}
	lacks(t, w.page(t, somchai, path), "/answer\"")
	w.sendAll(t, []sending{
		{name: "not his", who: somchai, path: "/posts/" + post[1] + "/answer", values: values("on", "1"), status: 403},
		{name: "marked", who: ana, path: "/posts/" + post[1] + "/answer", values: values("on", "1"), status: 303, to: path},
	})
	holds(t, w.page(t, somchai, path), "Question\u00a0· answered", `<section class="note good fact"><h2>Answer</h2>`, "<mark><strong>Answer</strong></mark>", "These twelve.")
	lacks(t, w.page(t, somchai, "/questions?all=1"), "Which spectra?")
	holds(t, w.page(t, somchai, "/w/1"), "Question\u00a0· answered")
	w.send(t, sending{who: ana, path: "/posts/" + post[1] + "/answer", values: values("on", "0"), status: 303})
	holds(t, w.page(t, ana, path), "Question\u00a0· open")
}

func TestASessionByItsForms(t *testing.T) {
	w := newWorld(t)
	starts := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04")
	w.sendAll(t, []sending{
		{name: "not hers", who: ana, path: "/w/1/new-thread", values: values("title", "x", "body", "y", "language", "en", "handling", "green", "kind", "announcement"), status: 403},
		{name: "no hour", who: mod, path: "/w/1/new-thread", values: values("title", "x", "body", "Kept words", "language", "en", "handling", "green", "kind", "session", "minutes", "60"), status: 422,
			links: []string{"starts_at"}, keeps: []string{"Kept words"}},
	})
	path := w.opened(t, mod, "An hour; with commas, and a title that is long enough to be folded by calendars", "kind", "session", "starts_at", starts, "minutes", "60")
	body := w.page(t, ana, path)
	holds(t, body, "This session is yet to come", `href="`+path+`/session.ics"`, "No questions yet.", `action="`+path+`/questions"`)
	w.sendAll(t, []sending{
		{name: "nothing asked", who: ana, path: path + "/questions", values: values("body", " "), status: 422, links: []string{"body"}},
		{name: "asked", who: ana, path: path + "/questions", values: values("body", "How soon?"), status: 303, to: path},
	})
	vote := regexp.MustCompile(`action="/posts/(\d+)/vote"`).FindStringSubmatch(w.page(t, somchai, path))
	if vote == nil {
		t.Fatal("nobody can vote")
	}
	w.send(t, sending{who: somchai, path: "/posts/" + vote[1] + "/vote", values: values("on", "1"), status: 303})
	holds(t, w.page(t, somchai, path), "1 vote", `aria-pressed="true" name="on" value="0"`)
	holds(t, w.page(t, ana, "/sessions"), "An hour;")
	holds(t, w.page(t, ana, "/w/1"), "<h2>Live sessions</h2>")
	rec := w.get(t, ana, path+"/session.ics")
	entry := rec.Body.String()
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/calendar") {
		t.Fatalf("status %d, %s", rec.Code, rec.Header().Get("Content-Type"))
	}
	holds(t, entry, "BEGIN:VCALENDAR\r\n", `SUMMARY:An hour\; with commas\, and a title`, "DTSTART:"+strings.NewReplacer("-", "", ":", "").Replace(starts)+"00Z\r\n", "END:VCALENDAR\r\n")
	for _, line := range strings.Split(entry, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	lacks(t, entry, "first post", "Claire")
	w.change(t, `update threads set handling = 'red', named = array[(select id from members where email = 'ana@demo.example')] where id = `+strings.TrimPrefix(path, "/t/"))
	if rec := w.get(t, ana, path+"/session.ics"); rec.Code != http.StatusNotFound {
		t.Errorf("of a red session there is an entry: %d", rec.Code)
	}
	w.change(t, `update threads set handling = 'green', named = '{}', starts_at = now() - interval '2 hours', ends_at = now() - interval '1 hour' where id = `+strings.TrimPrefix(path, "/t/"))
	body = w.page(t, ana, path)
	holds(t, body, "This session is over", "How soon?")
	lacks(t, body, path+"/questions", "/vote\"")
}

func TestSlowModeKeepsTheWords(t *testing.T) {
	w := newWorld(t)
	path := w.opened(t, ana, "Too lively")
	version := hidden(t, w.page(t, mod, path+"/settings"), "version")
	w.send(t, sending{who: mod, path: path + "/settings", values: values("version", version, "title", "Too lively", "handling", "green", "kind", "discussion", "slow", "300",
		"summary", "**In short:** be calm."), status: 303})
	holds(t, w.page(t, somchai, path), "Slow mode: 5 minutes between two posts", "<h2>Summary</h2>", "<strong>In short:</strong>", "Claire Bouchard")
	w.send(t, sending{who: somchai, path: path + "/posts", values: values("body", "First"), status: 303})
	rec := w.send(t, sending{who: somchai, path: path + "/posts", values: values("body", "Second, too early"), status: http.StatusTooManyRequests, keeps: []string{"Second, too early"}})
	if rec.Header().Get("Retry-After") == "" {
		t.Error("nobody says how long to wait")
	}
	lacks(t, w.page(t, ana, path+"/settings"), `name="slow"`, `name="summary"`)
}

func TestPostsGoElsewhereByTheirForms(t *testing.T) {
	w := newWorld(t)
	from, into := w.opened(t, ana, "From here"), w.opened(t, ana, "Over there")
	var ids []string
	for _, body := range []string{"one", "two", "three"} {
		to := w.send(t, sending{who: somchai, path: from + "/posts", values: values("body", body), status: 303}).Header().Get("Location")
		ids = append(ids, regexp.MustCompile(`post=(\d+)`).FindStringSubmatch(to)[1])
	}
	holds(t, w.page(t, mod, from+"/move"), `name="posts" value="`+ids[0]+`"`, "Which posts?")
	w.sendAll(t, []sending{
		{name: "not hers", who: ana, path: from + "/move", values: values("do", "split", "posts", ids[0], "title", "x"), status: 403},
		{name: "nothing chosen", who: mod, path: from + "/move", values: values("do", "split", "title", "My title"), status: 422, links: []string{"posts"}, keeps: []string{"My title"}},
		{name: "nowhere", who: mod, path: from + "/move", values: values("do", "posts", "posts", ids[0], "into", "over there"), status: 422, links: []string{"into"}},
		{name: "merged nowhere", who: mod, path: from + "/move", values: values("do", "merge", "merge_into", "999999"), status: 422, links: []string{"merge_into"}},
		{name: "moved", who: mod, path: from + "/move", values: values("do", "posts", "posts", ids[0], "into", "http://portal.example"+into+"-over-there"), status: 303, to: into},
		{name: "split", who: mod, path: from + "/move", values: values("do", "split", "posts", ids[1], "title", "On its own"), status: 303, to: "/t/"},
	})
	for i, want := range []string{into, "/t/", from} {
		rec := w.get(t, ana, from+"-from-here?post="+ids[i])
		if to := rec.Header().Get("Location"); i < 2 && (rec.Code != http.StatusFound || !strings.HasPrefix(to, want) || strings.HasPrefix(to, from) || !strings.HasSuffix(to, "#post-"+ids[i])) {
			t.Errorf("the old address of post %d leads to %q (%d)", i, to, rec.Code)
		}
	}
	holds(t, w.page(t, ana, into), "moved here")
	w.send(t, sending{who: mod, path: from + "/move", values: values("do", "merge", "merge_into", strings.TrimPrefix(into, "/t/")), status: 303, to: into})
	rec := w.get(t, ana, from+"-from-here?post="+ids[2])
	if to := rec.Header().Get("Location"); rec.Code != http.StatusMovedPermanently || !strings.HasPrefix(to, into) || !strings.HasSuffix(to, "?post="+ids[2]) {
		t.Errorf("the merged thread's address leads to %q (%d)", to, rec.Code)
	}
	rec = w.post(t, somchai, from+"/posts", values("body", "sent late"))
	if to := rec.Header().Get("Location"); rec.Code != http.StatusPermanentRedirect || to != into+"/posts" {
		t.Errorf("a word for the merged thread goes to %q (%d)", to, rec.Code)
	}
	if rec := w.get(t, "", from); rec.Code != http.StatusNotFound {
		t.Errorf("a visitor is led to %q", rec.Header().Get("Location"))
	}
}

// A long thread is read from its end, from a date, and on from where the reader stopped.
func TestReadingALongThread(t *testing.T) {
	w := newWorld(t)
	path := w.opened(t, ana, "A long one")
	id := threadID(t, path)
	w.change(t, `with n as (select generate_series(2, 2000) as n),
	    p as (insert into posts (thread_id, number, author_id, body, created_at) select `+id+`, n, 1, 'Number ' || n, '2026-01-01'::timestamptz + n * interval '1 hour' from n)
	    update threads set posts = 2000, created_at = '2026-01-01' where id = `+id)
	w.change(t, `update posts set created_at = '2026-01-01' where thread_id = `+id+` and number = 1`)
	w.change(t, `update threads set last_post_id = (select id from posts where thread_id = `+id+` and number = 2000) where id = `+id)
	first := w.page(t, somchai, path)
	holds(t, first, "Number 20<", `type="date" name="at"`)
	lacks(t, first, "Go to the first post that you have not read", "Number 21<")
	holds(t, w.page(t, somchai, path+"?page=60"), "Number 1200<")
	holds(t, w.page(t, somchai, path+"?page=2"), "Go to the first post that you have not read", `?page=61#new"`)
	holds(t, w.page(t, somchai, path+"?at=2026-01-11"), "Number 240<")
	holds(t, w.page(t, somchai, path+"?at=2036-01-11"), "Number 2000<")
	var postOf int64
	must(t, w.db.Raw().QueryRow(`select id from posts where thread_id = `+id+` and number = 777`).Scan(&postOf))
	holds(t, w.page(t, somchai, fmt.Sprintf("%s?post=%d", path, postOf)), "Number 777<")
}

func threadID(t *testing.T, path string) string {
	t.Helper()
	return strings.TrimPrefix(path, "/t/")
}
