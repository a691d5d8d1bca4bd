package account

import (
	"sync"
	"sync/atomic"
	"time"

	"praxis/internal/portal"
)

// The identity of a session is asked for at every request and changes rarely. Each node keeps it
// for a moment, and forgets all of it when the log tells of anything that decides over access, so
// a revoked session, a role or a membership acts as soon as the log is read. The moment bounds
// what a node that is cut off from the log could get wrong: the promise is one second.
const (
	identityLife = 700 * time.Millisecond
	identityKept = 10_000
)

type identityCache struct {
	mu         sync.Mutex
	kept       map[string]keptIdentity
	generation atomic.Int64
}

type keptIdentity struct {
	who   portal.Identity
	until time.Time
}

func (c *identityCache) get(hash []byte) (portal.Identity, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[string(hash)]
	return k.who, ok && time.Now().Before(k.until)
}

// put keeps an identity unless everything was forgotten since it was asked for.
func (c *identityCache) put(hash []byte, who portal.Identity, generation int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.generation.Load() {
		return
	}
	if c.kept == nil || len(c.kept) >= identityKept {
		c.kept = map[string]keptIdentity{}
	}
	c.kept[string(hash)] = keptIdentity{who: who, until: time.Now().Add(identityLife)}
}

func (c *identityCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation.Add(1)
	c.kept = nil
}

// Forget drops what this node keeps of identities when an event may have changed one: it is a
// consumer of the log.
func (s *Service) Forget(events []portal.Event) {
	for _, e := range events {
		switch e.Type {
		case portal.SessionEnded, portal.MemberChanged, portal.MembershipChanged, portal.Notified:
			s.identity.clear()
			return
		}
	}
}
