package live_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/secret"
)

// The simulation drives two hubs and their clients on a real database, one random step after the other, by
// a seed: what is committed reaches a hub when the simulation hands it over, as late and in as many pieces
// as it likes. PRAXIS_SEED repeats one run, PRAXIS_STEPS makes it longer.
const (
	simSeeds   = 2
	simSteps   = 350
	simThreads = 3
)

// simNode is a hub without a relay: the simulation reads the log for it.
type simNode struct {
	w    *world
	hub  *live.Hub
	site *httptest.Server
	at   int64          // it has been handed the log up to here
	busy sync.WaitGroup // with what it was handed
}

// secretFor is a time in which somebody may not see a thread's events.
type secretFor struct {
	who   int64 // 0: all but the author
	from  int64 // the log's head when it began
	until int64 // and when it was about to end; 0: it has not
	ended time.Time
}

type sim struct {
	*world
	rng     *rand.Rand
	threads []int64
	nodes   []*simNode
	clients []*simClient
	secrets map[int64][]*secretFor // by thread
	red     map[int64]bool
	outside bool // somchai is no member now
	done    map[string]int
}

func TestSimulation(t *testing.T) {
	steps, seeds := simSteps, []uint64{}
	if given := os.Getenv("PRAXIS_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, seed)
	}
	if given, err := strconv.Atoi(os.Getenv("PRAXIS_STEPS")); err == nil {
		steps = given
	}
	for len(seeds) < simSeeds && os.Getenv("PRAXIS_SEED") == "" {
		seeds = append(seeds, rand.Uint64N(1_000_000_000))
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			t.Parallel()
			newSim(t, seed).run(steps)
			if t.Failed() {
				t.Logf("again with: PRAXIS_SEED=%d PRAXIS_STEPS=%d go test -run TestSimulation ./internal/live", seed, steps)
			}
		})
	}
}

func newSim(t *testing.T, seed uint64) *sim {
	s := &sim{world: newWorld(t), rng: rand.New(rand.NewPCG(seed, 1)), secrets: map[int64][]*secretFor{}, red: map[int64]bool{}, done: map[string]int{}}
	for range simThreads {
		s.threads = append(s.threads, s.thread(s.ana, portal.Amber))
	}
	s.handed()
	for range 2 {
		s.nodes = append(s.nodes, s.start())
	}
	for i, who := range []portal.Identity{s.ana, s.somchai, s.moderator, s.somchai, s.somchai, s.lena, s.ana} {
		c := &simClient{t: t, name: fmt.Sprintf("client %d (%s)", i, who.Name), who: who, stream: i%3 == 1, follows: map[string]*seen{}}
		c.gate = sync.NewCond(&c.mu)
		for j, id := range s.threads {
			if !c.stream || j == i%simThreads {
				c.follows[topicOf(id)] = &seen{from: s.head(), last: s.head(), ids: map[int64]time.Time{}, wants: true}
			}
		}
		s.clients = append(s.clients, c)
	}
	return s
}

// handed gives every committed event its position, and returns the log's head.
func (s *sim) handed() int64 {
	for more := true; more; {
		n, err := s.db.Sequence(ctx)
		s.must(err)
		more = n > 0
	}
	return s.head()
}

func (s *sim) head() int64 {
	at, err := s.db.LogHead(ctx)
	if err != nil {
		s.t.Error(err)
	}
	return at.Head
}

func (s *sim) start() *simNode {
	n := &simNode{w: s.world, hub: live.NewHub(s.db, quiet, live.Options{}), at: s.head()}
	s.must(n.hub.Consume(ctx, nil, n.at))
	common, err := middleware.New(middleware.Options{BaseURL: "http://portal.example"})
	s.must(err)
	e := echo.New()
	e.HTTPErrorHandler = problem
	identify := func(ctx context.Context, token string) (portal.Identity, error) {
		return s.db.IdentityByHash(ctx, secret.HashToken(token))
	}
	e.GET("/api/v1/live", n.hub.Handler(common, identify))
	e.GET("/api/v1/live/sse", n.hub.Stream(common, identify))
	n.site = httptest.NewServer(e)
	return n
}

// stop lets go who reads nothing, as the network would in time.
func (s *sim) stop(n *simNode) {
	n.busy.Wait()
	for _, c := range s.clients {
		c.pause(false)
	}
	n.hub.Shutdown(time.Millisecond)
	n.site.Close()
}

func (c *simClient) pause(paused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = paused
	c.gate.Broadcast()
}

// step does one random thing.
func (s *sim) step() {
	c := s.clients[s.rng.IntN(len(s.clients))]
	n := s.nodes[s.rng.IntN(len(s.nodes))]
	thread := s.threads[s.rng.IntN(len(s.threads))]
	what := ""
	switch dice := s.rng.IntN(100); {
	case dice < 38:
		what = "post"
		s.say(thread)
	case dice < 60:
		what = "hand over"
		s.hand(n, 1+s.rng.IntN(40))
	case dice < 77:
		what = "connect"
		c.connect(n, s.head)
	case dice < 82:
		what = "drop"
		c.drop()
	case dice < 87:
		what = "subscribe or not"
		c.toggle(topicOf(thread))
	case dice < 91:
		what = "slow"
		c.pause(!c.paused)
	case dice < 94:
		what = "relabel"
		s.relabel(thread)
		s.say(thread)
		for _, n := range s.nodes {
			s.hand(n, 40)
		}
	case dice < 96:
		what = "membership"
		s.membership()
		s.say(thread)
	case dice < 98:
		what = "restart"
		i := s.rng.IntN(len(s.nodes))
		s.stop(s.nodes[i])
		s.nodes[i] = s.start()
	default:
		what = "reset"
		n.busy.Wait()
		at, err := n.hub.Restored(ctx, s.handed())
		s.must(err)
		n.at = max(n.at, at)
	}
	s.done[what]++
}

func (s *sim) say(thread int64) {
	_, err := s.world.threads.Reply(ctx, s.ana, thread, discussion.NewPost{Body: strings.Repeat("A word. ", 1+s.rng.IntN(400))})
	s.must(err)
	if s.rng.IntN(3) == 0 {
		s.handed()
	}
}

// hand gives a hub the next events of the log, and does not wait until it has told them.
func (s *sim) hand(n *simNode, limit int) {
	n.busy.Wait()
	head := s.head()
	events, err := s.db.ReadLog(ctx, n.at, limit)
	s.must(err)
	if len(events) == 0 {
		return
	}
	n.at = events[len(events)-1].Position
	n.busy.Go(func() {
		if err := n.hub.Consume(ctx, events, max(head, n.at)); err != nil {
			s.t.Error(err)
		}
	})
}

func (c *simClient) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// toggle has the client give a topic up, or ask for it again from where it stands.
func (c *simClient) toggle(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.follows[topic]
	if c.stream || s == nil {
		return
	}
	if s.wants = !s.wants; c.conn == nil {
		return
	}
	if !s.wants {
		// What is under way may still come: it counts, as the client has not asked again.
		c.say(fmt.Sprintf(`{"op":"unsubscribe","topic":%q}`, topic))
		return
	}
	// To ask again it has to know that nothing of the earlier subscription is under way.
	c.conn.Close()
	c.conn = nil
}

// relabel turns a thread red, its author its only reader, or back.
func (s *sim) relabel(thread int64) {
	handling, none := portal.Red, []int64{}
	if s.red[thread] {
		handling = portal.Amber
		s.open(thread, 0)
	}
	_, err := s.world.threads.Change(ctx, s.ana, thread, 0, discussion.ThreadFields{Handling: &handling, Named: &none})
	s.must(err)
	if s.red[thread] = !s.red[thread]; s.red[thread] {
		s.secrets[thread] = append(s.secrets[thread], &secretFor{from: s.handed()})
	}
}

// open notes that what was said in secret is about to be open.
func (s *sim) open(thread, who int64) {
	for _, x := range s.secrets[thread] {
		if x.who == who && x.until == 0 {
			x.until, x.ended = s.handed(), time.Now()
		}
	}
}

// membership takes a reader out of the workspace, or back in.
func (s *sim) membership() {
	if s.outside {
		for _, id := range s.threads {
			s.open(id, s.somchai.MemberID)
		}
		s.must(s.spaces.PutMember(ctx, s.world.moderator, s.space, s.somchai.MemberID, portal.RoleMember))
		s.outside = false
		return
	}
	s.must(s.spaces.RemoveMember(ctx, s.world.moderator, s.space, s.somchai.MemberID))
	s.outside = true
	for _, id := range s.threads {
		s.secrets[id] = append(s.secrets[id], &secretFor{who: s.somchai.MemberID, from: s.handed()})
	}
}
