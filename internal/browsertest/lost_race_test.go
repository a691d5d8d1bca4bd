package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/internal/storytest"
)

// Words that are typed while something is under way: a save whose answer is lost, a file that is
// sent, a reply that waits; and words that must not be published by themselves.
func TestNothingIsLostMeanwhile(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *lost){
		"editor, published, tab hidden": editorPublished,
		"editor, answer lost":           editorAnswerLost,
		"editor, saved unheard":         editorUnheard,
		"editor, saved while it makes":  editorPressed,
		"editor, refused first":         editorRefused,
		"editor, file on its way":       editorFile,
		"editor, old words":             editorOldWords,
		"editor, session lost at Save":  editorRefusedSave,
		"new thread, label":             threadLabel,
		"composer, edited while unsent": composerEdited,
		"live, refused for a moment":    liveRefused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lost{reader: w.reader(t, phone), api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			test(t, l)
		})
	}
}

// drafts counts the member's practices with the words in their title.
func (l *lost) drafts() (n int) {
	l.t.Helper()
	for _, p := range l.api.Do("GET", "/practices?limit=100&author=me", nil).Want(200).Things() {
		if strings.HasPrefix(p.Title, l.words) {
			n++
		}
	}
	return n
}

// runs evaluates a script for its effect.
func (l *lost) runs(script string) {
	l.t.Helper()
	eval[any](l.reader, "(() => { "+script+" })(), null")
}

const hideTab = `Object.defineProperty(document, "hidden", {value: true, configurable: true}); document.dispatchEvent(new Event("visibilitychange", {bubbles: true}));`

// loseAnswers has the portal do what is asked of it, and loses its answers from then on
// until window.praxisLoses is false.
const loseAnswers = `const real = window.fetch; window.praxisLoses = true; window.praxisLost = 0;
	window.fetch = async (url, o) => { const answer = await real(url, o); if (window.praxisLoses && o?.method) { window.praxisLost++; throw new TypeError("lost"); } return answer; };`

func editorPublished(t *testing.T, l *lost) {
	p := l.api.Do("POST", "/practices", merged(text, "title", l.words)).Want(201).Thing()
	path := fmt.Sprintf("/practices/%d", p.ID)
	l.api.Do("POST", path+"/submit", nil).Want(200)
	l.w.As(t, "moderator").Do("POST", path+"/approve", nil).Want(200)
	type version struct {
		Version int64
		Summary string
	}
	var before, after version
	l.api.Do("GET", path, nil).Want(200).Into(&before)
	l.goes(fmt.Sprintf("/p/%d/edit", p.ID))
	l.types("#f-summary", "Half a sent")
	l.runs(hideTab + ` dispatchEvent(new Event("online"));`)
	time.Sleep(moment)
	if l.api.Do("GET", path, nil).Want(200).Into(&after); after != before {
		t.Errorf("published by a tab that was hidden: %+v, before %+v", after, before)
	}
	l.attaches("#f-file", pdf(t))
	l.until("the file on the list", "document.querySelector('.files')?.innerText.includes('chromium.pdf') && document.readyState === 'complete'")
	if l.api.Do("GET", path, nil).Want(200).Into(&after); after.Summary != before.Summary {
		t.Errorf("published by a file that was chosen: %+v", after)
	}
	l.until("the words are still there", "document.querySelector('#f-summary').value === 'Half a sent'")
	l.follows(".bottom [value=save]")
	if l.api.Do("GET", path, nil).Want(200).Into(&after); after.Summary != "Half a sent" {
		t.Errorf("a press on Save: %+v", after)
	}
}

func editorAnswerLost(t *testing.T, l *lost) {
	l.goes("/write?workspace=1")
	l.runs(loseAnswers)
	l.types("#f-title", l.words)
	l.until("the first answer is lost", "window.praxisLost > 0")
	l.types(problem, l.words)
	l.runs("window.praxisLoses = false")
	l.until("saved by itself", "location.pathname.startsWith('/p/')")
	l.kept(l.place(), l.words)
	if n := l.drafts(); n != 1 {
		t.Errorf("%d drafts were made", n)
	}
}

// What the portal has of a page, and the page was never told so, is not another tab's.
func editorUnheard(_ *testing.T, l *lost) {
	path := l.draft()
	l.expect("status of 412")
	l.runs(loseAnswers)
	l.types(problem, "Before")
	l.until("the answer is lost", "window.praxisLost > 0")
	l.types(problem, l.words)
	l.runs("window.praxisLoses = false")
	l.kept(path, l.words)
	l.until("told that it is saved", "/Saved \\d/.test(document.querySelector('#saved').innerText)")
}

func editorPressed(t *testing.T, l *lost) {
	l.goes("/write?workspace=1")
	l.runs(loseAnswers)
	l.types("#f-title", l.words)
	l.until("the first answer is lost", "window.praxisLost > 0")
	l.types(problem, l.words)
	l.runs("window.praxisLoses = false")
	l.follows(".bottom [value=save]")
	l.kept(strings.Split(l.place(), "?")[0], l.words)
	if n := l.drafts(); n != 1 {
		t.Errorf("%d drafts were made", n)
	}
}

func editorRefused(t *testing.T, l *lost) {
	l.expect("status of 422")
	l.goes("/write?workspace=1")
	l.types("[name='ref.0.url']", "https://example.org/report")
	l.types("#f-title", l.words)
	l.until("told that something is wrong", "document.querySelector('#saved').innerText.includes('press Save')")
	l.types("[name='ref.0.title']", "The report")
	l.until("saved by itself", "location.pathname.startsWith('/p/')")
	if n := l.drafts(); n != 1 {
		t.Errorf("%d drafts were made", n)
	}
}

func editorFile(_ *testing.T, l *lost) {
	path := l.draft()
	l.runs(`const real = XMLHttpRequest.prototype.send; XMLHttpRequest.prototype.send = function (body) { window.praxisSending = true; setTimeout(() => real.call(this, body), 1500); };
		const way = window.fetch; window.fetch = (url, o) => o?.method === "PATCH" && window.praxisSending ? Promise.reject(new TypeError("lost")) : way(url, o);`)
	l.attaches("#f-file", pdf(l.t))
	l.until("the file is on its way", "window.praxisSending")
	l.types(problem, l.words)
	l.until("the file on the list", "document.querySelector('.files')?.innerText.includes('chromium.pdf') && document.readyState === 'complete'")
	l.until("the words are back", "document.querySelector("+quote(problem)+").value === "+quote(l.words))
	l.kept(path, l.words)
}

func editorOldWords(t *testing.T, l *lost) {
	l.goes("/write?workspace=1")
	l.types("#f-title", l.words)
	l.follows(".bottom [value=save]") // before it was saved by itself
	l.goes("/write?workspace=1")
	time.Sleep(moment)
	if eval[bool](l.reader, "!!document.querySelector('#saved button')") {
		t.Errorf("a new practice is offered the words of the one before: %s", eval[string](l.reader, "document.querySelector('#saved').innerText"))
	}
}

func editorRefusedSave(t *testing.T, l *lost) {
	l.expect("status of 401")
	l.goes("/write?workspace=1")
	l.signOutElsewhere()
	l.types("#f-title", l.words)
	l.follows(".bottom [value=save]") // before it was saved by itself
	l.signsIn("somchai")
	l.goes("/p/1") // where a form that was sent is forgotten
	l.goes("/write?workspace=1")
	l.clicks(told + " button")
	if got := l.value("#f-title"); got != l.words {
		t.Errorf("what comes back is %q", got)
	}
}

func threadLabel(_ *testing.T, l *lost) {
	l.goes("/w/1/new-thread")
	l.types("#f-title", l.words)
	l.clicks("[name=handling][value=red]")
	l.clicks(".named summary")
	l.clicks("[name=named]")
	l.picks("#f-language", "th")
	l.types(body, l.words)
	state := `(() => { const f = new FormData(document.getElementById("new")); return ["title", "handling", "named", "language"].map((n) => f.getAll(n).join()).join("|") })()`
	before := eval[string](l.reader, state)
	if !strings.Contains(before, "|red|") || strings.Contains(before, "||") {
		l.t.Fatalf("the form holds %q", before)
	}
	l.reloads()
	l.until("the words are back", "document.querySelector('#f-title').value === "+quote(l.words))
	if after := eval[string](l.reader, state); after != before {
		l.t.Errorf("what came back is %q, not %q", after, before)
	}
}

func composerEdited(t *testing.T, l *lost) {
	thread := l.thread()
	l.runs(loseAnswers)
	l.types(body, "First words")
	l.clicks(sent)
	l.until("told that it is tried again", "window.praxisLost > 0 && document.querySelector('#sent').innerText.includes('Trying again')")
	l.types(body, l.words)
	if l.shows("Trying again") {
		t.Error("what is not tried is said to be tried")
	}
	l.reloads() // it is known still
	l.until("the words are back", "document.querySelector('#f-body').value === "+quote(l.words))
	l.clicks(sent)
	l.posted(thread)
	for _, p := range l.api.Do("GET", fmt.Sprintf("/threads/%d/posts?limit=100", thread), nil).Want(200).Things() {
		if p.Body == "First words" {
			t.Error("the words of before stand beside the changed ones")
		}
	}
	l.until("the changed words are shown", "document.querySelector('#posts').innerText.includes("+quote(l.words)+") && !document.querySelector('#f-body').value")
}

func liveRefused(_ *testing.T, l *lost) {
	thread := l.api.Do("POST", "/workspaces/1/threads", map[string]any{"title": l.words, "body": "Who knows?"}).Want(201).Thing().ID
	l.beforeEachPage(`window.WebSocket = class extends WebSocket { send(data) {
		if (!data.includes('"subscribe"') || window.praxisRefused) return super.send(data);
		window.praxisRefused = true;
		setTimeout(() => this.dispatchEvent(new MessageEvent("message", {data: '{"op":"error","code":"unavailable","detail":"try again in a moment"}'})));
	} };`)
	l.goes(fmt.Sprintf("/t/%d", thread))
	l.until("refused", "window.praxisRefused")
	l.w.As(l.t, "ana").Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": "I know."}).Want(201)
	storytest.Eventually(l.t, "the post arrives", func() bool { return l.shows("I know.") })
}
