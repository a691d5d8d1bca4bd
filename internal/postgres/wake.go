package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"
)

// Bounds of waking.
const (
	wakeChannel   = "praxis_log"
	notifyGap     = 5 * time.Millisecond // at most one NOTIFY in this time
	listenerRetry = 10 * time.Second
)

// Listen wakes on every NOTIFY of another node until the context ends. A lost one costs nothing
// but time: whoever waits looks by herself too. It reconnects for ever. hint is handed every hint,
// and an empty one whenever the connection is new: what was told before may have been missed.
func (db *DB) Listen(ctx context.Context, wake func(), hint func(payload string)) {
	listener := pq.NewDialListener(deadlineDialer{}, db.dsn, 100*time.Millisecond, listenerRetry,
		func(event pq.ListenerEventType, err error) {
			if err != nil {
				db.opt.Log.Warn("listening for other nodes was cut", "err", err)
			}
		})
	defer listener.Close()
	// Listen below waits for a first connection and knows no context.
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for _, channel := range []string{wakeChannel, hintChannel} {
		if err := listener.Listen(channel); err != nil && ctx.Err() == nil {
			db.opt.Log.Warn("listen for other nodes", "err", err)
		}
	}
	hint("")
	// The reads of the listener's connection end by the link's deadline, so it must hear
	// something more often than that.
	beat := time.NewTicker(linkTimeout / 2)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case told := <-listener.NotificationChannel():
			switch {
			case told == nil: // the connection is new, and some may have been missed
				wake()
				hint("")
			case told.Channel == hintChannel && told.Extra != "":
				hint(told.Extra)
			case told.Channel == wakeChannel && told.Extra != db.node:
				wake()
			}
		case <-beat.C:
			go func() { _ = listener.Ping() }()
		}
	}
}

// Notify tells the other nodes that the log has grown, at most once in notifyGap, whenever
// something is sent to grown, until the context ends.
func (db *DB) Notify(ctx context.Context, grown <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-grown:
		}
		// A lost NOTIFY is harmless: every node looks by itself four times a second.
		_, _ = db.pool.ExecContext(ctx, `notify `+wakeChannel+`, '`+db.node+`'`)
		select {
		case <-ctx.Done():
			return
		case <-time.After(notifyGap):
		}
	}
}
