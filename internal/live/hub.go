// Package live is the door for sockets, and where they are blocked for server-sent events and for asking
// again and again: whoever subscribes to a thread, a workspace, a practice,
// her own affairs or her moderation is told of each event that she may see, once and in order.
//
// A node has one Hub, which the relay feeds. The log itself is the queue of a subscription that
// is not yet up to date: it reads on from there until nothing is missing, and is fed from then on.
// What a socket has still to write waits in a bounded queue of its own; a goroutine writes as long
// as there is something, so that an idle socket costs one goroutine and a few kilobytes.
package live

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Limits of the sockets.
const (
	MaxRequestFrame = 16 << 10 // bytes of a client's frame
	MaxTopics       = 50       // subscriptions of one socket
	MaxQueue        = 64       // messages that wait for one socket
	MaxResume       = 5000     // events that a subscription is given again; beyond: reset
	MaxSockets      = 50_000   // on one node, unless Options say otherwise
	MaxPerMember    = 32       // sockets of one member, or of one address of visitors
	requestRate     = 20       // requests a second of one socket
	requestBurst    = 100      // and at once after a pause
	maxFrame        = 256 << 10
	resumePage      = 100 // events that are read and told at once when resuming
	readers         = 6   // subscriptions that may be asking the database at once
	sendBuffer      = 64 << 10
	ioBuffer        = 1 << 10
)

// Times of the sockets.
const (
	handshakeTime = 5 * time.Second
	pingEvery     = 20 * time.Second // proxies cut what is silent for 30 s
	deadAfter     = 75 * time.Second // without any sign of life
	writeTime     = 60 * time.Second // for one frame; a client this slow is gone
	closeTime     = 2 * time.Second  // for the client's answer to a close
	readTime      = 15 * time.Second // for what a subscription asks of the database
	accessEvery   = time.Minute      // between two looks whether sessions have run out
	presenceEvery = time.Second
)

// Options of a hub; the zero value takes the defaults.
type Options struct {
	MaxSockets   int           // on this node; 0: the default
	MaxPerMember int           // 0: the default
	Beat         time.Duration // how often the node tells others that it is there; 0: the default
	RateLimits   bool          // false lifts the bounds for one member and of requests a second: load tests
}

// Hub is one node's sockets.
type Hub struct {
	db    *postgres.DB
	log   *slog.Logger
	opt   Options
	ctx   context.Context // ends with Shutdown
	end   context.CancelFunc
	ready chan struct{} // closed once the hub knows where the log stands
	slots chan struct{} // who asks the database
	all   sync.WaitGroup
	Counters

	mu       sync.Mutex // guards the rest, and each client's viewer and subscriptions; never held over I/O
	edge     int64      // events up to here have been told, or are being told, to who subscribed before
	closed   bool
	comeBack time.Duration // told to whoever comes after that
	clients  map[*client]struct{}
	opening  int            // sockets that have a place and are not open yet
	origins  map[origin]int // sockets of each, those that open among them
	members  map[int64][]*client
	topics   map[portal.Topic]*topic
	holding  []*client // who is told when the batch is whole
	wheel    [pingEvery / time.Second]map[*client]struct{}
	peers    peers
	spoke    int // where the next client goes on the wheel
}

// origin is who opens sockets: a member, or an address of visitors.
type origin struct {
	member  int64
	address string
}

// topic is the subscriptions to one thing.
type topic struct {
	subs     []*subscription
	quiet    bool      // no word of who is there: the thread is red, hidden or not known yet
	heard    int       // times that an event told of the label
	dirty    bool      // who is there may have changed since it was last told
	own      []person  // who is there on this node, as other nodes are told
	presence []person  // on all of them, as the sockets were told
	typed    time.Time // since then
	typings  int       // words of typing were told
}

// NewHub makes a hub; Shutdown ends it.
func NewHub(db *postgres.DB, log *slog.Logger, opt Options) *Hub {
	if opt.MaxSockets == 0 {
		opt.MaxSockets = MaxSockets
	}
	if opt.MaxPerMember == 0 {
		opt.MaxPerMember = MaxPerMember
	}
	if opt.Beat == 0 {
		opt.Beat = beatEvery
	}
	h := &Hub{db: db, log: log, opt: opt, peers: newPeers(), ready: make(chan struct{}), slots: make(chan struct{}, readers),
		clients: map[*client]struct{}{}, origins: map[origin]int{}, members: map[int64][]*client{}, topics: map[portal.Topic]*topic{}}
	for i := range h.wheel {
		h.wheel[i] = map[*client]struct{}{}
	}
	h.ctx, h.end = context.WithCancel(context.Background())
	h.all.Go(h.turn)
	h.all.Go(h.watchAccess)
	h.all.Go(h.speak)
	return h
}

// reserve keeps a place for a socket that is to open, or says why there is none: before the
// handshake is answered, so that its answer is the truth and the bounds are exact.
func (h *Hub) reserve(from origin) *portal.Error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed || len(h.clients)+h.opening >= h.opt.MaxSockets:
		full := portal.Fail(portal.Unavailable, "error.unavailable")
		full.RetryAfter = 5 * time.Second
		return full
	case h.opt.RateLimits && h.origins[from] >= h.opt.MaxPerMember:
		many := portal.Fail(portal.TooMany, "error.too_often")
		many.RetryAfter = 5 * time.Second
		return many
	}
	h.opening++
	h.origins[from]++
	return nil
}

// release gives a place back whose socket did not open.
func (h *Hub) release(from origin) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opening--
	h.depart(from)
}

// depart counts one socket of an origin less, under the lock.
func (h *Hub) depart(from origin) {
	if h.origins[from]--; h.origins[from] <= 0 {
		delete(h.origins, from)
	}
}

// enter lets a client into its place, unless the hub has closed meanwhile. Whoever has entered ends
// with leave, and with Done of the hub's goroutines.
func (h *Hub) enter(c *client) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.opening--
	h.clients[c] = struct{}{}
	if id := c.who.MemberID; id != 0 {
		h.members[id] = append(h.members[id], c)
	}
	c.slot = h.spoke
	h.wheel[c.slot][c] = struct{}{}
	h.spoke = (h.spoke + 1) % len(h.wheel)
	h.Sockets.Add(1)
	h.all.Add(1)
	return true
}

// leave forgets a socket and its subscriptions.
func (h *Hub) leave(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(c.subs) > 0 {
		h.drop(c.subs[len(c.subs)-1])
	}
	delete(h.clients, c)
	delete(h.wheel[c.slot], c)
	h.depart(c.origin)
	if id := c.who.MemberID; id != 0 {
		h.members[id] = without(h.members[id], c)
		if len(h.members[id]) == 0 {
			delete(h.members, id)
		}
	}
	h.Sockets.Add(-1)
}

func without(list []*client, c *client) []*client {
	for i := range list {
		if list[i] == c {
			list[i] = list[len(list)-1]
			list[len(list)-1] = nil
			return list[:len(list)-1]
		}
	}
	return list
}

// goodbye tells a client to come back after a time or up to twice as much, not all at once.
func goodbye(retry time.Duration) *message {
	ms := retry.Milliseconds()
	ms += rand.Int64N(ms + 1)
	m := reply{Op: "goodbye", RetryMS: &ms}.message()
	m.retry = ms
	return m
}

// Shutdown says goodbye to every socket, with a time after which to come back (spread up to its
// double, so that not all come at once), closes them and waits for all goroutines of the hub.
func (h *Hub) Shutdown(retry time.Duration) {
	h.mu.Lock()
	h.closed, h.comeBack = true, retry
	open := make([]*client, 0, len(h.clients))
	for c := range h.clients {
		open = append(open, c)
	}
	h.mu.Unlock()
	for _, c := range open {
		c.enqueue(goodbye(retry))
		c.close(websocket.CloseServiceRestart, "the server restarts")
	}
	h.end()
	late := time.AfterFunc(closeTime+closeTime/4, func() {
		for _, c := range open {
			c.drop()
		}
	})
	defer late.Stop()
	h.all.Wait()
}
