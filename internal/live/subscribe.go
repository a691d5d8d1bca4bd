package live

import (
	"context"
	"fmt"

	"github.com/gorilla/websocket"

	"praxis/internal/portal"
)

// subscription is one client's to one topic. Guarded by the hub's lock.
type subscription struct {
	target
	client  *client
	topic   *topic
	at      int   // where it stands in the topic's list
	gone    bool  // unsubscribed, replaced or revoked
	greeted bool  // the client has been told that it is subscribed
	voided  bool  // the database was restored before that
	live    bool  // fed by the hub; else it still reads the log
	last    int64 // events up to here are told
	behind  int64 // while not live: the last event that the hub has passed over
	inside  bool  // of a workspace: she is a member or moderates it
	shown   bool  // has been told who is there
	heard   int   // the topic's, when it was joined
}

// subscribe joins first, asks for access then, and reads the log last: so no event, and no loss
// of access, can fall between.
func (c *client) subscribe(r request) {
	t, ok := targetOf(r.Topic, c.who.Viewer)
	if !ok {
		c.enqueue(failure(r.Topic, string(portal.NotFound), "there is no such topic"))
		return
	}
	if !c.who.SignedIn() && (t.kind == memberKind || t.kind == moderationKind) {
		c.enqueue(failure(r.Topic, string(portal.Unauthorized), "sign in first"))
		return
	}
	s, joined := c.hub.join(c, t)
	if s == nil {
		c.enqueue(failure(r.Topic, "too_many_topics", fmt.Sprintf("a socket has at most %d topics", MaxTopics)))
		return
	}
	if err := c.catchUp(s, joined, r.After); err != nil {
		c.hub.unjoin(s)
		if s.greeted { // written by nobody else
			// What was missed could not be read. The client believes that it is subscribed, and
			// resumes by itself when it comes back.
			c.hub.log.Warn("a subscription was cut while it resumed", "topic", r.Topic, "err", err)
			c.close(websocket.CloseTryAgainLater, "try again in a moment")
			return
		}
		c.refuse(r.Topic, err)
	}
}

// refuse says why a subscription came to nothing. What may not be seen is not there.
func (c *client) refuse(topic string, err error) {
	switch kind := portal.KindOf(err); kind {
	case portal.NotFound:
		c.enqueue(failure(topic, string(kind), "there is no such topic"))
	case portal.Forbidden:
		c.enqueue(failure(topic, string(kind), "it is for moderators"))
	default:
		if c.hub.ctx.Err() == nil {
			c.hub.log.Warn("a subscription failed", "topic", topic, "err", err)
		}
		c.enqueue(failure(topic, string(portal.Unavailable), "try again in a moment"))
	}
}

// join adds a subscription that is not yet fed; nil when the client has too many. An earlier one
// to the same topic is replaced. Events after joined are the hub's to notice.
func (h *Hub) join(c *client, t target) (s *subscription, joined int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := c.subscribed(t.name); old != nil {
		h.drop(old)
	}
	if len(c.subs) >= MaxTopics {
		return nil, 0
	}
	at := h.topics[t.key]
	if at == nil {
		at = &topic{quiet: true}
		h.topics[t.key] = at
	}
	s = &subscription{target: t, client: c, topic: at, at: len(at.subs), last: h.edge, heard: at.heard}
	at.subs = append(at.subs, s)
	c.subs = append(c.subs, s)
	h.Subscriptions.Add(1)
	return s, h.edge
}

func (h *Hub) unjoin(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(s)
}

// drop takes a subscription out, under the lock.
func (h *Hub) drop(s *subscription) {
	if s.gone {
		return
	}
	s.gone = true
	list := s.topic.subs
	last := len(list) - 1
	list[s.at] = list[last]
	list[s.at].at = s.at
	list[last] = nil
	s.topic.subs = list[:last]
	s.topic.dirty = true
	if last == 0 {
		delete(h.topics, s.key)
		if len(s.topic.own) > 0 {
			h.peers.tellReaders(s.id)
		}
	}
	for i, own := range s.client.subs {
		if own == s {
			s.client.subs = append(s.client.subs[:i], s.client.subs[i+1:]...)
			break
		}
	}
	h.Subscriptions.Add(-1)
}

// subscribed finds the client's subscription by the topic's name, under the hub's lock.
func (c *client) subscribed(name string) *subscription {
	for _, s := range c.subs {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (c *client) unsubscribe(r request) {
	h := c.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := c.subscribed(r.Topic); s != nil {
		h.drop(s)
	}
}

// catchUp checks access, tells where the subscription begins and what was missed, and hands the
// subscription over to the hub when nothing is missing any more.
func (c *client) catchUp(s *subscription, joined int64, after *int64) error {
	topics, err := c.admit(s)
	if err != nil {
		return err
	}
	position, reset, err := c.resumeFrom(topics, after, joined)
	if err != nil {
		return err
	}
	return c.resume([]*subscription{s}, topics, position, joined, reset)
}

// tell waits for room and leaves a message, unless the subscription has ended meanwhile.
func (c *client) tell(s *subscription, m *message) bool {
	if !c.room() {
		return false
	}
	c.hub.mu.Lock()
	defer c.hub.mu.Unlock()
	if s.gone {
		return false
	}
	s.greeted = true // the first thing told is that it is subscribed
	c.enqueue(m)
	return true
}

// reading bounds what subscriptions ask of the database: in time, and how many at once.
func (h *Hub) reading() (ctx context.Context, done func()) {
	select {
	case h.slots <- struct{}{}:
	case <-h.ctx.Done():
		return h.ctx, func() {}
	}
	ctx, cancel := context.WithTimeout(h.ctx, readTime)
	return ctx, func() {
		cancel()
		<-h.slots
	}
}
