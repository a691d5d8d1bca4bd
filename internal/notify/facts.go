package notify

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// facts is what a batch of events tells of, as it is now, read in a few statements however many
// the events are.
type facts struct {
	posts     map[int64]portal.Post
	threads   map[int64]portal.Thread
	practices map[int64]portal.Practice
	watchers  map[int64][]int64 // of a thread
	mentioned map[int64][]int64 // by a post
	announced map[int64][]int64 // to whom a new thread is an announcement
}

func gather(ctx context.Context, tx *postgres.Tx, events []portal.Event) (*facts, error) {
	f := &facts{posts: map[int64]portal.Post{}, threads: map[int64]portal.Thread{}, practices: map[int64]portal.Practice{}}
	var posts, threads, answered []int64
	for _, e := range events {
		if e.Entity.Kind == portal.KindPost {
			posts = append(posts, e.Entity.ID)
		}
		if e.ThreadID != 0 {
			threads = append(threads, e.ThreadID)
		}
	}
	opened, err := tx.OpeningPosts(ctx, created(events))
	if err != nil {
		return nil, err
	}
	if f.posts, err = readAll(ctx, append(posts, opened...), tx.PostsByID, postID); err != nil {
		return nil, err
	}
	for _, p := range f.posts {
		threads = append(threads, p.ThreadID) // it may have moved since
		if p.ReplyTo != 0 {
			answered = append(answered, p.ReplyTo)
		}
	}
	if f.threads, err = readAll(ctx, threads, tx.ThreadsByID, func(t portal.Thread) int64 { return t.ID }); err != nil {
		return nil, err
	}
	if f.announced, err = announced(ctx, tx, created(events), f.threads); err != nil {
		return nil, err
	}
	quoted, err := readAll(ctx, answered, tx.PostsByID, postID)
	if err != nil {
		return nil, err
	}
	for id, p := range quoted {
		f.posts[id] = p
	}
	practices := aboutOf(events, f.threads)
	if f.practices, err = readAll(ctx, practices, tx.PracticesByID, func(p portal.Practice) int64 { return p.ID }); err != nil {
		return nil, err
	}
	if f.watchers, err = tx.Watchers(ctx, threads, MaxTold); err != nil {
		return nil, err
	}
	f.mentioned, err = tx.Mentions(ctx, append(posts, opened...))
	return f, err
}

func postID(p portal.Post) int64 { return p.ID }

// created lists the threads that the events open.
func created(events []portal.Event) []int64 {
	var threads []int64
	for _, e := range events {
		if e.Type == portal.ThreadCreated {
			threads = append(threads, e.ThreadID)
		}
	}
	return threads
}

// aboutOf lists the practices that events or their threads are about.
func aboutOf(events []portal.Event, threads map[int64]portal.Thread) []int64 {
	var practices []int64
	for _, e := range events {
		if e.PracticeID != 0 {
			practices = append(practices, e.PracticeID)
		}
	}
	for _, t := range threads {
		if t.PracticeID != 0 {
			practices = append(practices, t.PracticeID)
		}
	}
	return practices
}

func readAll[T any](ctx context.Context, ids []int64, read func(context.Context, []int64) ([]T, error), id func(T) int64) (map[int64]T, error) {
	all := make(map[int64]T, len(ids))
	if len(ids) == 0 {
		return all, nil
	}
	found, err := read(ctx, ids)
	for _, t := range found {
		all[id(t)] = t
	}
	return all, err
}

// opening is the first post of a thread, where it was read.
func (f *facts) opening(thread int64) (portal.Post, bool) {
	for _, p := range f.posts {
		if p.ThreadID == thread && p.Number == 1 {
			return p, true
		}
	}
	return portal.Post{}, false
}
