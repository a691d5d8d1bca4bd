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
		"a post that is edited":      postEdited,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lost{reader: w.reader(t, phone), api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			test(t, l)
		})
	}
}

func twoTabsOnce(_ *testing.T, l *lost) {
	thread := l.thread()
	l.types(body, l.words)
	second := l.tab(phone)
	second.goes(fmt.Sprintf("/t/%d", thread))
	second.until("the words are there too", "document.querySelector('#f-body').value === "+quote(l.words))
	second.clicks(sent)
	l.posted(thread)
	l.until("gone in the first tab", "document.querySelector('#f-body').value === ''")
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
