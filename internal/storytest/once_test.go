package storytest

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
)

// raw opens the portal's database for what no verb of the store does.
func (p *Portal) raw(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", p.Settings.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func pdf(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile("../extract/testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Any POST with an Idempotency-Key is done once, and a repeat gets its first answer; a secret in it
// is not in the database.
func TestEveryPostIsDoneOnce(t *testing.T) {
	p := Start(t, nil)
	ana, officer, visitor, db := p.As(t, "ana"), p.As(t, "officer"), p.Visitor(t), p.raw(t)
	for _, call := range []struct {
		who    *Client
		path   string
		body   map[string]any
		secret string
	}{
		{visitor, "/sessions", map[string]any{"email": "lena@demo.example", "password": "praxis-demo"}, `"token":"`},
		{ana, "/tokens", map[string]any{"name": "script", "scopes": []string{"read"}, "expires_in_days": 7}, `"token":"`},
		{officer, "/invitations", map[string]any{"email": "new@example.org", "name": "New", "country": "EC"}, `/invitation/`},
		{officer, "/members/3/reset", nil, `/invitation/`},
		{ana, "/practices", map[string]any{"title": "Once"}, ""},
		{ana, "/workspaces/1/threads", map[string]any{"title": "Once", "body": "and for all"}, ""},
		{ana, "/flags", map[string]any{"target": map[string]any{"kind": "thread", "id": 1}, "reason": "spam"}, ""},
		{ana, "/searches", map[string]any{"name": "mine", "query": "q=naloxone"}, ""},
	} {
		key := []string{"Idempotency-Key", "once " + call.path}
		first := call.who.Do("POST", call.path, call.body, key...).Want(201)
		again := call.who.Do("POST", call.path, call.body, key...).Want(201)
		if string(again.Body) != string(first.Body) || again.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%s answers %s, then %s", call.path, first.Body, again.Body)
		}
		if call.secret == "" {
			continue
		}
		_, token, found := strings.Cut(string(first.Body), call.secret)
		token, _, _ = strings.Cut(token, `"`)
		var kept int
		if err := db.QueryRow(`select count(*) from idempotency_keys where position($1::bytea in body) > 0`, []byte(token)).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if !found || len(token) < 20 || kept != 0 {
			t.Errorf("%s: the secret %q is in the database: %d", call.path, token, kept)
		}
	}
	visitor.Do("POST", "/sessions", map[string]any{"email": "lena@demo.example", "password": "another"}, "Idempotency-Key", "once /sessions").Want(422)
}

func TestAnUploadIsDoneOnce(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Con adjunto"}).Want(201).Thing()
	path := "/practices/" + itoa(draft.ID) + "/attachments"
	upload := func(content []byte) *Answer {
		const mark = "mark"
		var body bytes.Buffer
		fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%s\r\n--%s--\r\n", mark, content, mark)
		return ana.Raw("POST", path, body.Bytes(), "Content-Type", "multipart/form-data; boundary="+mark, "Idempotency-Key", "file")
	}
	upload([]byte("not a PDF")).Want(415)
	first := upload(pdf(t)).Want(201).Thing()
	again := upload(pdf(t)).Want(201).Thing()
	if n := len(ana.Do("GET", path, nil).Want(200).Things()); n != 1 || first.ID != again.ID {
		t.Errorf("%d files; %d, then %d", n, first.ID, again.ID)
	}
}

// A node that dies between the commit and the answer: the repeat does nothing, and learns what was
// done where that can be read.
func TestAnswerLostWithItsNode(t *testing.T) {
	p := Start(t, nil)
	ana, db := p.As(t, "ana"), p.raw(t)
	lose := func(key string) {
		t.Helper()
		r, err := db.Exec(`update idempotency_keys set status = null, headers = null, body = null, created_at = now() - interval '2 minutes' where key = $1`, key)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := r.RowsAffected(); n != 1 {
			t.Fatalf("%d keys", n)
		}
	}
	for _, call := range []struct {
		path, list string
		body       map[string]any
	}{
		{"/practices", "", map[string]any{"title": "Survives"}},
		{"/workspaces/1/threads", "", map[string]any{"title": "Survives", "body": "its node"}},
		{"/threads/1/posts", "/threads/1/posts?limit=100", map[string]any{"body": "Survives its node."}},
	} {
		first := ana.Do("POST", call.path, call.body, "Idempotency-Key", "lost "+call.path).Want(201)
		lose("lost " + call.path)
		again := ana.Do("POST", call.path, call.body, "Idempotency-Key", "lost "+call.path).Want(201)
		if again.Thing().ID != first.Thing().ID || again.Header.Get("ETag") != first.Header.Get("ETag") || again.Header.Get("Location") != first.Header.Get("Location") {
			t.Errorf("%s answers %v %s, then %v %s", call.path, first.Header, first.Body, again.Header, again.Body)
		}
	}
	report := map[string]any{"result": "worked", "country": "EC"}
	ana.Do("POST", "/practices/1/adoptions", report, "Idempotency-Key", "adopt").Want(201)
	lose("adopt")
	ana.Do("POST", "/practices/1/adoptions", report, "Idempotency-Key", "adopt").Want(409)
	// What has done nothing may be tried again.
	ana.Do("POST", "/threads/1/posts", map[string]any{"body": ""}, "Idempotency-Key", "nothing").Want(422)
	lose("nothing")
	ana.Do("POST", "/threads/1/posts", map[string]any{"body": ""}, "Idempotency-Key", "nothing").Want(422)
}

// An answer that is larger than what is kept is not done twice either.
func TestALargeAnswerIsDoneOnce(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	section := strings.Repeat("<", 30_000)
	body := map[string]any{"title": "Large", "sections": map[string]string{"problem": section, "steps": section, "results": section, "actors": section,
		"setting": section, "theory": section, "legal": section}}
	raw := `{"title":"Large","sections":{`
	for name := range body["sections"].(map[string]string) {
		raw += fmt.Sprintf("%q:%q,", name, section)
	}
	raw = strings.TrimSuffix(raw, ",") + "}}"
	send := func() *Answer {
		return ana.Raw("POST", "/practices", []byte(raw), "Content-Type", "application/json", "Idempotency-Key", "large")
	}
	first := send().Want(201)
	again := send().Want(201)
	if len(first.Body) <= 1<<20 {
		t.Fatalf("the answer has only %d bytes", len(first.Body))
	}
	if first.Thing().ID != again.Thing().ID || len(again.Body) != len(first.Body) {
		t.Errorf("%d of %d bytes, then %d of %d", first.Thing().ID, len(first.Body), again.Thing().ID, len(again.Body))
	}
}

// A repeat shows nothing that is out of sight by now, whatever it was about.
func TestARepeatShowsWhatIsInSight(t *testing.T) {
	p := Start(t, nil)
	ana, moderator := p.As(t, "ana"), p.As(t, "moderator")
	somchai := p.As(t, "somchai")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Rumor de puerto", "body": "x"}).Want(201).Thing()
	somchai.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": "thread", "id": thread.ID}, "reason": "spam"}).Want(201)
	at := "/moderation/cases/" + itoa(findCase(t, moderator, "flag", "thread", thread.ID)) + "/actions"
	moderator.Do("POST", at, map[string]any{"action": "keep"}, "Idempotency-Key", "k").Want(201)
	moderator.Do("POST", at, map[string]any{"action": "keep"}, "Idempotency-Key", "k").Want(201)
	report := map[string]any{"result": "failed", "country": "TH", "note": "n"}
	somchai.Do("POST", "/practices/1/adoptions", report, "Idempotency-Key", "k").Want(201)
	somchai.Do("POST", "/practices/1/adoptions", report, "Idempotency-Key", "k").Want(201)

	ana.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"handling": "red"}).Want(200)
	moderator.Do("POST", at, map[string]any{"action": "keep"}, "Idempotency-Key", "k").Want(404)
}

// A body that is cut answers 400, with a key as without.
func TestCutBody(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	for _, key := range []string{"", "Idempotency-Key: cut\r\n"} {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "POST /api/v1/practices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 100\r\n%s\r\n{\"title\":", ana.Token, key)
		_ = c.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(c)
		c.Close()
		if !bytes.HasPrefix(answer, []byte("HTTP/1.1 400 ")) {
			t.Errorf("with %q: %.200s", key, answer)
		}
	}
}
