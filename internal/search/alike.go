package search

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"praxis/internal/index"
	"praxis/internal/portal"
)

const (
	alikeCandidates = 20  // found by their words before they are compared
	alikeWords      = 30  // of a practice, that are looked for
	alikeEnough     = 0.4 // of the shorter one's words, from which on two practices may be one
)

// Alike is a practice that says much the same as another.
type Alike struct {
	portal.Practice
	Share float64 // of the words of title and summary, 0 to 1
}

// Alike finds practices in the same words as p that the viewer may see, the likest first: what may
// be a duplicate. Translations of p, and p, are not among them. No answer of the index is no error.
func (s *Service) Alike(ctx context.Context, v portal.Viewer, p portal.Practice, limit int) ([]Alike, error) {
	own := meaning(p)
	if len(own) == 0 {
		return nil, nil
	}
	within, cancel := context.WithTimeout(ctx, TimeLimit)
	defer cancel()
	found, err := s.ix.Search(within, index.Request{Words: own, Access: v.Terms(), Limit: alikeCandidates,
		Filters: []index.Filter{{Field: index.Kind, Values: []string{string(portal.KindPractice)}}}})
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, index.ErrNotReady) {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.Ref.ID
	}
	practices, err := s.db.VisiblePractices(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	var alike []Alike
	for _, other := range practices {
		if other.ID == p.ID || sameWork(p, other) {
			continue
		}
		if share := shared(own, meaning(other)); share >= alikeEnough {
			alike = append(alike, Alike{other, share})
		}
	}
	slices.SortFunc(alike, func(a, b Alike) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.ID, b.ID))
	})
	return alike[:min(limit, len(alike))], nil
}

// sameWork tells whether one practice is the other's translation, or both are of a third.
func sameWork(a, b portal.Practice) bool {
	original := func(p portal.Practice) int64 { return cmp.Or(p.TranslationOf, p.ID) }
	return original(a) == original(b)
}

// meaning gives the words of a practice's title and summary that mean something, each once.
func meaning(p portal.Practice) []index.Word {
	var words []index.Word
	seen := map[string]bool{}
	for _, w := range index.QueryWords(p.Title + "\n" + p.Summary) {
		terms := w.Terms()
		if w.Stop || len(terms) == 0 || seen[terms[0]] {
			continue
		}
		seen[terms[0]] = true
		if words = append(words, w); len(words) == alikeWords {
			break
		}
	}
	return words
}

// shared is the overlap coefficient of two lists of words: what both have, of the shorter one.
func shared(a, b []index.Word) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	terms := map[string]bool{}
	for _, w := range a {
		for _, t := range w.Terms() {
			terms[t] = true
		}
	}
	both := 0
	for _, w := range b {
		if slices.ContainsFunc(w.Terms(), func(t string) bool { return terms[t] }) {
			both++
		}
	}
	return min(1, float64(both)/float64(min(len(a), len(b))))
}
