package storytest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// note is a notification.
type note struct {
	Kind        string
	Actor       *struct{ Name string }
	WorkspaceID int64 `json:"workspace_id"`
	Title       string
}

// hears waits until a member's newest notification is of a kind.
func hears(t *testing.T, c *Client, kind string) (newest note) {
	t.Helper()
	Eventually(t, "the newest that somebody hears is "+kind, func() bool {
		var list struct{ Items []note }
		c.Do("GET", "/notifications?limit=1", nil).Want(200).Into(&list)
		if len(list.Items) == 1 {
			newest = list.Items[0]
		}
		return newest.Kind == kind
	})
	return newest
}

// Whoever asks to be let in is heard of by those who decide, with the way to the page where they do; she
// hears what they decide, and after a refusal she may ask again.
func TestRequestsToJoinAreHeardOf(t *testing.T) {
	p := Start(t, nil)
	officer, karim, lena := p.As(t, "officer"), p.As(t, "karim"), p.As(t, "lena")
	room := officer.Do("POST", "/workspaces", map[string]any{"name": "Puertos cerrados", "kind": "theme", "access": "request"}).Want(201).Thing()
	at := "/workspaces/" + itoa(room.ID)
	number := func(c *Client) int64 {
		var me Thing
		c.Do("GET", "/me", nil).Want(200).Into(&me)
		return me.ID
	}
	officer.Do("PUT", at+"/members/"+itoa(number(lena)), map[string]any{"role": "moderator"}).Want(200)
	hears(t, lena, "membership")

	karim.Do("POST", at+"/join", nil).Want(202)
	if n := hears(t, lena, "join_request"); n.Actor == nil || n.Actor.Name == "" || n.WorkspaceID != room.ID || n.Title != "Puertos cerrados" {
		t.Errorf("the moderator hears %+v", n)
	}
	page := func(path string) string {
		r := &reader{Client: lena}
		return r.get(path)
	}
	if got := page("/notifications?lang=en"); !strings.Contains(got, fmt.Sprintf(`href="/w/%d/members#requests"`, room.ID)) || !strings.Contains(got, "asks to join") {
		t.Errorf("her notifications do not lead to the requests: %s", got)
	}
	if got := page(fmt.Sprintf("/w/%d/members", room.ID)); !strings.Contains(got, `id="requests"`) {
		t.Error("the members' page has no place of the requests")
	}
	var list struct{ Items []note }
	if officer.Do("GET", "/notifications?limit=1", nil).Want(200).Into(&list); len(list.Items) == 1 && list.Items[0].Kind == "join_request" {
		t.Error("the officer hears although there is a moderator")
	}

	refuse := fmt.Sprintf("/w/%d/members/%d", room.ID, number(karim))
	if res, body, err := sendForm(p.URL, refuse, lena.Token, map[string][]string{"role": {"refuse"}}); err != nil || res.StatusCode != http.StatusSeeOther {
		t.Fatalf("a refusal is answered %v %v: %.2000s", res, err, body)
	}
	if n := hears(t, karim, "join_refused"); n.Actor != nil && strings.Contains(fmt.Sprint(n), "Lena") || n.WorkspaceID != room.ID {
		t.Errorf("who was refused hears %+v", n)
	}
	karim.Do("POST", at+"/join", nil).Want(202)
	officer.Do("PUT", at+"/members/"+itoa(number(karim)), map[string]any{"role": "member"}).Want(200)
	hears(t, karim, "membership")
	karim.Do("GET", at+"/members", nil).Want(200)
}

// However many ask, each of them is reached.
func TestEachRequestToJoinIsReached(t *testing.T) {
	p := Start(t, nil)
	officer, db := p.As(t, "officer"), p.raw(t)
	room := officer.Do("POST", "/workspaces", map[string]any{"name": "Sala llena", "kind": "theme", "access": "request"}).Want(201).Thing()
	const many = 130
	if _, err := db.Exec(`with asking as (insert into members (email, name, country, locale, time_zone)
		select 'asks' || n || '@example.org', 'Asks ' || n, 'EC', 'en', 'UTC' from generate_series(1, $2::int) n returning id)
		insert into workspace_requests (workspace_id, member_id) select $1, id from asking`, room.ID, many); err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	for after := ""; ; {
		var list struct {
			Items []Thing
			Next  *string
		}
		officer.Do("GET", "/workspaces/"+itoa(room.ID)+"/requests?limit=50&after="+after, nil).Want(200).Into(&list)
		for _, m := range list.Items {
			seen[m.ID] = true
		}
		if list.Next == nil {
			break
		}
		after = *list.Next
	}
	if len(seen) != many {
		t.Errorf("%d of %d requests are reached", len(seen), many)
	}
	shown := map[string]bool{}
	r := &reader{Client: officer}
	for path, n := fmt.Sprintf("/w/%d/members", room.ID), 0; path != "" && n < 20; n++ {
		page := r.get(path)
		path = ""
		for _, part := range strings.Split(page, `href="`)[1:] {
			to, rest, _ := strings.Cut(part, `"`)
			if strings.HasPrefix(to, "/m/") && strings.Contains(rest[:min(60, len(rest))], "Asks ") {
				shown[to] = true
			}
			if strings.Contains(to, "asked=") && strings.HasSuffix(to, "#requests") {
				path = strings.ReplaceAll(to, "&amp;", "&")
			}
		}
	}
	if len(shown) != many {
		t.Errorf("the pages show %d of %d requests", len(shown), many)
	}
	if page := r.get(fmt.Sprintf("/w/%d-sala-llena", room.ID)); !strings.Contains(page, fmt.Sprintf(`href="/w/%d/members#requests"`, room.ID)) {
		t.Error("the workspace's page does not lead to all requests")
	}
}
