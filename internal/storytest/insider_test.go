package storytest

import (
	"encoding/base64"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// What an attacker with an account of her own tries.
func TestHostileInsider(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, moderator := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "moderator")

	// She does not make herself a member of an organization, which decides over amber+strict.
	somchai.Do("PATCH", "/me", map[string]any{"organization": "WCO", "name": "Somchai K."}).Want(200)
	if body := string(somchai.Do("GET", "/me", nil).Want(200).Body); strings.Contains(body, "WCO") {
		t.Error("a member sets her own international organization")
	}

	// A cursor that names what she may not see tells no more than one that names nothing.
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Borrador", "workspace_id": 1}).Want(201).Thing()
	cursor := func(n int64) string {
		return strings.TrimRight(base64.URLEncoding.EncodeToString([]byte("c1."+strconv.FormatInt(n, 36))), "=")
	}
	unseen, absent := somchai.Do("GET", "/practices?after="+cursor(draft.ID), nil).Want(200), somchai.Do("GET", "/practices?after="+cursor(999_999), nil).Want(200)
	if string(unseen.Body) != string(absent.Body) {
		t.Error("a cursor tells of a draft")
	}

	// The versions of a draft stay the author's when the practice is published.
	path := "/practices/" + itoa(draft.ID)
	ana.Do("PATCH", path, map[string]any{"summary": "Nombra a un informante.", "sectors": []string{"customs"}, "sections": map[string]string{"problem": "a", "steps": "b", "results": "c"}}).Want(200)
	ana.Do("PATCH", path, map[string]any{"summary": "Sin nombres."}).Want(200)
	ana.Do("POST", path+"/submit", nil).Want(200)
	moderator.Do("POST", path+"/approve", nil, "If-Match", `"1"`).Want(412) // not what she has read
	moderator.Do("POST", path+"/approve", nil, "If-Match", `"3"`).Want(200)
	for _, c := range []*Client{somchai, moderator} {
		c.Do("GET", path+"/versions/2", nil).Want(404)
		c.Do("GET", path+"/diff?from=2&to=3", nil).Want(404)
		if n := len(c.Do("GET", path+"/versions", nil).Want(200).Things()); n != 1 {
			t.Errorf("a reader sees %d versions, want 1", n)
		}
	}
	ana.Do("GET", path+"/versions/2", nil).Want(200)

	// A search's cursor can neither be read nor made.
	var found struct{ Next string }
	somchai.Do("GET", "/search?q=naloxone&limit=1", nil).Want(200).Into(&found)
	if raw, err := base64.RawURLEncoding.DecodeString(found.Next); err == nil && strings.Contains(string(raw), "relevance") {
		t.Error("a search's cursor can be read")
	}

	// A deleted post's text is nowhere, not in the first answer that was kept either.
	post := somchai.Do("POST", "/threads/1/posts", map[string]any{"body": "Soon deleted."}, "Idempotency-Key", "gone").Want(201).Thing()
	somchai.Do("DELETE", "/posts/"+itoa(post.ID), nil).Want(204)
	if again := somchai.Do("POST", "/threads/1/posts", map[string]any{"body": "Soon deleted."}, "Idempotency-Key", "gone").Want(410); strings.Contains(string(again.Body), "Soon deleted") {
		t.Error("a repeat gives a deleted post's text")
	}

	// Nor does a repeat give what a label has taken out of sight since.
	red := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Rumor", "body": "x"}).Want(201).Thing()
	reply := map[string]any{"body": "Noted."}
	somchai.Do("POST", "/threads/"+itoa(red.ID)+"/posts", reply, "Idempotency-Key", "red").Want(201)
	ana.Do("PATCH", "/threads/"+itoa(red.ID), map[string]any{"handling": "red"}).Want(200)
	somchai.Do("POST", "/threads/"+itoa(red.ID)+"/posts", reply, "Idempotency-Key", "red").Want(404)

	// Sixty guesses at once are no more than a few.
	var guessed atomic.Int64
	var all sync.WaitGroup
	for range 60 {
		all.Go(func() {
			if p.Visitor(t).Do("POST", "/sessions", map[string]string{"email": "karim@demo.example", "password": "wrong"}).Status == 401 {
				guessed.Add(1)
			}
		})
	}
	all.Wait()
	if n := guessed.Load(); n > 10 {
		t.Errorf("%d of 60 guesses at once were judged", n)
	}
}
