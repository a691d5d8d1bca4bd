// Package push sends notifications to browsers by web push (RFC 8030, 8291, 8292): the only importer of its
// library.
package push

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/SherClockHolmes/webpush-go"
)

// Bounds of one message: its bytes before encryption, how long the service keeps it for a browser that is
// away, how long one sending may take, and how much of an answer is read.
const (
	MaxPayload  = 2500
	keepFor     = 24 * time.Hour
	sendTimeout = 10 * time.Second
	maxAnswer   = 4 << 10
)

// MaxEndpoint bounds the address of a subscription.
const MaxEndpoint = 1000

// Errors of Send that decide what becomes of a message.
var (
	ErrGone    = errors.New("the subscription is over")             // 404 or 410: it will not come back
	ErrRefused = errors.New("the push service refused the message") // for good
)

// Subscription is a browser that shows notifications: the address at its push service and its keys, as
// PushSubscription.toJSON gives them.
type Subscription struct {
	Endpoint string
	P256dh   string
	Auth     string
}

// Check tells whether a subscription can be one: an https address, and keys that can be encrypted to.
func (s Subscription) Check() error {
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(s.Endpoint) > MaxEndpoint {
		return errors.New("the address is not of the form https://host/…")
	}
	point, err := base64.RawURLEncoding.DecodeString(s.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	if err != nil {
		return errors.New("the key p256dh is no point on P-256")
	}
	if auth, err := base64.RawURLEncoding.DecodeString(s.Auth); err != nil || len(auth) != 16 {
		return errors.New("the key auth has not 16 bytes")
	}
	return nil
}

// Options of a Sender.
type Options struct {
	Contact string       // whom a push service asks when something is wrong: an address of mail or https
	Client  *http.Client // nil: one that reaches public addresses alone
}

// Sender sends messages in the name of one portal.
type Sender struct {
	private, public string
	contact         string
	client          *http.Client
}

// New makes a sender of the portal's key: 32 random bytes, which are its VAPID key on P-256, or from which the
// first that is one follows.
func New(key []byte, opt Options) (*Sender, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the key of web push has %d bytes, not 32", len(key))
	}
	private, err := ecdh.P256().NewPrivateKey(key)
	for err != nil { // one of four thousand million is no scalar
		next := sha256.Sum256(key)
		key = next[:]
		private, err = ecdh.P256().NewPrivateKey(key)
	}
	s := &Sender{private: base64.RawURLEncoding.EncodeToString(private.Bytes()), public: base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()),
		contact: opt.Contact, client: opt.Client}
	if s.client == nil {
		s.client = publicClient()
	}
	return s, nil
}

// PublicKey is what browsers subscribe with.
func (s *Sender) PublicKey() string { return s.public }

// Send encrypts a message to a browser and hands it to its push service. Topic names what it replaces there.
// ErrGone and ErrRefused are answers for good; any other error may be tried again.
func (s *Sender) Send(ctx context.Context, to Subscription, message any, topic string) error {
	payload, err := json.Marshal(message)
	if err != nil || len(payload) > MaxPayload {
		return fmt.Errorf("%w: it has %d bytes (%v)", ErrRefused, len(payload), err)
	}
	if err := to.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	sum := sha256.Sum256([]byte(topic)) // a topic has at most 32 characters, and tells the service nothing
	answer, err := webpush.SendNotificationWithContext(ctx, payload, &webpush.Subscription{Endpoint: to.Endpoint, Keys: webpush.Keys{P256dh: to.P256dh, Auth: to.Auth}},
		&webpush.Options{HTTPClient: s.client, Subscriber: s.contact, VAPIDPublicKey: s.public, VAPIDPrivateKey: s.private, TTL: int(keepFor.Seconds()),
			Topic: base64.RawURLEncoding.EncodeToString(sum[:24]), Urgency: webpush.UrgencyNormal})
	if errors.Is(err, errPrivate) {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	if err != nil {
		return fmt.Errorf("reach a push service: %w", withoutAddress(err))
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // so that the connection serves again
	switch code := answer.StatusCode; {
	case code < 300:
		return nil
	case code == http.StatusNotFound || code == http.StatusGone:
		return ErrGone
	case code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("the push service is not ready: %d", code)
	default:
		return fmt.Errorf("%w: %d", ErrRefused, code)
	}
}

// withoutAddress leaves the address out of an error: whoever knows it could write to the browser.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
