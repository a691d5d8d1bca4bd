package search

import (
	"context"
	"net/url"
	"slices"
	"sync"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	standingPage = 1000    // saved searches that are read at once
	maxStanding  = 200_000 // that are kept at hand; later ones are told of nothing, and the operator of that
)

// Alerts match what is new against saved searches, each once. They keep the searches at hand, read as
// questions, and follow the log to know of new ones: whoever calls hands in every event of the log, in order;
// where some were handed in elsewhere, the searches are read anew. Not for concurrent use but by one caller
// after the other.
type Alerts struct {
	service *Service

	mu       sync.Mutex
	upTo     int64 // of the log, as far as the searches are known
	by       *index.Thesaurus
	standing map[int64]standing
	keyed    map[string][]int64 // by terms of which a document must have one
	wordless []int64            // those that ask for no words
}

// standing is a saved search as it is asked.
type standing struct {
	postgres.Standing
	request index.Request // without access: that is the owner's when it is asked
	posts   bool
}

// NewAlerts makes the alerts of a node's search.
func NewAlerts(s *Service) *Alerts { return &Alerts{service: s, upTo: -1} }

// Found tells which saved searches ask for what the events brought, at most so many, and notes that they have
// been told: when there are that many, there may be more, which the same events bring again. A
// practice counts when it is published, a thread when it is opened; a post only for a search for posts.
// What is older than the search is not new to it, and what its owner may not see does not exist for her.
func (a *Alerts) Found(ctx context.Context, tx *postgres.Tx, from int64, events []portal.Event, most int) ([]postgres.SearchHit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.follow(ctx, tx, from, events); err != nil {
		return nil, err
	}
	if len(a.standing) == 0 {
		return nil, nil
	}
	documents, err := a.documents(ctx, tx, events)
	if err != nil {
		return nil, err
	}
	hits, err := a.match(ctx, tx, documents)
	if err != nil {
		return nil, err
	}
	return tx.NoteSearchHits(ctx, hits, most)
}

// follow brings the searches at hand to where the log is after the events.
func (a *Alerts) follow(ctx context.Context, tx *postgres.Tx, from int64, events []portal.Event) error {
	if len(events) == 0 {
		return nil
	}
	known := a.upTo == from && a.by == a.service.ix.Thesaurus()
	a.upTo = -1 // until all is known
	if !known {
		if err := a.readAll(ctx, tx); err != nil {
			return err
		}
	}
	for _, e := range events {
		if e.Entity.Kind != portal.KindSearch {
			continue
		}
		saved, err := tx.StandingSearch(ctx, e.Entity.ID)
		switch {
		case portal.KindOf(err) == portal.NotFound:
			delete(a.standing, e.Entity.ID)
		case err != nil:
			return err
		default:
			a.add(saved)
		}
	}
	a.upTo = events[len(events)-1].Position
	return nil
}

func (a *Alerts) readAll(ctx context.Context, tx *postgres.Tx) error {
	a.by, a.standing, a.keyed, a.wordless = a.service.ix.Thesaurus(), map[int64]standing{}, map[string][]int64{}, nil
	for after := int64(0); ; {
		page, err := tx.StandingSearches(ctx, after, standingPage)
		if err != nil {
			return err
		}
		for _, s := range page {
			a.add(s)
			after = s.ID
		}
		if len(page) < standingPage {
			return nil
		}
	}
}

// add reads a search as a question and files it.
func (a *Alerts) add(saved postgres.Standing) {
	if _, known := a.standing[saved.ID]; known {
		return // it does not change
	}
	if len(a.standing) >= maxStanding {
		a.service.log.Warn("there are too many saved searches: the latest tell their owners of nothing", "limit", maxStanding)
		return
	}
	values, err := url.ParseQuery(saved.Query)
	if err != nil {
		return // such are not saved
	}
	q := QueryOf(values)
	asked := parse(q.Text)
	q.typed = a.service.settle(&asked, portal.Viewer{MemberID: saved.Member})
	if !q.Exact {
		a.service.understand(&asked)
	}
	s := standing{Standing: saved, request: q.request(asked, nil)}
	s.posts = slices.ContainsFunc(q.filters(), func(f filter) bool { return f.field == index.Kind && f.value == string(portal.KindPost) })
	a.standing[saved.ID] = s
	keys := s.request.Keys()
	for _, k := range keys {
		a.keyed[k] = append(a.keyed[k], saved.ID)
	}
	if len(keys) == 0 {
		a.wordless = append(a.wordless, saved.ID)
	}
}

// documents reads what the events brought as it is now.
func (a *Alerts) documents(ctx context.Context, tx *postgres.Tx, events []portal.Event) ([]index.Document, error) {
	c := newChanged()
	for _, e := range events {
		switch {
		case e.Type == portal.PracticeChanged:
			c.practices[e.PracticeID] = true
		case e.Type == portal.ThreadCreated:
			c.threads[e.ThreadID] = true
		case e.Type == portal.PostCreated && e.Entity.Kind == portal.KindPost:
			c.posts[e.Entity.ID] = true
		}
	}
	var found []index.Document
	from := source{tx.Conn, a.service.vocab, a.service.ix}
	collect := from.reading(func(b index.Batch) error {
		found = append(found, b.Put...)
		return nil
	})
	practices, err := tx.PracticesByID(ctx, ids(c.practices))
	if err != nil {
		return nil, err
	}
	practices = slices.DeleteFunc(practices, func(p portal.Practice) bool { return p.Status != portal.Published })
	if err := from.practices(ctx, practices, nil, collect); err != nil {
		return nil, err
	}
	threads, err := tx.ThreadsByID(ctx, ids(c.threads))
	if err != nil {
		return nil, err
	}
	if err := from.threads(ctx, threads, nil, collect); err != nil {
		return nil, err
	}
	posts, err := tx.PostsByID(ctx, ids(c.posts))
	if err != nil {
		return nil, err
	}
	return found, from.posts(ctx, posts, nil, collect)
}

// match asks of each document the searches that can be about it, in the sight of their owners.
func (a *Alerts) match(ctx context.Context, tx *postgres.Tx, documents []index.Document) ([]postgres.SearchHit, error) {
	type pair struct {
		search  standing
		reading *index.Reading
	}
	var pairs []pair
	var owners []int64
	for _, d := range documents {
		reading := d.Read()
		candidates := slices.Clone(a.wordless)
		for term := range reading.Terms {
			candidates = append(candidates, a.keyed[term]...)
		}
		slices.Sort(candidates)
		for _, id := range slices.Compact(candidates) {
			s, there := a.standing[id]
			if there && !s.CreatedAt.After(d.Created) && !slices.Contains(d.Authors, s.Member) && (s.posts || d.Kind != portal.KindPost) {
				pairs, owners = append(pairs, pair{s, reading}), append(owners, s.Member)
			}
		}
	}
	viewers, err := tx.Viewers(ctx, owners)
	if err != nil {
		return nil, err
	}
	var hits []postgres.SearchHit
	for _, p := range pairs {
		viewer, active := viewers[p.search.Member]
		if !active {
			continue
		}
		r := p.search.request
		r.Access = viewer.Terms()
		if p.reading.Answers(r) {
			hits = append(hits, postgres.SearchHit{Search: p.search.Standing, Thing: p.reading.Ref()})
		}
	}
	return hits, nil
}
