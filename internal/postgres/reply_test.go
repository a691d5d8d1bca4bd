package postgres_test

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// cutter stands between the portal and its server, and where it is told to, it lets a question
// through and loses the answer together with the connection.
type cutter struct {
	armed atomic.Bool
	cut   atomic.Int64
	ends  chan func() // of each connection
}

var (
	hostOf = regexp.MustCompile(`host='?([^' ]+)'?`)
	portOf = regexp.MustCompile(`port='?(\d+)'?`)
)

// between makes a cutter before the server of an address, and gives the address that leads through it.
func between(t *testing.T, address string) (*cutter, string) {
	t.Helper()
	host, port := hostOf.FindStringSubmatch(address)[1], portOf.FindStringSubmatch(address)[1]
	network, server := "tcp", net.JoinHostPort(host, port)
	if filepath.IsAbs(host) {
		network, server = "unix", filepath.Join(host, ".s.PGSQL."+port)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") // a socket file would tell at once that its other end is gone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	c := &cutter{ends: make(chan func(), 100)}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial(network, server)
			if err != nil {
				client.Close()
				continue
			}
			go c.carry(client, up)
		}
	}()
	host, port, _ = net.SplitHostPort(listener.Addr().String())
	return c, portOf.ReplaceAllLiteralString(hostOf.ReplaceAllLiteralString(address, "host="+host), "port="+port) + " sslmode=disable"
}

func (c *cutter) carry(client, server net.Conn) {
	var once sync.Once
	end := func() { once.Do(func() { client.Close(); server.Close() }) }
	c.ends <- end
	defer end()
	go func() {
		defer end()
		_, _ = io.Copy(server, client) // either side may go away
	}()
	answer := make([]byte, 64<<10)
	for {
		n, err := server.Read(answer)
		if err != nil {
			return
		}
		if c.armed.CompareAndSwap(true, false) {
			c.cut.Add(1)
			return
		}
		if _, err := client.Write(answer[:n]); err != nil {
			return
		}
	}
}

// A post whose answer is lost with the connection is there once: whether it was written cannot be
// known, so it is not written again without being asked.
func TestALostAnswerIsNotAskedForAgain(t *testing.T) {
	ctx := context.Background()
	db, at := openAt(t)
	c, through := between(t, at)
	far, err := postgres.Open(through, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	var author, thread int64
	if err := db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.SeedRoster(ctx, []portal.Country{{Code: "AT", Names: map[string]string{"en": "Austria"}, Membership: "yes", Source: "a test"}}, nil); err != nil {
			return err
		}
		room, err := tx.InsertWorkspace(ctx, portal.Workspace{Kind: "theme", Name: "Room", Access: "open"})
		if err != nil {
			return err
		}
		if author, err = tx.InsertMember(ctx, portal.Member{Email: "a@example.org", Name: "Member", Country: "AT", Locale: "en", TimeZone: "UTC", Sharing: portal.DefaultSharing}); err != nil {
			return err
		}
		of := portal.Thread{Title: "A thread", Language: "en"}
		of.WorkspaceID, of.AuthorID, of.Handling = room, author, portal.Clear
		thread, err = tx.InsertThread(ctx, of)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	post := portal.Post{ThreadID: thread, Author: portal.Person{ID: author}, Body: "Once."}
	viewer := portal.Viewer{MemberID: author}
	if _, err := far.Reply(ctx, viewer, post, nil); err != nil {
		t.Fatal(err)
	}
	c.armed.Store(true)
	if _, err := far.Reply(ctx, viewer, post, nil); portal.KindOf(err) != portal.Unavailable {
		t.Errorf("the lost answer is told as %v", err)
	}
	posts, err := db.Posts(ctx, 0, thread, 0, 10)
	if err != nil || len(posts) != 2 || c.cut.Load() != 1 {
		t.Errorf("there are %d posts after %d cuts (%v), want 2 after one", len(posts), c.cut.Load(), err)
	}
}

// After a restart of the server no connection of the pool is alive, and nobody is told so: what was not
// sent is sent on a new one.
func TestDeadConnectionsCostNobodyAnAnswer(t *testing.T) {
	ctx := context.Background()
	_, at := openAt(t)
	c, through := between(t, at)
	pool, err := postgres.Open(through, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	pool.Warm(ctx)
	dead := len(c.ends)
	if dead < postgres.PoolSize-2 {
		t.Fatalf("%d connections were made, want those of a pool of %d", dead, postgres.PoolSize)
	}
	for range dead {
		(<-c.ends)()
	}
	for i := range dead {
		if _, err := pool.Posts(ctx, 0, 1, 0, 1); err != nil {
			t.Errorf("read %d: %v", i, err)
		}
	}
}
