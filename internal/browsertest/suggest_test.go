package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What the pages do while one types: the search field completes, a new thread is told whether it was asked,
// the editor of duplicates. Nobody waits for any of it.
func TestWhileOneTypes(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *world){"search": fieldCompletes, "phone": fieldOnAPhone, "thread": threadIsTold, "editor": editorIsTold} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

const openList = "document.querySelector('#find-list:not([hidden]) [role=option]')"

// fieldCompletes goes through the field with the keyboard alone, and finds her searches again.
func fieldCompletes(t *testing.T, w *world) {
	r := w.reader(t, desk)
	r.signsIn("officer")
	r.goes("/about")
	r.types("#find", "n")
	r.types("#find", "nalo")
	r.until("what completes it", openList)
	if got := eval[string](r, "(({role, ariaExpanded}) => document.getElementById('find').getAttribute('role') + ' ' + document.getElementById('find').getAttribute('aria-expanded'))({})"); got != "combobox true" {
		t.Errorf("the field is %q", got)
	}
	r.presses(kb.ArrowDown)
	r.until("the first one is marked", "document.getElementById('find').getAttribute('aria-activedescendant') === 'find-list0' && document.getElementById('find-list0').getAttribute('aria-selected') === 'true'")
	r.presses(kb.ArrowUp)
	r.until("the field again", "!document.getElementById('find').hasAttribute('aria-activedescendant')")
	r.presses(kb.Escape)
	r.until("the list is closed", "document.getElementById('find-list').hidden && document.getElementById('find').value === 'nalo'")
	if found := r.audit(question{Parts: []string{"structure", "names", "targets"}, Lang: "en", Keys: textKeys(t)}); len(found) > 0 {
		t.Errorf("the field: %v", found)
	}
	r.leaves("the search", func() { r.presses("\r") })
	r.until("the answer", "location.search === '?q=nalo'")

	for _, v := range []view{desk, phone} {
		r.look(v)
		r.goes("/search?q=nalo")
		if found := r.audit(question{Parts: wholeAudit, Lang: "en", Keys: textKeys(t)}); len(found) > 0 {
			t.Errorf("the search page: %v", found)
		}
	}
	r.look(desk)
	r.goes("/about")
	r.clicks("#find")
	r.until("what was searched for before", openList+"?.textContent.includes('nalo')")
	sent := r.requests()
	for _, q := range sent {
		if strings.Contains(q.URL, "suggest") && strings.HasSuffix(q.URL, "q=") {
			t.Errorf("an empty field asks: %s", q.URL)
		}
	}
	r.presses(kb.ArrowDown)
	r.presses(kb.Delete)
	r.until("it is forgotten", "!document.querySelector('#find-list [role=option]') && (localStorage.getItem('praxis:recent:' + document.body.dataset.member) ?? '[]') === '[]'")
	r.types("#find", "naloxone")
	r.until("what completes it", openList)
	r.presses(kb.ArrowDown)
	to := eval[string](r, "document.getElementById('find-list0').pathname + document.getElementById('find-list0').search")
	r.leaves("the chosen one", func() { r.presses("\r") })
	if got := r.place(); !strings.HasPrefix(got, strings.Split(to, "?")[0]) {
		t.Errorf("%s leads to %s", to, got)
	}
	r.sound()
}

// fieldOnAPhone opens the field by a tap; nothing of the list stands outside the window.
func fieldOnAPhone(t *testing.T, w *world) {
	r := w.reader(t, phone)
	r.goes("/")
	r.types("#find", "nalo")
	r.until("what completes it", openList)
	if got := eval[bool](r, "(({left, right}) => left >= 0 && right <= innerWidth)(document.getElementById('find-list').getBoundingClientRect())"); !got {
		t.Error("the list stands outside the window")
	}
	r.leaves("what was tapped", func() { r.clicks("#find-list [role=option]") })
	r.sound()
}

func threadIsTold(t *testing.T, w *world) {
	g := w.ground(t)
	r := w.reader(t, desk)
	r.signsIn("officer")
	r.goes("/w/1/new-thread")
	title := eval[string](r, fmt.Sprintf("fetch('/api/v1/practices/%d').then(a => a.json()).then(p => p.title)", g.open(t)))
	r.types("#f-title", title)
	r.until("what is like it", "document.querySelector('#similar a')")
	if got := eval[string](r, "document.getElementById('similar').getAttribute('aria-live')"); got != "polite" {
		t.Errorf("it is told %q", got)
	}
	r.types("#f-title", "zzzz qqqq")
	r.until("nothing is", "document.getElementById('similar').childElementCount === 0")
	r.sound()
}

func editorIsTold(t *testing.T, w *world) {
	g := w.ground(t)
	r := w.reader(t, desk)
	r.signsIn("lena")
	r.goes("/write")
	p := eval[struct{ Title, Summary string }](r, fmt.Sprintf("fetch('/api/v1/practices/%d').then(a => a.json())", g.open(t)))
	r.types("#f-title", p.Title)
	r.types("#f-summary", p.Summary)
	r.until("what may be the same", "document.querySelector('#similar a')")
	r.sound()
}
