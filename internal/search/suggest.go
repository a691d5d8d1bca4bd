package search

import (
	"context"
	"errors"
	"maps"
	"slices"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// Suggestion completes what somebody types: a title, a person, a workspace, a place or a term of the
// vocabulary.
type Suggestion struct {
	Kind portal.Kind // "" for a term
	ID   int64
	Text string // in whatever language it matched
	URL  string // "" for a term
	List string // of a term: topics, substances, sectors
	Key  string
}

const (
	maxSuggestions = 20
	maxTerms       = 3 // of the vocabulary, in one list of suggestions
)

// termLists are the lists of the vocabulary whose terms are suggested.
var termLists = []string{"substances", "topics", "sectors"}

// suggestedKinds are the kinds of things whose titles are suggested, in the order in which they are listed.
var suggestedKinds = [][]string{{string(portal.KindPractice)}, {string(portal.KindMember)},
	{string(portal.KindCollection), string(portal.KindCountry), string(portal.KindOrg)}, {string(portal.KindThread)}}

// Suggest lists up to limit (at most 20) completions of what was typed, from the second letter
// on: titles, people and workspaces that the viewer may see, and terms. Of a longer text the first MaxWords
// words of the first portal.MaxQuery characters are looked at; no title has more.
func (s *Service) Suggest(ctx context.Context, v portal.Viewer, typed string, limit int) ([]Suggestion, error) {
	limit = max(1, min(limit, maxSuggestions))
	edges := index.Edges(firstRunes(typed, portal.MaxQuery))
	if len(edges) == 0 {
		return []Suggestion{}, nil
	}
	edges = edges[:min(len(edges), MaxWords)]
	within, cancel := context.WithTimeout(ctx, TimeLimit)
	defer cancel()
	rooms, err := s.workspaces(ctx, edges)
	if err != nil {
		return nil, err
	}
	groups := [][]Suggestion{unlike(s.terms(edges), s.concepts(edges)), rooms}
	for _, kinds := range suggestedKinds {
		found, err := s.ix.Search(within, index.Request{Edges: edges, Access: v.Terms(), Limit: limit, Newest: true,
			Filters: []index.Filter{{Field: index.Kind, Values: kinds}}})
		if errors.Is(err, index.ErrNotReady) || errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			break
		}
		if err != nil {
			return nil, &portal.Error{Kind: portal.Unavailable, Message: "error.unavailable", Cause: err}
		}
		titles, err := s.titles(ctx, v, edges, found.Hits)
		if err != nil {
			return nil, err
		}
		groups = append(groups, titles)
	}
	return fairly(groups, limit), nil
}

// fairly takes of each group in turn until there are enough, so that many titles leave room for the one
// person who is meant. Each group stays together.
func fairly(groups [][]Suggestion, limit int) []Suggestion {
	take := make([]int, len(groups))
	for left, more := limit, true; left > 0 && more; {
		more = false
		for i := range groups {
			if left > 0 && take[i] < len(groups[i]) {
				take[i]++
				left--
				more = true
			}
		}
	}
	all := []Suggestion{}
	for i, n := range take {
		all = append(all, groups[i][:n]...)
	}
	return all
}

// titles reads the titles of what was found, as the viewer may see it now.
func (s *Service) titles(ctx context.Context, v portal.Viewer, edges []string, hits []index.Hit) ([]Suggestion, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	hydrated, err := s.hydrate(ctx, v, hits, parsed{edges: edges})
	found := make([]Suggestion, len(hydrated))
	for i, h := range hydrated {
		found[i] = Suggestion{Kind: h.Kind, ID: h.ID, Text: h.Title, URL: h.URL}
	}
	return found, err
}

// workspaces finds those whose name in some language has words that begin so. That a workspace exists is
// told to everybody.
func (s *Service) workspaces(ctx context.Context, edges []string) ([]Suggestion, error) {
	rooms, err := s.db.AllWorkspaces(ctx)
	var found []Suggestion
	for _, id := range slices.Sorted(maps.Keys(rooms)) {
		w := rooms[id]
		for _, name := range namesOf(w.Names, w.Name) {
			if index.HasEdges(name, edges) {
				found = append(found, Suggestion{Kind: portal.KindWorkspace, ID: w.ID, Text: name, URL: path("/w/", w.ID, w.Name)})
				break
			}
		}
	}
	return found, err
}

// terms finds the vocabulary's terms whose name in some language has words that begin so.
func (s *Service) terms(edges []string) []Suggestion {
	found := []Suggestion{}
	for _, list := range termLists {
		for _, t := range s.vocab.List(list) {
			for _, name := range namesOf(t.Names, "") {
				if index.HasEdges(name, edges) {
					if found = append(found, Suggestion{Text: name, List: list, Key: t.Key}); len(found) == maxTerms {
						return found
					}
					break
				}
			}
		}
	}
	return found
}

// languagesOf lists the languages in which something has a name, in a fixed order.
func languagesOf(names map[string]string) []string { return slices.Sorted(maps.Keys(names)) }

// namesOf lists the names that something has, in a fixed order, and the one beside them.
func namesOf(by map[string]string, beside string) []string {
	var names []string
	for _, l := range languagesOf(by) {
		names = append(names, by[l])
	}
	if beside != "" && !slices.Contains(names, beside) {
		names = append(names, beside)
	}
	return names
}
