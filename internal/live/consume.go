package live

import (
	"cmp"
	"context"
	"slices"

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
	h.deliverHeld()
	return nil
}

// deliverHeld tells the streams of several topics what the batch has brought them, in the order of the
// log: the last position that such a client saw stands for all of its topics.
func (h *Hub) deliverHeld() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.holding {
		slices.SortFunc(c.held, func(a, b line) int { return cmp.Compare(a.at, b.at) })
		h.Told.Add(int64(len(c.held)))
		for _, m := range pack(c.held, false) {
			c.enqueue(m)
		}
		c.held = nil
	}
	h.holding = nil
}

// hold keeps events for a stream of several topics until the batch is whole, under the lock.
func (h *Hub) hold(c *client, some []line) {
	if c.held == nil {
		h.holding = append(h.holding, c)
	}
	c.held = append(c.held, some...)
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
				c.enqueue(reply{Op: "reset", Topic: s.name}.at(h.edge))
			} else {
				s.voided = true
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
		if s.client.several {
			h.hold(s.client, lines(events, forms))
			continue
		}
		messages, ready := packed[string(forms)]
		if !ready {
			messages = pack(lines(events, forms), true)
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
