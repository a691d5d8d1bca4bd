package browsertest

import (
	"fmt"
	"testing"
	"time"

	"praxis/internal/storytest"
)

// What others do shows on a page that stands open: cases in the queue, a co-author in the editor.
func TestOpenPagesFollow(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *world){"queue": queueFollows, "editor": editorsHear} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

// queueFollows has a moderator look at the queue while cases come in, are taken and decided, and
// keeps the note that she is writing meanwhile.
func queueFollows(t *testing.T, w *world) {
	somchai, officer := w.As(t, "somchai"), w.As(t, "officer")
	handIn := func(title string) storytest.Thing {
		p := somchai.Do("POST", "/practices", merged(text, "title", title)).Want(201).Thing()
		somchai.Do("POST", fmt.Sprintf("/practices/%d/submit", p.ID), nil).Want(200)
		return p
	}
	moderator := w.reader(t, desk)
	moderator.signsIn("moderator")
	moderator.goes("/queue")
	moderator.until("the list that stands open", "document.querySelector('#cases')")
	waiting := eval[int](moderator, "document.querySelectorAll('#cases li').length")
	p := handIn("Comes in while one looks")
	moderator.until("the case that came in", "document.querySelector('#waiting').innerText.includes('Comes in while one looks')")
	moderator.until("one more is counted", fmt.Sprintf("document.getElementById('count').innerText.includes('%d')", waiting+1))
	moderator.until("what is said of it", "document.getElementById('news').textContent")

	moderator.follows("#cases li:last-child a")
	moderator.sees("Comes in while one looks")
	at := "/moderation/cases/" + fmt.Sprint(number(t, moderator.place()))
	officer.Do("PUT", at+"/claim", nil).Want(200)
	moderator.until("who took it", "!document.getElementById('taken').hidden && document.getElementById('taken').textContent.includes('Ruth')")
	moderator.expect("status of 409") // it is claimed when she begins to write
	moderator.types("#f-note", "A note that is half")
	officer.Do("POST", fmt.Sprintf("/practices/%d/approve", p.ID), nil).Want(200)
	moderator.until("what became of it", "document.querySelector('#waiting').innerText.includes('Comes in while one looks') === false && !document.getElementById('taken').hidden")
	if got := moderator.value("#f-note"); got != "A note that is half" {
		t.Errorf("the note is %q", got)
	}
}

// editorsHear has two authors at one draft: whoever only reads hears at once of what the other saves.
func editorsHear(t *testing.T, w *world) {
	somchai, ana := w.As(t, "somchai"), w.As(t, "ana")
	p := somchai.Do("POST", "/practices", merged(text, "title", "Two write this")).Want(201).Thing()
	var me struct{ ID int64 }
	ana.Do("GET", "/me", nil).Want(200).Into(&me)
	somchai.Do("PUT", fmt.Sprintf("/practices/%d/authors/%d", p.ID, me.ID), nil).Want(200)

	first, second := w.reader(t, desk), w.reader(t, phone)
	path := fmt.Sprintf("/p/%d/edit", p.ID)
	first.signsIn("somchai")
	first.goes(path)
	second.signsIn("ana")
	second.goes(path)
	time.Sleep(moment) // until both follow

	second.types("#f-summary", "Ana says it shorter.")
	second.until("that it is saved", "/\\d/.test(document.getElementById('saved').textContent)")
	first.until("that Ana has saved", "document.querySelector('#saved button')")
	if said := eval[string](second, "document.querySelector('#saved button')?.textContent ?? ''"); said != "" {
		t.Errorf("whoever saved herself is told %q", said)
	}
}
