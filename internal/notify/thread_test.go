package notify_test

import (
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// marked marks a post as the room's answer, or takes the mark away, and writes it to the log.
func (r *room) marked(post portal.Post, on bool) {
	r.t.Helper()
	r.tx(func(tx *postgres.Tx) error {
		if _, err := tx.LockThread(ctx, r.thread.ID); err != nil {
			return err
		}
		id := post.ID
		if !on {
			id = 0
		}
		if _, err := tx.SetAnswer(ctx, r.thread.ID, id, r.ids[asker]); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: r.ids[asker], Action: "post.answer", Target: portal.Ref{Kind: portal.KindPost, ID: post.ID},
			Events: []portal.Event{{Topic: portal.ThreadTopic(r.thread.ID), Type: portal.ThreadChanged, ThreadID: r.thread.ID, WorkspaceID: r.id}}})
	})
}

func (r *room) change(statement string, args ...any) {
	r.t.Helper()
	if _, err := r.db.Raw().ExecContext(ctx, statement, args...); err != nil {
		r.t.Fatal(err)
	}
}

func TestWhoeverAnswersAQuestionIsTold(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.change(`update threads set kind = 'question' where id = $1`, r.thread.ID)
	post := r.reply(writer, 0)
	r.marked(post, true)
	r.marked(post, false) // before anybody was told
	r.expect(map[int][]string{asker: {"reply"}, watcher: {"post"}})
	r.marked(post, true)
	r.expect(map[int][]string{asker: {"reply"}, watcher: {"post"}, writer: {"answer_marked"}})
}

// An announcement is told to every member of its workspace, for the nearest reason, and not to whom may not read it.
func TestAnAnnouncementIsToldToAll(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.tx(func(tx *postgres.Tx) error {
		th := portal.Thread{Title: "News", Language: "en", Shape: portal.Shape{Purpose: portal.Announcement}}
		th.WorkspaceID, th.AuthorID, th.Handling = r.id, r.ids[asker], portal.Amber
		id, err := tx.InsertThread(ctx, th)
		if err != nil {
			return err
		}
		if _, _, err = tx.AddPost(ctx, r.viewer(asker), portal.Post{ThreadID: id, Author: portal.Person{ID: r.ids[asker]}, Body: "From Monday on."}, []int64{r.ids[named]}); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: r.ids[asker], Action: "thread.create", Target: portal.Ref{Kind: portal.KindThread, ID: id},
			Events: []portal.Event{{Topic: portal.WorkspaceTopic(r.id), Type: portal.ThreadCreated, ThreadID: id, WorkspaceID: r.id}}})
	})
	r.expect(map[int][]string{writer: {"announcement"}, watcher: {"announcement"}, muter: {"announcement"}, named: {"mention"}})
}

// A post that went into a thread for fewer readers before anybody was told is told of to those who read it there.
func TestAMovedPostIsToldWhereItIs(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	from := r.thread
	r.openThread()
	into := r.thread
	r.change(`update threads set handling = 'red', named = array[$2::bigint] where id = $1`, into.ID, r.ids[watcher])
	r.thread = from
	post := r.reply(writer, 0, named)
	r.tx(func(tx *postgres.Tx) error {
		if _, err := tx.LockThreads(ctx, from.ID, into.ID); err != nil {
			return err
		}
		ids, numbers, _, err := tx.PostsToMove(ctx, from.ID, []int64{post.ID})
		if err != nil {
			return err
		}
		return tx.MovePosts(ctx, postgres.Moving{From: from.ID, Into: into.ID, Workspace: r.id, Posts: ids, Numbers: numbers, Before: 1})
	})
	r.expect(map[int][]string{asker: {"reply"}, watcher: {"post"}})
}

// A notice that was written while its post was being moved is judged, counted and titled by the thread in which
// the post stands.
func TestANoticeIsOfThePostsPresentThread(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	post := r.reply(writer, 0, named)
	r.work()
	var elsewhere int64
	if err := r.db.Raw().QueryRowContext(ctx, `with t as (
	    insert into threads (workspace_id, title, language, handling, author_id, author_country) values ($1, 'Elsewhere', 'en', 'amber', $2, 'EC') returning id)
	    update posts set thread_id = t.id, number = 1, moved_from = $4 from t where posts.id = $3 returning t.id`, r.id, r.ids[asker], post.ID, r.thread.ID).Scan(&elsewhere); err != nil {
		t.Fatal(err)
	}
	_, hash := secret.NewToken()
	r.tx(func(tx *postgres.Tx) error {
		_, err := tx.InsertSession(ctx, portal.Session{MemberID: r.ids[named], Kind: "browser", ExpiresAt: time.Now().Add(time.Hour)}, hash)
		return err
	})
	see := func() (list []portal.Notification, unread int) {
		t.Helper()
		list, err := r.db.Notifications(ctx, r.viewer(named), portal.Page{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		who, err := r.db.IdentityByHash(ctx, hash)
		if err != nil {
			t.Fatal(err)
		}
		return list, who.Unread
	}
	if list, unread := see(); len(list) != 1 || unread != 1 || list[0].ThreadID != elsewhere || list[0].Title != "Elsewhere" {
		t.Errorf("told is %+v, %d unread", list, unread)
	}
	if _, err := r.db.Raw().ExecContext(ctx, `update threads set handling = 'red', named = array[$2::bigint] where id = $1`, elsewhere, r.ids[writer]); err != nil {
		t.Fatal(err)
	}
	if list, unread := see(); len(list) != 0 || unread != 0 {
		t.Errorf("of a thread that she may not see she is told %+v, %d unread", list, unread)
	}
}
