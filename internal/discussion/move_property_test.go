package discussion_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/discussion"
	"praxis/internal/portal"
)

// modelled is a thread as it should be.
type modelled struct {
	posts []int64
	read  map[string]int // how far who has read; absent: she has never been there
}

// model is what should be after some moves.
type model struct {
	*world
	threads map[int64]*modelled
	gone    map[int64]int64 // merged threads, and where they are now
}

var readers = []string{"asker", "reader", "writer", "out"}

func (m *model) open(t *rapid.T) {
	labels := []portal.Handling{portal.Clear, portal.Green, portal.Amber, portal.AmberStrict, portal.Red}
	n := discussion.NewThread{Handling: rapid.SampledFrom(labels).Draw(t, "label")}
	if n.Handling == portal.Red {
		n.Named = []int64{m.who["mod"].MemberID}
		for _, who := range readers {
			if rapid.Bool().Draw(t, "named "+who) {
				n.Named = append(n.Named, m.who[who].MemberID)
			}
		}
	}
	th := m.world.open("mod", rapid.IntRange(0, 1).Draw(t, "room"), n)
	m.threads[th.ID] = &modelled{posts: []int64{th.LastPostID}, read: map[string]int{"mod": 1}}
}

func (m *model) pick(t *rapid.T, name string) int64 {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(m.threads))).Draw(t, name)
}

func (m *model) reply(t *rapid.T) {
	id, who := m.pick(t, "thread"), rapid.SampledFrom(append(readers, "mod")).Draw(t, "who")
	th := m.threads[id]
	to := rapid.SampledFrom(append(th.posts, 0)).Draw(t, "to")
	p, err := m.svc.Reply(ctx, m.who[who], id, discussion.NewPost{Body: fmt.Sprintf("by %s", who), ReplyTo: to})
	if portal.KindOf(err) == portal.NotFound {
		return
	}
	must(m.T, err)
	th.posts = append(th.posts, p.ID)
	th.read[who] = len(th.posts)
}

func (m *model) look(t *rapid.T) {
	id, who := m.pick(t, "thread"), rapid.SampledFrom(readers).Draw(t, "who")
	th := m.threads[id]
	n := rapid.IntRange(1, len(th.posts)).Draw(t, "up to")
	if m.svc.MarkRead(ctx, m.who[who], id, th.posts[n-1]) == nil {
		th.read[who] = max(th.read[who], n)
	}
}

func (m *model) erase(t *rapid.T) {
	p := rapid.SampledFrom(m.threads[m.pick(t, "thread")].posts).Draw(t, "post")
	if err := m.svc.Delete(ctx, m.who["mod"], p, 0); err != nil && portal.KindOf(err) != portal.Conflict {
		m.Errorf("delete: %v", err)
	}
}

// chosen draws some posts of a thread but the first; none where there is no other.
func (m *model) chosen(t *rapid.T, id int64) []int64 {
	var some []int64
	for _, p := range m.threads[id].posts[1:] {
		if rapid.Bool().Draw(t, "goes") {
			some = append(some, p)
		}
	}
	return some
}

// goes is what should become of two threads when posts go from one to the end of the other.
func (m *model) goes(from, into int64, posts []int64, follow bool) {
	a, b := m.threads[from], m.threads[into]
	before := len(b.posts)
	for who, n := range a.read {
		k, left := 0, 0
		for _, p := range a.posts[:n] {
			if slices.Contains(posts, p) {
				k++
			} else {
				left++
			}
		}
		if at, there := b.read[who]; there && at == before {
			b.read[who] = before + k
		} else if !there && follow {
			b.read[who] = 0
			if before == 0 {
				b.read[who] = k
			}
		}
		a.read[who] = left
	}
	b.posts = append(b.posts, posts...)
	a.posts = slices.DeleteFunc(slices.Clone(a.posts), func(p int64) bool { return slices.Contains(posts, p) })
}

func (m *model) split(t *rapid.T) {
	from := m.pick(t, "thread")
	posts := m.chosen(t, from)
	if len(posts) == 0 {
		return
	}
	th, err := m.svc.Split(ctx, m.who["mod"], from, posts, "Split", "")
	must(m.T, err)
	m.threads[th.ID] = &modelled{read: map[string]int{}}
	m.goes(from, th.ID, posts, true)
}

func (m *model) move(t *rapid.T) {
	from, into := m.pick(t, "from"), m.pick(t, "into")
	posts := m.chosen(t, from)
	if from == into || len(posts) == 0 {
		return
	}
	if _, err := m.svc.MovePosts(ctx, m.who["mod"], from, into, posts); err == nil {
		m.goes(from, into, posts, false)
	} else if portal.KindOf(err) != portal.Conflict {
		m.Errorf("move: %v", err)
	}
}

func (m *model) merge(t *rapid.T) {
	from, into := m.pick(t, "from"), m.pick(t, "into")
	if from == into {
		return
	}
	if _, err := m.svc.Merge(ctx, m.who["mod"], from, into); err == nil {
		m.goes(from, into, m.threads[from].posts, true)
		delete(m.threads, from)
		for old, now := range m.gone {
			if now == from {
				m.gone[old] = into
			}
		}
		m.gone[from] = into
	} else if portal.KindOf(err) != portal.Conflict {
		m.Errorf("merge: %v", err)
	}
}

func (m *model) elsewhere(t *rapid.T) {
	id := m.pick(t, "thread")
	if _, err := m.svc.MoveThread(ctx, m.who["mod"], id, m.rooms[rapid.IntRange(0, 1).Draw(t, "room")]); err != nil &&
		portal.KindOf(err) != portal.Conflict && portal.KindOf(err) != portal.Invalid {
		m.Errorf("to another workspace: %v", err)
	}
}

// seen lists who sees which post.
func (m *model) seen() map[string]bool {
	all := map[string]bool{}
	for _, who := range append(readers, "one", "") {
		for _, th := range m.threads {
			for _, p := range th.posts {
				if _, _, err := m.svc.Post(ctx, m.who[who], p); err == nil {
					all[fmt.Sprintf("%q sees post %d", who, p)] = true
				}
			}
		}
	}
	return all
}

func (m *model) check() {
	m.Helper()
	for id, th := range m.threads {
		t, posts, err := m.svc.Posts(ctx, m.who["mod"], id, 0, 1000)
		must(m.T, err)
		if t.Posts != len(th.posts) || t.LastPostID != th.posts[len(th.posts)-1] || len(posts) != len(th.posts) {
			m.Errorf("thread %d has %d posts and says %d, the last %d, not %v", id, len(posts), t.Posts, t.LastPostID, th.posts)
		}
		for i, p := range posts {
			if p.ID != th.posts[i] || p.Number != i+1 || p.ReplyTo != 0 && !slices.Contains(th.posts, p.ReplyTo) {
				m.Errorf("in thread %d the post %d has the number %d and answers %d: not %v", id, p.ID, p.Number, p.ReplyTo, th.posts)
			}
		}
	}
	for _, who := range readers {
		unread, err := m.svc.Unread(ctx, m.who[who], 100)
		must(m.T, err)
		told := map[int64]int{}
		for _, u := range unread {
			told[u.ID] = u.New
		}
		for id, th := range m.threads {
			n, there := th.read[who]
			_, at, err := m.svc.Standing(ctx, m.who[who], id)
			if err != nil { // not for her eyes
				if told[id] != 0 {
					m.Errorf("%s is told of thread %d, which she does not see", who, id)
				}
				continue
			}
			if want := len(th.posts) - n; at.Number != n || there && told[id] != want {
				m.Errorf("%s has read %d of %d in thread %d and is told of %d: it should be %d and %d", who, at.Number, len(th.posts), id, told[id], n, want)
			}
		}
	}
	for old, now := range m.gone {
		if at, err := m.svc.MovedTo(ctx, m.who["mod"], old); err != nil || at.ID != now {
			m.Errorf("thread %d went to %d, %v; it should be %d", old, at.ID, err, now)
		}
	}
}

// Whatever is split, moved, merged, answered, read and deleted: no post is lost, doubled or out of its order,
// what is unread is counted to the post, and nobody sees a post that she did not see before.
func TestMovesKeepEverything(t *testing.T) {
	// A portal each time costs more than a function: for more, PRAXIS_MOVES=1000.
	must(t, flag.Set("rapid.checks", cmp.Or(os.Getenv("PRAXIS_MOVES"), "20")))
	w := newWorld(t)
	rapid.Check(t, func(r *rapid.T) {
		_, err := w.db.Raw().Exec(`truncate threads cascade; truncate thread_moves`)
		must(t, err)
		m := &model{world: w, threads: map[int64]*modelled{}, gone: map[int64]int64{}}
		for range 3 {
			m.open(r)
		}
		for range rapid.IntRange(3, 9).Draw(r, "posts") {
			m.reply(r)
		}
		moves := []func(*rapid.T){m.split, m.move, m.merge, m.elsewhere}
		for range rapid.IntRange(1, 4).Draw(r, "moves") {
			m.look(r)
			rapid.SampledFrom([]func(*rapid.T){m.reply, m.erase, m.look}).Draw(r, "between")(r)
			before := m.seen()
			rapid.SampledFrom(moves).Draw(r, "move")(r)
			for s := range m.seen() {
				if !before[s] {
					t.Errorf("after a move %s", s)
				}
			}
		}
		m.check()
		if t.Failed() {
			r.FailNow()
		}
	})
}
