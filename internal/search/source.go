package search

import (
	"context"
	"maps"
	"slices"

	"praxis/internal/index"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const (
	pageSize  = 200 // rows that are read and indexed at once
	pageHeavy = 40  // the same for practices, which may have attachments
)

// source reads things as they are now and makes documents of them.
type source struct {
	db      postgres.Conn // the pool, or a transaction
	vocab   *portal.Vocabulary
	lexicon lexicon
}

// changed collects what a run of events touched.
type changed struct {
	practices, threads, posts, members map[int64]bool // threads: with all their posts
	collections                        map[int64]bool
	places                             map[portal.Kind]bool // all countries, all organizations
}

func newChanged() changed {
	return changed{map[int64]bool{}, map[int64]bool{}, map[int64]bool{}, map[int64]bool{}, map[int64]bool{}, map[portal.Kind]bool{}}
}

// note adds what an event touched.
func (c changed) note(e portal.Event) {
	of := func(kind portal.Kind, known int64) int64 {
		if e.Entity.Kind == kind {
			return e.Entity.ID
		}
		return known
	}
	switch e.Entity.Kind { // theirs are told to nobody else, so they have no types of their own
	case portal.KindCollection:
		c.collections[e.Entity.ID] = true
	case portal.KindCountry, portal.KindOrg:
		c.places[e.Entity.Kind] = true
	}
	switch e.Type {
	case portal.PostCreated, portal.PostEdited, portal.PostDeleted:
		if id := of(portal.KindPost, 0); id != 0 {
			c.posts[id] = true
		} else {
			c.threads[e.ThreadID] = true
		}
	case portal.ThreadCreated, portal.ThreadChanged:
		c.threads[of(portal.KindThread, e.ThreadID)] = true
	case portal.PracticeChanged, portal.AttachmentChanged:
		c.practices[of(portal.KindPractice, e.PracticeID)] = true
	case portal.CaseClosed: // may have hidden, shown or relabelled its target
		c.practices[of(portal.KindPractice, e.PracticeID)] = true
		if id := of(portal.KindPost, 0); id != 0 {
			c.posts[id] = true
		}
		c.threads[of(portal.KindThread, e.ThreadID)] = true
	case portal.MemberChanged:
		if kind, id, ok := e.Topic.Split(); ok && kind == "member" {
			c.members[id] = true
		}
		c.members[of(portal.KindMember, 0)] = true
	}
}

// ids gives a set's identifiers in order, without the zero that stands for nothing.
func ids(set map[int64]bool) []int64 {
	delete(set, 0)
	return slices.Sorted(maps.Keys(set))
}

// each reads everything that changed and hands it to write in bounded batches.
func (s source) each(ctx context.Context, c changed, write func(index.Batch) error) error {
	write = s.reading(write)
	// A translation has its original's rating and reaches no further: it changes with it, whoever changed that.
	follow, err := s.db.TranslationsOf(ctx, ids(c.practices))
	if err != nil {
		return err
	}
	for _, id := range follow {
		c.practices[id] = true
	}
	for chunk := range slices.Chunk(ids(c.practices), pageHeavy) {
		found, err := s.db.PracticesByID(ctx, chunk)
		if err == nil {
			err = s.practices(ctx, found, chunk, write)
		}
		if err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(ids(c.threads), pageSize) {
		if err := s.wholeThreads(ctx, chunk, write); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(ids(c.posts), pageSize) {
		found, err := s.db.PostsByID(ctx, chunk)
		if err == nil {
			err = s.posts(ctx, found, chunk, write)
		}
		if err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(ids(c.members), pageSize) {
		found, err := s.db.MembersByID(ctx, chunk)
		if err == nil {
			err = s.members(found, chunk, write)
		}
		if err != nil {
			return err
		}
	}
	return s.eachPlace(ctx, c, write)
}

// practices writes those that were found and removes those that were asked for in vain.
func (s source) practices(ctx context.Context, found []portal.Practice, asked []int64, write func(index.Batch) error) error {
	b := missing(portal.KindPractice, asked, len(found), func(i int) int64 { return found[i].ID })
	var practices, workspaces []int64
	for _, p := range found {
		practices, workspaces = append(practices, p.ID), append(workspaces, p.WorkspaceID)
	}
	pages, err := s.db.AttachedText(ctx, practices, attachedText)
	if err != nil {
		return err
	}
	byPractice := map[int64][]postgres.AttachmentPage{}
	for _, g := range pages {
		byPractice[g.PracticeID] = append(byPractice[g.PracticeID], g)
	}
	rooms, err := s.db.WorkspacesByID(ctx, workspaces)
	if err != nil {
		return err
	}
	adopted, err := s.db.AdoptedIn(ctx, practices)
	if err != nil {
		return err
	}
	for _, p := range found {
		d := practiceDocument(p, byPractice[p.ID], rooms[p.WorkspaceID].Programme, s.vocab)
		d.Adoptions = adopted[p.ID]
		b.Put = append(b.Put, d)
	}
	return write(b)
}

func (s source) threads(ctx context.Context, found []portal.Thread, asked []int64, write func(index.Batch) error) error {
	b := missing(portal.KindThread, asked, len(found), func(i int) int64 { return found[i].ID })
	rooms, err := s.rooms(ctx, found)
	if err != nil {
		return err
	}
	for _, t := range found {
		b.Put = append(b.Put, threadDocument(t, rooms[t.WorkspaceID].Programme))
	}
	return write(b)
}

func (s source) rooms(ctx context.Context, threads []portal.Thread) (map[int64]portal.Workspace, error) {
	var workspaces []int64
	for _, t := range threads {
		workspaces = append(workspaces, t.WorkspaceID)
	}
	return s.db.WorkspacesByID(ctx, workspaces)
}

// wholeThreads writes threads with all their posts, whose audience is the thread's.
func (s source) wholeThreads(ctx context.Context, asked []int64, write func(index.Batch) error) error {
	found, err := s.db.ThreadsByID(ctx, asked)
	if err != nil {
		return err
	}
	if err := s.threads(ctx, found, asked, write); err != nil {
		return err
	}
	for _, t := range found {
		for after := 0; ; {
			posts, err := s.db.Posts(ctx, 0, t.ID, after, pageSize)
			if err != nil {
				return err
			}
			if len(posts) > 0 {
				if err := s.posts(ctx, posts, nil, write); err != nil {
					return err
				}
				after = posts[len(posts)-1].Number
			}
			if len(posts) < pageSize {
				break
			}
		}
	}
	return nil
}

func (s source) posts(ctx context.Context, found []portal.Post, asked []int64, write func(index.Batch) error) error {
	b := missing(portal.KindPost, asked, len(found), func(i int) int64 { return found[i].ID })
	of := map[int64]bool{}
	for _, p := range found {
		of[p.ThreadID] = true
	}
	threads, err := s.db.ThreadsByID(ctx, ids(of))
	if err != nil {
		return err
	}
	rooms, err := s.rooms(ctx, threads)
	if err != nil {
		return err
	}
	byID := map[int64]portal.Thread{}
	for _, t := range threads {
		byID[t.ID] = t
	}
	for _, p := range found {
		t := byID[p.ThreadID]
		if d, ok := postDocument(p, t, rooms[t.WorkspaceID].Programme); ok && t.ID != 0 {
			b.Put = append(b.Put, d)
		} else {
			b.Delete = append(b.Delete, portal.Ref{Kind: portal.KindPost, ID: p.ID})
		}
	}
	return write(b)
}

func (s source) members(found []portal.Member, asked []int64, write func(index.Batch) error) error {
	b := missing(portal.KindMember, asked, len(found), func(i int) int64 { return found[i].ID })
	for _, m := range found {
		if d, ok := memberDocument(m, s.vocab); ok {
			b.Put = append(b.Put, d)
		} else {
			b.Delete = append(b.Delete, portal.Ref{Kind: portal.KindMember, ID: m.ID})
		}
	}
	return write(b)
}

// missing makes a batch that removes what was asked for and is not there any more.
func missing(kind portal.Kind, asked []int64, n int, id func(i int) int64) index.Batch {
	there := make(map[int64]bool, n)
	for i := range n {
		there[id(i)] = true
	}
	var b index.Batch
	for _, a := range asked {
		if !there[a] {
			b.Delete = append(b.Delete, portal.Ref{Kind: kind, ID: a})
		}
	}
	return b
}

// all reads everything in the order of identifiers; done is told after each page.
func (s source) all(ctx context.Context, write func(index.Batch) error, done func(n int)) error {
	write = s.reading(write)
	err := pages(ctx, pageHeavy, done, s.db.PracticesAfter, func(p portal.Practice) int64 { return p.ID },
		func(found []portal.Practice) error { return s.practices(ctx, found, nil, write) })
	if err != nil {
		return err
	}
	err = pages(ctx, pageSize, done, s.db.ThreadsAfter, func(t portal.Thread) int64 { return t.ID },
		func(found []portal.Thread) error { return s.threads(ctx, found, nil, write) })
	if err != nil {
		return err
	}
	err = pages(ctx, pageSize, done, s.db.PostsAfter, func(p portal.Post) int64 { return p.ID },
		func(found []portal.Post) error { return s.posts(ctx, found, nil, write) })
	if err != nil {
		return err
	}
	err = pages(ctx, pageSize, done, s.db.MembersAfter, func(m portal.Member) int64 { return m.ID },
		func(found []portal.Member) error { return s.members(found, nil, write) })
	if err != nil {
		return err
	}
	return s.allPlaces(ctx, write, done)
}

// pages walks one kind of thing from its first to its last.
func pages[T any](ctx context.Context, size int, done func(int), read func(context.Context, int64, int) ([]T, error),
	id func(T) int64, write func([]T) error) error {
	for after := int64(0); ; {
		found, err := read(ctx, after, size)
		if err != nil || len(found) == 0 {
			return err
		}
		if err := write(found); err != nil {
			return err
		}
		done(len(found))
		if len(found) < size {
			return nil // what is written from now on is in the log
		}
		after = id(found[len(found)-1])
	}
}
