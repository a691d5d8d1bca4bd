package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"praxis/internal/discussion"
	"praxis/internal/live"
	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/outbox"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
	"praxis/internal/workspace"
	"praxis/sql"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const patience = 10 * time.Second

var quiet = slog.New(slog.DiscardHandler)

var ctx = context.Background()

// world is a database with two workspaces and their people.
type world struct {
	t         testing.TB
	dsn       string
	db        *postgres.DB
	threads   *discussion.Service
	mods      *moderation.Service
	spaces    *workspace.Service
	officer   portal.Identity
	moderator portal.Identity // of the workspace
	ana       portal.Identity // in the workspace
	somchai   portal.Identity // in the workspace
	lena      portal.Identity // in the other workspace only
	space     int64
	other     int64
	tokens    map[int64]string
	nodes     int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	dsn, own, err := postgres.AsPortal(ctx, pgtest.URL(t, migrate, "praxis"))
	if err != nil || !own {
		t.Fatalf("become the portal's role: %v, %v", own, err)
	}
	w := &world{t: t, dsn: dsn, tokens: map[int64]string{}}
	w.db = w.connect()
	w.threads, w.mods, w.spaces = discussion.New(w.db), moderation.New(w.db, nil), workspace.New(w.db, nil)
	w.must(w.db.InTx(ctx, w.populate))
	for _, who := range []*portal.Identity{&w.officer, &w.moderator, &w.ana, &w.somchai, &w.lena} {
		*who = w.signIn(who.MemberID)
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) connect() *postgres.DB {
	w.t.Helper()
	db, err := postgres.Open(w.dsn, postgres.Options{Log: quiet})
	w.must(err)
	w.t.Cleanup(func() { db.Close() })
	return db
}

func (w *world) populate(tx *postgres.Tx) error {
	var countries []portal.Country
	for _, c := range []string{"EC", "TH", "AT"} {
		countries = append(countries, portal.Country{Code: c, Names: map[string]string{"en": c}, Membership: "yes", Source: "a test", Member: true})
	}
	if err := tx.SeedRoster(ctx, countries, nil); err != nil {
		return err
	}
	var err error
	for key, id := range map[string]*int64{"one": &w.space, "two": &w.other} {
		if *id, err = tx.InsertWorkspace(ctx, portal.Workspace{Key: key, Kind: "theme", Name: key, Access: "open"}); err != nil {
			return err
		}
	}
	for _, p := range []struct {
		who     *portal.Identity
		name    string
		country string
		officer bool
		in      int64
		role    string
	}{
		{&w.officer, "officer", "AT", true, 0, ""}, {&w.moderator, "moderator", "AT", false, w.space, portal.RoleModerator},
		{&w.ana, "ana", "EC", false, w.space, portal.RoleMember}, {&w.somchai, "somchai", "TH", false, w.space, portal.RoleMember},
		{&w.lena, "lena", "AT", false, w.other, portal.RoleMember},
	} {
		p.who.MemberID, err = tx.InsertMember(ctx, portal.Member{Email: p.name + "@example.org", Name: p.name, Country: p.country,
			Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing, Officer: p.officer})
		if err == nil && p.in != 0 {
			_, err = tx.PutWorkspaceMember(ctx, p.in, p.who.MemberID, p.role)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// signIn opens a session for the member.
func (w *world) signIn(member int64) portal.Identity {
	w.t.Helper()
	token, hash := secret.NewToken()
	w.must(w.db.InTx(ctx, func(tx *postgres.Tx) error {
		_, err := tx.InsertSession(ctx, portal.Session{MemberID: member, Kind: "api", ExpiresAt: time.Now().Add(time.Hour)}, hash)
		return err
	}))
	w.tokens[member] = token
	who, err := w.db.IdentityByHash(ctx, hash)
	w.must(err)
	return who
}

func (w *world) thread(author portal.Identity, handling portal.Handling, named ...int64) int64 {
	w.t.Helper()
	t, err := w.threads.Open(ctx, author, w.space, discussion.NewThread{Title: "A thread", Body: "Its opening post", Handling: handling, Named: named})
	w.must(err)
	return t.ID
}

func (w *world) post(author portal.Identity, thread int64, body string) portal.Post {
	w.t.Helper()
	p, err := w.threads.Reply(ctx, author, thread, discussion.NewPost{Body: body})
	w.must(err)
	return p
}

func migrate(url string) error {
	db, err := postgres.Open(url, postgres.Options{Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Migrate(ctx, sql.Files)
	return err
}

// node is one process of the portal, as far as sockets go.
type node struct {
	w     *world
	hub   *live.Hub
	relay *outbox.Relay
	site  *httptest.Server
	stop  func()
}

func (w *world) node(opt live.Options) *node {
	w.t.Helper()
	db := w.db // the first node is the one that is written on
	if w.nodes++; w.nodes > 1 {
		db = w.connect()
	}
	n := &node{w: w, hub: live.NewHub(db, quiet, opt), relay: outbox.New(db, quiet)}
	n.relay.Follow(outbox.Follower{Name: "live", From: outbox.FromHead, Consume: n.hub.Consume, Restored: n.hub.Restored})
	relaying, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.relay.Run(relaying)
	}()
	common, err := middleware.New(middleware.Options{BaseURL: "http://portal.example"})
	w.must(err)
	e := echo.New()
	e.HTTPErrorHandler = problem
	e.GET("/api/v1/live", n.hub.Handler(common, func(ctx context.Context, token string) (portal.Identity, error) {
		return db.IdentityByHash(ctx, secret.HashToken(token))
	}))
	n.site = httptest.NewServer(e)
	n.stop = func() {
		n.hub.Shutdown(10 * time.Millisecond)
		n.site.Close()
		cancel()
		<-done
		n.stop = func() {}
	}
	w.t.Cleanup(func() { n.stop() })
	return n
}

func problem(err error, c echo.Context) {
	status := map[portal.ErrorKind]int{portal.Unauthorized: 401, portal.Forbidden: 403, portal.Malformed: 400, portal.TooMany: 429,
		portal.Unavailable: 503}[portal.KindOf(err)]
	_ = c.NoContent(max(status, 400)) // the client looks at the status alone
}

// said is any message of the server.
type said struct {
	Op      string          `json:"op"`
	ID      int64           `json:"id"`
	Topic   string          `json:"topic"`
	Type    string          `json:"type"`
	Head    int64           `json:"head"`
	Code    string          `json:"code"`
	RetryMS int64           `json:"retry_ms"`
	Data    json.RawMessage `json:"data"`
	Members []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"members"`
	Member *struct{ ID int64 } `json:"member"`
}

func (s said) post() (p struct {
	ID     int64
	Body   string
	HTML   string
	Hidden bool
}) {
	_ = json.Unmarshal(s.Data, &p) // a test that looks at it sees what is missing
	return p
}

// socket is a client.
type socket struct {
	t     testing.TB
	conn  *websocket.Conn
	heard chan said
	code  chan int // the code with which the server closed; -1: without one
}

// dial connects as a member, or as a visitor with the zero identity.
func (n *node) dial(who portal.Identity) *socket {
	n.w.t.Helper()
	s, status := n.try(n.w.tokens[who.MemberID], nil)
	if s == nil {
		n.w.t.Fatalf("the handshake was refused: %d", status)
	}
	return s
}

func (n *node) try(token string, header http.Header) (*socket, int) {
	n.w.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{live.Subprotocol}, HandshakeTimeout: patience}
	if token != "" {
		dialer.Subprotocols = append(dialer.Subprotocols, "bearer."+token)
	}
	conn, answer, err := dialer.Dial(n.address(), header)
	if err != nil {
		if answer == nil {
			n.w.t.Fatalf("dial: %v", err)
		}
		return nil, answer.StatusCode
	}
	if conn.Subprotocol() != live.Subprotocol {
		n.w.t.Errorf("the server speaks %q", conn.Subprotocol())
	}
	s := &socket{t: n.w.t, conn: conn, heard: make(chan said, 100_000), code: make(chan int, 1)}
	n.w.t.Cleanup(func() { conn.Close() })
	go s.listen()
	return s, answer.StatusCode
}

func (n *node) address() string {
	return "ws" + strings.TrimPrefix(n.site.URL, "http") + "/api/v1/live"
}

func (s *socket) listen() {
	defer close(s.heard)
	for {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				s.code <- closed.Code
			}
			close(s.code)
			return
		}
		for _, m := range unpack(s.t, frame) {
			s.heard <- m
		}
	}
}

func unpack(t testing.TB, frame []byte) []said {
	var many []said
	if frame[0] != '[' {
		frame = []byte("[" + string(frame) + "]")
	}
	if err := json.Unmarshal(frame, &many); err != nil {
		t.Errorf("the server said %q: %v", frame, err)
	}
	return many
}

func (s *socket) say(format string, args ...any) {
	s.t.Helper()
	if err := s.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		s.t.Fatal(err)
	}
}

// next gives the next message but presence.
func (s *socket) next() said {
	s.t.Helper()
	for {
		m := s.any()
		if m.Op != "presence" {
			return m
		}
	}
}

func (s *socket) any() said {
	s.t.Helper()
	select {
	case m, open := <-s.heard:
		if !open {
			s.t.Fatal("the server closed the socket")
		}
		return m
	case <-time.After(patience):
		s.t.Fatal("the server says nothing")
	}
	panic("not reached")
}

// expect gives the next message, which must be of the kind and topic.
func (s *socket) expect(op, topic string) said {
	s.t.Helper()
	m := s.next()
	if m.Op != op || m.Topic != topic {
		s.t.Fatalf("the server said %+v (%s), want %s on %q", m, m.Data, op, topic)
	}
	return m
}

func (s *socket) event(topic string, typ portal.EventType) said {
	s.t.Helper()
	m := s.expect("event", topic)
	if m.Type != string(typ) {
		s.t.Fatalf("the server told of %s, want %s", m.Type, typ)
	}
	return m
}

// subscribe subscribes from now on.
func (s *socket) subscribe(topic string) said {
	s.t.Helper()
	s.say(`{"op":"subscribe","topic":%q}`, topic)
	return s.expect("subscribed", topic)
}

// silent holds that the server has nothing to say: it answers a ping, and with nothing before.
func (s *socket) silent() {
	s.t.Helper()
	time.Sleep(150 * time.Millisecond)
	s.say(`{"op":"ping"}`)
	s.expect("pong", "")
}

// closed waits for the server's close and gives its code.
func (s *socket) closed() int {
	s.t.Helper()
	select {
	case code, told := <-s.code:
		if !told {
			return -1
		}
		return code
	case <-time.After(patience):
		s.t.Fatal("the server does not close")
	}
	panic("not reached")
}

// settled waits until the node has read all that was committed.
func (n *node) settled() {
	n.w.t.Helper()
	for waiting := true; waiting; {
		_, err := n.w.db.Sequence(ctx)
		n.w.must(err)
		n.w.must(n.w.db.Raw().QueryRow(`select exists (select from events where position is null)`).Scan(&waiting))
	}
	at, err := n.w.db.LogHead(ctx)
	n.w.must(err)
	for begin := time.Now(); n.relay.Stats().Readers[0].Position < at.Head; time.Sleep(time.Millisecond) {
		if time.Since(begin) > patience {
			n.w.t.Fatal("the relay does not come to the head")
		}
	}
}

func topicOf(thread int64) string { return string(portal.ThreadTopic(thread)) }
