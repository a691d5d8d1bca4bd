package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const (
	stepLimit = 30 * time.Second       // of one command to the browser
	waitLimit = 30 * time.Second       // until something is seen on a page
	waitPause = 60 * time.Millisecond  // between two looks at it
	moment    = 700 * time.Millisecond // in which what must not happen would have happened
)

// reader is one person at one window of the browser.
type reader struct {
	t   *testing.T
	w   *world
	ctx context.Context

	mu       sync.Mutex
	wrong    []string            // console errors, broken policies, failed requests
	expected []string            // parts of what may go wrong
	sent     map[string]*request // by the browser's identifier
}

// request is one exchange with the portal.
type request struct {
	Kind   network.ResourceType
	Method string
	URL    string
	Bytes  int // as they came over the network, with headers
	Cached bool
}

// listen gathers what the window tells. It runs on the connection's own goroutine.
func (r *reader) listen(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			r.blame("console %s: %s", e.Type, argumentsText(e.Args))
		}
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		text := d.Text
		if d.Exception != nil {
			text += " " + d.Exception.Description
		}
		r.blame("exception: %s", text)
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			r.blame("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if r.sent == nil {
			r.sent = map[string]*request{}
		}
		r.sent[string(e.RequestID)] = &request{Kind: e.Type, Method: e.Request.Method, URL: e.Request.URL}
	case *network.EventRequestServedFromCache:
		if q := r.sent[string(e.RequestID)]; q != nil {
			q.Cached = true
		}
	case *network.EventLoadingFinished:
		if q := r.sent[string(e.RequestID)]; q != nil {
			q.Bytes = int(e.EncodedDataLength)
		}
	case *network.EventLoadingFailed:
		// A page that is left takes its requests with it.
		if !e.Canceled && e.ErrorText != "net::ERR_ABORTED" {
			url := ""
			if q := r.sent[string(e.RequestID)]; q != nil {
				url = q.URL
			}
			r.blame("request failed: %s %s %s", e.ErrorText, e.BlockedReason, url)
		}
	}
}

func (r *reader) blame(format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Sprintf(format, args...))
}

func argumentsText(args []*runtime.RemoteObject) string {
	var parts []string
	for _, a := range args {
		parts = append(parts, string(a.Value)+a.Description)
	}
	return strings.Join(parts, " ")
}

// expect says what may go wrong from here on: a part of the message.
func (r *reader) expect(parts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expected = append(r.expected, parts...)
}

// take gives what went wrong since the last call, without what was expected.
func (r *reader) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	wrong := slices.DeleteFunc(r.wrong, func(s string) bool {
		return slices.ContainsFunc(r.expected, func(part string) bool { return strings.Contains(s, part) })
	})
	r.wrong = nil
	return wrong
}

// sound fails the test with what went wrong in the window.
func (r *reader) sound() {
	r.t.Helper()
	for _, s := range r.take() {
		r.t.Errorf("in the browser: %s", s)
	}
}

// requests gives the exchanges since the last call.
func (r *reader) requests() []*request {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*request
	for _, q := range r.sent {
		list = append(list, q)
	}
	r.sent = nil
	return list
}

// call sends one command to the window.
func call[P, R any](r *reader, command cdp.Command[P, R], params P) R {
	r.t.Helper()
	if chromedp.FromContext(r.ctx).Target == nil { // the first command opens the window for good
		if err := chromedp.Do(r.ctx); err != nil {
			r.t.Fatalf("open a window: %v", err)
		}
	}
	ctx, cancel := context.WithTimeout(r.ctx, stepLimit)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		r.t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// try evaluates a script and waits for its promise; between two pages it may fail.
func try[T any](r *reader, script string) (T, error) {
	ctx, cancel := context.WithTimeout(r.ctx, stepLimit)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// eval evaluates a script.
func eval[T any](r *reader, script string) T {
	r.t.Helper()
	v, err := try[T](r, script)
	if err != nil {
		r.t.Fatalf("%.200s: %v (at %s)", script, err, r.place())
	}
	return v
}

// quote makes a script's string of a text.
func quote(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a form in JSON
	}
	return string(raw)
}

// place is the path of the page in the window.
func (r *reader) place() string {
	path, err := try[string](r, "location.pathname + location.search")
	if err != nil {
		return "?"
	}
	return path
}

// goes opens an address of the portal and waits until it has loaded.
func (r *reader) goes(path string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, stepLimit)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(r.w.URL+path)); err != nil {
		r.t.Fatalf("open %s: %v", path, err)
	}
}

// reloads asks for the page anew.
func (r *reader) reloads() {
	r.t.Helper()
	r.leaves("reload", func() { call(r, page.Reload, page.ReloadParams{}) })
}

// goesBack presses the browser's back button.
func (r *reader) goesBack() {
	r.t.Helper()
	r.leaves("back", func() {
		history := call(r, page.GetNavigationHistory, cdp.Empty{})
		call(r, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
	})
}

// leaves does something that loads another page, and waits for that.
func (r *reader) leaves(what string, do func()) {
	r.t.Helper()
	eval[any](r, "window.praxisLeft = true, null")
	do()
	r.until("a new page after "+what, "!window.praxisLeft && document.readyState === 'complete'")
}

// until waits until a script's value is true.
func (r *reader) until(what, script string) {
	r.t.Helper()
	var last error
	for end := time.Now().Add(waitLimit); time.Now().Before(end); time.Sleep(waitPause) {
		ok, err := try[bool](r, "!!("+script+")")
		if ok {
			return
		}
		last = err
	}
	text, err := try[string](r, "document.body.innerText")
	r.t.Fatalf("%s: not seen at %s (%v)\n%.1500s", what, r.place(), errors.Join(last, err), text)
}

// sees waits until a text stands on the page.
func (r *reader) sees(text string) {
	r.t.Helper()
	r.until(fmt.Sprintf("the text %q", text), "document.body.innerText.includes("+quote(text)+")")
}

// shows tells whether a text stands on the page now.
func (r *reader) shows(text string) bool {
	r.t.Helper()
	return eval[bool](r, "document.body.innerText.includes("+quote(text)+")")
}
