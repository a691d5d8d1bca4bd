package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
)

// How much of the shorter one's words two texts share: from LikelySame on they may be one practice
// written down twice, from LikeEnough on who reads one may want the other.
const (
	LikelySame = 0.4
	LikeEnough = 0.15
)

const (
	alikeCandidates = 20                     // found by their words before they are compared
	alikeWords      = 30                     // of a text, that are looked for
	alikeTogether   = 2                      // words that two texts share at least, where both have so many
	alikeLimit      = 120 * time.Millisecond // what is related is an extra: no page waits longer for it
)

// Likeness is what related things are looked for by: something that there is, or what somebody is
// about to write.
type Likeness struct {
	Title   string
	Summary string
	Of      portal.Practice // it and its translations are not related to themselves; zero for what is not saved
	Kinds   []portal.Kind   // portal.KindPractice, portal.KindThread
	Status  portal.Status   // of the practices; "" for any
	Least   float64         // share of the words
	Limit   int
}

// LikenessOf looks for the practices like one.
func LikenessOf(p portal.Practice) Likeness {
	return Likeness{Title: p.Title, Summary: p.Summary, Of: p, Kinds: []portal.Kind{portal.KindPractice}, Least: LikelySame}
}

// Related is a practice or a thread that says much the same as another, or as what is being written.
type Related struct {
	Practice *portal.Practice
	Thread   *portal.Thread
	Share    float64 // of the words that mean something, 0 to 1
}

// Related finds what is in the same words as a text and may be seen by the viewer: what may be the
// same comes first, the likest before all, then whatever else the index holds for near. Of one practice
// in several languages it names one. No answer of the index is no error.
func (s *Service) Related(ctx context.Context, v portal.Viewer, l Likeness) ([]Related, error) {
	own := s.own(l)
	if len(own) == 0 || l.Limit <= 0 {
		return nil, nil
	}
	kinds := make([]string, len(l.Kinds))
	for i, k := range l.Kinds {
		kinds[i] = string(k)
	}
	within, cancel := context.WithTimeout(ctx, alikeLimit)
	defer cancel()
	found, err := s.ix.Search(within, index.Request{Words: own, Access: v.Terms(), Limit: alikeCandidates,
		Filters: []index.Filter{{Field: index.Kind, Values: kinds}}})
	if err != nil {
		if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, index.ErrNotReady) && ctx.Err() == nil {
			s.log.Warn("what is related was not found", "err", err)
		}
		return nil, ctx.Err()
	}
	candidates, err := s.candidates(ctx, v, found.Hits)
	if err != nil {
		return nil, err
	}
	var related []Related
	works := map[int64]bool{workOf(l.Of): l.Of.ID != 0 || l.Of.TranslationOf != 0}
	for _, c := range candidates {
		p := c.Practice
		if p != nil && (works[workOf(*p)] || l.Status != "" && p.Status != l.Status) {
			continue
		}
		if c.Share = shared(own, s.meanings.of(c)); c.Share < l.Least || c.Share == 0 {
			continue
		}
		if p != nil {
			works[workOf(*p)] = true
		}
		related = append(related, c)
	}
	slices.SortStableFunc(related, func(a, b Related) int {
		return cmp.Compare(likely(b.Share), likely(a.Share))
	})
	return related[:min(l.Limit, len(related))], nil
}

// own gives the words of what is looked for.
func (s *Service) own(l Likeness) []index.Word {
	if l.Of.ID != 0 && l.Title == l.Of.Title && l.Summary == l.Of.Summary {
		return s.meanings.of(Related{Practice: &l.Of})
	}
	return meaning(firstRunes(l.Title, portal.MaxQuery) + "\n" + firstRunes(l.Summary, portal.MaxSection))
}

// likely is by what two related things are ordered: below LikelySame the index's order stands, which
// knows how rare the words are.
func likely(share float64) float64 {
	if share < LikelySame {
		return 0
	}
	return share
}

// candidates reads what the index found, in its order, as the viewer may see it now.
func (s *Service) candidates(ctx context.Context, v portal.Viewer, hits []index.Hit) ([]Related, error) {
	ids := map[portal.Kind][]int64{}
	for _, h := range hits {
		ids[h.Ref.Kind] = append(ids[h.Ref.Kind], h.Ref.ID)
	}
	by := map[portal.Ref]Related{}
	if of := ids[portal.KindPractice]; len(of) > 0 {
		practices, err := s.db.VisiblePractices(ctx, v, of)
		if err != nil {
			return nil, err
		}
		for _, p := range practices {
			by[portal.Ref{Kind: portal.KindPractice, ID: p.ID}] = Related{Practice: &p}
		}
	}
	if of := ids[portal.KindThread]; len(of) > 0 {
		threads, err := s.db.VisibleThreads(ctx, v, of)
		if err != nil {
			return nil, err
		}
		for _, t := range threads {
			by[portal.Ref{Kind: portal.KindThread, ID: t.ID}] = Related{Thread: &t}
		}
	}
	var all []Related
	for _, h := range hits {
		if r, ok := by[h.Ref]; ok {
			all = append(all, r)
		}
	}
	return all, nil
}

// workOf is the practice of which one is the translation, or itself.
func workOf(p portal.Practice) int64 { return cmp.Or(p.TranslationOf, p.ID) }

// meanings keeps the words of what was compared: to cut them anew was most of a comparison. A version's
// words never change.
type meanings struct {
	mu   sync.Mutex
	kept map[meaningKey][]index.Word
}

type meaningKey struct {
	ref     portal.Ref
	version int64
}

const meaningsKept = 4096

func (m *meanings) of(r Related) []index.Word {
	key, text := meaningKey{}, ""
	if p := r.Practice; p != nil {
		key, text = meaningKey{portal.Ref{Kind: portal.KindPractice, ID: p.ID}, p.Version}, p.Title+"\n"+p.Summary
	} else {
		key, text = meaningKey{portal.Ref{Kind: portal.KindThread, ID: r.Thread.ID}, r.Thread.Version}, r.Thread.Title
	}
	m.mu.Lock()
	words, known := m.kept[key]
	m.mu.Unlock()
	if known {
		return words
	}
	words = meaning(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= meaningsKept {
		m.kept = map[meaningKey][]index.Word{}
	}
	m.kept[key] = words
	return words
}

// meaning gives the words of a text that mean something, each once.
func meaning(text string) []index.Word {
	var words []index.Word
	seen := map[string]bool{}
	for _, w := range index.QueryWords(text) {
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

// shared is the overlap coefficient of two lists of words: what both have, of the shorter one. One
// common word makes nothing alike, unless there are no more.
func shared(a, b []index.Word) float64 {
	shorter := min(len(a), len(b))
	if shorter == 0 {
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
	if both < min(alikeTogether, max(len(a), len(b))) {
		return 0
	}
	return min(1, float64(both)/float64(shorter))
}
