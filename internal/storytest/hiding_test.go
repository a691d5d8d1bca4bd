package storytest

import (
	"strings"
	"testing"
)

// Moderators read with a hidden thing who hid it and why, by the API too; whose it is does not read who.
func TestModeratorsReadWhoHidThings(t *testing.T) {
	p := Start(t, nil)
	officer, moderator, ana, somchai := p.As(t, "officer"), p.As(t, "moderator"), p.As(t, "ana"), p.As(t, "somchai")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Nombres", "body": "Un nombre."}).Want(201).Thing()
	post := somchai.Do("POST", "/threads/"+itoa(thread.ID)+"/posts", map[string]any{"body": "A name."}).Want(201).Thing()
	at := "/posts/" + itoa(post.ID)
	moderator.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": "post", "id": post.ID}, "reason": "names_a_person"}).Want(201)
	shown := func(c *Client) bool {
		t.Helper()
		one, all := string(c.Do("GET", at, nil).Body), string(c.Do("GET", "/threads/"+itoa(thread.ID)+"/posts", nil).Body)
		if strings.Contains(one, `"hiding"`) != strings.Contains(all, `"hiding"`) {
			t.Errorf("alone it is %s, and among others %s", one, all)
		}
		return strings.Contains(one, `"hiding"`) && strings.Contains(one, "No names.") && strings.Contains(one, "names_a_person")
	}
	if shown(moderator) {
		t.Error("what is not hidden has somebody who hid it")
	}
	officer.Do("POST", "/moderation/cases/"+itoa(findCase(t, officer, "flag", "post", post.ID))+"/actions", map[string]any{"action": "hide", "note": "No names."}).Want(201)
	if !shown(moderator) || !shown(officer) {
		t.Error("moderators do not read who hid a post")
	}
	if shown(somchai) || shown(ana) {
		t.Error("others read who hid a post")
	}

	practice := ana.Do("POST", "/practices", map[string]any{"title": "Oculta", "workspace_id": 1, "summary": "Resumen.", "sectors": []string{"customs"}, "handling": "green",
		"sections": map[string]string{"problem": "a", "steps": "b", "results": "c"}}).Want(201).Thing()
	way := "/practices/" + itoa(practice.ID)
	ana.Do("POST", way+"/submit", nil).Want(200)
	moderator.Do("POST", "/moderation/cases/"+itoa(findCase(t, moderator, "submission", "practice", practice.ID))+"/actions", map[string]any{"action": "approve"}).Want(201)
	report := somchai.Do("POST", way+"/adoptions", map[string]any{"result": "worked", "country": "TH", "year": 2025, "note": "A name."}).Want(201).Thing()
	for kind, id := range map[string]int64{"adoption": report.ID, "practice": practice.ID} {
		moderator.Do("POST", "/flags", map[string]any{"target": map[string]any{"kind": kind, "id": id}, "reason": "names_a_person"}).Want(201)
		officer.Do("POST", "/moderation/cases/"+itoa(findCase(t, officer, "flag", kind, id))+"/actions", map[string]any{"action": "hide", "note": "No names."}).Want(201)
	}
	for _, path := range []string{way, way + "/adoptions"} {
		if body := string(moderator.Do("GET", path, nil).Want(200).Body); !strings.Contains(body, `"hiding"`) || !strings.Contains(body, "No names.") {
			t.Errorf("moderators read of %s %s", path, body)
		}
		if body := string(ana.Do("GET", path, nil).Want(200).Body); strings.Contains(body, `"hiding"`) {
			t.Errorf("its author reads of %s %s", path, body)
		}
	}
}
