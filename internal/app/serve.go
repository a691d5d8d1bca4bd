package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/account"
	"praxis/internal/admin"
	"praxis/internal/api"
	"praxis/internal/attachment"
	"praxis/internal/blob"
	"praxis/internal/collection"
	"praxis/internal/discussion"
	"praxis/internal/extract"
	"praxis/internal/harvest"
	"praxis/internal/index"
	"praxis/internal/live"
	"praxis/internal/mail"
	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/notify"
	"praxis/internal/outbox"
	"praxis/internal/portal"
	"praxis/internal/practice"
	reporting "praxis/internal/report"
	"praxis/internal/search"
	"praxis/internal/thesaurus"
	"praxis/internal/web"
	"praxis/internal/workspace"
)

// Bounds of the listener. Bodies and answers may be slow (2G), headers may not.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	bodyTimeout   = time.Minute      // of an ordinary request
	uploadTimeout = 30 * time.Minute // of a file over a slow line
	maxHeader     = 32 << 10
	stopTimeout   = 2 * time.Second // of what is under way when the portal stops
	goodbyeRetry  = 2 * time.Second // when sockets are told to come back
)

// Portal is a node that serves.
type Portal struct {
	*Node
	URL      string // public origin
	echo     *echo.Echo
	hub      *live.Hub
	relay    *outbox.Relay
	indexer  *search.Indexer
	index    *index.Index
	accounts *account.Service
	files    *attachment.Service
	mailer   *notify.Mailer
	pusher   *notify.Pusher
	notify   *notify.Service
	nothing  *reporting.EmptySearches
	metrics  *metrics
	leaving  atomic.Bool // it is about to stop
}

// Serve listens, runs everything until the context ends, and stops in good order: sockets are
// told to come back, what is under way is finished, the database is closed by Close. ready is
// called once with the portal's address when it answers.
func (n *Node) Serve(ctx context.Context, ready func(url string)) error {
	if err := n.listen(); err != nil {
		return err
	}
	p, err := n.assemble(ctx, n.main.Addr())
	if err != nil {
		return err
	}
	defer func() {
		if err := p.index.Close(); err != nil {
			n.Log.Warn("the index is not whole on its disk: the next start brings it up to date from the log", "err", err)
		}
	}()
	if err := n.tellOrigin(p.URL); err != nil {
		return err
	}
	return p.run(ctx, ready)
}

// assemble makes the features and doors of a node.
func (n *Node) assemble(ctx context.Context, at net.Addr) (*Portal, error) {
	p := &Portal{Node: n, URL: n.Settings.Origin(at)}
	if n.look == nil {
		n.makeLook()
	}
	look, err := n.look()
	if err != nil {
		return nil, err
	}
	catalogues := look.catalogues
	var languages []string
	for _, tag := range catalogues.Tags() {
		languages = append(languages, tag.String())
	}
	var sender *mail.Sender
	if n.Settings.SMTPURL != "" {
		if sender, err = mail.New(n.Settings.SMTPURL, mailFrom(n.Settings, p.URL)); err != nil {
			return nil, err
		}
		p.mailer = notify.NewMailer(n.DB, sender, catalogues, notify.MailOptions{BaseURL: p.URL, Bounces: n.Settings.MailBounces, Log: n.Log})
	}
	store, err := blob.At(n.Settings.Sub("attachments"), n.Settings.S3URL)
	if err != nil {
		return nil, err
	}
	if p.index, err = index.Open(n.Settings.Sub("index"), n.Log); err != nil {
		return nil, err
	}
	p.accounts = account.New(n.DB, n.Vocab, sender != nil, languages, n.Log)
	n.DB.OnCommit(p.accounts.Forget)
	if err := extract.KeepCompiled(n.Settings.Sub("compiled")); err != nil {
		n.Log.Warn("the first PDF after each start will take seconds longer", "err", err)
	}
	p.files = attachment.New(n.DB, store, n.Log)
	if err := p.files.In(n.Settings.Sub("uploads")); err != nil {
		return nil, err
	}
	if n.Settings.ClamdAddr != "" {
		p.files.WithScanner(attachment.NewScanner(n.Settings.ClamdAddr))
	}
	p.notify = notify.New(n.DB)
	if err := p.makePusher(ctx, catalogues); err != nil {
		return nil, err
	}
	if p.mailer != nil {
		p.notify.WithMail()
	}
	// Before anything is derived from the log: whether the database is still the one it was.
	if _, err := n.DB.NoticeRestore(ctx); err != nil {
		return nil, err
	}
	p.indexer = search.NewIndexer(n.DB, p.index, n.Vocab, n.Log)
	if err := p.indexer.Start(ctx); err != nil {
		return nil, err
	}
	p.attachDemo(ctx)
	common, err := middleware.New(middleware.Options{BaseURL: p.URL, Catalogues: catalogues, Accounts: p.accounts, Log: n.Log,
		RateLimits: n.Settings.RateLimits == "on"})
	if err != nil {
		return nil, err
	}
	return p, p.doors(common, look, sender != nil)
}

// doors makes the three doors and the router in front of them.
func (p *Portal) doors(common *middleware.Common, look *Look, mailing bool) error {
	openapi, err := fs.ReadFile(p.Files.Assets, "openapi/openapi.json")
	if err != nil {
		return fmt.Errorf("read the API's document: %w", err)
	}
	p.relay = outbox.New(p.DB, p.Log)
	f := api.Features{Accounts: p.accounts, Workspaces: workspace.New(p.DB, p.Vocab), Practices: practice.New(p.DB, p.Vocab),
		Attachments: p.files, Collections: collection.New(p.DB), Discussions: discussion.New(p.DB).Knowing(p.Vocab), Moderation: moderation.New(p.DB, p.Vocab),
		Search: search.New(p.DB, p.index, p.Vocab, p.Log), Notify: p.notify, Admin: admin.New(p.DB), Reports: reporting.New(p.DB), Once: p.DB, BaseURL: p.URL,
		OpenAPI: openapi, Vocabulary: p.Vocab}
	f.Practices.OnWithdraw(p.files.KeepEvidence)
	p.nothing = reporting.NewEmptySearches(p.DB, p.Log)
	f.Search.OnNothing(p.nothing.Add)
	p.notify.WithSearches(search.NewAlerts(f.Search))
	rest := api.New(f, common)
	pages, err := web.New(web.Features{Accounts: f.Accounts, Workspaces: f.Workspaces, Practices: f.Practices, Attachments: f.Attachments,
		Collections: f.Collections, Thesaurus: thesaurus.New(p.DB), Harvest: harvest.New(p.DB), Reports: f.Reports, Contact: mailFrom(p.Settings, p.URL),
		Discussions: f.Discussions, Moderation: f.Moderation, Search: f.Search, Notify: f.Notify, Admin: f.Admin, Vocabulary: f.Vocabulary,
		Catalogues: look.catalogues, OpenAPI: openapi, BaseURL: p.URL, Demo: p.Options.Demo, Mailing: mailing,
		CaughtUp: p.indexer.CaughtUp, IndexBuilt: p.indexer.Built, Once: p.DB, Log: p.relay}, look.pages, common)
	if err != nil {
		return err
	}
	p.hub = live.NewHub(p.DB, p.Log, live.Options{RateLimits: p.Settings.RateLimits == "on"})
	p.follow()

	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	if p.Settings.TrustProxy {
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		fail := pages.Fail
		if strings.HasPrefix(c.Request().URL.Path, "/api/") {
			fail = rest.Fail
		}
		if err := fail(c, err); err != nil {
			p.Log.Error("could not answer an error", "err", err)
		}
	}
	p.metrics = newMetrics(p)
	e.Use(p.metrics.observe, common.Every, deadlines(rest.Routes(), pages.Routes()))
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", p.readyz)
	e.GET(livePath, p.hub.Handler(common, p.accounts.Identify)) // which counts its askers by itself: it knows who they are
	e.GET(streamPath, p.hub.Stream(common, p.accounts.Identify))
	e.GET(livePath+"/poll", p.hub.Poll(common, p.accounts.Identify))
	rest.Mount(e)
	pages.Mount(e)
	p.echo = e
	return nil
}

// follow registers who lives by the log.
func (p *Portal) follow() {
	sockets := func(ctx context.Context, events []portal.Event, head int64) error {
		p.accounts.Forget(events) // who is who first: the sockets ask
		return p.hub.Consume(ctx, events, head)
	}
	p.relay.Follow(outbox.Follower{Name: "sockets", From: outbox.FromHead, Consume: sockets, Restored: p.hub.Restored})
	p.relay.Follow(outbox.Follower{Name: "index", From: p.indexer.Position(), Rest: indexRest, Consume: p.indexer.Consume, Restored: p.indexRestored})
	p.relay.Once("notify", p.notify.Work)
	p.relay.Hear(p.hub.Hear)
}

// indexRestored has the index judged anew after a restore: it goes on from where it stands when
// it can, else another is built.
func (p *Portal) indexRestored(ctx context.Context, _ int64) (int64, error) {
	if err := p.indexer.Start(ctx); err != nil {
		return 0, err
	}
	return p.indexer.Position(), nil
}

// indexRest is how often at most the index takes what is new: a commit is found within two seconds.
const indexRest = 300 * time.Millisecond

const (
	livePath   = api.Prefix + "/live"
	streamPath = livePath + "/sse"
)

// headAsGet answers HEAD as GET; the server itself leaves the body out.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		next.ServeHTTP(w, r)
	})
}

// run serves until the context ends, then stops in good order.
func (p *Portal) run(ctx context.Context, ready func(string)) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { p.DB.Warm(work) })
	all.Go(func() { p.relay.Run(work) })
	all.Go(func() { practice.New(p.DB, p.Vocab).RunReviews(work, p.Log) })
	all.Go(func() {
		if err := p.indexer.Run(work); err != nil && work.Err() == nil {
			p.Log.Error("the index stopped", "err", err)
		}
	})
	all.Go(func() { p.files.ReadTexts(work) })
	all.Go(func() { p.nothing.Run(work) })
	if p.mailer != nil {
		all.Go(func() { p.mailer.Run(work) })
	}
	all.Go(func() { p.pusher.Run(work) })
	adminDone := p.serveAdmin(work)
	p.front.open(headAsGet(p.echo))
	p.Log.Info("listening", "url", p.URL, "address", p.main.Addr().String())
	if ready != nil {
		ready(p.URL)
	}
	if p.Options.Serves {
		go debug.FreeOSMemory() // reading templates and catalogues left two thirds of the heap behind
	}
	var err error
	select {
	case <-ctx.Done():
		p.Log.Info("stopping")
		p.drain()
	case err = <-p.front.failed:
	case err = <-adminDone:
	}
	// Both at once: the listener takes nothing new while the sockets are told to come back.
	all.Go(func() { p.hub.Shutdown(goodbyeRetry) })
	graceful, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if shut := p.front.server.Shutdown(graceful); shut != nil {
		p.Log.Warn("requests were still under way and were cut", "err", shut)
		p.front.server.Close()
	}
	stop()
	all.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}
