package browsertest

import (
	"strconv"
	"testing"
)

// fakeService stands in for the push service that a browser without a network has not: the page, its worker and the
// portal are the real ones.
const fakeService = `navigator.serviceWorker.ready.then((w) => {
  let kept = null;
  const one = { endpoint: "https://push.example.org/of-this-browser", unsubscribe: async () => { kept = null; return true; },
    toJSON: () => ({ endpoint: one.endpoint, expirationTime: null, keys: { p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM", auth: "tBHItJI5svbpez7KI4CCXg" } }) };
  Object.defineProperty(w, "pushManager", { value: { getSubscription: async () => kept, subscribe: async (o) => {
    if (o.applicationServerKey.length !== 65) throw new Error("no key");
    return kept = one;
  } } });
}), null`

// The button on the page of settings has a browser show notifications, and no longer.
func TestABrowserIsSubscribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ana := w.As(t, "ana")
	endpoints := func() int {
		var told struct{ Endpoints []string }
		ana.Do("GET", "/push", nil).Want(200).Into(&told)
		return len(told.Endpoints)
	}
	r := w.reader(t, phone)
	r.signsIn("ana")
	r.goes("/settings/mail")
	r.until("the button", "!document.getElementById('push').hidden")
	eval[any](r, fakeService)
	said := eval[string](r, "document.getElementById('push-on').textContent")
	r.clicks("#push-on")
	r.until("the browser is subscribed", "document.getElementById('push-on').textContent !== "+strconv.Quote(said))
	if n := endpoints(); n != 1 {
		t.Errorf("the portal knows of %d browsers", n)
	}
	r.until("the button can be pressed", "!document.getElementById('push-on').disabled")
	r.clicks("#push-on")
	r.until("the browser is subscribed no more", "document.getElementById('push-on').textContent === "+strconv.Quote(said))
	if n := endpoints(); n != 0 {
		t.Errorf("the portal still knows of %d browsers", n)
	}
}
