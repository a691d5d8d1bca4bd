package storytest

import (
	"encoding/json"
	"testing"
)

// A moderator makes a reading list; each reader gets of it what she may see, and its count with it.
func TestReadingLists(t *testing.T) {
	p := Start(t, nil)
	ana, moderator, visitor := p.As(t, "ana"), p.As(t, "moderator"), p.Visitor(t)
	var open, inner int64
	var found struct {
		Items []struct {
			ID       int64  `json:"id"`
			Handling string `json:"handling"`
		} `json:"items"`
	}
	readInto(t, moderator.Do("GET", "/practices?limit=100", nil).Want(200).Body, &found)
	for _, one := range found.Items {
		switch one.Handling {
		case "clear":
			open = one.ID
		case "amber", "green":
			inner = one.ID
		}
	}
	if open == 0 || inner == 0 {
		t.Fatal("the demonstration lacks a clear or an inner practice")
	}
	item := func(id int64, note string) map[string]any { return map[string]any{"practice_id": id, "note": note} }
	body := map[string]any{"title": "Where to begin", "introduction": "Read *this*.", "handling": "clear", "workspace_id": 1,
		"items": []any{item(inner, "Ours."), item(open, "For all.")}}
	ana.Do("POST", "/collections", body).Want(403)
	visitor.Do("POST", "/collections", body).Want(401)
	made := moderator.Do("POST", "/collections", body).Want(201).Thing()
	path := "/collections/" + itoa(made.ID)
	var list struct {
		Count int `json:"count"`
		Items []struct {
			PracticeID int64  `json:"practice_id"`
			Note       string `json:"note"`
		} `json:"items"`
	}
	readInto(t, visitor.Do("GET", path, nil).Want(200).Body, &list)
	if list.Count != 1 || len(list.Items) != 1 || list.Items[0].PracticeID != open || list.Items[0].Note != "For all." {
		t.Errorf("a visitor gets %+v", list)
	}
	for body, status := range map[string]int{`{"handling":"red"}`: 422, `{"items":[{"practice_id":999999}]}`: 422, `{"workspace_id":2}`: 422, `{"title":""}`: 422} {
		moderator.Do("PATCH", path, json.RawMessage(body)).Want(status)
	}
	ana.Do("PATCH", path, map[string]any{"title": "Mine"}).Want(403)
	moderator.Do("PATCH", path, map[string]any{"items": []any{item(open, ""), item(inner, "")}}).Want(200)
	readInto(t, moderator.Do("GET", path, nil).Want(200).Body, &list)
	if list.Count != 2 || list.Items[0].PracticeID != open {
		t.Errorf("after the change: %+v", list)
	}
	visitor.Do("GET", "/collections?workspace=1", nil).Want(200)
	moderator.Do("PATCH", path, map[string]any{"handling": "amber"}).Want(200)
	visitor.Do("GET", path, nil).Want(404)
	visitor.Do("DELETE", path, nil).Want(401)
	ana.Do("DELETE", path, nil).Want(403, 404)
	moderator.Do("DELETE", path, nil).Want(204)
	moderator.Do("GET", path, nil).Want(404)
}

func readInto(t *testing.T, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatal(err)
	}
}
