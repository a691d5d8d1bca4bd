package web

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
)

// A page that everybody may read is made once and given to all visitors who ask for it in the same
// language until the log moves on: whatever changes anything writes to the log, so nothing of it
// can be out of date but the minutes of "5 minutes ago", which is what the life bounds. Members'
// pages are their own and are never kept.
const (
	memoLife  = time.Second
	memoKept  = 300
	memoBytes = 64 << 10 // of one answer
)

type memo struct {
	mu   sync.Mutex
	kept map[memoKey]memoPage
}

type memoKey struct{ path, lang, coding string }

type memoPage struct {
	head   int64
	until  time.Time
	header http.Header
	body   []byte
}

func (m *memo) find(key memoKey, head int64) (memoPage, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.kept[key]
	return p, ok && p.head == head && time.Now().Before(p.until)
}

func (m *memo) keep(key memoKey, p memoPage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= memoKept {
		m.kept = map[memoKey]memoPage{}
	}
	m.kept[key] = p
}

// forVisitors answers a visitor from what was made for another one.
func (w *Web) forVisitors(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if middleware.Who(c).SignedIn() || r.Method != http.MethodGet || c.QueryParam("lang") != "" {
			return next(c)
		}
		key := memoKey{r.URL.RequestURI(), middleware.Locale(c).Lang(), strings.Join(r.Header["Accept-Encoding"], ",")}
		head := w.f.Log.Head()
		if p, ok := w.visitors.find(key, head); ok {
			return p.answer(c)
		}
		kept := &memoWriter{ResponseWriter: c.Response().Writer}
		c.Response().Writer = kept
		err := next(c)
		c.Response().Writer = kept.ResponseWriter
		h := c.Response().Header()
		if err == nil && c.Response().Status == http.StatusOK && !kept.large && h.Get("ETag") != "" && h.Get("Set-Cookie") == "" {
			p := memoPage{head: head, until: time.Now().Add(memoLife), header: http.Header{}, body: kept.body.Bytes()}
			for _, name := range memoHeaders {
				if v := h.Get(name); v != "" {
					p.header.Set(name, v)
				}
			}
			w.visitors.keep(key, p)
		}
		return err
	}
}

var memoHeaders = []string{"Content-Type", "Content-Security-Policy", "Permissions-Policy", "Content-Language", "Content-Encoding",
	"Content-Length", "Content-Disposition", "Last-Modified", "Vary", "Cache-Control", "Etag"}

func (p memoPage) answer(c echo.Context) error {
	h := c.Response().Header()
	for name, v := range p.header {
		h[name] = v
	}
	if strings.Contains(c.Request().Header.Get("If-None-Match"), p.header.Get("ETag")) {
		h.Del("Content-Length")
		c.Response().WriteHeader(http.StatusNotModified)
		return nil
	}
	c.Response().WriteHeader(http.StatusOK)
	_, _ = c.Response().Write(p.body) // the reader has gone: nobody is left to tell
	return nil
}

// memoWriter notes what is written, up to memoBytes.
type memoWriter struct {
	http.ResponseWriter
	body  bytes.Buffer
	large bool
}

func (m *memoWriter) Write(b []byte) (int, error) {
	if m.body.Len()+len(b) > memoBytes {
		m.large = true
	} else {
		m.body.Write(b)
	}
	return m.ResponseWriter.Write(b)
}

func (m *memoWriter) Unwrap() http.ResponseWriter { return m.ResponseWriter }
