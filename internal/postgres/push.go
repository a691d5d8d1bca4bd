package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"
)

// Bounds of web push: browsers of a member, and messages that wait for one of them.
const (
	MaxSubscriptions = 10
	maxPushesWaiting = 50
)

// Subscription is a browser that shows a member's notifications, as long as its session lasts.
type Subscription struct {
	Member, Session int64
	Endpoint        string
	P256dh, Auth    string
}

// PutSubscription adds a browser, or takes it over from whoever signed in there before; the oldest beyond
// MaxSubscriptions end.
func (tx *Tx) PutSubscription(ctx context.Context, s Subscription) error {
	if err := tx.LockMember(ctx, s.Member); err != nil {
		return err
	}
	// Anew rather than changed: what waits for whoever was here before must not be shown to her.
	if _, err := exec(ctx, tx.Conn, "end an earlier subscription", `
		delete from push_subscriptions where endpoint = $1 or id in (
		    select id from push_subscriptions where member_id = $2 and endpoint <> $1 order by id desc offset $3)`, s.Endpoint, s.Member, MaxSubscriptions-1); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "subscribe a browser", `
		insert into push_subscriptions (member_id, session_id, endpoint, p256dh, auth) values ($1, $2, $3, $4, $5)`,
		s.Member, s.Session, s.Endpoint, s.P256dh, s.Auth)
	return err
}

// Subscriptions lists the addresses of a member's browsers.
func (c Conn) Subscriptions(ctx context.Context, member int64) ([]string, error) {
	return list[string](ctx, c, "list subscriptions", `select endpoint from push_subscriptions where member_id = $1 order by id`, member)
}

// DropSubscription ends a member's subscription by its address; that there is none is no error.
func (c Conn) DropSubscription(ctx context.Context, member int64, endpoint string) error {
	_, err := exec(ctx, c, "end a subscription", `delete from push_subscriptions where member_id = $1 and endpoint = $2`, member, endpoint)
	return err
}

// Push is a notification that waits to be shown by a browser.
type Push struct {
	ID             int64     `db:"id"`
	SubscriptionID int64     `db:"subscription_id"`
	NotificationID int64     `db:"notification_id"`
	MemberID       int64     `db:"member_id"`
	Locale         string    `db:"locale"`
	Endpoint       string    `db:"endpoint"`
	P256dh         string    `db:"p256dh"`
	Auth           string    `db:"auth"`
	Attempts       int       `db:"attempts"`
	CreatedAt      time.Time `db:"created_at"`
	Live           bool      `db:"live"` // the browser's session is not over
}

// QueuePushes has the browsers of those who are told of something show it, as far as their sessions last and not
// too much waits for them already.
func (tx *Tx) QueuePushes(ctx context.Context, notifications []int64) error {
	_, err := exec(ctx, tx.Conn, "queue what browsers show", `
		insert into pushes (subscription_id, notification_id)
		select s.id, n.id from notifications n join push_subscriptions s on s.member_id = n.member_id
		join sessions x on x.id = s.session_id and x.expires_at > now()
		where n.id = any($1) and (select count(*) from pushes p where p.subscription_id = s.id) < $2
		on conflict do nothing`, pq.Array(notifications), maxPushesWaiting)
	return err
}

// ClaimPush takes the next message and puts it off until the retry; NotFound when none is due.
func (c Conn) ClaimPush(ctx context.Context, retry time.Duration) (Push, error) {
	return get[Push](ctx, c, "take what a browser shows", `
		update pushes u set attempts = attempts + 1, due_at = now() + make_interval(secs => $1)
		from push_subscriptions s join members m on m.id = s.member_id join sessions x on x.id = s.session_id
		where u.id = (select id from pushes where due_at <= now() order by due_at limit 1 for update skip locked) and s.id = u.subscription_id
		returning u.id, u.subscription_id, u.notification_id, s.member_id, m.locale, s.endpoint, s.p256dh, s.auth, u.attempts, u.created_at, x.expires_at > now() as live`, retry.Seconds())
}

// PutPushOff has a message tried again after a while.
func (c Conn) PutPushOff(ctx context.Context, id int64, again time.Duration) error {
	_, err := exec(ctx, c, "put off what a browser shows", `update pushes set due_at = now() + make_interval(secs => $2) where id = $1`, id, again.Seconds())
	return err
}

// DropPush removes a message that was sent, or that nobody needs.
func (c Conn) DropPush(ctx context.Context, id int64) error {
	_, err := exec(ctx, c, "remove what a browser shows", `delete from pushes where id = $1`, id)
	return err
}

// EndSubscription removes a subscription that its service says is over, and what waits for it.
func (c Conn) EndSubscription(ctx context.Context, id int64) error {
	_, err := exec(ctx, c, "end a subscription that is over", `delete from push_subscriptions where id = $1`, id)
	return err
}
