package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/internal/storytest"
)

// A press that the network swallows is done later, or said not to be done; and it never costs the
// page or what was written.
func TestNothingIsLostWithoutANetwork(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *lost){
		"reaction":              cutReaction,
		"reaction, taken back":  cutReactionTwice,
		"reaction, signed out":  cutReactionSession,
		"sign-out":              cutSignOut,
		"sign-out, answered":    signedOut,
		"session ended by hand": endedSession,
		"submit":                cutSubmit,
		"submit, typed on":      cutSubmitTyped,
		"preview":               cutPreview,
		"preview, signed out":   signedOutPreview,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lost{reader: w.reader(t, phone), api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			test(t, l)
		})
	}
}

const thanks = ".more [value=thank_you]"

// answered makes a thread with a colleague's answer, opens it and the menu of that.
func (l *lost) answered() (thread, post int64) {
	l.t.Helper()
	thread = l.thread()
	post = l.w.As(l.t, "ana").Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": "I know."}).Want(201).Thing().ID
	l.goes(fmt.Sprintf("/t/%d?post=%d", thread, post))
	l.clicks(fmt.Sprintf("#post-%d .more summary", post))
	return thread, post
}

// thanked tells whether a post has the reaction.
func (l *lost) thanked(thread, post int64) bool {
	l.t.Helper()
	var list struct {
		Items []struct {
			ID        int64
			Reactions []struct{ Name string }
		}
	}
	l.api.Do("GET", fmt.Sprintf("/threads/%d/posts?limit=100", thread), nil).Want(200).Into(&list)
	for _, p := range list.Items {
		if p.ID == post {
			return len(p.Reactions) > 0
		}
	}
	l.t.Fatalf("the thread has no post %d", post)
	return false
}

func cutReaction(t *testing.T, l *lost) {
	thread, post := l.answered()
	l.expect("ERR_INTERNET_DISCONNECTED", "WebSocket")
	before := l.place()
	l.connect(offline)
	l.clicks(fmt.Sprintf("#post-%d %s", post, thanks))
	l.until("told that it is tried again", "document.querySelector('.more[open] [role=status]').innerText.includes('Trying again')")
	if got := l.place(); got != before {
		t.Fatalf("a reaction without a network leads to %s", got)
	}
	l.connect(online)
	storytest.Eventually(t, "the reaction is with the portal", func() bool { return l.thanked(thread, post) })
	l.until("the reaction is shown", fmt.Sprintf("document.querySelector('#post-%d .acts > .chip.on')", post))
}

func cutReactionTwice(t *testing.T, l *lost) {
	thread, post := l.answered()
	l.expect("ERR_INTERNET_DISCONNECTED", "WebSocket")
	l.connect(offline)
	button := fmt.Sprintf("#post-%d %s", post, thanks)
	l.clicks(button)
	l.until("pressed", "document.querySelector("+quote(button)+").ariaPressed === 'true'")
	l.clicks(button)
	l.until("not pressed", "document.querySelector("+quote(button)+").ariaPressed === 'false'")
	l.connect(online)
	l.until("nothing waits", "!document.querySelector('.more [role=status]')?.innerText")
	time.Sleep(moment)
	if l.thanked(thread, post) {
		t.Error("what was taken back stands with the portal")
	}
}

func cutReactionSession(t *testing.T, l *lost) {
	_, post := l.answered()
	l.expect("status of 401", "WebSocket")
	l.signOutElsewhere()
	before := l.place()
	button := fmt.Sprintf("#post-%d %s", post, thanks)
	l.clicks(button)
	l.until("told why", "document.querySelector('.more [role=status]')?.innerText")
	if got := l.place(); got != before || eval[string](l.reader, "document.querySelector("+quote(button)+").ariaPressed") != "false" {
		t.Errorf("refused, the button is not what it was, at %s", got)
	}
}

const (
	signOut   = `document.querySelector("form[action='/sign-out']").requestSubmit()`
	keptWords = `Object.keys(localStorage).filter((k) => k.startsWith("praxis:")).length`
)

func cutSignOut(_ *testing.T, l *lost) {
	thread := l.thread()
	l.expect("ERR_INTERNET_DISCONNECTED", "WebSocket")
	l.types(body, l.words)
	l.connect(offline)
	l.runs(signOut)
	time.Sleep(moment)
	l.connect(online)
	l.goes(fmt.Sprintf("/t/%d", thread))
	l.until("the words are back", "document.querySelector('#f-body')?.value === "+quote(l.words))
}

func signedOut(t *testing.T, l *lost) {
	l.thread()
	l.types(body, l.words)
	if eval[int](l.reader, keptWords) == 0 {
		t.Fatal("the browser keeps nothing")
	}
	l.leaves("signing out", func() { l.runs(signOut) })
	l.until("nothing is left", keptWords+" === 0")
	// An address alone forgets nothing.
	l.signsIn("somchai")
	l.thread()
	l.types(body, l.words)
	l.goes("/?done=signed_out")
	l.signOutElsewhere()
	l.goes("/?done=signed_out")
	time.Sleep(moment)
	if eval[int](l.reader, keptWords) == 0 {
		t.Error("a link that anybody can make wipes what was written")
	}
}

func endedSession(_ *testing.T, l *lost) {
	l.thread()
	l.types(body, l.words)
	l.goes("/settings/sessions")
	l.leaves("ending this session", func() {
		l.runs(`[...document.querySelectorAll(".rows li")].find((row) => row.querySelector("strong")).querySelector("form").requestSubmit()`)
	})
	l.until("nothing is left", keptWords+" === 0")
}

// whole makes a draft that can be handed in and opens it in the editor.
func (l *lost) whole() (path string) {
	l.t.Helper()
	p := l.api.Do("POST", "/practices", merged(text, "title", l.words)).Want(201).Thing()
	path = fmt.Sprintf("/practices/%d", p.ID)
	l.goes(fmt.Sprintf("/p/%d/edit", p.ID))
	return path
}

func (l *lost) status(path string) string {
	l.t.Helper()
	var p struct{ Status string }
	l.api.Do("GET", path, nil).Want(200).Into(&p)
	return p.Status
}

const submit = ".bottom [value=submit]"

func cutSubmit(t *testing.T, l *lost) {
	path := l.whole()
	l.expect("ERR_INTERNET_DISCONNECTED")
	l.connect(offline)
	l.types(problem, l.words)
	l.clicks(submit)
	l.until("told that it is not submitted", "document.querySelector('#saved').innerText.includes('Not submitted')")
	time.Sleep(4 * moment) // the pause after which it is saved, were there a network
	l.until("told so still", "document.querySelector('#saved').innerText.includes('Not submitted')")
	if got := l.status(path); got != "draft" {
		t.Fatalf("without a network it is %s", got)
	}
	l.leaves("the network is back", func() { l.connect(online) })
	if got := l.status(path); got != "submitted" {
		t.Errorf("it is %s, at %s", got, l.place())
	}
	l.kept(strings.Replace(path, "practices", "p", 1), l.words)
}

func cutSubmitTyped(t *testing.T, l *lost) {
	path := l.whole()
	l.expect("ERR_INTERNET_DISCONNECTED")
	l.connect(offline)
	l.clicks(submit)
	l.until("told that it is not submitted", "document.querySelector('#saved').innerText.includes('Not submitted')")
	l.types(problem, l.words)
	if l.shows("Not submitted") {
		t.Error("what is not going to be submitted is said to be")
	}
	l.connect(online)
	l.kept(strings.Replace(path, "practices", "p", 1), l.words)
	time.Sleep(moment)
	if got := l.status(path); got != "draft" {
		t.Errorf("half a sentence is %s", got)
	}
}

func cutPreview(t *testing.T, l *lost) {
	l.thread()
	l.expect("ERR_INTERNET_DISCONNECTED", "WebSocket")
	l.types(body, l.words)
	l.connect(offline)
	l.clicks("#look")
	l.sees("The preview cannot be shown")
	if got := l.value(body); got != l.words {
		t.Errorf("the field holds %q", got)
	}
	l.connect(online)
	l.clicks("#look")
	l.until("the preview", "document.querySelector('#preview').innerText.includes("+quote(l.words)+")")
	if l.shows("The preview cannot be shown") {
		t.Error("what can be shown is said not to be")
	}
}

func signedOutPreview(_ *testing.T, l *lost) {
	l.thread()
	l.expect("status of 401", "WebSocket")
	l.types(body, l.words)
	l.signOutElsewhere()
	l.clicks("#look")
	l.until("told that she is signed out", "document.querySelector('#sent a[href^=\"/sign-in\"]')")
}
