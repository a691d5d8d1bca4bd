package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/push"
)

// Bounds of web push.
const (
	pushEvery  = time.Second
	pushers    = 8
	pushGiveUp = 24 * time.Hour
	pushTries  = 8
)

// PushKey is the name of the key that a portal makes at its first start and signs what it pushes with.
const PushKey = "vapid"

// WithPush has browsers show what their members are told of.
func (s *Service) WithPush(sender *push.Sender) *Service {
	s.push = sender
	return s
}

// Subscribing tells a member's browser the key that it subscribes with, and the addresses of hers that are
// subscribed: one may have been somebody else's before.
func (s *Service) Subscribing(ctx context.Context, who portal.Identity) (key string, endpoints []string, err error) {
	switch {
	case !who.SignedIn():
		return "", nil, portal.ErrSignIn()
	case s.push == nil:
		return "", nil, portal.ErrNotFound()
	}
	endpoints, err = s.db.Subscriptions(ctx, who.MemberID)
	return s.push.PublicKey(), endpoints, err
}

// Subscribe has a browser show what the viewer is told of, as long as the session lasts with which she came.
func (s *Service) Subscribe(ctx context.Context, who portal.Identity, sub push.Subscription) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if who.SessionID == 0 {
		return portal.ErrForbidden() // a program's token is no browser, and would not end with it
	}
	var c portal.Checks
	c.Add(sub.Check() == nil, "endpoint", "error.push")
	if err := c.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.PutSubscription(ctx, postgres.Subscription{Member: who.MemberID, Session: who.SessionID, Endpoint: sub.Endpoint, P256dh: sub.P256dh, Auth: sub.Auth})
	})
}

// Unsubscribe has a browser of the viewer's show nothing any more.
func (s *Service) Unsubscribe(ctx context.Context, who portal.Identity, endpoint string) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.DropSubscription(ctx, who.MemberID, endpoint)
}

// Pusher sends what browsers show: each message is taken by one node, and its text is made at that moment. One
// that a node took and died over is sent again; the browser shows the same in its place.
type Pusher struct {
	db         *postgres.DB
	sender     *push.Sender
	catalogues *i18n.Catalogues
	baseURL    string
	log        *slog.Logger
}

// NewPusher makes the pusher.
func NewPusher(db *postgres.DB, sender *push.Sender, catalogues *i18n.Catalogues, baseURL string, log *slog.Logger) *Pusher {
	return &Pusher{db: db, sender: sender, catalogues: catalogues, baseURL: baseURL, log: log}
}

// Run sends until the context ends.
func (p *Pusher) Run(ctx context.Context) {
	tick := time.NewTicker(pushEvery)
	defer tick.Stop()
	for {
		p.Work(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Work sends what waits, a few at a time, so that a service that does not answer keeps nobody else waiting.
func (p *Pusher) Work(ctx context.Context) {
	var all sync.WaitGroup
	slots := make(chan struct{}, pushers)
	for ctx.Err() == nil {
		waiting, err := p.db.ClaimPush(ctx, firstRetry)
		if err != nil {
			if portal.KindOf(err) != portal.NotFound && ctx.Err() == nil {
				p.log.Warn("could not look for what browsers show", "err", err)
			}
			break
		}
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := p.settle(ctx, waiting, p.send(ctx, waiting)); err != nil && ctx.Err() == nil {
				p.log.Warn("could not note what became of a message to a browser", "push", waiting.ID, "err", err)
			}
		})
	}
	all.Wait()
}

func (p *Pusher) settle(ctx context.Context, waiting postgres.Push, err error) error {
	switch {
	case errors.Is(err, push.ErrGone):
		return p.db.EndSubscription(ctx, waiting.SubscriptionID)
	case err == nil:
		return p.db.DropPush(ctx, waiting.ID)
	case errors.Is(err, push.ErrRefused), waiting.Attempts >= pushTries, time.Since(waiting.CreatedAt) > pushGiveUp:
		p.log.Warn("a message to a browser was given up", "push", waiting.ID, "attempts", waiting.Attempts, "err", err)
		return p.db.DropPush(ctx, waiting.ID)
	}
	p.log.Info("a message to a browser is tried again", "push", waiting.ID, "attempts", waiting.Attempts, "err", err)
	return p.db.PutPushOff(ctx, waiting.ID, retryAfter(waiting.Attempts))
}

// send makes the text of a message and sends it, if the browser's session is not over, and its member has not read
// of it meanwhile and may still see what it is about.
func (p *Pusher) send(ctx context.Context, waiting postgres.Push) error {
	if !waiting.Live {
		return push.ErrGone
	}
	viewer, err := p.db.Viewer(ctx, waiting.MemberID)
	if portal.KindOf(err) == portal.NotFound {
		return push.ErrGone
	}
	if err != nil {
		return err
	}
	list, err := p.db.NoticesToTell(ctx, viewer, []int64{waiting.NotificationID})
	if err != nil || len(list) == 0 {
		return err
	}
	names, err := p.db.WorkspacesByID(ctx, []int64{list[0].WorkspaceID})
	if err != nil {
		return err
	}
	l := p.catalogues.Localizer(p.catalogues.Match("", waiting.Locale))
	m := pushOf(l, p.baseURL, names, list[0])
	return p.sender.Send(ctx, push.Subscription{Endpoint: waiting.Endpoint, P256dh: waiting.P256dh, Auth: waiting.Auth}, m, m.Tag)
}
