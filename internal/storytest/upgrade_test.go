package storytest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"praxis/internal/demo"
)

// earlier builds the program as it was at a commit, in a folder of its own.
func earlier(t *testing.T, commit string) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf(`set -e -o pipefail; git -C ../.. archive %s | tar x -C %s; cd %s; go build -o %s ./cmd/praxis`, commit, dir, dir, filepath.Join(dir, "earlier"))
	if out, err := exec.Command("bash", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("build the program of %s: %v: %s", commit, err, out)
	}
	return filepath.Join(dir, "earlier")
}

// An earlier program goes on working while a later one brings the schema up to date and runs beside it.
// PRAXIS_UPGRADE_FROM names the commit of the earlier one, which is built for this: make test-upgrade.
func TestEarlierProgramOnTheLaterSchema(t *testing.T) {
	commit := os.Getenv("PRAXIS_UPGRADE_FROM")
	if commit == "" {
		return // it takes minutes to build another program
	}
	dir := filepath.Join(t.TempDir(), "data")
	before := launchFile(t, earlier(t, commit), "demo", "--data-dir", dir)
	if out, code := command(t, "migrate", "--data-dir", dir); code != 0 {
		t.Fatalf("migrate beside the earlier program: %s", out)
	}
	database := "host=" + filepath.Join(dir, "postgres") + " port=5432 user=praxis dbname=praxis sslmode=disable"
	after := launch(t, "serve", "--data-dir", filepath.Join(t.TempDir(), "data"), "--database-url", database)
	old, now := &Portal{URL: before.url}, &Portal{URL: after.url}
	useEarlier(t, old)
	sideBySide(t, old, now)
	if n := number(t, insideOf(t, dir), `select count(*) from events where position is null`); n != 0 {
		t.Errorf("%d events are left without a position", n)
	}
}

// bareAs signs one of the demonstration's accounts in at another program.
func (p *Portal) bareAs(t *testing.T, name string) *Client {
	t.Helper()
	c := &Client{T: t, URL: p.URL}
	var answer struct{ Token string }
	c.bare("POST", "/sessions", fmt.Sprintf(`{"email":"%s@demo.example","password":%q}`, name, demo.Password)).Want(201).Into(&answer)
	c.Token = answer.Token
	return c
}

func (c *Client) bare(method, path, body string) *Answer {
	c.T.Helper()
	return c.Raw(method, path, []byte(body), "Content-Type", "application/json")
}

// undocumented calls a portal whose answers this program's document does not describe.
func (c *Client) undocumented(method, path, body string, want ...int) Thing {
	c.T.Helper()
	return c.bare(method, path, body).Want(want...).Thing()
}

// useEarlier makes the main calls of every part.
func useEarlier(t *testing.T, p *Portal) {
	t.Helper()
	ana, somchai, moderator, officer := p.bareAs(t, "ana"), p.bareAs(t, "somchai"), p.bareAs(t, "moderator"), p.bareAs(t, "officer")
	for _, path := range []string{"/me", "/workspaces", "/workspaces/1/threads", "/practices", "/practices/1", "/search?q=naloxone", "/search/suggest?q=nal", "/notifications", "/searches",
		"/members", "/threads/1", "/threads/1/posts", "/tokens", "/countries", "/vocabulary"} {
		ana.bare("GET", path, "").Want(200)
	}
	ana.undocumented("PATCH", "/me", `{"bio":"Aduanas"}`, 200)
	thread := ana.undocumented("POST", "/workspaces/1/threads", `{"title":"Antes","body":"Primero."}`, 201)
	at := "/threads/" + itoa(thread.ID)
	post := somchai.undocumented("POST", at+"/posts", `{"body":"Second."}`, 201)
	somchai.undocumented("PATCH", "/posts/"+itoa(post.ID), `{"body":"Second, corrected."}`, 200)
	ana.bare("PUT", "/posts/"+itoa(post.ID)+"/reactions/helpful", "").Want(204)
	ana.bare("PUT", at+"/read", fmt.Sprintf(`{"post_id":%d}`, post.ID)).Want(204)
	ana.bare("PUT", at+"/watch", `{"level":"watching"}`).Want(200, 204)
	ana.bare("PATCH", at, `{"title":"Antes y después"}`).Want(200)
	ana.bare("PATCH", at, `{"handling":"green"}`).Want(200)
	ana.bare("POST", "/searches", `{"name":"Naloxona","query":"q=naloxona"}`).Want(201)
	ana.bare("POST", "/tokens", `{"name":"script","scopes":["read"],"expires_in_days":7}`).Want(201)
	draft := ana.undocumented("POST", "/practices", `{"title":"Registro","language":"es","workspace_id":1,"summary":"Quien importa una prensa la declara.",
		"sectors":["customs"],"country":"EC","sections":{"problem":"Entraban como repuestos.","steps":"1. Se declara.","results":"Catorce."}}`, 201)
	practice := "/practices/" + itoa(draft.ID)
	ana.bare("PATCH", practice, `{"summary":"Quien importa una prensa la declara en la aduana."}`).Want(200)
	ana.bare("POST", practice+"/submit", "").Want(200)
	moderator.bare("POST", practice+"/approve", `{}`).Want(200)
	somchai.bare("POST", practice+"/adoptions", `{"result":"worked","country":"TH"}`).Want(201)
	somchai.bare("POST", "/flags", fmt.Sprintf(`{"target":{"kind":"thread","id":%d},"reason":"spam"}`, thread.ID)).Want(201)
	moderator.bare("GET", "/moderation/queue", "").Want(200)
	officer.bare("GET", "/audit", "").Want(200)
	officer.bare("POST", "/invitations", `{"email":"later@example.org","name":"Later","country":"EC"}`).Want(201)
	somchai.bare("DELETE", "/posts/"+itoa(post.ID), "").Want(200, 204)
}

// sideBySide has both programs write and listen in one thread.
func sideBySide(t *testing.T, old, now *Portal) {
	t.Helper()
	ana, somchai := old.bareAs(t, "ana"), now.As(t, "somchai")
	thread := ana.undocumented("POST", "/workspaces/1/threads", `{"title":"Juntos","body":"Primero."}`, 201)
	topic, posts := "thread:"+itoa(thread.ID), "/threads/"+itoa(thread.ID)+"/posts"
	there, here := Dial(ana), Dial(somchai)
	there.subscribe(topic, 0)
	here.subscribe(topic, 0)
	for n := range 5 {
		one := ana.undocumented("POST", posts, fmt.Sprintf(`{"body":"Earlier %d."}`, n), 201)
		two := somchai.Do("POST", posts, map[string]any{"body": fmt.Sprintf("Later %d.", n)}).Want(201).Thing()
		for _, s := range []*Socket{there, here} {
			for _, want := range []int64{one.ID, two.ID} {
				if e := s.until("event", topic); e.Type != "post.created" || int64(e.Data["id"].(float64)) != want {
					t.Errorf("told of %+v, want post %d", e, want)
				}
			}
		}
	}
	somchai.Do("PATCH", "/me", map[string]any{"presence": false, "bio": "Customs"}).Want(200)
	somchai.Do("GET", "/threads/1", nil).Want(200)
	ana.bare("GET", "/notifications", "").Want(200)
}
