package browsertest

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"praxis/internal/config"
	"praxis/internal/storytest"
)

// browserStart bounds the browser's start.
const browserStart = 30 * time.Second

// world is a portal with the demonstration, and a browser to look at it.
type world struct {
	*storytest.Portal
	browser context.Context
}

// newWorld starts a portal and one browser process; both end with the test.
func newWorld(t *testing.T, change func(*config.Settings)) *world {
	t.Helper()
	return &world{Portal: storytest.Start(t, change), browser: startBrowser(t)}
}

// startBrowser starts a browser with a profile of its own, which asks nobody but the portal.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(browserStart),
		chromedp.Flag("headless", "new"), chromedp.NoSandbox, chromedp.WindowSize(1280, 900)}
	for _, flag := range []string{"disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-extensions", "disable-default-apps", "disable-dev-shm-usage", "hide-scrollbars",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding", "disable-domain-reliability"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, chromedp.Flag("password-store", "basic"), chromedp.Flag("force-color-profile", "srgb"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	browser, _ := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		if err := chromedp.Cancel(browser); err != nil {
			t.Errorf("stop the browser: %v", err)
		}
		stop()
	})
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start %s: %v", chromium, err)
	}
	return browser
}

// view is how a reader looks at the portal.
type view struct {
	width, height int64
	dark          bool
	noScripts     bool
}

var (
	phone = view{width: 360, height: 800}
	desk  = view{width: 1280, height: 900}
)

// reader opens a window with cookies of its own: one person at one browser. At the test's end
// everything that went wrong in it fails the test.
func (w *world) reader(t *testing.T, v view) *reader {
	t.Helper()
	ctx, cancel := chromedp.NewContext(w.browser, chromedp.WithNewBrowserContext())
	r := &reader{t: t, w: w, ctx: ctx}
	t.Cleanup(func() {
		r.sound()
		cancel()
	})
	r.open(v)
	return r
}

// tab opens a second window of the same person.
func (r *reader) tab(v view) *reader {
	r.t.Helper()
	ctx, cancel := chromedp.NewContext(r.ctx)
	second := &reader{t: r.t, w: r.w, ctx: ctx}
	r.t.Cleanup(func() {
		second.sound()
		cancel()
	})
	second.open(v)
	return second
}

func (r *reader) open(v view) {
	r.t.Helper()
	if err := chromedp.Listen(r.ctx, r.listen); err != nil {
		r.t.Fatalf("open a window: %v", err)
	}
	r.look(v)
}

// look changes the window: its size, the theme, and whether scripts run.
func (r *reader) look(v view) {
	r.t.Helper()
	small := v.width < 640
	call(r, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: v.width, Height: v.height, DeviceScaleFactor: 1, Mobile: small})
	touch := emulation.SetTouchEmulationEnabledParams{Enabled: small}
	if small {
		touch.MaxTouchPoints = 1
	}
	call(r, emulation.SetTouchEmulationEnabled, touch)
	theme := "light"
	if v.dark {
		theme = "dark"
	}
	call(r, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
	call(r, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.noScripts})
}

// link is a network as the browser feels it.
type link struct {
	offline bool
	latency float64 // milliseconds a request
	rate    float64 // bytes a second, both ways; -1 is unbounded
}

var (
	online  = link{rate: -1}
	offline = link{offline: true, rate: -1}
	slow3G  = link{latency: 2000, rate: 400 * 1000 / 8}
)

// linkParams are those of Network.emulateNetworkConditions, which acts on navigator.onLine too.
type linkParams struct {
	Offline            bool    `json:"offline"`
	Latency            float64 `json:"latency"`
	DownloadThroughput float64 `json:"downloadThroughput"`
	UploadThroughput   float64 `json:"uploadThroughput"`
}

// connect changes the network of the window. Open sockets are cut where it is taken away.
func (r *reader) connect(l link) {
	r.t.Helper()
	call(r, cdp.Command[linkParams, cdp.Empty]{Method: "Network.emulateNetworkConditions"},
		linkParams{Offline: l.offline, Latency: l.latency, DownloadThroughput: l.rate, UploadThroughput: l.rate})
}

// slowCPU makes the processor so many times slower.
func (r *reader) slowCPU(times float64) {
	r.t.Helper()
	call(r, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
}

// signOutElsewhere loses the session as a browser does that forgets its cookies.
func (r *reader) signOutElsewhere() {
	r.t.Helper()
	call(r, network.DeleteCookies, network.DeleteCookiesParams{Name: "praxis_session", URL: r.w.URL})
}

// signsInBy gives the browser a session that was opened elsewhere, so that its cache stays empty.
func (r *reader) signsInBy(token string) {
	r.t.Helper()
	call(r, network.SetCookie, network.SetCookieParams{Name: "praxis_session", Value: token, URL: r.w.URL})
}

// beforeEachPage runs a script in each page that the window opens from here on, before the page's own.
func (r *reader) beforeEachPage(script string) {
	r.t.Helper()
	call(r, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}
