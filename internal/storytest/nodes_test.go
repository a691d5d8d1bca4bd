package storytest

import (
	"testing"
	"time"
)

// TestTypingReachesTheOtherNode has two whole portals on one database: who types at the one is told
// at the other.
func TestTypingReachesTheOtherNode(t *testing.T) {
	database := Database(t)
	one, two := StartOn(t, database, nil), StartOn(t, database, nil)
	ana, somchai := one.As(t, "ana"), two.As(t, "somchai")
	thread := ana.Do("POST", "/workspaces/1/threads", map[string]any{"title": "Two nodes", "body": "x"}).Want(201).Thing()
	topic := "thread:" + itoa(thread.ID)
	hers, his := Dial(ana), Dial(somchai)
	hers.subscribe(topic, 0)
	his.subscribe(topic, 0)
	over := make(chan struct{})
	typed := make(chan struct{})
	go func() { // she types on: the nodes may still be getting to know each other
		defer close(typed)
		for tick := time.NewTicker(1100 * time.Millisecond); ; {
			select {
			case <-over:
				tick.Stop()
				return
			case <-tick.C:
				_ = hers.conn.WriteJSON(map[string]any{"op": "typing", "topic": topic}) // he waits for it
			}
		}
	}()
	his.until("typing", topic)
	close(over)
	<-typed
}
