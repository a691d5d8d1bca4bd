package live

import (
	"cmp"
	"slices"
	"time"

	"praxis/internal/portal"
)

// Bounds of presence.
const (
	maxPresent  = 50          // members who are named as present
	typingEvery = time.Second // at most one word of a socket's typing in this time
	maxTyping   = 5           // and of a thread: each is told to all who are there
)

// learn notes what a thread's label says about telling who is there, unless an event has told
// something later.
func (h *Hub) learn(s *subscription, a portal.Audience) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.topic.heard == s.heard {
		s.topic.label(s.key, a)
	}
}

// label notes the topic's label, under the lock: of who reads what is red or hidden, nothing is told.
func (t *topic) label(key portal.Topic, a portal.Audience) {
	if kind, _, _ := key.Split(); kind == threadKind {
		was := t.quiet
		t.quiet = a.Handling == portal.Red || a.Stage != portal.StageOpen
		t.dirty = t.dirty || was != t.quiet
	}
}

// typing tells the other members in a thread that the client writes.
func (c *client) typing(r request) {
	now := time.Now()
	if !c.who.SignedIn() || now.Sub(c.typed) < typingEvery {
		return
	}
	h := c.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	s := c.subscribed(r.Topic)
	if c.viewer.Unseen || s == nil || !s.live || s.kind != threadKind || s.topic.quiet {
		return
	}
	c.typed = now
	who := person{ID: c.who.MemberID, Name: c.who.Name}
	if s.topic.tellTyping(s.id, who, c) {
		h.peers.tellTyping(s.id, who)
	}
}

// tellTyping tells all members in the thread but one socket that somebody writes, and returns false
// when enough were named for now: were each of a thousand told of each other, nobody had the time.
func (t *topic) tellTyping(thread int64, who person, but *client) bool {
	if now := time.Now(); now.Sub(t.typed) >= typingEvery {
		t.typed, t.typings = now, 0
	}
	if t.typings++; t.typings > maxTyping {
		return false
	}
	m := reply{Op: "typing", Topic: string(portal.ThreadTopic(thread)), Member: &who}.message()
	m.shared = true
	for _, s := range t.subs {
		if s.client != but && s.live && s.client.company() {
			s.client.enqueue(m)
		}
	}
	return true
}

// tellPresence tells of every thread where somebody came or went since it was last called.
func (h *Hub) tellPresence() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, t := range h.topics {
		if !t.dirty {
			continue
		}
		t.dirty = false
		kind, id, _ := key.Split()
		if kind != threadKind {
			continue
		}
		var own []person
		if !t.quiet {
			own = t.readers()
		}
		if !slices.Equal(own, t.own) {
			t.own = own
			h.peers.tellReaders(id)
		}
		if !t.quiet {
			t.tellPresence(string(key), h.everywhere(id, own))
		}
	}
}

func (t *topic) tellPresence(name string, present []person) {
	changed := !slices.Equal(present, t.presence)
	t.presence = present
	m := reply{Op: "presence", Topic: name, Members: &present}.message()
	m.shared = true
	for _, s := range t.subs {
		switch {
		case !s.live:
		case s.client.company() && (changed || !s.shown):
			s.shown = true
			s.client.enqueue(m)
		case s.client.viewer.Unseen && s.shown: // she has just switched it off
			s.shown = false
			s.client.enqueue(reply{Op: "presence", Topic: name, Members: &[]person{}}.message())
		}
	}
}

// company tells, under the hub's lock, whether the others are told of the client, and it of them: not of
// visitors, nor of members who want neither.
func (c *client) company() bool { return c.who.SignedIn() && !c.viewer.Unseen }

// readers lists the members who are there on this node.
func (t *topic) readers() []person {
	var present []person
	for _, s := range t.subs {
		if s.live && s.client.company() {
			present = append(present, person{ID: s.client.who.MemberID, Name: s.client.who.Name})
		}
	}
	return each(present)
}

// everywhere adds those who are there on other nodes.
func (h *Hub) everywhere(thread int64, own []person) []person {
	present := append([]person{}, own...)
	for _, p := range h.peers.known {
		present = append(present, p.present[thread]...)
	}
	return each(present)
}

// each lists members by identifier, each once, and no more than are named.
func each(present []person) []person {
	slices.SortFunc(present, func(a, b person) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name)) })
	present = slices.CompactFunc(present, func(a, b person) bool { return a.ID == b.ID })
	return present[:min(len(present), maxPresent)]
}

// turn turns the wheel that pings each socket once in pingEvery, and tells of presence.
func (h *Hub) turn() {
	tick := time.NewTicker(presenceEvery)
	defer tick.Stop()
	for at := 0; ; at = (at + 1) % len(h.wheel) {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		h.pingSlot(at)
		h.tellPresence()
	}
}

func (h *Hub) pingSlot(at int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.wheel[at] {
		c.enqueue(pingMessage)
	}
}
