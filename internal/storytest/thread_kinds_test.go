package storytest

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// spoken is what of a thread or a post the tests of purposes and moves look at.
type spoken struct {
	ID         int64
	ThreadID   int64  `json:"thread_id"`
	Kind       string `json:"kind"`
	State      string
	Posts      int
	Answer     int64 `json:"answer_post_id"`
	Votes      int
	Voted      bool
	Moved      bool
	ReadNumber int `json:"read_number"`
	Number     int
	Body       string
	Slow       int `json:"slow_seconds"`
	Summary    struct{ Body, HTML string }
}

func (a *Answer) spoken() (t spoken) {
	a.t.Helper()
	a.Into(&t)
	return t
}

func (a *Answer) spokens() []spoken {
	a.t.Helper()
	var list struct{ Items []spoken }
	a.Into(&list)
	return list.Items
}

func (c *Client) kinds() []string {
	c.T.Helper()
	var list struct{ Items []struct{ Kind string } }
	c.Do("GET", "/notifications?limit=100", nil).Want(200).Into(&list)
	var all []string
	for _, n := range list.Items {
		all = append(all, n.Kind)
	}
	return all
}

// A question from its asking to its answer, an announcement, a session with its votes, slow mode and a summary.
func TestPurposesOfThreads(t *testing.T) {
	t.Parallel()
	p := Start(t, nil)
	ana, somchai, moderator, visitor := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "moderator"), p.Visitor(t)
	q := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Which spectra?", "body": "We have none.", "kind": "question", "sectors": []string{"customs"}}).Want(201).spoken()
	ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Which spectra?", "body": "x", "kind": "question", "sectors": []string{"nothing"}}).Want(422)
	open := func(c *Client) bool {
		return slices.ContainsFunc(c.Do("GET", "/questions?all=1", nil).Want(200).spokens(), func(t spoken) bool { return t.ID == q.ID })
	}
	if q.Kind != "question" || !open(somchai) {
		t.Errorf("the question is %+v", q)
	}
	visitor.Do("GET", "/questions", nil).Want(401)
	path := "/threads/" + itoa(q.ID)
	answer := somchai.Do("POST", path+"/posts", map[string]any{"body": "These twelve."}).Want(201).spoken()
	somchai.Do("PUT", "/posts/"+itoa(answer.ID)+"/answer", nil).Want(403)
	ana.Do("PUT", "/posts/"+itoa(answer.ID)+"/answer", nil).Want(204)
	if got := somchai.Do("GET", path, nil).Want(200).spoken(); got.Answer != answer.ID || open(somchai) {
		t.Errorf("answered, it is %+v", got)
	}
	Eventually(t, "somchai hears that his post answers it", func() bool { return slices.Contains(somchai.kinds(), "answer_marked") })
	ana.Do("DELETE", "/posts/"+itoa(answer.ID)+"/answer", nil).Want(204)

	ana.Do("PATCH", path, map[string]any{"slow_seconds": 60}).Want(403)
	slow := moderator.Do("PATCH", path, map[string]any{"slow_seconds": 60, "summary": "**Twelve** spectra"}).Want(200).spoken()
	if slow.Slow != 60 || slow.Summary.Body != "**Twelve** spectra" || slow.Summary.HTML == "" {
		t.Errorf("slow, with a summary, it is %+v", slow)
	}
	early := somchai.Do("POST", path+"/posts", map[string]any{"body": "Too early."}, "Idempotency-Key", "early-1").Want(429)
	if early.Header.Get("Retry-After") == "" {
		t.Error("nobody says how long to wait")
	}

	ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "New form", "body": "x", "kind": "announcement"}).Want(403)
	moderator.Do("POST", "/workspaces/1/threads", map[string]any{"title": "New form", "body": "From Monday on.", "kind": "announcement"}).Want(201)
	Eventually(t, "all members hear the announcement", func() bool {
		return slices.Contains(ana.kinds(), "announcement") && slices.Contains(somchai.kinds(), "announcement")
	})

	hour := time.Now().Add(time.Hour)
	s := moderator.Do("POST", "/workspaces/1/threads", map[string]any{"title": "An hour", "body": "Ask.", "kind": "session", "handling": "green",
		"starts_at": hour, "ends_at": hour.Add(time.Hour)}).Want(201).spoken()
	ask := ana.Do("POST", "/threads/"+itoa(s.ID)+"/posts", map[string]any{"body": "How soon?", "asks": true}).Want(201).spoken()
	somchai.Do("PUT", "/posts/"+itoa(ask.ID)+"/vote", nil).Want(204)
	ana.Do("PUT", "/posts/"+itoa(ask.ID)+"/vote", nil).Want(409)
	if asked := somchai.Do("GET", "/threads/"+itoa(s.ID)+"/questions", nil).Want(200).spokens(); len(asked) != 1 || asked[0].Votes != 1 || !asked[0].Voted {
		t.Errorf("asked are %+v", asked)
	}
	somchai.Do("DELETE", "/posts/"+itoa(ask.ID)+"/vote", nil).Want(204)
	if list := ana.Do("GET", "/live-sessions?workspace=1", nil).Want(200).spokens(); len(list) != 1 || list[0].State != "ahead" {
		t.Errorf("sessions: %+v", list)
	}
	if list := visitor.Do("GET", "/live-sessions", nil).Want(200).spokens(); len(list) != 0 {
		t.Errorf("a visitor is shown %+v", list)
	}
}

// Posts go from thread to thread: what they answer to, where they are found and by whom, on the way and after.
func TestPostsGoElsewhere(t *testing.T) {
	t.Parallel()
	p := Start(t, nil)
	ana, somchai, moderator, karim := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "moderator"), p.As(t, "karim")
	open := func(title, handling string) int64 {
		return ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": title, "body": "Opening of " + title, "handling": handling}).Want(201).Thing().ID
	}
	post := func(thread int64, body string) int64 {
		return somchai.Do("POST", "/threads/"+itoa(thread)+"/posts", map[string]any{"body": body}).Want(201).Thing().ID
	}
	finds := func(c *Client, word string) int {
		return len(c.Do("GET", "/search?kind=post&q="+word, nil).Want(200).Things())
	}
	wide, narrow := open("Wide", "green"), open("Narrow", "amber")
	post(wide, "stays")
	goes, other := post(wide, "zirkonfund"), post(wide, "molybdenfund")
	Eventually(t, "karim finds it", func() bool { return finds(karim, "zirkonfund") == 1 && finds(karim, "molybdenfund") == 1 })
	ana.Do("PUT", "/threads/"+itoa(wide)+"/read", map[string]any{"post_id": other}).Want(204)

	body := map[string]any{"posts": []int64{goes}, "into": narrow}
	somchai.Do("POST", "/threads/"+itoa(wide)+"/move", body).Want(403)
	moderator.Do("POST", "/threads/"+itoa(narrow)+"/move", map[string]any{"posts": []int64{post(narrow, "quietly")}, "into": wide}).Want(409)
	moderator.Do("POST", "/threads/"+itoa(wide)+"/move", body).Want(200)
	if got := somchai.Do("GET", "/posts/"+itoa(goes), nil).Want(200).spoken(); got.ThreadID != narrow || !got.Moved || got.Number != 3 {
		t.Errorf("the post is %+v", got)
	}
	karim.Do("GET", "/posts/"+itoa(goes), nil).Want(404)
	Eventually(t, "karim finds it no more, and ana does", func() bool { return finds(karim, "zirkonfund") == 0 && finds(ana, "zirkonfund") == 1 })
	if got := ana.Do("GET", "/threads/"+itoa(wide), nil).Want(200).spoken(); got.Posts != 3 || got.ReadNumber != 3 {
		t.Errorf("what is left is %+v", got)
	}

	for _, into := range []int64{narrow, 1 << 40} { // who moderates nothing learns of no thread
		somchai.Do("POST", "/threads/"+itoa(wide)+"/merge", map[string]any{"into": into}).Want(403)
		karim.Do("POST", "/threads/"+itoa(wide)+"/move", map[string]any{"posts": []int64{goes}, "into": into}).Want(403)
	}
	split := moderator.Do("POST", "/threads/"+itoa(wide)+"/split", map[string]any{"posts": []int64{other}, "title": "Molybdenum"}).Want(201).spoken()
	somchai.Do("PATCH", "/threads/"+itoa(split.ID), map[string]any{"handling": "clear"}).Want(403) // its first post is his, the thread is not
	if got := karim.Do("GET", "/posts/"+itoa(other), nil).Want(200).spoken(); got.ThreadID != split.ID || got.Number != 1 {
		t.Errorf("after the split the post is %+v", got)
	}
	moderator.Do("POST", "/threads/"+itoa(wide)+"/merge", map[string]any{"into": narrow}).Want(200)
	if got := ana.Do("GET", "/threads/"+itoa(wide), nil).Want(200).spoken(); got.ID != narrow || got.Posts != 5 {
		t.Errorf("where the merged thread was there is %+v", got)
	}
	karim.Do("GET", "/threads/"+itoa(wide), nil).Want(404)
	moderator.Do("PATCH", "/threads/"+itoa(wide), map[string]any{"handling": "clear"}).Want(409) // it was meant for the other
	if posts := ana.Do("GET", "/threads/"+itoa(wide)+"/posts?at=2020-01-01", nil).Want(200).spokens(); len(posts) != 5 || posts[0].Number != 1 {
		t.Errorf("its posts are %+v", posts)
	}
	ana.Do("GET", "/threads/"+itoa(narrow)+"/posts?at=yesterday", nil).Want(422)
	for range 2 { // a word sent to where it was before comes where it is, once
		somchai.Do("POST", "/threads/"+itoa(wide)+"/posts", map[string]any{"body": "late word"}, "Idempotency-Key", "late-1").Want(201)
	}
	count := 0
	for _, p := range ana.Do("GET", "/threads/"+itoa(narrow)+"/posts", nil).Want(200).spokens() {
		if p.Body == "late word" {
			count++
		}
	}
	if count != 1 {
		t.Errorf("the late word stands there %d times", count)
	}
	Eventually(t, "the merged thread is found no more", func() bool {
		return len(ana.Do("GET", "/search?kind=thread&q=Wide", nil).Want(200).Things()) == 0
	})
	moderator.Do("POST", "/threads/"+itoa(split.ID)+"/move", map[string]any{"workspace_id": 2}).Want(200)
	moderator.Do("POST", "/threads/"+itoa(narrow)+"/move", map[string]any{"workspace_id": 2}).Want(409)
	moderator.Do("POST", "/threads/"+itoa(narrow)+"/move", map[string]any{}).Want(422)
	var audit struct {
		Items []struct {
			Action string
			Detail map[string]any
		}
	}
	p.As(t, "officer").Do("GET", "/audit?limit=100", nil).Want(200).Into(&audit)
	said := map[string]string{}
	for _, row := range audit.Items {
		said[row.Action] += fmt.Sprint(row.Detail)
	}
	for _, action := range []string{"thread.split", "thread.move", "thread.move_posts", "thread.merge", "thread.receive"} {
		if said[action] == "" {
			t.Errorf("the audit does not tell of %s", action)
		}
	}
}
