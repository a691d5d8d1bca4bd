package live

import (
	"slices"
	"time"

	"praxis/internal/portal"
)

// Bounds of presence.
const (
	maxPresent  = 50          // members who are named as present
	typingEvery = time.Second // at most one word of a socket's typing in this time
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
		t.dirty = t.dirty || was && !t.quiet
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
	if s == nil || !s.live || s.kind != threadKind || s.topic.quiet {
		return
	}
	c.typed = now
	m := reply{Op: "typing", Topic: s.name, Member: &person{ID: c.who.MemberID, Name: c.who.Name}}.message()
	m.shared = true
	for _, other := range s.topic.subs {
		if other.client != c && other.live && other.client.who.SignedIn() {
			other.client.enqueue(m)
		}
	}
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
		if kind, _, _ := key.Split(); kind == threadKind && !t.quiet {
			t.tellPresence(string(key))
		}
	}
}

func (t *topic) tellPresence(name string) {
	present := t.present()
	changed := !slices.Equal(present, t.presence)
	t.presence = present
	m := reply{Op: "presence", Topic: name, Members: &present}.message()
	m.shared = true
	for _, s := range t.subs {
		if s.live && s.client.who.SignedIn() && (changed || !s.shown) {
			s.shown = true
			s.client.enqueue(m)
		}
	}
}

// present lists the members who are there, each once, by identifier.
func (t *topic) present() []person {
	present := []person{}
	for _, s := range t.subs {
		if s.live && s.client.who.SignedIn() {
			present = append(present, person{ID: s.client.who.MemberID, Name: s.client.who.Name})
		}
	}
	slices.SortFunc(present, func(a, b person) int { return int(a.ID - b.ID) })
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
