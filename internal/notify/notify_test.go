package notify_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"praxis/internal/notify"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var ctx = context.Background()

// The people of the room; mover is not in it, gone is suspended.
const (
	asker = iota
	writer
	watcher
	muter
	named
	gone
	mover
	everybody
)

type room struct {
	t       testing.TB
	db      *postgres.DB
	service *notify.Service
	ids     [everybody]int64
	id      int64
	thread  portal.Thread
}

// newRoom has an amber thread that asker opened, with watcher and gone watching it and muter not
// wanting to hear of it.
func newRoom(t testing.TB) *room {
	t.Helper()
	db := storetest.Open(t)
	r := &room{t: t, db: db, service: notify.New(db)}
	r.tx(func(tx *postgres.Tx) error {
		if err := tx.SeedRoster(ctx, []portal.Country{{Code: "EC", Names: map[string]string{"en": "Ecuador"}, Membership: "yes", Source: "a test", Member: true}}, nil); err != nil {
			return err
		}
		id, err := tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "invitation"})
		if err != nil {
			return err
		}
		r.id = id
		for i := range r.ids {
			if r.ids[i], err = tx.InsertMember(ctx, portal.Member{Email: fmt.Sprintf("m%d@example.org", i), Name: fmt.Sprint("M", i), Country: "EC",
				Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
			if i == mover {
				continue
			}
			if _, err := tx.PutWorkspaceMember(ctx, r.id, r.ids[i], "member"); err != nil {
				return err
			}
		}
		return nil
	})
	if _, err := db.Raw().ExecContext(ctx, `update members set suspended = true where id = $1`, r.ids[gone]); err != nil {
		t.Fatal(err)
	}
	r.work() // the consumer's first time: it begins with the next event
	r.openThread()
	return r
}

func (r *room) openThread() {
	r.tx(func(tx *postgres.Tx) error {
		t := portal.Thread{Title: "Who hands out naloxone?", Language: "en"}
		t.WorkspaceID, t.AuthorID, t.Handling = r.id, r.ids[asker], portal.Amber
		id, err := tx.InsertThread(ctx, t)
		if err != nil {
			return err
		}
		_, r.thread, err = tx.AddPost(ctx, r.viewer(asker), portal.Post{ThreadID: id, Author: portal.Person{ID: r.ids[asker]}, Body: "Who?"}, nil)
		for who, level := range map[int]string{watcher: portal.WatchAll, gone: portal.WatchAll, mover: portal.WatchAll, muter: portal.WatchMuted} {
			if err == nil {
				err = tx.SetWatch(ctx, r.ids[who], id, level)
			}
		}
		return err
	})
}

func (r *room) viewer(who int) portal.Viewer {
	return portal.Viewer{MemberID: r.ids[who], Country: "EC", Workspaces: []int64{r.id}}
}

func (r *room) tx(f func(tx *postgres.Tx) error) {
	r.t.Helper()
	if err := r.db.InTx(ctx, f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) reply(who int, to int64, mentioned ...int) portal.Post {
	r.t.Helper()
	var ids []int64
	for _, m := range mentioned {
		ids = append(ids, r.ids[m])
	}
	p, err := r.db.Reply(ctx, r.viewer(who), portal.Post{ThreadID: r.thread.ID, Author: portal.Person{ID: r.ids[who]}, Body: "We do.", ReplyTo: to}, ids)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// work has the log sequenced and told of.
func (r *room) work() {
	r.t.Helper()
	if _, err := r.db.Sequence(ctx); err != nil {
		r.t.Fatal(err)
	}
	for more := true; more; {
		var err error
		if more, err = r.service.Work(ctx); err != nil {
			r.t.Fatal(err)
		}
	}
}

// told lists the kinds of the notifications that each person has, the newest first.
func (r *room) told() map[int][]string {
	r.t.Helper()
	told := map[int][]string{}
	rows, err := r.db.Raw().QueryContext(ctx, `select member_id, kind from notifications order by id desc`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var member int64
		var kind string
		if err := rows.Scan(&member, &kind); err != nil {
			r.t.Fatal(err)
		}
		who := slices.Index(r.ids[:], member)
		told[who] = append(told[who], kind)
	}
	return told
}

func (r *room) expect(want map[int][]string) {
	r.t.Helper()
	r.work()
	if got := r.told(); fmt.Sprint(got) != fmt.Sprint(want) {
		r.t.Errorf("told are %v, want %v", got, want)
	}
}

func TestAPostIsToldToWhomItConcerns(t *testing.T) {
	tests := map[string]struct {
		mentioned []int
		quoting   bool // the asker's opening is answered by writer first, and that is quoted
		want      map[int][]string
	}{
		"who asked, and who watches":          {want: map[int][]string{asker: {"reply"}, watcher: {"post"}}},
		"whom it names, though she has muted": {mentioned: []int{muter, named}, want: map[int][]string{asker: {"reply"}, watcher: {"post"}, muter: {"mention"}, named: {"mention"}}},
		"not who may not see it":              {mentioned: []int{mover, gone}, want: map[int][]string{asker: {"reply"}, watcher: {"post"}}},
		"once, for the strongest reason":      {mentioned: []int{asker, watcher}, want: map[int][]string{asker: {"mention"}, watcher: {"mention"}}},
		"not the writer herself":              {mentioned: []int{writer}, want: map[int][]string{asker: {"reply"}, watcher: {"post"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			r.reply(writer, 0, test.mentioned...)
			r.expect(test.want)
			r.expect(test.want) // and never twice
		})
	}
}

func TestTheQuotedAuthorIsTold(t *testing.T) {
	r := newRoom(t)
	first := r.reply(writer, 0)
	r.reply(asker, first.ID)
	r.expect(map[int][]string{asker: {"reply"}, writer: {"reply"}, watcher: {"post", "post"}})
}

// Many posts at once are told of in batches, none left out and none twice.
func TestABatchLeavesNobodyOut(t *testing.T) {
	r := newRoom(t)
	const posts = 2*notify.MaxBatch + 7
	for range posts {
		r.reply(writer, 0)
	}
	r.work()
	if got := r.told(); len(got[asker]) != posts || len(got[watcher]) != posts || len(got) != 2 {
		t.Errorf("of %d posts the asker heard %d times, the watcher %d times, and %d people in all", posts, len(got[asker]), len(got[watcher]), len(got))
	}
}

// What moderators write to each other about a flag is not the author's to read, what one wrote with hiding
// it is; to whoever flagged neither is told.
func TestANoteOnAFlagIsToldToTheAuthorAlone(t *testing.T) {
	r := newRoom(t)
	r.tx(func(tx *postgres.Tx) error {
		target := portal.Ref{Kind: portal.KindThread, ID: r.thread.ID}
		id, _, err := tx.OpenCase(ctx, portal.Case{Kind: "flag", Target: target, WorkspaceID: r.id, ThreadID: r.thread.ID}, 0)
		if err != nil {
			return err
		}
		if _, err := tx.InsertFlag(ctx, id, r.ids[watcher], "names_a_person", ""); err != nil {
			return err
		}
		if err := tx.ActOnCase(ctx, id, r.ids[named], "escalate", "the reporter is right about her", ""); err != nil {
			return err
		}
		if err := tx.ActOnCase(ctx, id, r.ids[named], "hide", "It names a person.", ""); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: r.ids[named], Action: "case.hide", Target: target, Events: []portal.Event{{
			Topic: portal.ModerationTopic(r.id), Type: portal.CaseClosed, ThreadID: r.thread.ID, WorkspaceID: r.id,
			Data: fmt.Appendf(nil, `{"case":%d,"outcome":"hide"}`, id)}}})
	})
	r.expect(map[int][]string{asker: {"hidden"}, watcher: {"flag_hide"}})
	var told string
	if err := r.db.Raw().QueryRowContext(ctx, `select string_agg(member_id || ': ' || note, ', ') from notifications where note <> ''`).Scan(&told); err != nil || told != fmt.Sprintf("%d: It names a person.", r.ids[asker]) {
		t.Errorf("told is %q (%v)", told, err)
	}
}
