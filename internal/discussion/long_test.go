package discussion_test

import (
	"slices"
	"testing"
	"time"

	"praxis/internal/discussion"
	"praxis/internal/portal"
)

// A page of a thread of 10,000 posts costs the same wherever it is: the 500th as the first.
func TestPagesOfALongThreadCostTheSame(t *testing.T) {
	w := newWorld(t)
	th := w.open("asker", 0, discussion.NewThread{})
	const posts, page, begun = 10_000, 20, "2026-01-01T00:00:00Z"
	_, err := w.db.Raw().Exec(`
		with p as (insert into posts (thread_id, number, author_id, body, created_at)
		    select $1, n, $2, 'Number ' || n, $4::timestamptz + n * interval '1 minute' from generate_series(2, $3::int) n returning id, number)
		update threads set posts = $3, last_post_id = (select id from p where number = $3) where id = $1`, th.ID, w.who["asker"].MemberID, posts, begun)
	must(t, err)
	_, err = w.db.Raw().Exec(`analyze posts`)
	must(t, err)
	th = w.thread(th.ID)
	took := func(after int) time.Duration {
		var times []time.Duration
		for range 40 {
			begin := time.Now()
			found, err := w.svc.PostsOf(ctx, w.who["reader"], th, after, page)
			times = append(times, time.Since(begin))
			must(t, err)
			if len(found) != page || found[0].Number != after+1 {
				t.Fatalf("after %d there are %d posts, the first number %d", after, len(found), found[0].Number)
			}
		}
		slices.Sort(times)
		return times[len(times)/4] // what others do on the machine is not its cost
	}
	first, last := took(0), took(posts-page)
	t.Logf("the first page takes %s, the 500th %s", first, last)
	if last > 3*first+time.Millisecond {
		t.Errorf("the first page takes %s, the 500th %s", first, last)
	}
	start, err := time.Parse(time.RFC3339, begun)
	must(t, err)
	// The opening post is of today.
	_, err = w.db.Raw().Exec(`update posts set created_at = $2 where thread_id = $1 and number = 1`, th.ID, begun)
	must(t, err)
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{-time.Hour, 1}, {0, 1}, {5000 * time.Minute, 5000}, {5000*time.Minute + time.Second, 5001}, {posts*time.Minute + time.Second, 0}} {
		if n, err := w.svc.NumberAt(ctx, th, start.Add(tt.after)); err != nil || n != tt.want {
			t.Errorf("%s on is number %d, %v: not %d", tt.after, n, err, tt.want)
		}
	}
}

// Reading on two devices: the position never goes back, and what is unread is counted from it.
func TestTwoDevicesReadOneThread(t *testing.T) {
	w := newWorld(t)
	th := w.open("asker", 0, discussion.NewThread{}, "2", "3", "4", "5", "6")
	ids := w.postIDs(th.ID)
	must(t, w.svc.MarkRead(ctx, w.who["reader"], th.ID, ids[3])) // on the one
	must(t, w.svc.MarkRead(ctx, w.who["reader"], th.ID, ids[1])) // on the other, further up
	if n := w.read("reader", th.ID); n != 4 {
		t.Errorf("she has read %d of 6", n)
	}
	must(t, w.svc.Delete(ctx, w.who["writer"], ids[4], 0))
	unread, err := w.svc.Unread(ctx, w.who["reader"], 10)
	must(t, err)
	if len(unread) != 1 || unread[0].New != 2 {
		t.Errorf("unread: %+v", unread)
	}
	w.kind("a post of another thread", w.svc.MarkRead(ctx, w.who["reader"], th.ID, w.open("asker", 0, discussion.NewThread{}).LastPostID), portal.NotFound)
}
