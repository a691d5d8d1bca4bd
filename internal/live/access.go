package live

import (
	"context"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// closeSession is the code with which a socket closes whose session is over.
const closeSession = 4401

// admit decides whether the client may have the subscription, and lists its topics in the log.
// It asks who she is only now, after joining: what changes later is told to the hub.
func (c *client) admit(s *subscription) ([]portal.Topic, error) {
	ctx, done := c.hub.reading()
	defer done()
	viewer, err := c.fresh(ctx)
	if err != nil {
		return nil, err
	}
	topics, readers, err := c.hub.allowed(ctx, viewer, s.target)
	if readers != nil {
		c.hub.learn(s, *readers)
	}
	c.hub.mu.Lock()
	s.inside = s.kind == workspaceKind && (viewer.In(s.id) || viewer.ModeratorOf(s.id))
	c.hub.mu.Unlock()
	return topics, err
}

// allowed decides whether the viewer may follow something, and lists its topics in the log; of a
// thread it tells whose it is.
func (h *Hub) allowed(ctx context.Context, viewer portal.Viewer, t target) (topics []portal.Topic, readers *portal.Audience, err error) {
	switch t.kind {
	case threadKind:
		var thread portal.Thread
		if thread, err = h.db.Thread(ctx, viewer, t.id); err == nil {
			readers = &thread.Audience
		}
	case practiceKind:
		_, err = h.db.Practice(ctx, viewer, t.id)
	case workspaceKind:
		_, err = h.db.Workspace(ctx, viewer.MemberID, t.id)
	case memberKind:
		if !viewer.SignedIn() {
			err = portal.ErrSignIn()
		}
	case moderationKind:
		switch {
		case !viewer.SignedIn():
			err = portal.ErrSignIn()
		case !viewer.Moderator():
			err = portal.ErrForbidden()
		default:
			topics, err = h.db.ModerationTopics(ctx, viewer)
			return topics, nil, err
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return []portal.Topic{t.key}, readers, nil
}

// fresh reads what decides over the client's access, and keeps it unless the hub has meanwhile
// read something later.
func (c *client) fresh(ctx context.Context) (portal.Viewer, error) {
	if !c.who.SignedIn() {
		return portal.Viewer{}, nil
	}
	h := c.hub
	h.mu.Lock()
	before := c.changes
	h.mu.Unlock()
	viewer, err := h.db.Viewer(ctx, c.who.MemberID)
	if err != nil {
		return viewer, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.changes == before {
		c.viewer = viewer
	}
	return viewer, nil
}

// access names the way by which the client came in.
func (c *client) access() (a postgres.Access, some bool) {
	a = postgres.Access{SessionID: c.who.SessionID, TokenID: c.who.TokenID}
	return a, a != postgres.Access{}
}

// confirm asks again whether the session lives, and closes the socket if not: it may have ended
// while the socket was opened, before the hub knew of it.
func (c *client) confirm() {
	a, some := c.access()
	if !some {
		return
	}
	ctx, done := c.hub.reading()
	defer done()
	live, err := c.hub.db.LiveAccess(ctx, []postgres.Access{a})
	switch {
	case err != nil:
		c.close(websocket.CloseTryAgainLater, "try again in a moment")
	case !live[a]:
		c.close(closeSession, "the session has ended")
	}
}

// standing is what was read of clients about whom an event told that their access has changed.
type standing struct {
	viewers map[int64]portal.Viewer
	live    map[postgres.Access]bool
}

func (h *Hub) standing(ctx context.Context, clients map[*client]struct{}) (standing, error) {
	var s standing
	if len(clients) == 0 {
		return s, nil
	}
	var members []int64
	var of []postgres.Access
	for c := range clients {
		members = append(members, c.who.MemberID)
		if a, some := c.access(); some {
			of = append(of, a)
		}
	}
	var err error
	if s.viewers, err = h.db.Viewers(ctx, members); err != nil {
		return s, err
	}
	s.live, err = h.db.LiveAccess(ctx, of)
	return s, err
}

// reassess acts on changed access, under the lock: the socket closes, or subscriptions end.
func (h *Hub) reassess(c *client, now standing, known *facts) {
	viewer, member := now.viewers[c.who.MemberID]
	if !member && c.who.SignedIn() {
		c.close(websocket.ClosePolicyViolation, "the membership is suspended")
		return
	}
	if a, some := c.access(); some && !now.live[a] {
		c.close(closeSession, "the session has ended")
		return
	}
	if viewer.Unseen != c.viewer.Unseen {
		for _, s := range c.subs {
			s.topic.dirty = true
		}
	}
	c.viewer = viewer
	c.changes++
	for i := len(c.subs) - 1; i >= 0; i-- {
		if s := c.subs[i]; !s.still(viewer, known) {
			h.revoke(s)
		}
	}
}

// still tells whether the viewer may keep the subscription. Of one that was joined after the
// facts were gathered nothing is known, and nothing need be: it has asked by itself since.
func (s *subscription) still(v portal.Viewer, known *facts) bool {
	switch s.kind {
	case threadKind:
		asked := known.askedThreads[s.id]
		t := known.threads[s.id]
		return !asked || t != nil && v.CanSee(t.Audience)
	case practiceKind:
		asked := known.askedPractices[s.id]
		p := known.practices[s.id]
		return !asked || p != nil && v.CanSee(p.Audience)
	case workspaceKind:
		was := s.inside
		s.inside = v.In(s.id) || v.ModeratorOf(s.id)
		return s.inside || !was
	case moderationKind:
		return v.Moderator()
	}
	return true
}

// revoke ends a subscription that may no longer be, under the lock.
func (h *Hub) revoke(s *subscription) {
	h.drop(s)
	if !s.greeted {
		return // it is refused instead, by who just asks for it
	}
	h.Revoked.Add(1)
	s.client.enqueue(reply{Op: "revoked", Topic: s.name}.message())
}

// watchAccess closes the sockets of sessions that run out: of that no event tells.
func (h *Hub) watchAccess() {
	tick := time.NewTicker(accessEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
			h.closeExpired()
		}
	}
}

func (h *Hub) closeExpired() {
	ways := map[*client]postgres.Access{}
	var of []postgres.Access
	h.mu.Lock()
	for c := range h.clients {
		if a, some := c.access(); some {
			ways[c] = a
			of = append(of, a)
		}
	}
	h.mu.Unlock()
	if len(of) == 0 {
		return
	}
	ctx, done := h.reading()
	defer done()
	live, err := h.db.LiveAccess(ctx, of)
	if err != nil {
		if h.ctx.Err() == nil {
			h.log.Warn("could not look whether sessions have run out", "err", err)
		}
		return
	}
	for c, a := range ways {
		if !live[a] {
			c.close(closeSession, "the session has ended")
		}
	}
}
