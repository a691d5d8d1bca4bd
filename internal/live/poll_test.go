package live_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"praxis/internal/live"
	"praxis/internal/portal"
)

// polled is an answer to who asks again and again.
type polled struct {
	Head        int64
	Reset, More bool
	Items       []said
}

func (n *node) poll(who portal.Identity, topic string, after int64) (p polled) {
	n.w.t.Helper()
	res := n.get(who, fmt.Sprintf("poll?topic=%s&after=%d", topic, after))
	if res.StatusCode != 200 {
		n.w.t.Fatalf("poll answers %d", res.StatusCode)
	}
	n.w.must(json.NewDecoder(res.Body).Decode(&p))
	return p
}

func TestPollTellsWhatASocketWould(t *testing.T) {
	w := newWorld(t)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	topic := topicOf(id)
	at, err := w.db.LogHead(ctx)
	w.must(err)
	var want []int64
	for i := range 250 {
		want = append(want, w.post(w.ana, id, fmt.Sprint("number ", i)).ID)
	}
	n.settled()
	var got []int64
	for after, more := at.Head, true; more; {
		p := n.poll(w.somchai, topic, after)
		for _, m := range p.Items {
			if m.Op != "event" || m.ID <= after {
				t.Fatalf("after %d came %+v", after, m)
			}
			after = m.ID
			got = append(got, m.post().ID)
		}
		if p.Reset || p.Head < after {
			t.Fatalf("the answer is %+v", p)
		}
		after, more = p.Head, p.More
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("polled %d posts of %d, or not in order", len(got), len(want))
	}
	if p := n.poll(w.somchai, topic, at.Head+100_000); !p.Reset || len(p.Items) != 0 {
		t.Errorf("the future answers %+v", p)
	}
	if p := n.poll(w.somchai, topic, 1); !p.Reset {
		t.Errorf("what is no longer kept answers %+v", p)
	}
}
