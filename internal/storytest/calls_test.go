package storytest

import (
	"slices"
	"strings"
	"testing"
)

// The calls that no story needs, each once: what they answer is held against the document.
func TestLesserCalls(t *testing.T) {
	p := Start(t, nil)
	ana, somchai, moderator, visitor := p.As(t, "ana"), p.As(t, "somchai"), p.As(t, "moderator"), p.Visitor(t)
	for _, path := range []string{"/countries", "/organizations", "/vocabulary", "/workspaces"} {
		visitor.Do("GET", path, nil).Want(200)
	}
	visitor.Do("GET", "/openapi.json", nil).Want(200)
	me := idOf(t, ana)
	ana.Do("GET", "/workspaces/1/members/"+itoa(me), nil).Want(200)
	ana.Do("GET", "/workspaces/1/readers", nil).Want(200)
	moderator.Do("GET", "/invitations", nil).Want(200)

	ana.Do("POST", "/searches", map[string]string{"name": "Naloxona", "q": "naloxona"}).Want(422)
	ana.Do("GET", "/search?q="+strings.Repeat("a", 400), nil).Want(200)
	if a := ana.Do("GET", "/search?q="+strings.Repeat("a", 401), nil).Want(422); !strings.Contains(string(a.Body), "400") {
		t.Errorf("a question too long is refused with %s", a.Body)
	}

	search := ana.Do("POST", "/searches", map[string]string{"name": "Naloxona", "query": "q=naloxona"}).Want(201).Thing()
	if kept := ana.Do("GET", "/searches", nil).Want(200).Things(); len(kept) == 0 || kept[0].ID != search.ID {
		t.Errorf("the saved searches are %+v", kept)
	}
	ana.Do("DELETE", "/searches/"+itoa(search.ID), nil).Want(204)
	ana.Do("DELETE", "/searches/"+itoa(search.ID), nil).Want(404)

	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Pequeñas cosas", "body": "Primero."}).Want(201).Thing()
	path := "/threads/" + itoa(thread.ID)
	post := somchai.Do("POST", path+"/posts", map[string]any{"body": "Second."}).Want(201).Thing()
	if edited := somchai.Do("PATCH", "/posts/"+itoa(post.ID), map[string]any{"body": "Second, corrected."}).Want(200).Thing(); edited.Body != "Second, corrected." || edited.Version <= post.Version {
		t.Errorf("the edited post is %+v", edited)
	}
	ana.Do("PATCH", "/posts/"+itoa(post.ID), map[string]any{"body": "Mine now."}).Want(403)
	ana.Do("PUT", "/posts/"+itoa(post.ID)+"/reactions/helpful", nil).Want(204)
	ana.Do("DELETE", "/posts/"+itoa(post.ID)+"/reactions/helpful", nil).Want(204)
	ana.Do("PUT", path+"/read", map[string]any{"post_id": post.ID}).Want(204)
	ana.Do("PUT", path+"/watch", map[string]any{"level": "muted"}).Want(200)
	ana.Do("PUT", path+"/watch", map[string]any{"level": "loud"}).Want(422)
	ana.Do("PUT", "/workspaces/1/watch", map[string]any{"level": "tracking"}).Want(200)
	ana.Do("GET", "/push", nil).Want(200)
	browser := map[string]any{"endpoint": "https://push.example.org/one", "expirationTime": nil, "keys": map[string]any{
		"p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM", "auth": "tBHItJI5svbpez7KI4CCXg"}}
	ana.Do("POST", "/push/subscriptions", browser).Want(204)
	browser["endpoint"] = "http://push.example.org/one"
	ana.Do("POST", "/push/subscriptions", browser).Want(422)
	ana.Do("DELETE", "/push/subscriptions?endpoint=https%3A%2F%2Fpush.example.org%2Fone", nil).Want(204)
	ana.Do("POST", "/me/feed", nil).Want(201)
	ana.Do("DELETE", "/me/feed", nil).Want(204)
	ana.Do("GET", "/me/mail", nil).Want(200)
	ana.Do("PATCH", "/me/mail", map[string]any{"mode": "weekly", "weekday": 7, "quiet_from": 22, "quiet_to": 6}).Want(200)
	ana.Do("PATCH", "/me/mail", map[string]any{"mode": "hourly"}).Want(422)
	ana.Do("PATCH", "/me/mail", map[string]any{"hour": 24}).Want(422)
	ana.Do("PUT", "/workspaces/1/watch", map[string]any{"level": "loud"}).Want(422)
	var follows struct{ Level string }
	if ana.Do("GET", "/workspaces/1/watch", nil).Want(200).Into(&follows); follows.Level != "tracking" {
		t.Errorf("ana follows the workspace as %q", follows.Level)
	}
	ana.Do("PUT", "/notifications/read", map[string]any{"up_to": 1}).Want(204)

	draft := ana.Do("POST", "/practices", map[string]any{"title": "Registro", "language": "es", "workspace_id": 1, "summary": "Quien importa una prensa la declara.",
		"sectors": []string{"customs"}, "country": "EC", "sections": map[string]string{"problem": "Entraban como repuestos.", "steps": "1. Se declara.", "results": "Catorce."}}).Want(201).Thing()
	practice := "/practices/" + itoa(draft.ID)
	content := pdf(t)
	file := ana.upload(practice+"/attachments", "registro.pdf", content).Want(201).Thing()
	ana.Do("DELETE", "/attachments/"+itoa(file.ID), nil).Want(204)
	ana.Do("GET", "/attachments/"+itoa(file.ID), nil).Want(404)
	ana.Do("GET", practice+"/adoptions", nil).Want(200)
	ana.Do("POST", practice+"/submit", nil).Want(200)
	one := findCase(t, moderator, "submission", "practice", draft.ID)
	moderator.Do("GET", "/moderation/cases/"+itoa(one), nil).Want(200)
	somchai.Do("GET", "/moderation/cases/"+itoa(one), nil).Want(403, 404)
	if rejected := moderator.Do("POST", practice+"/reject", map[string]string{"note": "It is told already."}).Want(200).Thing(); rejected.Status != "rejected" {
		t.Errorf("a rejected practice is %s", rejected.Status)
	}
	published := somchai.Do("POST", "/practices", map[string]any{"title": "Register", "language": "en", "workspace_id": 1, "summary": "Whoever imports a press declares it.",
		"sectors": []string{"customs"}, "country": "TH", "sections": map[string]string{"problem": "They came as parts.", "steps": "1. It is declared.", "results": "Fourteen."}}).Want(201).Thing()
	practice = "/practices/" + itoa(published.ID)
	somchai.Do("POST", practice+"/submit", nil).Want(200)
	moderator.Do("POST", practice+"/approve", nil).Want(200)
	if archived := somchai.Do("POST", practice+"/archive", nil).Want(200).Thing(); archived.Status != "archived" {
		t.Errorf("an archived practice is %s", archived.Status)
	}
	ana.Do("DELETE", "/sessions/current", nil).Want(204)
	ana.Do("GET", "/me", nil).Want(401)
}

// The roster is whole where no page is asked for, and in pages the same.
func TestRosterPages(t *testing.T) {
	visitor := Start(t, nil).Visitor(t)
	type roster struct {
		Items []struct{ Code string }
		Next  *string
	}
	var whole, half, rest roster
	visitor.Do("GET", "/organizations", nil).Want(200).Into(&whole)
	visitor.Do("GET", "/organizations?limit=20", nil).Want(200).Into(&half)
	if half.Next == nil || len(half.Items) != 20 || whole.Next != nil {
		t.Fatalf("%d organizations on a page of 20", len(half.Items))
	}
	visitor.Do("GET", "/organizations?limit=20&after="+*half.Next, nil).Want(200).Into(&rest)
	if got := append(half.Items, rest.Items...); !slices.Equal(got, whole.Items) {
		t.Errorf("in two pages there are %v, at once %v", got, whole.Items)
	}
	visitor.Do("GET", "/countries?limit=abc", nil).Want(422)
}
