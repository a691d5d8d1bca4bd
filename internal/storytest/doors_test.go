package storytest

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"praxis/internal/api"
)

// The table of routes and the OpenAPI document name the same calls.
func TestRoutesAreTheDocuments(t *testing.T) {
	raw, err := Files.Assets.Open("openapi/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string
		}
	}
	if err := json.NewDecoder(raw).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{"GET /live": true, "GET /live/sse": true, "GET /live/poll": true} // of the live door
	segment := regexp.MustCompile(`:([a-z]+)`)
	for _, r := range (&api.API{}).Routes() {
		path := segment.ReplaceAllString(r.Path, "{$1}")
		call, ok := doc.Paths[path][strings.ToLower(r.Method)]
		if !ok {
			t.Errorf("the document lacks %s %s", r.Method, path)
			continue
		}
		told[r.Method+" "+path] = true
		anyone := slices.ContainsFunc(call.Security, func(s map[string][]string) bool { return len(s) == 0 })
		if anyone != r.Anyone {
			t.Errorf("%s %s: the document says anyone=%v, the table %v", r.Method, path, anyone, r.Anyone)
		}
	}
	for path, calls := range doc.Paths {
		for method := range calls {
			if key := strings.ToUpper(method) + " " + path; !told[key] {
				t.Errorf("the document tells of %s, which is no route", key)
			}
		}
	}
}

// Whatever is sent, the answer is a clear 4xx problem, never a 5xx.
func TestHostileRequests(t *testing.T) {
	p := Start(t, nil)
	ana, officer, visitor := p.As(t, "ana"), p.As(t, "officer"), p.Visitor(t)
	long := strings.Repeat("ب", 21_000)
	deep := strings.Repeat("[", 100_000)
	for _, test := range []struct {
		who    *Client
		method string
		path   string
		body   string
		header []string
		want   int
	}{
		{ana, "GET", "/nothing", "", nil, 404},
		{ana, "DELETE", "/me", "", nil, 405},
		{ana, "GET", "/practices/abc", "", nil, 404},
		{ana, "GET", "/practices/-1", "", nil, 404},
		{ana, "GET", "/practices/99999999999999999999", "", nil, 404},
		{ana, "GET", "/practices?limit=0", "", nil, 422},
		{ana, "GET", "/practices?limit=101", "", nil, 422},
		{ana, "GET", "/practices?limit=many", "", nil, 422},
		{ana, "GET", "/practices?after=nonsense", "", nil, 422},
		{ana, "GET", "/practices?workspace=x", "", nil, 422},
		{ana, "GET", "/practices?country=%00", "", nil, 400},
		{ana, "GET", "/practices?country=%ff%fe", "", nil, 400},
		{ana, "GET", "/search?q=" + strings.Repeat("%22", 300), "", nil, 200},
		{ana, "GET", "/search?q=%00%e2%80%ae%f0%9f%92%8a", "", nil, 200},
		{ana, "GET", "/search?from=yesterday", "", nil, 422},
		{ana, "GET", "/search?after=zzz", "", nil, 400},
		{ana, "GET", "/search?sort=price", "", nil, 422},
		{ana, "POST", "/practices", `{"title":`, nil, 400},
		{ana, "POST", "/practices", deep, nil, 400},
		{ana, "POST", "/practices", `{"title":5}`, nil, 422},
		{ana, "POST", "/practices", `{"title":""}`, nil, 422},
		{ana, "POST", "/practices", `{}`, nil, 422},
		{ana, "POST", "/practices", ``, nil, 400},
		{ana, "POST", "/practices", `[]`, nil, 400},
		{ana, "POST", "/practices", `{"title":"x"}`, []string{"Content-Type", "text/plain"}, 415},
		{ana, "POST", "/practices", `{"title":"` + strings.Repeat("x", 201) + `"}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"a\u0000b"}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"x","level":"galactic"}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"x","handling":"purple"}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"x","workspace_id":2}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"x","handling":"red","named":[999999]}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"x","sections":{"gossip":"y"}}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"x","translation_of":999999}`, nil, 422},
		{ana, "POST", "/practices", `{"title":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413},
		{ana, "POST", "/practices", `{"title":"x"}`, []string{"Idempotency-Key", strings.Repeat("k", 201)}, 422},
		{ana, "POST", "/workspaces/1/threads", `{"title":"x","body":"` + long + `"}`, nil, 422},
		{ana, "POST", "/workspaces/2/threads", `{"title":"x","body":"y"}`, nil, 403},
		{ana, "POST", "/workspaces/999/threads", `{"title":"x","body":"y"}`, nil, 404},
		{ana, "POST", "/threads/1/posts", `{"body":"   "}`, nil, 422},
		{ana, "POST", "/threads/1/posts", `{"body":"x","reply_to":999999}`, nil, 422},
		{ana, "POST", "/threads/999999/posts", `{"body":"x"}`, nil, 404},
		{ana, "PUT", "/posts/1/reactions/love", ``, nil, 404},
		{ana, "PATCH", "/practices/1", `{"title":"mine now"}`, nil, 403},
		{ana, "PATCH", "/practices/1", `{"title":"x"}`, []string{"If-Match", "rubbish"}, 403},
		{ana, "POST", "/practices/1/attachments", `{"file":"x"}`, nil, 403},
		{ana, "POST", "/flags", `{"target":{"kind":"practice","id":999999},"reason":"spam"}`, nil, 404},
		{ana, "POST", "/flags", `{"target":{"kind":"planet","id":1},"reason":"spam"}`, nil, 422},
		{ana, "POST", "/flags", `{"target":{"kind":"practice","id":1},"reason":"boring"}`, nil, 422},
		{ana, "GET", "/moderation/queue", "", nil, 403},
		{ana, "POST", "/workspaces", `{"name":"mine"}`, nil, 403},
		{ana, "POST", "/workspaces/3/join", ``, nil, 403},
		{ana, "PUT", "/workspaces/1/members/3", `{"role":"moderator"}`, nil, 403},
		{ana, "PUT", "/countries/FR", `{"member":true,"source":"me"}`, nil, 403},
		{ana, "POST", "/invitations", `{"email":"x@example.org","name":"X","country":"EC"}`, nil, 403},
		{ana, "PATCH", "/me", `{"locale":"tlh"}`, nil, 422},
		{ana, "PATCH", "/me", `{"time_zone":"Mars/Olympus"}`, nil, 422},
		{ana, "POST", "/me/password", `{"current":"wrong","password":"a long enough password"}`, nil, 422},
		{ana, "POST", "/tokens", `{"name":"t","scopes":["everything"]}`, nil, 422},
		{ana, "DELETE", "/sessions/999999", "", nil, 404},
		{officer, "PUT", "/countries/ZZ", `{"member":true,"source":"nobody"}`, nil, 404},
		{officer, "PUT", "/countries/FR", `{"member":true,"source":""}`, nil, 422},
		{officer, "POST", "/invitations", `{"email":"not an address","name":"X","country":"XX"}`, nil, 422},
		{officer, "PATCH", "/members/1", `{"officer":false}`, nil, 409},
		{visitor, "GET", "/me", "", nil, 401},
		{visitor, "GET", "/members", "", nil, 401},
		{visitor, "GET", "/members/3", "", nil, 404},
		{visitor, "POST", "/practices", `{"title":"x"}`, nil, 401},
		{visitor, "GET", "/workspaces/1/members", "", nil, 404},
		{visitor, "POST", "/sessions", `{"email":"ana@demo.example","password":"wrong"}`, nil, 401},
		{visitor, "POST", "/sessions", `{"email":"","password":""}`, nil, 422},
		{visitor, "POST", "/invitations/nothing/accept", `{"password":"a long enough password"}`, nil, 404},
		{visitor, "GET", "/me", "", []string{"Authorization", "Bearer nonsense"}, 401},
		{visitor, "GET", "/practices", "", []string{"Authorization", "Bearer nonsense"}, 401},
	} {
		headers := []string{"Content-Type", "application/json"}
		if test.body == "" && test.method == "GET" {
			headers = nil
		}
		a := test.who.Raw(test.method, test.path, []byte(test.body), append(headers, test.header...)...)
		if a.Status != test.want {
			t.Errorf("%s %.60s %.60s answers %d, want %d: %.300s", test.method, test.path, test.body, a.Status, test.want, a.Body)
		}
	}
}

// A cookie alone does not write: another site's page cannot act for a member.
func TestOtherOriginsDoNotWrite(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	for _, test := range []struct {
		name   string
		header []string
		want   int
	}{
		{"own origin", []string{"Origin", p.URL}, 201},
		{"fetch metadata of our own pages", []string{"Sec-Fetch-Site", "same-origin"}, 201},
		{"another site", []string{"Origin", "https://evil.example"}, 403},
		{"another site by fetch metadata", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a sandboxed frame", []string{"Origin", "null"}, 403},
	} {
		cookie := &Client{T: t, URL: p.URL, check: document(t)}
		a := cookie.Do("POST", "/practices", map[string]string{"title": "Ours"}, append(test.header, "Cookie", "praxis_session="+ana.Token)...)
		if a.Status != test.want {
			t.Errorf("%s: %d, want %d: %s", test.name, a.Status, test.want, a.Body)
		}
	}
}

// Many failures slow an account down, whoever's network they come from, and say for how long.
func TestSignInIsSlowed(t *testing.T) {
	p := Start(t, nil)
	visitor := p.Visitor(t)
	wrong := map[string]string{"email": "lena@demo.example", "password": "wrong"}
	for range 6 {
		visitor.Do("POST", "/sessions", wrong).Want(401)
	}
	slowed := visitor.Do("POST", "/sessions", map[string]string{"email": "lena@demo.example", "password": "praxis-demo"}).Want(429)
	if slowed.Header.Get("Retry-After") == "" {
		t.Error("a slowed sign-in does not say when to come back")
	}
	unknown := map[string]string{"email": "nobody@demo.example", "password": "wrong"}
	for range 6 {
		visitor.Do("POST", "/sessions", unknown).Want(401)
	}
	visitor.Do("POST", "/sessions", unknown).Want(429) // an unknown account is slowed alike
	p.As(t, "ana")                                     // another account is not
}

func TestAttachments(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, lena := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "lena")
	pdf, err := os.ReadFile("../extract/testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	draft := ana.Do("POST", "/practices", map[string]any{"title": "Con adjunto", "workspace_id": 1, "summary": "Resumen.", "sectors": []string{"customs"},
		"sections": map[string]string{"problem": "a", "steps": "b", "results": "c"}}).Want(201).Thing()
	path := "/practices/" + itoa(draft.ID)
	ana.upload(path+"/attachments", "orden.pdf", []byte("not a PDF at all")).Want(415)
	ana.upload(path+"/attachments", "orden.docx", pdf).Want(415)
	somchai.upload(path+"/attachments", "orden.pdf", pdf).Want(404)
	file := ana.upload(path+"/attachments", `..\..\orden <b>.pdf`, pdf).Want(201).Thing()
	ana.Do("POST", path+"/submit", nil).Want(200)
	p.As(t, "moderator").Do("POST", path+"/approve", nil).Want(200)

	bytes := somchai.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(200)
	if string(bytes.Body) != string(pdf) {
		t.Error("the bytes are not those that were sent")
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Type": "application/pdf", "Content-Disposition": "attachment", "Content-Security-Policy": "sandbox"} {
		if got := bytes.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
	if name := bytes.Header.Get("Content-Disposition"); strings.Contains(name, "..") {
		t.Errorf("the name leads elsewhere: %q", name)
	}
	lena.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(404)
	Eventually(t, "the text is searchable", func() bool {
		var found struct{ Items []struct{ Attachment string } }
		somchai.Do("GET", "/search?q=lecciones+puerto+Guayaquil&kind=practice&sort=newest", nil).Want(200).Into(&found)
		return len(found.Items) > 0 && found.Items[0].Attachment != ""
	})
	ana.Do("PATCH", path, map[string]any{"handling": "red", "named": []int64{2}}).Want(200)
	somchai.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(404)
}

func TestHealth(t *testing.T) {
	p := Start(t, nil)
	for _, path := range []string{"/healthz", "/readyz"} {
		res, err := http.Get(p.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
}
