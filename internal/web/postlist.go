package web

import (
	"context"
	"hash/maphash"
	"html/template"
	"sync"
	"time"

	"praxis/internal/portal"
	"praxis/internal/web/page"
)

// listsKept is how many rendered pages of threads each of the cache's two halves holds.
const listsKept = 300

// daysAgo is the age from which a post's time is told as a date, which no longer changes; an hour
// more allows for clocks that differ.
const daysAgo = 25 * time.Hour

// postLists keeps the posts of threads' pages as they were rendered. The database is asked each
// time for the posts and for what the reader may see; only making markup of the same posts for
// readers to whom they look the same is spared. The key is made of everything that shows.
type postLists struct {
	mu         sync.Mutex
	young, old map[postListKey]template.HTML
}

type postListKey struct {
	thread, version, first int64
	hash                   uint64
}

var listSeed = maphash.MakeSeed()

// postList renders the posts of one page of a thread that the viewer may see.
func (w *Web) postList(ctx context.Context, v *page.View, t portal.Thread, posts []portal.Post, read int) (template.HTML, error) {
	if len(posts) == 0 {
		return "", nil
	}
	quotes, err := w.quotes(ctx, v.Who, t, posts)
	if err != nil {
		return "", err
	}
	key := postListKey{t.ID, t.Version, posts[0].ID, listHash(v, t, posts, quotes, read)}
	if made, ok := w.lists.get(key); ok {
		return made, nil
	}
	hidden, err := w.hiddenPosts(ctx, v, t, posts)
	if err != nil {
		return "", err
	}
	rows := w.quotingRows(v, t, posts, quotes, hidden, read)
	if err := w.addFiles(ctx, v.Who, rows); err != nil {
		return "", err
	}
	made, err := w.pages.Fragment("thread/thread", "post-list", v.Lang(), rows)
	if err == nil {
		w.lists.put(key, made)
	}
	return made, err
}

// look is all of a page's posts that shows, whoever reads it.
type look struct {
	lang, zone, title              string
	signedIn, moderates, canReply  bool
	marks, votes                   bool
	minute                         int64 // 0 where no time on the page is relative
	newFrom                        int   // number of the first post under the mark
	id, version, quoted, quotedVer int64
	name, country, sector          string
	quotedName                     string
	mine, empty, deleted, hidden   bool
	quotedEmpty                    bool
	moved, voted                   bool
	count                          int // of votes
}

func listHash(v *page.View, t portal.Thread, posts []portal.Post, quotes map[int64]portal.Post, read int) uint64 {
	var h maphash.Hash
	h.SetSeed(listSeed)
	all := look{lang: v.Lang(), zone: v.Zone.String(), title: t.Title, signedIn: v.SignedIn(),
		moderates: v.SignedIn() && v.Who.ModeratorOf(t.WorkspaceID), canReply: v.Who.Can(portal.ActReply, t.Audience) && !t.Closed, marks: canMark(v, t), votes: canVote(v, t)}
	for _, p := range posts {
		if v.Now.Sub(p.CreatedAt) < daysAgo || !p.EditedAt.IsZero() && v.Now.Sub(p.EditedAt) < daysAgo {
			all.minute = v.Now.Unix() / 60
		}
		if all.newFrom == 0 && read > 0 && p.Number > read {
			all.newFrom = p.Number
		}
	}
	maphash.WriteComparable(&h, all)
	for _, p := range posts {
		one := look{id: p.ID, version: p.Version, name: p.Author.Name, country: p.Author.Country, sector: p.Author.Sector,
			mine: v.SignedIn() && v.Who.MemberID == p.Author.ID, empty: p.Body == "", deleted: !p.DeletedAt.IsZero(), hidden: !p.HiddenAt.IsZero(),
			moved: p.MovedFrom != 0, voted: p.Voted, count: p.Votes}
		if q, ok := quotes[p.ReplyTo]; ok {
			one.quoted, one.quotedVer, one.quotedName, one.quotedEmpty = q.ID, q.Version, q.Author.Name, q.Body == ""
		}
		maphash.WriteComparable(&h, one)
		for _, r := range p.Reactions {
			maphash.WriteComparable(&h, r)
		}
	}
	return h.Sum64()
}

func (c *postLists) get(key postListKey) (template.HTML, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	made, ok := c.young[key]
	if !ok {
		if made, ok = c.old[key]; ok {
			c.keep(key, made)
		}
	}
	return made, ok
}

func (c *postLists) put(key postListKey, made template.HTML) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, made)
}

func (c *postLists) keep(key postListKey, made template.HTML) {
	if c.young == nil || len(c.young) >= listsKept {
		c.young, c.old = map[postListKey]template.HTML{}, c.young
	}
	c.young[key] = made
}

// Bounds of the subjects kept: what a thread is about is asked for at each of its pages and hardly
// changes. It is kept for less than the second in which a change of its label must act.
const (
	aboutLife  = 800 * time.Millisecond
	aboutsKept = 2000
)

type abouts struct {
	mu   sync.Mutex
	kept map[int64]about
}

type about struct {
	crumb
	audience portal.Audience
	until    time.Time
}

// aboutOf names the practice that a thread is about; an empty one where the reader may not see it:
// then nothing is said of it.
func (w *Web) aboutOf(ctx context.Context, who portal.Identity, practice int64) (crumb, error) {
	w.abouts.mu.Lock()
	kept, ok := w.abouts.kept[practice]
	w.abouts.mu.Unlock()
	if ok && time.Now().Before(kept.until) {
		if who.CanSee(kept.audience) {
			return kept.crumb, nil
		}
		return crumb{}, nil
	}
	p, err := w.f.Practices.Get(ctx, who, practice)
	if portal.KindOf(err) == portal.NotFound {
		return crumb{}, nil
	}
	if err != nil {
		return crumb{}, err
	}
	made := about{crumb{p.Title, practicePath(p.ID, p.Title), p.Language}, p.Audience, time.Now().Add(aboutLife)}
	w.abouts.mu.Lock()
	defer w.abouts.mu.Unlock()
	if w.abouts.kept == nil || len(w.abouts.kept) >= aboutsKept {
		w.abouts.kept = map[int64]about{}
	}
	w.abouts.kept[practice] = made
	return made.crumb, nil
}
