package middleware

import (
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"praxis/internal/portal"
)

// Rates of one member, or of one network of visitors, on one node.
var (
	ReadRate  = Rate{PerSecond: 50, Burst: 300}
	WriteRate = Rate{PerSecond: 10, Burst: 100}
)

const (
	maxBuckets  = 50_000
	bucketsLife = 10 * time.Minute
)

// Rate is how many requests a second, and how many at once after a pause.
type Rate struct {
	PerSecond float64
	Burst     int
}

type rates struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	limiter *rate.Limiter
	used    time.Time
}

func newRates() *rates { return &rates{buckets: map[string]*bucket{}, swept: time.Now()} }

func (r *rates) take(key string, limit Rate) (wait time.Duration, ok bool) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.swept) > time.Minute || len(r.buckets) >= maxBuckets {
		r.sweep(now)
	}
	b := r.buckets[key]
	if b == nil {
		b = &bucket{limiter: rate.NewLimiter(rate.Limit(limit.PerSecond), limit.Burst)}
		r.buckets[key] = b
	}
	b.used = now
	if b.limiter.AllowN(now, 1) {
		return 0, true
	}
	return time.Duration(float64(time.Second) / limit.PerSecond), false
}

func (r *rates) sweep(now time.Time) {
	r.swept = now
	for key, b := range r.buckets {
		if now.Sub(b.used) > bucketsLife {
			delete(r.buckets, key)
		}
	}
	if len(r.buckets) >= maxBuckets {
		clear(r.buckets) // a flood of addresses: start afresh rather than grow
	}
}

// Rates slows whoever asks too often: TooMany with RetryAfter.
func (m *Common) Rates(next echo.HandlerFunc) echo.HandlerFunc {
	if !m.opt.RateLimits {
		return next
	}
	return func(c echo.Context) error {
		if err := m.Rate(c, Who(c)); err != nil {
			return err
		}
		return next(c)
	}
}

// Rate counts one request of somebody's, for a door that finds out by itself who asks. A member is
// counted by herself: a whole ministry may come from one address.
func (m *Common) Rate(c echo.Context, who portal.Identity) error {
	kind, limit := "w", WriteRate
	if c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead {
		kind, limit = "r", ReadRate
	}
	key := kind + "a" + Network(c)
	if who.SignedIn() {
		key = kind + "m" + strconv.FormatInt(who.MemberID, 10)
	}
	return m.slow(key, limit)
}

// BadToken answers a token that is unknown or over. Guessing tokens is slowed like reading.
func (m *Common) BadToken(c echo.Context) error {
	if err := m.slow("ra"+Network(c), ReadRate); err != nil {
		return err
	}
	return portal.Fail(portal.Unauthorized, "error.token")
}

// networkBits is how much of an IPv6 address names a network: whoever has one has all of the rest.
const networkBits = 64

// Network is where a request comes from, as far as that tells one visitor from another: an IPv4
// address, or the network of an IPv6 one.
func Network(c echo.Context) string {
	address, err := netip.ParseAddr(c.RealIP())
	if err != nil {
		return c.RealIP()
	}
	if address = address.Unmap(); address.Is4() {
		return address.String()
	}
	network, err := address.WithZone("").Prefix(networkBits)
	if err != nil {
		return address.String()
	}
	return network.String()
}

// slow counts one request under a key and answers TooMany where there were too many.
func (m *Common) slow(key string, limit Rate) error {
	if !m.opt.RateLimits {
		return nil
	}
	wait, ok := m.rates.take(key, limit)
	if ok {
		return nil
	}
	slow := portal.Fail(portal.TooMany, "error.too_often")
	slow.RetryAfter = max(wait, time.Second)
	return slow
}
