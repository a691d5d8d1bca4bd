package web_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/assets"
	"praxis/internal/account"
	"praxis/internal/admin"
	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/collection"
	"praxis/internal/demo"
	"praxis/internal/discussion"
	"praxis/internal/harvest"
	"praxis/internal/i18n"
	"praxis/internal/index"
	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/notify"
	"praxis/internal/pgcluster/pgtest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/postgres/storetest"
	"praxis/internal/practice"
	reporting "praxis/internal/report"
	"praxis/internal/search"
	"praxis/internal/search/searchtest"
	"praxis/internal/thesaurus"
	"praxis/internal/web"
	"praxis/internal/web/page"
	"praxis/internal/workspace"
	"praxis/sql"
)

var ctx = context.Background()

func TestMain(m *testing.M) { pgtest.Main(m) }

// Who asks, by the demonstration's accounts; "" is a visitor.
const (
	visitor   = ""
	ana       = "ana@demo.example"
	lena      = "lena@demo.example"
	karim     = "karim@demo.example"
	moderator = "moderator@demo.example"
	officer   = "officer@demo.example"
)

// world is a portal filled with the demonstration, on a database of its own.
type world struct {
	db       *postgres.DB
	vocab    *portal.Vocabulary
	f        web.Features
	handler  http.Handler
	indexer  *search.Indexer
	problems problems

	mu     sync.Mutex
	tokens map[string]string
}

// problems gathers what the catalogues could not say.
type problems struct {
	mu   sync.Mutex
	list []string
}

func (p *problems) add(lang, problem string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, lang+": "+problem)
}

func (p *problems) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = nil
	return list
}

func fill(dsn string, vocab *portal.Vocabulary) error {
	db, err := postgres.Open(dsn, postgres.Options{Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Migrate(ctx, sql.Files); err != nil {
		return err
	}
	if err := admin.New(db).SeedRoster(ctx, sql.Files, true); err != nil {
		return err
	}
	if err := thesaurus.New(db).Seed(ctx, sql.Files); err != nil {
		return err
	}
	if _, err = demo.Fill(ctx, db, sql.Files); err != nil {
		return err
	}
	return searchtest.Keep(ctx, db, vocab)
}

// look is what all worlds look like: it never changes, and takes longer to make than all else.
var look struct {
	sync.Once
	catalogues *i18n.Catalogues
	screens    *page.Pages
}

func makeLook(t testing.TB) {
	t.Helper()
	locales, err := fs.Sub(assets.Files, "locales")
	must(t, err)
	look.catalogues, err = i18n.Load(locales)
	must(t, err)
	look.screens, err = page.New(page.Config{Files: assets.Files, Catalogues: look.catalogues, Vocabulary: storetest.Vocabulary(t)})
	must(t, err)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{tokens: map[string]string{}, vocab: storetest.Vocabulary(t)}
	dsn, _, err := postgres.AsPortal(ctx, pgtest.URL(t, func(dsn string) error { return fill(dsn, w.vocab) }, "demo"))
	must(t, err)
	w.db, err = postgres.Open(dsn, postgres.Options{})
	must(t, err)
	t.Cleanup(func() { w.db.Close() })
	look.Do(func() { makeLook(t) })
	look.catalogues.OnProblem(w.problems.add)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := blob.Open(t.TempDir())
	must(t, err)
	kept := filepath.Join(t.TempDir(), "index")
	searchtest.Lay(t, kept)
	ix, err := index.Open(kept, log)
	must(t, err)
	t.Cleanup(func() { ix.Close() })
	indexer := search.NewIndexer(w.db, ix, w.vocab, log)
	must(t, indexer.Start(ctx))
	w.indexer = indexer
	openapi, err := fs.ReadFile(assets.Files, "openapi/openapi.json")
	must(t, err)
	w.f = web.Features{Collections: collection.New(w.db), Thesaurus: thesaurus.New(w.db), Harvest: harvest.New(w.db), Reports: reporting.New(w.db), Contact: "operators@praxis.test", Accounts: account.New(w.db, w.vocab, false, []string{"en", "es", "ar"}, log), Workspaces: workspace.New(w.db, w.vocab),
		Practices: practice.New(w.db, w.vocab), Attachments: attachment.New(w.db, store, log), Discussions: discussion.New(w.db),
		Moderation: moderation.New(w.db, w.vocab), Search: search.New(w.db, ix, w.vocab, log), Notify: notify.New(w.db), Admin: admin.New(w.db),
		Vocabulary: w.vocab, Catalogues: look.catalogues, OpenAPI: openapi, BaseURL: "http://praxis.test", Demo: true, CaughtUp: indexer.CaughtUp, IndexBuilt: indexer.Built, Once: w.db, Log: &alwaysMoving{}}
	w.f.Practices.OnWithdraw(w.f.Attachments.KeepEvidence)
	w.f.Notify.WithSearches(search.NewAlerts(w.f.Search))
	w.db.OnCommit(w.f.Accounts.Forget)
	w.mount(t, log)
	return w
}

func (w *world) mount(t testing.TB, log *slog.Logger) {
	t.Helper()
	common, err := middleware.New(middleware.Options{BaseURL: w.f.BaseURL, Catalogues: w.f.Catalogues, Accounts: w.f.Accounts, Log: log})
	must(t, err)
	pages, err := web.New(w.f, look.screens, common)
	must(t, err)
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if err := pages.Fail(c, err); err != nil {
			t.Errorf("an error could not be answered: %v", err)
		}
	}
	e.Use(common.Every)
	pages.Mount(e)
	w.handler = e
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// token opens a session for a member of the demonstration, once; that passwords do so is TestSignIn's to show.
func (w *world) token(t testing.TB, email string) string {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tokens[email] == "" {
		m, err := w.db.MemberByEmail(ctx, email)
		must(t, err)
		token, err := w.f.Accounts.OpenSession(ctx, m.ID, account.SignIn{Kind: "browser", Address: "192.0.2.1"})
		must(t, err)
		w.tokens[email] = token
	}
	return w.tokens[email]
}

// who is the identity of a member of the demonstration.
func (w *world) who(t testing.TB, email string) portal.Identity {
	t.Helper()
	if email == visitor {
		return portal.Identity{}
	}
	who, err := w.f.Accounts.Identify(ctx, w.token(t, email))
	must(t, err)
	return who
}

// do sends a request as somebody.
func (w *world) do(t testing.TB, email string, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	if email != visitor {
		r.AddCookie(&http.Cookie{Name: "praxis_session", Value: w.token(t, email)})
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec
}

func (w *world) get(t testing.TB, email, path string) *httptest.ResponseRecorder {
	t.Helper()
	return w.do(t, email, httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form from the portal's own page.
func (w *world) post(t testing.TB, email, path string, values url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(t, email, r)
}

// settle lets the log be read: notifications are made of what happened until now.
func (w *world) settle(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		n, err := w.db.Sequence(ctx)
		must(t, err)
		more, err := w.f.Notify.Work(ctx)
		must(t, err)
		if n == 0 && !more {
			return
		}
	}
	t.Fatal("the log does not come to rest")
}

// index leads the index on to the end of the log, and reads again what the thesaurus' edits concern.
func (w *world) index(t testing.TB) {
	t.Helper()
	w.settle(t)
	for {
		events, err := w.db.ReadLog(ctx, w.indexer.Position(), postgres.MaxRead)
		must(t, err)
		if len(events) == 0 {
			break
		}
		must(t, w.indexer.Consume(ctx, events, events[len(events)-1].Position))
	}
	must(t, w.indexer.Reread(ctx))
}

// alwaysMoving is a log that moves on at every look, so that no visitor gets what was made for
// another: these tests run without a relay that would tell.
type alwaysMoving struct{ at atomic.Int64 }

func (l *alwaysMoving) Head() int64 { return l.at.Add(1) }
