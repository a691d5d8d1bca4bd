package browsertest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Two tabs of one thread: each sends its own words, and the same words once.
func TestNothingIsLostInTwoTabs(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *lost){
		"sent once by two tabs":      twoTabsOnce,
		"the other tab's words stay": twoTabsKeep,
		"emptied in one tab":         twoTabsEmptied,
		"written on in one tab":      twoTabsWritten,
		"posted, then written on":    twoTabsPosted,
		"a post that is edited":      postEdited,
		"a reply on its own page":    replyPage,
		"a flag":                     flagPage,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lost{reader: w.reader(t, phone), api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			test(t, l)
		})
	}
}

func twoTabsOnce(t *testing.T, l *lost) {
	thread := l.thread()
	l.types(body, l.words)
	second := l.tab(phone)
	second.goes(fmt.Sprintf("/t/%d", thread))
	second.until("the words are there too", "document.querySelector('#f-body').value === "+quote(l.words))
	second.clicks(sent)
	l.posted(thread)
	l.until("the first tab is told", "document.querySelector('#sent').innerText.includes('another tab')")
	if got := l.value(body); got != l.words {
		t.Errorf("another tab has changed the field to %q", got)
	}
	l.clicks(sent) // the same words are the same post
	l.until("it stands in the first tab, too", "!document.querySelector('#f-body').value && document.querySelector('#posts').innerText.includes("+quote(l.words)+")")
	l.posted(thread)
}

// beside opens the thread in a second tab, which shows the draft of the first one.
func (l *lost) beside(thread int64) *reader {
	l.t.Helper()
	l.types(body, l.words)
	second := l.tab(phone)
	second.goes(fmt.Sprintf("/t/%d", thread))
	second.until("the words are there too", "document.querySelector('#f-body').value === "+quote(l.words))
	return second
}

func twoTabsEmptied(t *testing.T, l *lost) {
	thread := l.thread()
	second := l.beside(thread)
	second.empties()
	time.Sleep(moment)
	if got := l.value(body); got != l.words {
		t.Errorf("another tab has changed the field to %q", got)
	}
	l.reloads() // and what she typed here is kept
	l.until("the words are back", "document.querySelector('#f-body').value === "+quote(l.words))
}

// empties takes away what stands in the composer, as a hand does.
func (r *reader) empties() {
	r.t.Helper()
	eval[any](r, `(() => { const f = document.querySelector("#f-body"); f.value = ""; f.dispatchEvent(new Event("input", {bubbles: true})); })(), null`)
}

// What is written on in one tab leaves nothing behind of what the other one only shows.
func twoTabsWritten(t *testing.T, l *lost) {
	thread := l.thread()
	second := l.beside(thread)
	l.types(body, l.words+", and more")
	time.Sleep(moment)
	if got := second.value(body); got != l.words {
		t.Errorf("another tab has changed the field to %q", got)
	}
	l.clicks(sent)
	l.until("posted", "!document.querySelector('#f-body').value")
	if got := second.value(body); got != l.words {
		t.Errorf("another tab has changed the field to %q", got)
	}
	l.reloads()
	if got := l.value(body); got != "" {
		t.Errorf("half of what was posted comes back: %q", got)
	}
	second.clicks(sent) // it was pressed: another post
	l.posted(thread)
}

// After one tab has posted the words, what is written on in the other is another post.
func twoTabsPosted(t *testing.T, l *lost) {
	thread := l.thread()
	second := l.beside(thread)
	second.clicks(sent)
	l.posted(thread)
	l.until("the first tab is told", "document.querySelector('#sent').innerText.includes('another tab')")
	l.types(body, "Another thought")
	if l.shows("another tab") {
		t.Error("what is new is said to be posted")
	}
	l.clicks(sent)
	l.until("both stand in the thread", "['Another thought', "+quote(l.words)+"].every((text) => document.querySelector('#posts').innerText.includes(text))")
	l.posted(thread)
}

func twoTabsKeep(t *testing.T, l *lost) {
	thread := l.thread()
	second := l.tab(phone)
	second.goes(fmt.Sprintf("/t/%d", thread))
	second.types(body, "Half a sentence")
	l.types(body, l.words)
	second.runsOnline()
	l.clicks(sent)
	l.posted(thread)
	time.Sleep(moment)
	for _, p := range l.api.Do("GET", fmt.Sprintf("/threads/%d/posts?limit=100", thread), nil).Want(200).Things() {
		if strings.HasPrefix(p.Body, "Half") {
			t.Error("published by itself")
		}
	}
	second.reloads()
	second.until("the other tab's words are back", "document.querySelector('#f-body').value === 'Half a sentence'")
}

// runsOnline tells the page that the network is back.
func (r *reader) runsOnline() { eval[any](r, "dispatchEvent(new Event('online')), null") }

func postEdited(_ *testing.T, l *lost) {
	thread := l.thread()
	post := l.api.Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": "Short"}).Want(201).Thing().ID
	path := fmt.Sprintf("/posts/%d/edit", post)
	l.goes(path)
	l.types("[name=body]", l.words)
	l.goes("/")
	l.goes(path)
	l.until("the words are back", "document.querySelector('[name=body]').value === "+quote(l.words))
}

// A form of its own page keeps its words for its own post alone, and forgets them when they are sent.
func replyPage(t *testing.T, l *lost) {
	thread := l.thread()
	var posts [2]int64
	for i := range posts {
		posts[i] = l.api.Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": "Short"}).Want(201).Thing().ID
	}
	path := fmt.Sprintf("/t/%d/reply?to=%d", thread, posts[0])
	l.goes(path)
	l.types("[name=body]", l.words)
	l.picks("[name=language]", "th")
	l.goes(fmt.Sprintf("/t/%d/reply?to=%d", thread, posts[1]))
	if got := l.value("[name=body]"); got != "" {
		t.Errorf("an answer to another post begins with %q", got)
	}
	l.goes(path)
	l.until("the words are back", "document.querySelector('[name=body]').value === "+quote(l.words)+" && document.querySelector('[name=language]').value === 'th'")
	l.follows("main form .button")
	l.posted(thread)
	l.goes(path)
	time.Sleep(moment)
	if got := l.value("[name=body]"); got != "" {
		t.Errorf("what was sent comes back: %q", got)
	}
}

func flagPage(t *testing.T, l *lost) {
	thread := l.thread()
	post := l.w.As(t, "ana").Do("POST", fmt.Sprintf("/threads/%d/posts", thread), map[string]any{"body": "Short"}).Want(201).Thing().ID
	path := fmt.Sprintf("/flag?kind=post&id=%d", post)
	l.goes(path)
	l.clicks("[name=reason][value=off_topic]")
	l.types("[name=note]", l.words)
	l.goes("/flag?kind=practice&id=1")
	if got := l.value("[name=note]"); got != "" {
		t.Errorf("the flag of something else begins with %q", got)
	}
	l.goes(path)
	l.until("the words are back", "document.querySelector('[name=note]').value === "+quote(l.words)+" && document.querySelector('[name=reason][value=off_topic]').checked")
	l.follows("main form .button")
	l.sees("The moderators will look at it")
	l.goes(path)
	time.Sleep(moment)
	if got := l.value("[name=note]"); got != "" {
		t.Errorf("what was sent comes back: %q", got)
	}
}
