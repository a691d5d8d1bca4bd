package discussion_test

import (
	"testing"

	"praxis/internal/discussion"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

// world is two workspaces with who reads and moderates there: mod moderates both, one is in the first
// alone, out in none.
type world struct {
	*testing.T
	db    *postgres.DB
	svc   *discussion.Service
	rooms [2]int64
	who   map[string]portal.Identity
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, db: storetest.Open(t), who: map[string]portal.Identity{}}
	w.svc = discussion.New(w.db)
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		for i, name := range []string{"First", "Second"} {
			if w.rooms[i], err = tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: name, Access: "open"}); err != nil {
				return err
			}
		}
		for name, roles := range map[string][2]string{"asker": {"member", "member"}, "reader": {"member", "member"}, "writer": {"member", "member"},
			"mod": {"moderator", "moderator"}, "one": {"moderator", ""}, "out": {"", ""}} {
			m := portal.Member{Email: name + "@example.org", Name: name, Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}
			if name == "reader" {
				m.Country, m.Sector, m.Expertise = "TH", "forensics", "Chromatography, reference spectra"
			}
			id, err := tx.InsertMember(ctx, m)
			if err != nil {
				return err
			}
			w.who[name] = portal.Identity{Viewer: portal.Viewer{MemberID: id}, Name: name, Locale: "en"}
			for i, role := range roles {
				if role == "" {
					continue
				}
				if _, err := tx.PutWorkspaceMember(ctx, w.rooms[i], id, role); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	for name, i := range w.who {
		var err error
		i.Viewer, err = w.db.Viewer(ctx, i.MemberID)
		must(t, err)
		w.who[name] = i
	}
	return w
}

// open opens a thread in a room, and gives it more posts.
func (w *world) open(who string, room int, n discussion.NewThread, more ...string) portal.Thread {
	w.Helper()
	if n.Title == "" {
		n.Title = "Strips"
	}
	if n.Body == "" {
		n.Body = "Which ones?"
	}
	t, err := w.svc.Open(ctx, w.who[who], w.rooms[room], n)
	must(w.T, err)
	for _, body := range more {
		w.reply("writer", t.ID, body)
	}
	return w.thread(t.ID)
}

func (w *world) reply(who string, thread int64, body string) portal.Post {
	w.Helper()
	p, err := w.svc.Reply(ctx, w.who[who], thread, discussion.NewPost{Body: body})
	must(w.T, err)
	return p
}

func (w *world) thread(id int64) portal.Thread {
	w.Helper()
	t, err := w.svc.Get(ctx, w.who["mod"], id)
	must(w.T, err)
	return t
}

// bodies lists a thread's posts by their texts, and checks that their numbers have no gaps.
func (w *world) bodies(thread int64) []string {
	w.Helper()
	t, posts, err := w.svc.Posts(ctx, w.who["mod"], thread, 0, 1000)
	must(w.T, err)
	all := []string{}
	for i, p := range posts {
		if p.Number != i+1 {
			w.Errorf("post %d of thread %d has the number %d", i+1, thread, p.Number)
		}
		all = append(all, p.Body)
	}
	if t.Posts != len(posts) || len(posts) > 0 && t.LastPostID != posts[len(posts)-1].ID {
		w.Errorf("thread %d says %d posts, the last %d; it has %d", thread, t.Posts, t.LastPostID, len(posts))
	}
	return all
}

// kind checks with what kind of error something ended.
func (w *world) kind(what string, err error, want portal.ErrorKind) {
	w.Helper()
	if got := portal.KindOf(err); got != want || want == "" && err != nil {
		w.Errorf("%s: %v, want %q", what, err, want)
	}
}
