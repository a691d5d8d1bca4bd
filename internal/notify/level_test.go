package notify_test

import (
	"context"
	"fmt"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// follow sets how closely named follows the workspace, the thread's practice and the thread; "" not at all.
func (r *room) follow(workspace, practice, thread string) {
	r.t.Helper()
	id := r.ids[named]
	r.tx(func(tx *postgres.Tx) error {
		if workspace != "" {
			if err := tx.WatchWorkspace(ctx, r.id, id, workspace); err != nil {
				return err
			}
		}
		if practice != "" {
			if err := tx.WatchPractice(ctx, r.thread.PracticeID, id, practice); err != nil {
				return err
			}
		}
		if thread != "" {
			return tx.SetWatch(ctx, id, r.thread.ID, thread)
		}
		return nil
	})
}

// aboutPractice makes the room's thread one about a published practice in the room.
func (r *room) aboutPractice() {
	r.t.Helper()
	var id int64
	err := r.db.Raw().QueryRowContext(ctx, `with p as (
	    insert into practices (title, language, workspace_id, author_id, author_country, handling, status, published_at)
	    values ('Naloxone', 'en', $1, $2, 'EC', 'green', 'published', now()) returning id)
	    update threads set practice_id = p.id from p where threads.id = $3 returning p.id`, r.id, r.ids[mover], r.thread.ID).Scan(&id)
	if err != nil {
		r.t.Fatal(err)
	}
	r.thread.PracticeID = id
}

// unread lists the threads that count as unread for somebody.
func (r *room) unread(who int) []int64 {
	r.t.Helper()
	list, err := r.db.UnreadThreads(context.Background(), r.viewer(who), 10)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []int64
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	return ids
}

// What is nearer wins, and each level does what it says: for every set of levels of workspace, practice and
// thread, of a post, of one that mentions her, and of what counts as unread.
func TestTheNearestLevelWins(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.aboutPractice()
	levels := append([]string{""}, portal.WatchLevels...)
	for _, workspace := range levels {
		for _, practice := range levels {
			for _, thread := range levels {
				name := fmt.Sprintf("workspace %q, practice %q, thread %q", workspace, practice, thread)
				if _, err := r.db.Raw().ExecContext(ctx, `with a as (delete from watches where member_id = $1), b as (delete from practice_watches where member_id = $1),
				    c as (delete from workspace_watches where member_id = $1) delete from notifications`, r.ids[named]); err != nil {
					t.Fatal(err)
				}
				r.follow(workspace, practice, thread)
				level := portal.WatchNormal
				for _, l := range []string{workspace, practice, thread} {
					if l != "" {
						level = l
					}
				}
				r.reply(writer, 0)
				r.reply(writer, 0, named)
				r.work()
				want := "[mention]"
				if level == portal.WatchAll {
					want = "[mention post]"
				}
				if got := fmt.Sprint(r.told()[named]); got != want {
					t.Errorf("%s: told %s, want %s", name, got, want)
				}
				if counts := len(r.unread(named)) == 1; counts != (level == portal.WatchAll || level == portal.WatchTrack) {
					t.Errorf("%s: counts as unread: %v", name, counts)
				}
			}
		}
	}
}

// A new thread is told to who watches its workspace, a new post in it too, and neither to who has muted it,
// not even where it answers her.
func TestAWorkspaceIsWatchedAndMuted(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.tx(func(tx *postgres.Tx) error {
		if err := tx.WatchWorkspace(ctx, r.id, r.ids[named], portal.WatchAll); err != nil {
			return err
		}
		if err := tx.WatchWorkspace(ctx, r.id, r.ids[mover], portal.WatchAll); err != nil { // who is not in it
			return err
		}
		return tx.WatchWorkspace(ctx, r.id, r.ids[asker], portal.WatchMuted)
	})
	r.tx(func(tx *postgres.Tx) error {
		e := portal.Event{Topic: portal.WorkspaceTopic(r.id), Type: portal.ThreadCreated, Entity: portal.Ref{Kind: portal.KindThread, ID: r.thread.ID},
			ThreadID: r.thread.ID, WorkspaceID: r.id}
		return tx.Record(ctx, postgres.Change{Actor: r.ids[asker], Action: "thread.create", Target: e.Entity, Events: []portal.Event{e}})
	})
	r.expect(map[int][]string{named: {"new_thread"}, watcher: {"new_thread"}})
	r.reply(writer, 0)
	r.expect(map[int][]string{named: {"post", "new_thread"}, watcher: {"post", "new_thread"}})
}
