package search

import (
	"context"
	"errors"
	"slices"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// Suggestion completes what somebody types: a title, a person or a term of the vocabulary.
type Suggestion struct {
	Kind portal.Kind // practice, thread, member; "" for a term
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

// Suggest lists up to limit (at most 20) completions of what was typed, from the second letter
// on: titles and people that the viewer may see, and terms. Of a longer text the first MaxWords
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
	all := s.terms(edges)
	for _, kind := range []portal.Kind{portal.KindPractice, portal.KindMember, portal.KindThread} {
		found, err := s.ix.Search(within, index.Request{Edges: edges, Access: v.Terms(), Limit: limit, Newest: true,
			Filters: []index.Filter{{Field: index.Kind, Values: []string{string(kind)}}}})
		if errors.Is(err, index.ErrNotReady) || errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			break
		}
		if err != nil {
			return nil, &portal.Error{Kind: portal.Unavailable, Message: "error.unavailable", Cause: err}
		}
		titles, err := s.titles(ctx, v, kind, found.Hits)
		if err != nil {
			return nil, err
		}
		all = append(all, titles...)
	}
	return all[:min(len(all), limit)], nil
}

// titles reads the titles of what was found, as the viewer may see it now.
func (s *Service) titles(ctx context.Context, v portal.Viewer, kind portal.Kind, hits []index.Hit) ([]Suggestion, error) {
	if len(hits) == 0 {
		return nil, nil
	}
	hydrated, err := s.hydrate(ctx, v, hits, parsed{})
	found := make([]Suggestion, len(hydrated))
	for i, h := range hydrated {
		found[i] = Suggestion{Kind: kind, ID: h.ID, Text: h.Title, URL: h.URL}
	}
	return found, err
}

// terms finds the vocabulary's terms whose name in some language has words that begin so.
func (s *Service) terms(edges []string) []Suggestion {
	found := []Suggestion{}
	for _, list := range termLists {
		for _, t := range s.vocab.List(list) {
			for _, language := range languagesOf(t) {
				if name := t.Names[language]; index.HasEdges(name, edges) {
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

// languagesOf lists the languages in which a term has a name, in a fixed order.
func languagesOf(t portal.Term) []string {
	var languages []string
	for l := range t.Names {
		languages = append(languages, l)
	}
	slices.Sort(languages)
	return languages
}
