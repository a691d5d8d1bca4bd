package live

import (
	"context"
	"slices"

	"praxis/internal/portal"
)

// resume tells of subscriptions that they begin, and what was missed of all of them in the order of the
// log, and hands them over to the hub together.
func (c *client) resume(subs []*subscription, topics []portal.Topic, position, joined int64, reset bool) (err error) {
	head := max(joined, position)
	for _, s := range subs {
		if !c.tell(s, reply{Op: "subscribed", Topic: s.name, Head: &head}.at(position)) {
			if len(subs) == 1 {
				return portal.ErrNotFound() // access was lost before it was given
			}
			continue
		}
		if reset || c.hub.voided(s) {
			c.tell(s, reply{Op: "reset", Topic: s.name}.at(position))
		}
	}
	for until := joined; ; {
		if position, err = c.replay(subs, topics, position, until); err != nil {
			return err
		}
		if until = c.hub.goLive(subs, position, until); until == 0 {
			return nil
		}
	}
}

// voided tells whether the database was restored while the subscription asked where to begin. Whoever has
// been greeted is told of a restore when it comes.
func (h *Hub) voided(s *subscription) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return s.voided
}

// goLive hands subscriptions that have read up to until over to the hub, and returns 0; or
// returns how far the hub has come meanwhile.
func (h *Hub) goLive(subs []*subscription, position, until int64) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	var behind int64
	for _, s := range subs {
		if !s.gone {
			behind = max(behind, s.behind)
		}
	}
	if behind > max(until, position) {
		return behind
	}
	for _, s := range subs {
		if !s.gone {
			s.last = max(s.last, position, until)
			s.live = true
			s.topic.dirty = true
		}
	}
	return 0
}

// resumeFrom finds the position after which to go on; reset is true when that is not the one
// asked for.
func (c *client) resumeFrom(topics []portal.Topic, after *int64, joined int64) (position int64, reset bool, err error) {
	if after == nil || *after == joined {
		return joined, false, nil
	}
	ctx, done := c.hub.reading()
	defer done()
	known, err := c.hub.db.Resumable(ctx, *after)
	if err != nil || !known {
		return joined, true, err
	}
	missed, err := c.hub.db.CountTopics(ctx, topics, *after, joined, MaxResume+1)
	if err != nil || missed > MaxResume {
		return joined, true, err
	}
	return *after, false, nil
}

// replay tells what happened after a position up to another, and returns how far that is.
func (c *client) replay(subs []*subscription, topics []portal.Topic, position, until int64) (int64, error) {
	for position < until {
		told, full, last, err := c.page(topics, position, until)
		if err != nil {
			return position, err
		}
		c.hub.mu.Lock()
		viewer := c.viewer
		c.hub.mu.Unlock()
		if !c.tellLines(subs, seenBy(&viewer, told)) {
			return until, nil
		}
		if position = last; !full {
			position = until
		}
	}
	return position, nil
}

// tellLines leaves what was missed, as there is room, but for subscriptions that have ended meanwhile.
// It returns false when all have, or the client.
func (c *client) tellLines(subs []*subscription, missed []line) bool {
	for len(missed) > 0 {
		if !c.room() {
			return false
		}
		c.hub.mu.Lock()
		missed = slices.DeleteFunc(missed, func(l line) bool {
			return !slices.ContainsFunc(subs, func(s *subscription) bool { return s.key == l.key && !s.gone })
		})
		if len(missed) > 0 {
			var m *message
			m, missed = join(missed)
			c.enqueue(m)
		}
		c.hub.mu.Unlock()
	}
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	return slices.ContainsFunc(subs, func(s *subscription) bool { return !s.gone })
}

// page reads some of what was missed; full is true when there may be more.
func (c *client) page(topics []portal.Topic, after, until int64) (told []told, full bool, last int64, err error) {
	ctx, done := c.hub.reading()
	defer done()
	return c.hub.pageOf(ctx, topics, after, until)
}

func (h *Hub) pageOf(ctx context.Context, topics []portal.Topic, after, until int64) (told []told, full bool, last int64, err error) {
	events, err := h.db.ReadTopics(ctx, topics, after, until, resumePage)
	if err != nil || len(events) == 0 {
		return nil, false, until, err
	}
	facts, err := h.gather(ctx, events, nil, nil)
	if err != nil {
		return nil, false, after, err
	}
	h.Resumed.Add(int64(len(events)))
	return facts.render(events), len(events) == resumePage, events[len(events)-1].Position, nil
}
