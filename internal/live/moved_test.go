package live_test

import (
	"testing"

	"praxis/internal/live"
	"praxis/internal/portal"
)

// A post that has gone into a thread for fewer readers is told of to nobody who only reads the one where it was
// written: neither to who is there, nor to who comes back and asks what she missed. Whoever reads a thread that
// was merged into another is told that it is no more.
func TestMovedPostsAreToldWhereTheyAre(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	wide, narrow := w.thread(w.ana, portal.Green), w.thread(w.ana, portal.Amber)
	n.settled()
	lena, somchai := n.dial(w.lena), n.dial(w.somchai) // lena is not in the workspace
	last := lena.subscribe(topicOf(wide)).Head
	somchai.subscribe(topicOf(narrow))
	p := w.post(w.ana, wide, "For a few, as it turns out")
	if got := lena.event(topicOf(wide), portal.PostCreated).post(); got.ID != p.ID {
		t.Errorf("told of post %d", got.ID)
	}
	if _, err := w.threads.MovePosts(ctx, w.moderator, wide, narrow, []int64{p.ID}); err != nil {
		t.Fatal(err)
	}
	lena.event(topicOf(wide), portal.ThreadChanged)
	somchai.event(topicOf(narrow), portal.ThreadChanged)
	again := n.dial(w.lena)
	again.say(`{"op":"subscribe","topic":%q,"after":%d}`, topicOf(wide), last)
	again.expect("subscribed", topicOf(wide))
	again.event(topicOf(wide), portal.ThreadChanged)
	again.silent()
	if _, err := w.threads.Merge(ctx, w.moderator, wide, narrow); err != nil {
		t.Fatal(err)
	}
	lena.expect("revoked", topicOf(wide))
}
