package search_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"praxis/internal/index"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/search"
)

// world is a portal small enough to be known by heart, on a database of its own.
type world struct {
	t       testing.TB
	db      *postgres.DB
	vocab   *portal.Vocabulary
	ix      *index.Index
	indexer *search.Indexer
	service *search.Service
	members []int64
	rooms   []int64
}

// newWorld has five members, of whom the first is an officer, and three workspaces.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := newWorldOn(t, pgtest.URL(t, migrate, "praxis"))
	w.start(filepath.Join(t.TempDir(), "index"))
	return w
}

// newWorldOn fills a database, without any index yet.
func newWorldOn(t testing.TB, url string) *world {
	t.Helper()
	w := &world{t: t, db: openDB(t, url), vocab: storetest.Vocabulary(t)}
	if _, err := w.db.NoticeRestore(ctx); err != nil {
		t.Fatal(err)
	}
	w.tx(func(tx *postgres.Tx) error {
		roster := []portal.Country{}
		for _, code := range []string{"EC", "TH", "AT"} {
			roster = append(roster, portal.Country{Code: code, Names: map[string]string{"en": "State of " + code + code}, Membership: "yes", Source: "a test", Member: true})
		}
		if err := tx.SeedRoster(ctx, roster, nil); err != nil {
			return err
		}
		for i, name := range []string{"Olga Officer", "Ana Núñez", "Somchai Jaidee", "Lena Huber", "Karim Alaoui"} {
			m := portal.Member{Email: fmt.Sprintf("m%d@example.org", i), Name: name, Country: []string{"EC", "TH", "AT"}[i%3], Locale: "en",
				TimeZone: "UTC", Sharing: portal.DefaultSharing, Officer: i == 0, Expertise: "forensics", Bio: "Works with police"}
			id, err := tx.InsertMember(ctx, m)
			if err != nil {
				return err
			}
			if err := tx.SetPassword(ctx, id, "x"); err != nil {
				return err
			}
			w.members = append(w.members, id)
		}
		for i := range 3 {
			id, err := tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: fmt.Sprintf("Room %d", i), Access: "open"})
			if err != nil {
				return err
			}
			w.rooms = append(w.rooms, id)
		}
		return nil
	})
	return w
}

// start opens an index in the folder and builds it.
func (w *world) start(dir string) {
	w.t.Helper()
	ix, err := index.Open(dir, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { ix.Close() })
	w.ix, w.indexer = ix, search.NewIndexer(w.db, ix, w.vocab, nil)
	w.service = search.New(w.db, ix, w.vocab, nil)
	if err := w.indexer.Start(ctx); err != nil {
		w.t.Fatal(err)
	}
	if _, live := ix.Live(); !live {
		if err := w.indexer.Rebuild(ctx, func(int, int) {}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) tx(f func(tx *postgres.Tx) error) {
	w.t.Helper()
	if err := w.db.InTx(ctx, f); err != nil {
		w.t.Fatal(err)
	}
}

// relay does what the portal's relay does: it sequences the log and hands its events on.
func (w *world) relay() {
	w.t.Helper()
	for {
		n, err := w.db.Sequence(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if n < postgres.MaxSequenced {
			break
		}
	}
	for {
		events, err := w.db.ReadLog(ctx, w.indexer.Position(), postgres.MaxRead)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(events) == 0 {
			return
		}
		state, err := w.db.LogState(ctx)
		if err != nil {
			w.t.Fatal(err)
		}
		if err := w.indexer.Consume(ctx, events, state.Head); err != nil {
			w.t.Fatal(err)
		}
	}
}

func event(topic portal.Topic, kind portal.EventType, entity portal.Ref, thread, practice int64) postgres.Change {
	return postgres.Change{Action: "test.change", Target: entity,
		Events: []portal.Event{{Topic: topic, Type: kind, Entity: entity, ThreadID: thread, PracticeID: practice}}}
}

// practice adds a practice in a status, with its event.
func (w *world) practice(p portal.Practice, status portal.Status) int64 {
	w.t.Helper()
	var id int64
	w.tx(func(tx *postgres.Tx) error {
		if p.AuthorID == 0 {
			p.AuthorID = w.members[1]
		}
		if p.WorkspaceID == 0 {
			p.WorkspaceID = w.rooms[0]
		}
		if p.Handling == "" {
			p.Handling = portal.Clear
		}
		if p.Language == "" {
			p.Language = "en"
		}
		if p.Sections == nil {
			p.Sections = map[string]string{}
		}
		var err error
		if id, err = tx.InsertPractice(ctx, p); err != nil {
			return err
		}
		if status == portal.Archived {
			if err := tx.MovePractice(ctx, id, portal.Published, w.members[0], p.Evidence); err != nil {
				return err
			}
		}
		if status != portal.Draft {
			if err := tx.MovePractice(ctx, id, status, w.members[0], p.Evidence); err != nil {
				return err
			}
		}
		return tx.Record(ctx, event(portal.PracticeTopic(id), portal.PracticeChanged, portal.Ref{Kind: portal.KindPractice, ID: id}, 0, id))
	})
	return id
}

func (w *world) thread(t portal.Thread) int64 {
	w.t.Helper()
	var id int64
	w.tx(func(tx *postgres.Tx) error {
		if t.AuthorID == 0 {
			t.AuthorID = w.members[1]
		}
		if t.WorkspaceID == 0 {
			t.WorkspaceID = w.rooms[0]
		}
		if t.Language == "" {
			t.Language = "en"
		}
		var err error
		if id, err = tx.InsertThread(ctx, t); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.ThreadTopic(id), portal.ThreadCreated, portal.Ref{Kind: portal.KindThread, ID: id}, id, 0))
	})
	return id
}

func (w *world) post(thread, author int64, body string) int64 {
	w.t.Helper()
	var id int64
	w.tx(func(tx *postgres.Tx) error {
		made, _, err := tx.AddPost(ctx, portal.Viewer{MemberID: author, Officer: true}, portal.Post{ThreadID: thread, Author: portal.Person{ID: author}, Body: body, Language: "en"}, nil)
		if err != nil {
			return err
		}
		id = made.ID
		return tx.Record(ctx, event(portal.ThreadTopic(thread), portal.PostCreated, portal.Ref{Kind: portal.KindPost, ID: id}, thread, 0))
	})
	return id
}

// relabel changes a thread's label, with its event.
func (w *world) relabel(id int64, to portal.Handling, named ...int64) {
	w.t.Helper()
	w.tx(func(tx *postgres.Tx) error {
		t, err := tx.LockThread(ctx, id)
		if err != nil {
			return err
		}
		t.Handling, t.Named = to, named
		if _, err := tx.UpdateThread(ctx, t); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.ThreadTopic(id), portal.ThreadChanged, portal.Ref{Kind: portal.KindThread, ID: id}, id, 0))
	})
}

// hide hides a thing, with its event.
func (w *world) hide(ref portal.Ref, kind portal.EventType, thread int64) {
	w.t.Helper()
	w.tx(func(tx *postgres.Tx) error {
		if err := tx.SetHidden(ctx, ref, w.members[0]); err != nil {
			return err
		}
		return tx.Record(ctx, event(portal.TopicOf(string(ref.Kind), ref.ID), kind, ref, thread, 0))
	})
}

// viewer is a member with what decides over access.
func (w *world) viewer(member int, rooms ...int64) portal.Viewer {
	return portal.Viewer{MemberID: w.members[member], Country: []string{"EC", "TH", "AT"}[member%3], Officer: member == 0, Workspaces: rooms}
}

func (w *world) find(v portal.Viewer, q search.Query) search.Result {
	w.t.Helper()
	result, err := w.service.Find(ctx, v, q)
	if err != nil {
		w.t.Fatal(err)
	}
	if result.Partial {
		w.t.Logf("partial: %+v", q)
	}
	return result
}

// found lists what a query finds as "kind/id".
func (w *world) found(v portal.Viewer, q search.Query) []string {
	w.t.Helper()
	refs := []string{}
	for _, h := range w.find(v, q).Hits {
		refs = append(refs, fmt.Sprintf("%s/%d", h.Kind, h.ID))
	}
	return refs
}

func ref(kind string, id int64) string { return fmt.Sprintf("%s/%d", kind, id) }
