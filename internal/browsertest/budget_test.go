package browsertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// The budget of a page as the browser receives it, in bytes with the answers' headers.
const (
	maxHTML     = 14 << 10
	maxCSS      = 12 << 10 // as it stands in the page
	maxScripts  = 16 << 10
	maxFirst    = 50 << 10
	maxNext     = 15 << 10
	maxRequests = 6
	maxShift    = 0
)

// weight is what a page costs.
type weight struct {
	html, css, scripts, total, requests int
	shift                               float64
	moved                               string // what has moved
}

// weigh opens a page and counts what came over the network for it.
func (r *reader) weigh(path string) weight {
	r.t.Helper()
	r.requests()
	r.goes(path)
	return r.weighed()
}

// shiftScript gives how far the page's parts have moved after they were painted, and which. The space
// between two words counts as moved when the second one comes, though it stands where it stood: what
// has not moved is left out.
const shiftScript = `new Promise((done) => { let sum = 0, what = "";
	const moved = ({ previousRect: a, currentRect: b }) => a.x !== b.x || a.y !== b.y;
	const told = ({ node, previousRect: a, currentRect: b }) => "[" + a.x + "," + a.y + "→" + b.x + "," + b.y + " " + (node?.outerHTML ?? node?.parentNode?.outerHTML ?? node)?.slice(0, 90) + "]";
	new PerformanceObserver((list) => { for (const e of list.getEntries()) {
		if (e.sources.length && !e.sources.some(moved)) continue;
		sum += e.value;
		what += e.sources.map(told).join(" ");
	} }).observe({ type: "layout-shift", buffered: true });
	setTimeout(() => done({sum, what}), 600); })`

func (r *reader) weighed() (w weight) {
	r.t.Helper()
	shift := eval[struct { // its pause gives late requests their time, too
		Sum  float64
		What string
	}](r, shiftScript)
	w.shift, w.moved = shift.Sum, shift.What
	w.css = eval[int](r, "[...document.querySelectorAll('style')].reduce((sum, s) => sum + s.textContent.length, 0)")
	for _, q := range r.requests() {
		if q.Cached || q.Bytes == 0 || strings.HasPrefix(q.URL, "data:") {
			continue
		}
		w.requests++
		w.total += q.Bytes
		switch q.Kind {
		case "Document":
			w.html += q.Bytes
		case "Stylesheet":
			w.css += q.Bytes
		case "Script":
			w.scripts += q.Bytes
		}
	}
	return w
}

func (w weight) String() string {
	return fmt.Sprintf("%d B in %d requests: HTML %d, style %d, scripts %d; shift %.3f %s", w.total, w.requests, w.html, w.css, w.scripts, w.shift, w.moved)
}

// Each main page on its first visit in a fresh browser, and the next one.
func TestBudget(t *testing.T) {
	w := newWorld(t, nil)
	g := w.ground(t)
	practice := w.lasting(t, fmt.Sprintf("/p/%d", g.tried), g.clients["ana"].Token)
	pages := []struct{ who, path, next string }{
		{"", "/", "/library"}, {"", "/library", "/about"}, {"", fmt.Sprintf("/p/%d", g.open(t)), "/"}, {"", "/search?q=naloxone", "/search?q=customs"},
		{"ana", "/", practice}, {"ana", practice, "/t/1"}, {"ana", "/t/1", "/w/1"}, {"ana", "/search?q=naloxone", practice}, {"ana", "/write", "/"},
		{"moderator", "/queue", "/queue/" + fmt.Sprint(g.cases[0])}, {"officer", "/directory", "/officer"},
	}
	for _, p := range pages {
		t.Run(p.who+p.path, func(t *testing.T) {
			t.Parallel()
			r := w.reader(t, phone)
			if p.who != "" { // signed in, and nothing in the cache
				r.signsInBy(g.clients[p.who].Token)
			}
			first := r.weigh(p.path)
			t.Logf("first: %v", first)
			if first.html == 0 || first.html > maxHTML || first.css == 0 || first.css > maxCSS || first.scripts > maxScripts || first.total > maxFirst || first.requests > maxRequests || first.shift > maxShift {
				t.Errorf("over the budget: %v", first)
			}
			call(r, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}) // what it fetches is not told here
			next := r.weigh(p.next)
			t.Logf("next %s: %v", p.next, next)
			if next.html == 0 || next.total > maxNext || next.shift > maxShift {
				t.Errorf("the next page is over the budget: %v", next)
			}
		})
	}
}

// How long a phone waits on a slow network; told, not judged: the machine's own speed is in it.
func TestSlowNetwork(t *testing.T) {
	w := newWorld(t, nil)
	g := w.ground(t)
	ana := g.clients["ana"].Token
	for _, path := range []string{w.lasting(t, fmt.Sprintf("/p/%d", g.tried), ana), w.lasting(t, "/t/1", ana), "/search?q=naloxone"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			r := w.reader(t, phone)
			r.signsInBy(g.clients["ana"].Token)
			r.connect(slow3G)
			r.slowCPU(4)
			r.beforeEachPage(`const real = WebSocket; WebSocket = class extends real {
				constructor(...of) { super(...of); this.addEventListener("message", (e) => { if (e.data.includes("subscribed")) performance.mark("live"); }); } };`)
			for _, visit := range []struct{ name, path string }{{"first visit", path}, {"next page", "/library"}} {
				r.goes(visit.path)
				r.until("the first paint", "performance.getEntriesByName('first-contentful-paint').length")
				t.Logf("%s %s: first paint after %.2f s", visit.name, visit.path, eval[float64](r, "performance.getEntriesByName('first-contentful-paint')[0].startTime")/1000)
				if strings.HasPrefix(visit.path, "/t/") {
					r.until("the thread is live", "performance.getEntriesByName('live').length")
					t.Logf("%s %s: live after %.2f s", visit.name, visit.path, eval[float64](r, "performance.getEntriesByName('live')[0].startTime")/1000)
				}
			}
		})
	}
}

// lasting is the address with its words, to which a short one leads.
func (w *world) lasting(t *testing.T, path, token string) string {
	t.Helper()
	req, err := http.NewRequest("GET", w.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "praxis_session", Value: token})
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); to != "" {
		return to
	}
	return path
}
