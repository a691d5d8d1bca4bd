package storytest

import (
	"net/http"
	"net/url"
	"testing"
)

// A running portal understands one name for all others from its start, tells programs what it understood, and
// follows what a moderator writes into the thesaurus.
func TestThesaurusStory(t *testing.T) {
	p := Start(t, nil)
	ana, moderator, visitor := p.As(t, "ana"), p.As(t, "moderator"), p.Visitor(t)
	type answer struct {
		Total    int
		Meanings []struct {
			Typed, Key string
			Names      []struct{ Language, Name string }
		}
	}
	search := func(c *Client, words string) (a answer) {
		c.Do("GET", "/search?q="+url.QueryEscape(words), nil).Want(200).Into(&a)
		return a
	}
	if a := search(visitor, "фентанилом"); a.Total == 0 || len(a.Meanings) != 1 || a.Meanings[0].Key != "fentanyl" || len(a.Meanings[0].Names) == 0 {
		t.Errorf("a Russian name is understood as %+v", a)
	}
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Gotas de nuvofumina", "body": "Las hemos visto.", "language": "es"}).Want(201).Thing()
	Eventually(t, "the thread", func() bool { return search(ana, "nuvofumina").Total > 0 })
	if a := search(ana, "zirbendrops"); a.Total != 0 {
		t.Fatalf("before it is known, it finds %+v", a)
	}
	for who, want := range map[*Client]int{ana: http.StatusForbidden, moderator: http.StatusSeeOther} {
		res, _, err := sendForm(p.URL, "/thesaurus/new", who.Token, url.Values{"names.en": {"zirbendrops"}, "names.es": {"nuvofumina"}})
		if err != nil || res.StatusCode != want {
			t.Fatalf("adding a concept answers %v (%v), want %d", res.Status, err, want)
		}
	}
	Eventually(t, "the edited thesaurus", func() bool {
		a := search(ana, "zirbendrops")
		return a.Total == 1 && len(a.Meanings) == 1 && a.Meanings[0].Key == "zirbendrops"
	})
	if a := search(p.As(t, "somchai"), "zirbendrops"); a.Total != 1 {
		t.Errorf("a colleague finds %+v", a)
	}
	ana.Do("PATCH", "/threads/"+itoa(thread.ID), map[string]any{"handling": "red"}).Want(200)
	Eventually(t, "the label", func() bool { return search(p.As(t, "somchai"), "zirbendrops").Total == 0 })
}
