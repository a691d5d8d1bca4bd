package search

import (
	"context"
	"net/url"
	"slices"
	"sync"
	"time"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	standingPage = 1000        // saved searches that are read at once
	readAnew     = time.Hour   // without those that were forgotten meanwhile
	maxStanding  = 200_000     // that are kept at hand; the latest beyond them tell nothing, and the operator of that
	longestSave  = time.Minute // that saving a search takes, from its beginning to its commit
)

// Alerts match what is new against saved searches, each once. They keep the searches at hand, read as
// questions, and look for new ones before each answer.
type Alerts struct {
	service *Service

	mu       sync.Mutex // one answer at a time
	by       *index.Thesaurus
	last     time.Time // when the latest search at hand was saved
	read     time.Time // when all of them were read
	standing map[int64]standing
	keyed    map[string][]int64 // by terms of which a document must have one
	wordless []int64            // those that ask for no words
	posts    bool               // one of them asks for posts
}

// standing is a saved search as it is asked.
type standing struct {
	postgres.Standing
	request index.Request // without access: that is the owner's when it is asked
	posts   bool
}

// NewAlerts makes the alerts of a node's search.
func NewAlerts(s *Service) *Alerts { return &Alerts{service: s} }

// Found tells which saved searches ask for what the events brought, at most so many, and notes that they have
// been told: when there are that many, there may be more, which the same events bring again. A practice
// counts when it is published, a thread when it is opened; a post only for a search for posts.
// What is older than the search is not new to it, and what its owner may not see does not exist for her.
func (a *Alerts) Found(ctx context.Context, tx *postgres.Tx, events []portal.Event, most int) ([]postgres.SearchHit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh := brought(events)
	if len(fresh.practices)+len(fresh.threads)+len(fresh.posts) == 0 {
		return nil, nil
	}
	if err := a.lookForNew(ctx, tx); err != nil || len(a.standing) == 0 {
		return nil, err
	}
	if !a.posts {
		fresh.posts = nil // most events are replies, and hardly anybody asks for them
	}
	var told []postgres.SearchHit
	err := a.each(ctx, tx, fresh, func(documents []index.Document) error {
		if len(told) == most {
			return nil
		}
		hits, err := a.match(ctx, tx, documents)
		if err != nil {
			return err
		}
		some, err := tx.NoteSearchHits(ctx, hits, most-len(told))
		told = append(told, some...)
		return err
	})
	return told, err
}

// lookForNew reads what was saved since the last look, and a little before: a save that took its time is
// seen later than when it began. What was forgotten meanwhile is found out when it would be told.
func (a *Alerts) lookForNew(ctx context.Context, tx *postgres.Tx) error {
	if by := a.service.ix.Thesaurus(); a.by != by || time.Since(a.read) > readAnew {
		a.by, a.read, a.last = by, time.Now(), time.Time{}
		a.standing, a.keyed, a.wordless, a.posts = map[int64]standing{}, map[string][]int64{}, nil, false
	}
	full := len(a.standing) >= maxStanding
	for after, id := a.last.Add(-longestSave), int64(0); ; {
		page, err := tx.StandingSearches(ctx, after, id, standingPage)
		if err != nil {
			return err
		}
		for _, s := range page {
			a.add(s)
			after, id, a.last = s.CreatedAt, s.ID, s.CreatedAt
		}
		if len(page) < standingPage {
			break
		}
	}
	if !full && len(a.standing) >= maxStanding {
		a.service.log.Warn("there are too many saved searches: the latest tell their owners of nothing", "limit", maxStanding)
	}
	return nil
}

// add reads a search as a question and files it.
func (a *Alerts) add(saved postgres.Standing) {
	known, there := a.standing[saved.ID]
	if there && known.Member == saved.Member && known.Query == saved.Query && known.CreatedAt.Equal(saved.CreatedAt) {
		return // after a restore another may have its number
	}
	if !there && len(a.standing) >= maxStanding {
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
	a.posts = a.posts || s.posts
	keys := s.request.Keys()
	for _, k := range keys {
		a.keyed[k] = append(a.keyed[k], saved.ID)
	}
	if len(keys) == 0 {
		a.wordless = append(a.wordless, saved.ID)
	}
}

// brought lists what the events may have brought.
func brought(events []portal.Event) changed {
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
	return c
}

// each reads what may be new as it is now, one practice at a time: it may have a million characters beside
// it, and a transaction does not wait for long between two statements.
func (a *Alerts) each(ctx context.Context, tx *postgres.Tx, c changed, do func([]index.Document) error) error {
	from := source{tx.Conn, a.service.vocab, a.service.ix}
	hand := from.reading(func(b index.Batch) error { return do(b.Put) })
	for some := range slices.Chunk(ids(c.practices), 1) {
		practices, err := tx.PracticesByID(ctx, some)
		if err == nil {
			practices = slices.DeleteFunc(practices, func(p portal.Practice) bool { return p.Status != portal.Published })
			err = from.practices(ctx, practices, nil, hand)
		}
		if err != nil {
			return err
		}
	}
	threads, err := tx.ThreadsByID(ctx, ids(c.threads))
	if err == nil {
		err = from.threads(ctx, threads, nil, hand)
	}
	if err != nil {
		return err
	}
	posts, err := tx.PostsByID(ctx, ids(c.posts))
	if err != nil {
		return err
	}
	return from.posts(ctx, posts, nil, hand)
}

// askedOf is a search that may be about a document.
type askedOf struct {
	search  int64
	reading *index.Reading
}

// match asks of each document the searches that can be about it, in the sight of their owners.
func (a *Alerts) match(ctx context.Context, tx *postgres.Tx, documents []index.Document) ([]postgres.SearchHit, error) {
	var asked []askedOf
	owners := map[int64]bool{}
	for _, d := range documents {
		reading := d.Read()
		candidates := slices.Clone(a.wordless)
		for term := range reading.Terms {
			candidates = append(candidates, a.keyed[term]...)
		}
		slices.Sort(candidates)
		for _, id := range slices.Compact(candidates) {
			if s := a.standing[id]; !s.CreatedAt.After(d.Created) && !slices.Contains(d.Authors, s.Member) && (s.posts || d.Kind != portal.KindPost) {
				asked, owners[s.Member] = append(asked, askedOf{id, reading}), true
			}
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	viewers, err := tx.Viewers(ctx, ids(owners))
	if err != nil {
		return nil, err
	}
	var hits []postgres.SearchHit
	for _, q := range asked {
		s := a.standing[q.search]
		viewer, active := viewers[s.Member]
		if !active {
			continue
		}
		r := s.request
		r.Access = viewer.Terms()
		if q.reading.Answers(r) {
			hits = append(hits, postgres.SearchHit{Search: s.Standing, Thing: q.reading.Ref()})
		}
	}
	return hits, nil
}
