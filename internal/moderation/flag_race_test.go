package moderation_test

import (
	"testing"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// What goes while it is being flagged is not there any more: that is no failure of the portal's.
func TestFlaggingWhatGoesMeanwhile(t *testing.T) {
	r := newRooms(t)
	report, file := r.report()
	var list int64
	must(t, r.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		list, err = tx.InsertCollection(ctx, portal.Collection{WorkspaceID: r.room[0], Title: "Where to begin", Language: "en", Handling: portal.Green})
		return err
	}))
	onPractice := func(tx *postgres.Tx) error {
		_, err := tx.LockPractice(ctx, r.practice[0])
		return err
	}
	for _, c := range []struct {
		target      portal.Ref
		hold, leave func(tx *postgres.Tx) error
	}{
		{file, onPractice, func(tx *postgres.Tx) error { return tx.DeleteAttachment(ctx, r.practice[0], file.ID) }},
		{report, onPractice, func(tx *postgres.Tx) error { return tx.DeleteAdoption(ctx, report.ID) }},
		{portal.Ref{Kind: portal.KindCollection, ID: list}, func(tx *postgres.Tx) error { return tx.LockCollection(ctx, list) },
			func(tx *postgres.Tx) error { return tx.DeleteCollection(ctx, list) }},
	} {
		flagged := make(chan error, 1)
		must(t, r.db.InTx(ctx, func(tx *postgres.Tx) error {
			if err := c.hold(tx); err != nil {
				return err
			}
			if err := c.leave(tx); err != nil {
				return err
			}
			go func() {
				_, err := r.svc.Flag(ctx, r.moderator[1], c.target, "other", "")
				flagged <- err
			}()
			r.waiting()
			return nil
		}))
		if err := <-flagged; portal.KindOf(err) != portal.NotFound {
			t.Errorf("a %s that goes while it is flagged: %v", c.target.Kind, err)
		}
	}
}

// waiting waits until somebody waits for a lock.
func (r *rooms) waiting() {
	r.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var n int
		must(r.T, r.db.Raw().QueryRow(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n))
		if n > 0 {
			return
		}
	}
	r.Fatal("nobody waits")
}
