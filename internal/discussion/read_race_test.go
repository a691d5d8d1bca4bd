package discussion_test

import (
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/postgres"
)

// Whoever reads on while posts are moved away is noted by the numbers that posts have afterwards.
func TestReadingWhilePostsMove(t *testing.T) {
	w := newWorld(t)
	from, into := w.open("asker", 0, discussion.NewThread{}, "2", "3", "4", "5"), w.open("asker", 0, discussion.NewThread{})
	ids := w.postIDs(from.ID)
	marked := make(chan error, 2)
	must(t, w.db.InTx(ctx, func(tx *postgres.Tx) error {
		if _, err := tx.LockThreads(ctx, from.ID, into.ID); err != nil {
			return err
		}
		posts, numbers, _, err := tx.PostsToMove(ctx, from.ID, ids[1:3])
		if err != nil {
			return err
		}
		if err := tx.MovePosts(ctx, postgres.Moving{From: from.ID, Into: into.ID, Workspace: w.rooms[0], Posts: posts, Numbers: numbers, Before: 1}); err != nil {
			return err
		}
		go func() { marked <- w.db.SetRead(ctx, w.who["reader"].MemberID, from.ID, ids[4]) }() // stays, as number 3
		go func() { marked <- w.db.SetRead(ctx, w.who["mod"].MemberID, from.ID, ids[2]) }()    // goes
		time.Sleep(200 * time.Millisecond)
		return nil
	}))
	for range 2 {
		if err := <-marked; err != nil {
			w.kind("a post that went", err, "not_found")
		}
	}
	if n := w.read("reader", from.ID); n != 3 {
		t.Errorf("she has read %d of 3", n)
	}
	if n := w.read("mod", from.ID); n != 0 {
		t.Errorf("who read what went has read %d", n)
	}
}
