package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/internal/demo"
	"praxis/internal/storytest"
)

// What is typed is never lost: not by a reload, a lost network, a lost session, a second tab, an
// impatient finger or the back button.
func TestNothingIsLost(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *lost){
		"editor, reload":          editorReload,
		"editor, offline":         editorOffline,
		"editor, lost session":    editorSession,
		"editor, two tabs":        editorTabs,
		"composer, reload":        composerReload,
		"composer, offline":       composerOffline,
		"composer, lost session":  composerSession,
		"composer, double click":  composerTwice,
		"composer, back":          composerBack,
		"new thread, reload":      threadReload,
		"no scripts, editor":      plainEditor,
		"no scripts, thread":      plainThread,
		"no scripts, reply twice": plainTwice,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := phone
			v.noScripts = strings.HasPrefix(name, "no scripts")
			l := &lost{reader: w.reader(t, v), api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			test(t, l)
		})
	}
}

// lost is a member who writes, and what the portal has of it.
type lost struct {
	*reader
	api   *storytest.Client
	words string
}

// draft makes a draft and opens it in the editor.
func (l *lost) draft() (path string) {
	l.t.Helper()
	p := l.api.Do("POST", "/practices", map[string]any{"title": l.words, "language": "en", "workspace_id": 1}).Want(201).Thing()
	path = fmt.Sprintf("/p/%d/edit", p.ID)
	l.goes(path)
	return path
}

// kept waits until the portal has a text in a draft's problem.
func (l *lost) kept(path, text string) {
	l.t.Helper()
	storytest.Eventually(l.t, "saved on the server", func() bool {
		var p struct{ Sections map[string]string }
		l.api.Do("GET", "/practices/"+strings.Split(path, "/")[2], nil).Want(200).Into(&p)
		return p.Sections["problem"] == text
	})
}

// thread makes a thread and opens it.
func (l *lost) thread() (id int64) {
	l.t.Helper()
	id = l.api.Do("POST", "/workspaces/1/threads", map[string]any{"title": l.words, "body": "Who knows?"}).Want(201).Thing().ID
	l.goes(fmt.Sprintf("/t/%d", id))
	return id
}

// posted waits until the thread has the words, and checks that it has them once.
func (l *lost) posted(thread int64) {
	l.t.Helper()
	count := func() (n int) {
		for _, p := range l.api.Do("GET", fmt.Sprintf("/threads/%d/posts?limit=100", thread), nil).Want(200).Things() {
			if p.Body == l.words {
				n++
			}
		}
		return n
	}
	storytest.Eventually(l.t, "the post is sent", func() bool { return count() > 0 })
	time.Sleep(moment)
	if n := count(); n != 1 {
		l.t.Errorf("the post stands %d times in the thread", n)
	}
}

// signsInAgain fills the form to which a lost session leads.
func (l *lost) signsInAgain() {
	l.t.Helper()
	l.types("main [name=email]", "somchai@demo.example")
	l.types("main [name=password]", demo.Password)
	l.follows("main form .button")
}

const problem, body, sent, told = "[name='sections.problem']", "#f-body", "#reply .button:not(.plain)", "#saved"

func editorReload(t *testing.T, l *lost) {
	l.goes("/write?workspace=1")
	l.types("#f-title", l.words)
	l.until("saved by itself", "location.pathname.startsWith('/p/')")
	l.types(problem, l.words)
	l.reloads() // before the next save
	if l.value(problem) != l.words {
		l.clicks(told + " button") // what was found is offered
		l.until("the words are back", "document.querySelector("+quote(problem)+").value === "+quote(l.words))
	}
	l.kept(l.place(), l.words)
	l.reloads()
	if got := l.value(problem); got != l.words {
		t.Errorf("after the save and a reload: %q", got)
	}
}

func editorOffline(_ *testing.T, l *lost) {
	path := l.draft()
	l.expect("ERR_INTERNET_DISCONNECTED")
	l.connect(offline)
	l.types(problem, l.words)
	l.until("told that it is tried again", "document.querySelector('#saved').innerText.includes('Trying again')")
	l.connect(online)
	l.kept(path, l.words)
	l.until("told that it is saved", "/Saved \\d/.test(document.querySelector('#saved').innerText)")
}

func editorSession(t *testing.T, l *lost) {
	path := l.draft()
	l.expect("status of 401")
	l.signOutElsewhere()
	l.types(problem, l.words)
	l.until("told that she is signed out", "document.querySelector('#saved a[href^=\"/sign-in\"]')")
	if l.value(problem) != l.words {
		t.Error("the words are gone from the page")
	}
	l.follows("#saved a")
	l.signsInAgain()
	if got := l.place(); got != path {
		t.Fatalf("signing in again leads to %s, not %s", got, path)
	}
	l.clicks(told + " button")
	l.kept(path, l.words)
}

func editorTabs(t *testing.T, l *lost) {
	path := l.draft()
	second := l.tab(phone)
	second.expect("status of 412", "status of 422")
	second.goes(path)
	l.types(problem, l.words)
	l.kept(path, l.words)
	second.types(problem, "Words of the second tab")
	second.until("the second tab is told", "document.querySelector('#saved').innerText.includes('Another tab')")
	if got := second.value(problem); got != "Words of the second tab" {
		t.Errorf("the second tab holds %q", got)
	}
	l.kept(path, l.words)
	second.follows(told + " button")
	second.until("both texts, compared", "document.querySelector('.note.bad .diff ins') && document.querySelector('.note.bad .diff del')")
	if second.value(problem) != "Words of the second tab" {
		t.Errorf("beside the comparison stands %q", second.value(problem))
	}
	second.follows(".bottom [value=save]")
	l.kept(path, "Words of the second tab")
}

func composerReload(t *testing.T, l *lost) {
	thread := l.thread()
	l.types(body, l.words)
	l.reloads()
	l.until("the words are back", "document.querySelector('#f-body').value === "+quote(l.words))
	l.clicks(sent)
	l.posted(thread)
	l.reloads()
	if got := l.value(body); got != "" {
		t.Errorf("what was sent comes back: %q", got)
	}
}

func composerOffline(t *testing.T, l *lost) {
	thread := l.thread()
	l.expect("ERR_INTERNET_DISCONNECTED", "WebSocket")
	l.types(body, l.words)
	l.connect(offline)
	l.clicks(sent)
	l.until("told that it is tried again", "document.querySelector('#sent').innerText.includes('Trying again')")
	if got := l.value(body); got != l.words {
		t.Errorf("while it waits: %q", got)
	}
	l.connect(online)
	l.posted(thread)
	l.until("it stands in the thread", "document.querySelector('#posts').innerText.includes("+quote(l.words)+") && !document.querySelector('#f-body').value")
}

func composerSession(t *testing.T, l *lost) {
	thread := l.thread()
	l.expect("status of 401", "WebSocket")
	l.signOutElsewhere()
	l.types(body, l.words)
	l.clicks(sent)
	l.until("told that she is signed out", "document.querySelector('#sent a[href^=\"/sign-in\"]')")
	l.follows("#sent a")
	l.signsInAgain()
	if !strings.HasPrefix(l.place(), fmt.Sprintf("/t/%d", thread)) {
		t.Fatalf("signing in again leads to %s", l.place())
	}
	l.until("the words are back", "document.querySelector('#f-body').value === "+quote(l.words))
	l.clicks(sent)
	l.posted(thread)
}

func composerTwice(_ *testing.T, l *lost) {
	thread := l.thread()
	l.types(body, l.words)
	l.clicks(sent, 2)
	l.posted(thread)
	// However quick the first click's answer was, the second finds an empty field and leads nowhere.
	l.until("the field is empty again", "document.querySelector("+quote(body)+").value === ''")
	here := l.place()
	l.clicks(sent)
	time.Sleep(moment)
	if at := l.place(); at != here {
		l.t.Errorf("a click too many leads from %s to %s", here, at)
	}
}

func composerBack(_ *testing.T, l *lost) {
	l.thread()
	l.types(body, l.words)
	l.follows(".brand")
	l.goesBack()
	l.until("the words are back", "document.querySelector('#f-body').value === "+quote(l.words))
}

func threadReload(_ *testing.T, l *lost) {
	l.goes("/w/1/new-thread")
	l.types("#f-title", l.words)
	l.types(body, l.words)
	l.reloads()
	l.until("the words are back", "document.querySelector('#f-title').value === "+quote(l.words)+" && document.querySelector('#f-body').value === "+quote(l.words))
	l.follows("#new > .button")
	l.sees(l.words)
	l.goes("/w/1/new-thread")
	time.Sleep(moment)
	l.until("what was sent does not come back", "document.querySelector('#f-title').value === ''")
}

func plainEditor(t *testing.T, l *lost) {
	l.expect("status of 422")
	l.goes("/write")
	l.types("#f-summary", l.words)
	l.types(problem, "one\ntwo")
	l.types("[name=year]", "nine")
	l.clicks("[name=sectors][value=customs]")
	l.picks("[name=country]", "TH")
	l.picks("[name=workspace_id]", "1")
	l.clicks("[name=handling][value=green]")
	l.follows(".bottom [value=save]")
	l.until("the summary of errors has the focus", "document.activeElement.id === 'errors'")
	back := eval[string](l.reader, `(() => { const f = new FormData(document.getElementById("editor")); return ["summary", "sections.problem", "year", "sectors", "country", "workspace_id", "handling"].map((n) => f.get(n)).join("|").replaceAll("\r", "") })()`)
	if want := l.words + "|one\ntwo|nine|customs|TH|1|green"; back != want {
		t.Errorf("what came back is %q, not %q", back, want)
	}
}

func plainThread(t *testing.T, l *lost) {
	l.expect("status of 422")
	l.goes("/w/1/new-thread")
	l.types(body, l.words)
	l.clicks("[name=handling][value=green]")
	l.follows("#new > .button")
	if got := l.value(body); got != l.words || !eval[bool](l.reader, "document.querySelector('[name=handling][value=green]').checked") {
		t.Errorf("what came back is %q", got)
	}
	l.clicks("#errors a[href='#f-title']")
	l.until("the link of the error leads to the field", "document.activeElement.id === 'f-title'")
}

func plainTwice(_ *testing.T, l *lost) {
	thread := l.thread()
	l.types(body, l.words)
	l.leaves("the double click", func() { l.clicks(sent, 2) })
	l.posted(thread)
}
