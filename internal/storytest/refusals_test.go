package storytest

import (
	"net/url"
	"strings"
	"testing"
)

// What a search leaves out of a long question is told: more characters than the limit are refused
// by both calls, more words are answered and said to be cut.
func TestLongQuestions(t *testing.T) {
	ana := Start(t, nil).As(t, "ana")
	for _, path := range []string{"/search", "/search/suggest"} {
		ana.Do("GET", path+"?q="+url.QueryEscape(strings.Repeat("ب", 400)), nil).Want(200)
		if a := ana.Do("GET", path+"?q="+url.QueryEscape(strings.Repeat("ب", 401)), nil).Want(422); !strings.Contains(string(a.Body), "400") {
			t.Errorf("%s refuses a long question with %s", path, a.Body)
		}
	}
	for n, cut := range map[int]bool{40: false, 41: true} {
		var found struct{ Cut *bool }
		ana.Do("GET", "/search?q="+url.QueryEscape(strings.Repeat("naloxone ", n)), nil).Want(200).Into(&found)
		if found.Cut == nil || *found.Cut != cut {
			t.Errorf("of %d words the answer says cut: %v, want %v", n, found.Cut, cut)
		}
	}
}

// Who may not read a list hears for whom it is, and who comes out of turn where the practice stands
// and what can be done; neither hears a raw word of the program's.
func TestRefusalsSayWhatHolds(t *testing.T) {
	p := Start(t, nil)
	ana, lena, moderator, officer, visitor := p.As(t, "ana"), p.As(t, "lena"), p.As(t, "moderator"), p.As(t, "officer"), p.Visitor(t)
	says := func(c *Client, method, path string, body any, status int, want string) {
		t.Helper()
		var problem struct{ Type, Detail string }
		c.Do(method, path, body, "Accept-Language", "en", "Idempotency-Key", "").Want(status).Into(&problem)
		if !strings.Contains(problem.Detail, want) {
			t.Errorf("%s %s says %q, want %q", method, path, problem.Detail, want)
		}
		if strings.Contains(problem.Detail, "_") || status == 409 && problem.Type != "urn:praxis:conflict:out_of_turn" {
			t.Errorf("%s %s says %q as %s", method, path, problem.Detail, problem.Type)
		}
	}
	says(lena, "GET", "/audit", nil, 403, "officers")
	says(moderator, "GET", "/audit", nil, 403, "officers")
	says(lena, "GET", "/moderation/queue", nil, 403, "moderators")
	says(lena, "GET", "/moderation/cases/1", nil, 403, "moderators")
	visitor.Do("GET", "/audit", nil).Want(401)
	says(lena, "PUT", "/countries/EE", map[string]any{"member": true, "source": "x"}, 403, "officers")

	draft := ana.Do("POST", "/practices", map[string]any{"title": "A draft", "language": "en"}).Want(201).Thing()
	says(ana, "POST", "/practices/"+itoa(draft.ID)+"/archive", nil, 409, "borrador")
	says(ana, "POST", "/practices/"+itoa(draft.ID)+"/adoptions", map[string]any{"result": "worked", "country": "EC"}, 409, "borrador")
	officer.Do("POST", "/practices/1/archive", nil).Want(200)
	says(officer, "POST", "/practices/1/archive", nil, 409, "archived")
}

// What is refused is told with its bound, and a term that no token may have is refused, not replaced.
func TestBoundsAreTold(t *testing.T) {
	p := Start(t, nil)
	ana := p.As(t, "ana")
	long := ana.Do("POST", "/practices", map[string]any{"title": "x"}, "Idempotency-Key", strings.Repeat("k", 201)).Want(422)
	if !strings.Contains(string(long.Body), "200 caracteres") {
		t.Errorf("a long key is refused with %s", long.Body)
	}
	for _, days := range []int{-1, 367, 106_752, 1 << 40} {
		ana.Do("POST", "/tokens", map[string]any{"name": "t", "scopes": []string{"read"}, "expires_in_days": days}).Want(422)
	}
	ana.Do("POST", "/tokens", map[string]any{"name": "t", "scopes": []string{"read"}}).Want(201)
}

// Where the database takes no notes any more, what is there can still be read.
func TestThreadIsReadWhereNothingIsNoted(t *testing.T) {
	p := Start(t, nil)
	r := &reader{Client: p.As(t, "ana")}
	if _, err := p.Store(t).Raw().Exec(`revoke insert, update on read_positions from praxis_portal`); err != nil {
		t.Fatal(err)
	}
	if page, status := r.send("GET", "/t/1", nil, ""); status != 200 || !strings.Contains(page, `id="post-`) {
		t.Errorf("status %d", status)
	}
}
