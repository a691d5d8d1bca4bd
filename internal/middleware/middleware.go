// Package middleware is what every door has in common: who asks and in which language, limits of
// size and rate, headers that protect, one log line a request, and no panic to a socket.
package middleware

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/portal"
)

// Names of cookies. The session's is __Host-… where the portal is reached by https.
const (
	sessionCookie       = "praxis_session"
	secureSessionCookie = "__Host-praxis_session"
	LocaleCookie        = "praxis_lang"
)

const (
	whoKey    = "praxis.who"
	localeKey = "praxis.locale"
	idKey     = "praxis.request"
)

// Identifier finds who shows a token.
type Identifier interface {
	Identify(ctx context.Context, token string) (portal.Identity, error)
}

// Options of the doors' common part.
type Options struct {
	BaseURL    string // public origin
	Catalogues *i18n.Catalogues
	Accounts   Identifier
	Log        *slog.Logger
	RateLimits bool
}

// Common holds the doors' common part.
type Common struct {
	opt    Options
	origin string
	secure bool
	rates  *rates
}

// Log is where a door tells the operators what its answer does not.
func (c *Common) Log() *slog.Logger { return c.opt.Log }

// New makes the doors' common part.
func New(opt Options) (*Common, error) {
	u, err := url.Parse(opt.BaseURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("the base address %q is not an origin like https://praxis.example.org", opt.BaseURL)
	}
	return &Common{opt: opt, origin: u.Scheme + "://" + u.Host, secure: u.Scheme == "https", rates: newRates()}, nil
}

// Who tells who made the request; a visitor is the zero Identity.
func Who(c echo.Context) portal.Identity {
	who, _ := c.Get(whoKey).(portal.Identity)
	return who
}

// Locale gives the localizer of the request's language.
func Locale(c echo.Context) *i18n.Localizer {
	l, _ := c.Get(localeKey).(*i18n.Localizer)
	return l
}

// RequestID gives the identifier under which the operator's log knows the request.
func RequestID(c echo.Context) string {
	id, _ := c.Get(idKey).(string)
	return id
}

// Every wraps all requests: identifier, recovery, headers, one log line.
func (m *Common) Every(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		start, client := time.Now(), c.Request().Context()
		var raw [8]byte
		_, _ = rand.Read(raw[:])
		id := hex.EncodeToString(raw[:])
		c.Set(idKey, id)
		h := c.Response().Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if m.secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler {
					panic(r)
				}
				err = &panicked{fmt.Sprintf("panic: %v\n%s", r, debug.Stack())}
			}
			answered := c.Response().Committed
			switch {
			case err == nil || answered:
			case gone(client, err):
				c.Response().WriteHeader(StatusGone)
			default:
				c.Error(err)
			}
			m.line(c, start, err, answered)
			err = nil
		}()
		m.locale(c)
		return next(c)
	}
}

// line writes the operator's line. The path is the route's, so that no token in an address and no
// search is ever logged. answered tells that the answer was given before the error.
func (m *Common) line(c echo.Context, start time.Time, err error, answered bool) {
	status := c.Response().Status
	level := slog.LevelDebug
	attrs := []slog.Attr{slog.String("request", RequestID(c)), slog.String("method", c.Request().Method), slog.String("route", c.Path()),
		slog.Int("status", status), slog.Duration("took", time.Since(start)), slog.Int64("member", Who(c).MemberID)}
	if err != nil && (status >= StatusGone || answered) {
		switch {
		case status == StatusGone || errors.Is(err, context.Canceled):
			level = slog.LevelInfo
		case answered: // what failed came after the answer
			level = slog.LevelWarn
		default:
			level = slog.LevelError
		}
		attrs = append(attrs, slog.String("err", err.Error()))
	}
	m.opt.Log.LogAttrs(c.Request().Context(), level, "request", attrs...)
}

// locale settles the request's language: what the address asks for, what was chosen before, what
// the browser prefers. Identify puts the member's own before what others have chosen here.
func (m *Common) locale(c echo.Context) {
	chosen, _ := chosenLocale(c)
	m.setLocale(c, c.QueryParam("lang"), chosen)
}

// memberLocale settles a member's language: what she chose in this browser lasts; what somebody
// else chose here does not stand before her own.
func (m *Common) memberLocale(c echo.Context, who portal.Identity) {
	chosen, by := chosenLocale(c)
	if by != strconv.FormatInt(who.MemberID, 10) {
		chosen = ""
	}
	m.setLocale(c, c.QueryParam("lang"), chosen, who.Locale)
}

// chosenLocale gives the language that was chosen in this browser, and the number of the member
// who did; "" for a visitor.
func chosenLocale(c echo.Context) (lang, by string) {
	cookie, err := c.Cookie(LocaleCookie)
	if err != nil {
		return "", ""
	}
	lang, by, _ = strings.Cut(cookie.Value, ".")
	return lang, by
}

func (m *Common) setLocale(c echo.Context, preferred ...string) {
	tag := m.opt.Catalogues.Match(c.Request().Header.Get("Accept-Language"), preferred...)
	c.Set(localeKey, m.opt.Catalogues.Localizer(tag))
}

// Identify finds who asks, by session cookie or bearer token. A token that is unknown or over
// makes a visitor of a page's reader, and is refused where strict (the API): a program should
// learn that its token is of no use.
func (m *Common) Identify(strict bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			token, byCookie := m.Token(c.Request())
			if token == "" || !strict && !byCookie {
				return next(c) // pages know browsers alone
			}
			who, err := m.opt.Accounts.Identify(c.Request().Context(), token)
			switch {
			case portal.KindOf(err) == portal.NotFound:
				if strict && !byCookie {
					return m.BadToken(c)
				}
				return next(c)
			case err != nil:
				return err
			}
			if byCookie && who.TokenID != 0 {
				return next(c) // a personal access token is no browser's session: its scopes would not hold
			}
			who.Browser = byCookie
			c.Set(whoKey, who)
			m.memberLocale(c, who)
			return next(c)
		}
	}
}

// Token finds the token that a request shows and whether it came by cookie.
func (m *Common) Token(r *http.Request) (token string, byCookie bool) {
	if scheme, value, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(value), false
	}
	if cookie, err := r.Cookie(m.cookieName()); err == nil && cookie.Value != "" {
		return cookie.Value, true
	}
	return "", false
}

func (m *Common) cookieName() string {
	if m.secure {
		return secureSessionCookie
	}
	return sessionCookie
}

// SetSession gives the browser its session; an empty token takes it away.
func (m *Common) SetSession(c echo.Context, token string, life time.Duration) {
	cookie := &http.Cookie{Name: m.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: m.secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(life.Seconds())}
	if token == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

// SetLocale keeps a chosen language in the browser for a year, with who has chosen it.
func (m *Common) SetLocale(c echo.Context, lang string) {
	if who := Who(c); who.SignedIn() {
		lang += "." + strconv.FormatInt(who.MemberID, 10)
	}
	c.SetCookie(&http.Cookie{Name: LocaleCookie, Value: lang, Path: "/", Secure: m.secure, SameSite: http.SameSiteLaxMode, MaxAge: 365 * 24 * 3600})
}

// SameOrigin refuses writes that a browser sends from another site: a session cookie alone does
// not show that the member meant it. Whoever came in by a bearer token is no browser.
func (m *Common) SameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions || Who(c).SignedIn() && !Who(c).Browser {
			return next(c)
		}
		if !m.OwnOrigin(r) {
			return portal.Fail(portal.Forbidden, "error.other_origin")
		}
		return next(c)
	}
}

// OwnOrigin tells whether a request comes from the portal's own pages, or from no browser at all.
func (m *Common) OwnOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin" || site == "none"
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if origin == m.origin {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host && u.Host != ""
}

// Limit bounds the body of a request to bytes, and refuses at once what says that it is longer.
func Limit(bytes int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > bytes {
				return portal.Fail(portal.TooLarge, "error.body_too_large", "Max", bytes>>20)
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, bytes)
			return next(c)
		}
	}
}
