package search

import (
	"context"
	"slices"

	"praxis/internal/index"
)

// anchored tells after which hit a list by relevance goes on. Whatever comes into the index changes what a
// word is worth, and with it every score: the hit with which the page before ended is therefore looked up
// anew, and the list goes on after the score that it has by now. Where it is gone, its old score must do.
func (s *Service) anchored(ctx context.Context, r index.Request, keys []string) []string {
	if len(keys) != 2 || r.Newest || r.Adopted {
		return keys
	}
	r.Filters = append(slices.Clone(r.Filters), index.Filter{Field: index.Itself, Values: keys[1:]})
	r.Limit, r.Facets, r.After = 1, nil, nil
	answer, err := s.ix.Search(ctx, r)
	if err != nil || len(answer.Hits) != 1 || len(answer.Hits[0].Sort) != 2 {
		return keys
	}
	return answer.Hits[0].Sort
}
