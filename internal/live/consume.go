package live

import (
	"context"

	"praxis/internal/portal"
)

// batch is what a run of events means to this node's sockets.
type batch struct {
	topics    []portal.Topic // in the order of their first events
	byTopic   map[portal.Topic][]portal.Event
	wanted    []portal.Event
	changed   map[*client]struct{} // whose access may have changed
	threads   []int64              // of their subscriptions
	practices []int64
}

// Consume tells the sockets of events, in order. It is a consumer of the relay and must not be
// called by two goroutines at once. On an error nothing was told.
func (h *Hub) Consume(ctx context.Context, events []portal.Event, head int64) error {
	b := h.collect(events, head)
	if len(b.wanted) == 0 && len(b.changed) == 0 {
		return nil
	}
	now, err := h.standing(ctx, b.changed)
	if err != nil {
		return err
	}
	known, err := h.gather(ctx, b.wanted, b.threads, b.practices)
	if err != nil {
		return err
	}
	h.mu.Lock()
	for c := range b.changed {
		h.reassess(c, now, known)
	}
	h.mu.Unlock()
	for _, key := range b.topics {
		h.deliver(key, known.render(b.byTopic[key]), known)
	}
	return nil
}

// collect picks what concerns anybody here. From now on who subscribes reads these events from
// the log herself.
func (h *Hub) collect(events []portal.Event, head int64) batch {
	b := batch{byTopic: map[portal.Topic][]portal.Event{}, changed: map[*client]struct{}{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(events) > 0 {
		head = events[len(events)-1].Position
	} else if h.edge != 0 {
		head = h.edge
	}
	h.edge = max(h.edge, head)
	select {
	case <-h.ready:
	default:
		close(h.ready)
	}
	for _, e := range events {
		if kind, id, _ := e.Topic.Split(); kind == memberKind && changesAccess(e.Type) {
			for _, c := range h.members[id] {
				b.changed[c] = struct{}{}
			}
		}
		if key, _ := keyOf(e); e.Type.Public() && h.topics[key] != nil {
			if b.byTopic[key] == nil {
				b.topics = append(b.topics, key)
			}
			b.byTopic[key] = append(b.byTopic[key], e)
			b.wanted = append(b.wanted, e)
		}
	}
	b.items()
	return b
}

// items lists what the changed clients' subscriptions are to, under the lock.
func (b *batch) items() {
	for c := range b.changed {
		for _, s := range c.subs {
			switch s.kind {
			case threadKind:
				b.threads = append(b.threads, s.id)
			case practiceKind:
				b.practices = append(b.practices, s.id)
			}
		}
	}
}

func changesAccess(t portal.EventType) bool {
	return t == portal.MemberChanged || t == portal.MembershipChanged || t == portal.SessionEnded
}

// Restored has every subscription fetch afresh: the database was put back to an earlier state.
// Who may be where is asked anew: of what the restore has changed no event tells. It returns the
// position from which the hub goes on; on an error nothing was told.
func (h *Hub) Restored(ctx context.Context, head int64) (int64, error) {
	b := batch{changed: map[*client]struct{}{}}
	h.mu.Lock()
	for c := range h.clients {
		b.changed[c] = struct{}{}
	}
	b.items()
	h.mu.Unlock()
	now, err := h.standing(ctx, b.changed)
	if err != nil {
		return 0, err
	}
	known, err := h.gather(ctx, nil, b.threads, b.practices)
	if err != nil {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.edge = max(h.edge, head)
	for c := range b.changed {
		h.reassess(c, now, known)
	}
	for key, at := range h.topics {
		if own, _ := known.own(key); own != nil {
			at.heard++
			at.label(key, *own)
		}
	}
	for c := range h.clients {
		for _, s := range c.subs {
			s.last = max(s.last, h.edge)
			if s.greeted {
				c.enqueue(reply{Op: "reset", Topic: s.name}.message())
			}
		}
	}
	return h.edge, nil
}

// deliver tells a topic's subscribers of its events. Whoever may no longer see the topic's own
// thread or practice is told that instead. What several see alike is joined and rendered once.
func (h *Hub) deliver(key portal.Topic, events []told, known *facts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.topics[key]
	if at == nil || len(events) == 0 {
		return
	}
	own, isItem := known.own(key)
	if own != nil {
		at.heard++
		at.label(key, *own)
	}
	last := events[len(events)-1].position
	packed := map[string][]*message{}
	forms := make([]byte, len(events))
	for i := len(at.subs) - 1; i >= 0; i-- { // backwards: revoking takes out of the list
		s := at.subs[i]
		if isItem && (own == nil || !s.client.viewer.CanSee(*own)) {
			h.revoke(s)
			continue
		}
		if !s.live {
			s.behind = max(s.behind, last)
			continue
		}
		some := s.choose(events, forms)
		s.last = max(s.last, last)
		if !some {
			continue
		}
		messages, ready := packed[string(forms)]
		if !ready {
			messages = join(events, forms)
			packed[string(forms)] = messages
		}
		for _, m := range messages {
			s.client.enqueue(m)
			h.Told.Add(int64(m.count))
		}
	}
}

// choose settles in which form the subscriber is told of each event; some is false when of none.
func (s *subscription) choose(events []told, forms []byte) (some bool) {
	for i := range events {
		forms[i] = untold
		if events[i].position > s.last {
			forms[i] = events[i].form(&s.client.viewer)
		}
		some = some || forms[i] != untold
	}
	return some
}

// join makes messages of events in the chosen forms.
func join(events []told, forms []byte) []*message {
	var objects [][]byte
	for i := range events {
		if object := events[i].as(forms[i]); object != nil {
			objects = append(objects, object)
		}
	}
	return pack(objects, true)
}
