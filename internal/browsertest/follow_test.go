package browsertest

import (
	"fmt"
	"testing"

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
	moderator.types("#f-note", "A note that is half")
	officer.Do("POST", fmt.Sprintf("/practices/%d/approve", p.ID), nil).Want(200)
	moderator.until("what became of it", "document.querySelector('#waiting').innerText.includes('Comes in while one looks') === false && !document.getElementById('taken').hidden")
	if got := moderator.value("#f-note"); got != "A note that is half" {
		t.Errorf("the note is %q", got)
	}
	heldCase(t, w, moderator, handIn("Held when the page comes"))
	queueFocus(t, w, moderator, []storytest.Thing{handIn("The first of two"), handIn("The second of two")})

	p = handIn("Soon for others only")
	moderator.goes("/queue")
	moderator.follows("#cases li:last-child a")
	moderator.types("#f-note", "Words of hers")
	moderator.expect("status of 404")
	var ruth struct{ ID int64 }
	officer.Do("GET", "/me", nil).Want(200).Into(&ruth)
	somchai.Do("PATCH", fmt.Sprintf("/practices/%d", p.ID), map[string]any{"handling": "red", "named": []int64{ruth.ID}}).Want(200)
	handIn("And one more")
	moderator.until("that the case is not hers", "document.querySelector('.thing').innerText.includes('not yours to see') && !document.body.innerText.includes('Soon for others only')")
	if got := moderator.value("#f-note"); got != "Words of hers" {
		t.Errorf("of her note is left %q", got)
	}
}

// heldCase opens a case that a colleague is at: that it is given back is told, and writing takes it.
func heldCase(t *testing.T, w *world, moderator *reader, p storytest.Thing) {
	officer := w.As(t, "officer")
	moderator.goes("/queue")
	moderator.follows("#cases li:last-child a")
	at := "/moderation/cases/" + fmt.Sprint(number(t, moderator.place()))
	officer.Do("PUT", at+"/claim", nil).Want(200)
	moderator.reloads()
	moderator.until("who is at it", "document.getElementById('taken').textContent.includes('Ruth')")
	officer.Do("DELETE", at+"/claim", nil).Want(200)
	moderator.until("that it is free", "document.getElementById('taken').textContent.includes('Nobody is at this case')")
	moderator.types("#f-note", "Now it is mine")
	moderator.until("that it is hers", "document.querySelector('#decision .row').innerText.includes('You have taken this case')")
	if !eval[bool](moderator, "document.getElementById('taken').hidden") {
		t.Errorf("she is told of another who took practice %d", p.ID)
	}
}

// queueFocus has a case decided above the one on which a moderator stands.
func queueFocus(t *testing.T, w *world, moderator *reader, two []storytest.Thing) {
	moderator.goes("/queue")
	eval[any](moderator, "[...document.querySelectorAll('#cases a')].find((a) => a.innerText === 'The second of two').focus(), null")
	w.As(t, "officer").Do("POST", fmt.Sprintf("/practices/%d/approve", two[0].ID), nil).Want(200)
	moderator.until("the first is gone", "!document.querySelector('#waiting').innerText.includes('The first of two')")
	if got := eval[string](moderator, "document.activeElement.innerText"); got != "The second of two" {
		t.Errorf("she stands on %q", got)
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
	second.types("#f-summary", "Ana says it shorter.")
	second.until("that it is saved", "/\\d/.test(document.getElementById('saved').textContent)")
	first.until("that Ana has saved", "document.querySelector('#saved button')")
	if said := eval[string](second, "document.querySelector('#saved button')?.textContent ?? ''"); said != "" {
		t.Errorf("whoever saved herself is told %q", said)
	}
	first.attaches("#f-file", pdf(t)) // which has no version
	first.until("the file on the list", "document.querySelector('.files')?.innerText.includes('chromium.pdf')")
}
