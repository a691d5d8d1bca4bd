// Package storytest runs whole portals for tests: the real program on a real PostgreSQL, with a
// client that checks every answer of the API against the OpenAPI document.
package storytest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"praxis/assets"
	"praxis/internal/app"
	"praxis/internal/config"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/postgres"
	"praxis/internal/search/searchtest"
	"praxis/sql"
)

// Files are what the binary carries.
var Files = app.Files{Assets: assets.Files, SQL: sql.Files}

// Portal is a running node of a test.
type Portal struct {
	URL      string
	Settings config.Settings
	stop     context.CancelFunc
	stopped  chan error
	once     sync.Once
	opened   sync.Once
	store    *postgres.DB
}

// Database makes a database of the test's own, with schema, roster and the demonstration.
func Database(t testing.TB) string {
	t.Helper()
	return pgtest.URL(t, func(url string) error {
		s := config.Settings{Addr: "127.0.0.1:0", DatabaseURL: url, DataDir: t.TempDir(), Prepare: "on"}
		n, err := app.Open(context.Background(), s, Files, app.Options{Demo: true}, Quiet())
		if err != nil {
			return err
		}
		defer n.Close()
		return searchtest.Keep(context.Background(), n.DB, n.Vocab)
	}, "demo")
}

// look is made once for all portals of a test run: it never changes.
var look = sync.OnceValues(func() (*app.Look, error) { return app.MakeLook(Files) })

// fewConnections are enough for a test's portal: each costs the server a process, which learns of every
// table anew, and a test that needs more of them is told so by its time.
const fewConnections = 5

// Quiet is a logger that only tells of what is wrong, on the test's standard error.
func Quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

// Start runs a node with the demonstration on a database of its own; change may alter the
// settings before.
func Start(t testing.TB, change func(*config.Settings)) *Portal {
	t.Helper()
	return StartOn(t, Database(t), change)
}

// StartOn runs one more node on a database.
func StartOn(t testing.TB, database string, change func(*config.Settings)) *Portal {
	t.Helper()
	s := config.Settings{Addr: "127.0.0.1:0", DatabaseURL: database, DataDir: t.TempDir(), Prepare: "on", RateLimits: "off"}
	if change != nil {
		change(&s)
	}
	searchtest.Lay(t, s.Sub("index"))
	connections := fewConnections
	if _, measured := t.(*testing.B); measured {
		connections = 0
	}
	seen, err := look()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &Portal{Settings: s, stop: stop, stopped: make(chan error, 1)}
	ready := make(chan string, 1)
	go func() {
		n, err := app.Open(ctx, s, Files, app.Options{Demo: true, Exclusive: true, Look: seen, PoolSize: connections}, Quiet())
		if err == nil {
			err = n.Serve(ctx, func(url string) { ready <- url })
			n.Close()
		}
		p.stopped <- err
	}()
	select {
	case p.URL = <-ready:
	case err := <-p.stopped:
		t.Fatalf("start a portal: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("start a portal: not ready after a minute")
	}
	if s.BaseURL != "" {
		p.URL = "http://" + s.Addr // as the proxy that stands at the public origin reaches it
	}
	t.Cleanup(func() {
		p.Stop(t)
		if p.store != nil {
			p.store.Close()
		}
	})
	p.await(t)
	return p
}

// await waits until the portal says that it is ready.
func (p *Portal) await(t testing.TB) {
	t.Helper()
	for range 3000 {
		if res, err := http.Get(p.URL + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the portal does not get ready")
}

// Stop stops the node in good order.
func (p *Portal) Stop(t testing.TB) {
	p.once.Do(func() {
		p.stop()
		select {
		case err := <-p.stopped:
			if err != nil {
				t.Errorf("the portal stopped with: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the portal does not stop")
		}
	})
}

// Store opens the portal's store, for what no door tells.
func (p *Portal) Store(t testing.TB) *postgres.DB {
	t.Helper()
	p.opened.Do(func() {
		db, err := postgres.Open(p.Settings.DatabaseURL, postgres.Options{Owner: true, PoolSize: 4})
		if err != nil {
			t.Fatal(err)
		}
		p.store = db
	})
	return p.store
}

// Client speaks to a portal as one member, or as a visitor.
type Client struct {
	T     testing.TB
	URL   string
	Token string
	check *checker // nil: of another program
}

// Visitor gives a client that is not signed in.
func (p *Portal) Visitor(t testing.TB) *Client {
	t.Helper()
	return &Client{T: t, URL: p.URL, check: document(t)}
}

// Answer is what came back.
type Answer struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a call of the API; body is sent as JSON unless it is nil, and headers are name, value
// pairs. The answer is checked against the OpenAPI document.
func (c *Client) Do(method, path string, body any, headers ...string) *Answer {
	c.T.Helper()
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			c.T.Fatal(err)
		}
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	return c.Raw(method, path, raw, headers...)
}

// Raw makes a call of the API with a body as it is.
func (c *Client) Raw(method, path string, body []byte, headers ...string) *Answer {
	c.T.Helper()
	req, err := http.NewRequest(method, c.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		c.T.Fatal(err)
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.T.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.T.Fatalf("%s %s: %v", method, path, err)
	}
	a := &Answer{t: c.T, what: fmt.Sprintf("%s %s", method, path), Status: res.StatusCode, Header: res.Header, Body: raw}
	if c.check == nil {
		return a
	}
	if err := c.check.answer(req, a); err != nil {
		c.T.Errorf("%s answers %d unlike the OpenAPI document: %v\n%.600s", a.what, a.Status, err, raw)
	}
	return a
}

// upload sends a file as the field "file" of a multipart form.
func (c *Client) upload(path, name string, content []byte) *Answer {
	c.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		c.T.Fatal(err)
	}
	return c.Raw("POST", path, body.Bytes(), "Content-Type", form.FormDataContentType())
}

// Want fails the test unless the status is one of those.
func (a *Answer) Want(status ...int) *Answer {
	a.t.Helper()
	for _, s := range status {
		if a.Status == s {
			return a
		}
	}
	a.t.Fatalf("%s answers %d, want %v: %.600s", a.what, a.Status, status, a.Body)
	return a
}

// Into reads the answer's JSON.
func (a *Answer) Into(v any) *Answer {
	a.t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.t.Fatalf("%s: %v: %.300s", a.what, err, a.Body)
	}
	return a
}

// Thing is the little that most answers have.
type Thing struct {
	ID       int64
	Version  int64
	Status   string
	Title    string
	Handling string
	Body     string
}

// Thing reads the answer as one.
func (a *Answer) Thing() (t Thing) {
	a.t.Helper()
	a.Into(&t)
	return t
}

// Things reads the answer as a list.
func (a *Answer) Things() []Thing {
	a.t.Helper()
	var list struct{ Items []Thing }
	a.Into(&list)
	return list.Items
}

// Eventually tries until ok, for at most ten seconds.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 200 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: not after ten seconds", what)
}
