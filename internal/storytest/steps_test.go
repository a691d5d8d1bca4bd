package storytest

import (
	"encoding/json"
	"testing"
)

// submitted is a practice of one member in the first workspace, submitted and not decided yet.
func submitted(t *testing.T, c *Client, title string) Thing {
	t.Helper()
	p := c.Do("POST", "/practices", map[string]any{"title": title, "language": "en", "workspace_id": 1, "summary": "Whoever imports a press declares it.",
		"sectors": []string{"customs"}, "country": "TH", "sections": map[string]string{"problem": "They came as parts.", "steps": "1. It is declared.", "results": "Fourteen."}}).Want(201).Thing()
	c.Do("POST", "/practices/"+itoa(p.ID)+"/submit", nil).Want(200)
	return p
}

// A case is claimed by one moderator, let go, claimed by another, decided and taken back.
func TestCaseIsClaimedDecidedAndUndone(t *testing.T) {
	p := Start(t, nil)
	somchai, moderator, officer := p.As(t, "somchai"), p.As(t, "moderator"), p.As(t, "officer")
	waiting := submitted(t, somchai, "Presses are declared")
	practice := "/practices/" + itoa(waiting.ID)
	at := "/moderation/cases/" + itoa(findCase(t, moderator, "submission", "practice", waiting.ID))

	moderator.Do("PUT", at+"/claim", nil).Want(200)
	moderator.Do("PUT", at+"/claim", nil).Want(200)
	somchai.Do("PUT", at+"/claim", nil).Want(403, 404)
	moderator.Do("DELETE", at+"/claim", nil).Want(200)
	officer.Do("PUT", at+"/claim", nil).Want(200)

	officer.Do("POST", practice+"/approve", map[string]string{"note": "Told well."}).Want(200)
	somchai.Do("POST", at+"/undo", nil).Want(403, 404)
	officer.Do("POST", at+"/undo", nil).Want(200)
	if again := somchai.Do("GET", practice, nil).Want(200).Thing(); again.Status != "submitted" {
		t.Errorf("after the undo the practice is %s", again.Status)
	}
	officer.Do("POST", at+"/undo", nil).Want(409)
}

// A published practice is rated, co-written, watched, confirmed, restored, merged and set apart.
func TestPublishedPracticeGoesOn(t *testing.T) {
	p := Start(t, nil)
	somchai, moderator, ana := p.As(t, "somchai"), p.As(t, "moderator"), p.As(t, "ana")
	one, other := submitted(t, somchai, "Presses are declared"), submitted(t, somchai, "A register of presses")
	practice := "/practices/" + itoa(one.ID)
	for _, id := range []int64{one.ID, other.ID} {
		moderator.Do("POST", "/practices/"+itoa(id)+"/approve", nil).Want(200)
	}

	moderator.Do("POST", practice+"/ratings", map[string]any{"rating": "sparkling", "basis": "Read."}).Want(422)
	somchai.Do("POST", practice+"/ratings", map[string]any{"rating": "practice", "basis": "Mine."}).Want(403)
	moderator.Do("POST", practice+"/ratings", map[string]any{"rating": firstRating(t, ana), "basis": "Told by one service, counted by nobody else."}).Want(201)
	var ratings struct{ Items []struct{ Basis string } }
	if ana.Do("GET", practice+"/ratings", nil).Want(200).Into(&ratings); len(ratings.Items) == 0 || ratings.Items[0].Basis == "" {
		t.Errorf("the ratings are %+v", ratings)
	}

	somchai.Do("PUT", practice+"/authors/"+itoa(idOf(t, ana)), nil).Want(200)
	ana.Do("PUT", practice+"/authors/"+itoa(idOf(t, moderator)), nil).Want(403)
	somchai.Do("DELETE", practice+"/authors/"+itoa(idOf(t, ana)), nil).Want(204)
	ana.Do("PUT", practice+"/watch", nil).Want(204)
	ana.Do("PUT", practice+"/watch", map[string]any{"level": "tracking"}).Want(204)
	ana.Do("GET", practice+"/watch", nil).Want(200)
	ana.Do("PUT", practice+"/watch", map[string]any{"level": "loud"}).Want(422)
	ana.Do("DELETE", practice+"/watch", nil).Want(204)
	ana.Do("POST", practice+"/confirm", nil).Want(403)
	somchai.Do("POST", practice+"/confirm", nil).Want(200)

	now := somchai.Do("GET", practice, nil).Want(200).Thing()
	changed := somchai.Do("PATCH", practice, map[string]any{"title": "Every press is declared", "version": now.Version}).Want(200).Thing()
	back := somchai.Do("POST", practice+"/versions/"+itoa(now.Version)+"/restore", map[string]string{"why": "The old title was found more often."}).Want(200).Thing()
	if back.Title != one.Title || back.Version <= changed.Version {
		t.Errorf("restored is %+v, after %+v", back, changed)
	}
	somchai.Do("POST", practice+"/versions/9999/restore", map[string]string{}).Want(404)

	somchai.Do("POST", practice+"/merge", map[string]int64{"into": other.ID}).Want(403)
	moderator.Do("POST", practice+"/merge", map[string]int64{"into": one.ID}).Want(409, 422)
	if lives := moderator.Do("POST", practice+"/merge", map[string]int64{"into": other.ID}).Want(200).Thing(); lives.ID != other.ID {
		t.Errorf("what lives on is %+v", lives)
	}
	if apart := moderator.Do("DELETE", practice+"/merge", nil).Want(200).Thing(); apart.ID != one.ID || apart.Status != "published" {
		t.Errorf("set apart again it is %+v", apart)
	}
	moderator.Do("DELETE", practice+"/merge", nil).Want(404, 409)
}

// firstRating is the lowest step of the evidence scale.
func firstRating(t *testing.T, c *Client) string {
	t.Helper()
	var vocabulary map[string]json.RawMessage
	c.Do("GET", "/vocabulary", nil).Want(200).Into(&vocabulary)
	var steps []struct{ Key string }
	if err := json.Unmarshal(vocabulary["evidence"], &steps); err != nil || len(steps) == 0 {
		t.Fatalf("the vocabulary's evidence is %s: %v", vocabulary["evidence"], err)
	}
	return steps[0].Key
}
