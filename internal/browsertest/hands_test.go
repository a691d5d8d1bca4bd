package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"praxis/internal/demo"
)

// spot is where something is to be touched; What covers it, if anything does.
type spot struct {
	X, Y float64
	What string
}

// find scrolls to the first visible element of a selector.
func (r *reader) find(selector string) spot {
	r.t.Helper()
	visible := "[...document.querySelectorAll(" + quote(selector) + ")].find(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1)"
	r.until("something to touch: "+selector, visible)
	s := eval[spot](r, `(() => { const e = `+visible+`; e.scrollIntoView({block: "center", behavior: "instant"});
		const box = [...e.getClientRects()].find(b => b.width > 1) || e.getBoundingClientRect(), X = box.left + box.width / 2, Y = box.top + box.height / 2, at = document.elementFromPoint(X, Y);
		return {X, Y, What: at && (e.contains(at) || at.contains(e) || [...(e.labels || [])].some(l => l.contains(at))) ? "" : (at ? at.outerHTML.slice(0, 120) : "nothing")} })()`)
	if s.What != "" {
		r.t.Fatalf("%s at %s is covered by %s", selector, r.place(), s.What)
	}
	return s
}

// clicks presses the mouse's button on something.
func (r *reader) clicks(selector string, times ...int) {
	r.t.Helper()
	s := r.find(selector)
	count := 1
	if len(times) > 0 {
		count = times[0]
	}
	for n := range count {
		for _, kind := range []input.DispatchMouseEventType{"mousePressed", "mouseReleased"} {
			call(r, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: s.X, Y: s.Y, Button: "left", ClickCount: int64(n + 1)})
		}
	}
}

// follows clicks something that loads another page.
func (r *reader) follows(selector string) {
	r.t.Helper()
	r.leaves(selector, func() { r.clicks(selector) })
}

// types puts a text into a field, instead of what stands there.
func (r *reader) types(selector, text string) {
	r.t.Helper()
	r.clicks(selector)
	eval[any](r, "document.activeElement.select?.(), null")
	call(r, input.InsertText, input.InsertTextParams{Text: text})
}

// presses presses keys one after the other.
func (r *reader) presses(keys string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, stepLimit)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys)); err != nil {
		r.t.Fatalf("press %q: %v", keys, err)
	}
}

// picks chooses an option of a list.
func (r *reader) picks(selector, value string) {
	r.t.Helper()
	if got := eval[string](r, `(() => { const e = document.querySelector(`+quote(selector)+`); e.value = `+quote(value)+`;
		e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return e.value })()`); got != value {
		r.t.Fatalf("%s has no choice %q", selector, value)
	}
}

// attaches puts a file into a field.
func (r *reader) attaches(selector, file string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, stepLimit)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file})); err != nil {
		r.t.Fatalf("attach %s: %v", file, err)
	}
}

// value is what stands in a field.
func (r *reader) value(selector string) string {
	r.t.Helper()
	return eval[string](r, "document.querySelector("+quote(selector)+").value")
}

// signsIn signs one of the demonstration's accounts in by the form.
func (r *reader) signsIn(name string) {
	r.t.Helper()
	r.goes("/sign-in")
	r.types("main [name=email]", name+"@demo.example")
	r.types("main [name=password]", demo.Password)
	r.follows("main form .button")
	if place := r.place(); place != "/" {
		r.t.Fatalf("%s is not signed in: at %s", name, place)
	}
}
