package browsertest

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"praxis/internal/storytest"
)

// variant is one way to live the story.
type variant struct {
	lang    string
	scripts bool
	mark    string // tells this variant's practice from the others'
}

// words are what the people of the story write. On an Arabic page all of it is Arabic, so that
// every Latin letter that is left is the portal's own.
type words struct{ title, summary, problem, steps, results, note, actors, basis, ask, body, reply string }

var said = map[string]words{
	"en": {"Register of tablet presses", "Whoever imports a press declares it.", "They came in as spare parts.", "1. It is declared.\n2. It is checked.",
		"Fourteen makers are on the list.", "Who signs is missing.", "The head of customs signs.", "It keeps figures of its own.",
		"Who pays for the laboratory?", "We have **no** laboratory at the port.", "The ministry pays."},
	"ar": {"سجل مكابس الأقراص", "من يستورد مكبسًا يصرّح به.", "كانت تدخل على أنها قطع غيار.", "1. يُصرَّح به.\n2. يُفحص.",
		"أربعة عشر صانعًا في القائمة.", "لم يُذكر من يوقّع.", "يوقّع مدير الجمارك.", "له أرقامه الخاصة.",
		"من يدفع للمختبر؟", "ليس لدينا **أي** مختبر في الميناء.", "الوزارة تدفع."},
}

// tale is the story in one variant: who is in it, and what they write.
type tale struct {
	*world
	variant
	words
	t                *testing.T
	keys             []string
	practice, thread int64
	author           *storytest.Client
}

// The main job in a browser, with scripts and without, in English and in Arabic: an alumna writes
// a practice, a moderator curates it, a colleague abroad finds it and asks, and she answers.
func TestStory(t *testing.T) {
	w := newWorld(t, nil)
	// One language after the other: it is the account's, so that two windows share it.
	for _, pair := range [][]variant{{{"en", true, "11"}, {"en", false, "12"}}, {{"ar", true, "13"}, {"ar", false, "14"}}} {
		t.Run(pair[0].lang, func(t *testing.T) {
			for _, v := range pair {
				t.Run(fmt.Sprintf("scripts %t", v.scripts), func(t *testing.T) {
					t.Parallel()
					s := &tale{world: w, variant: v, words: said[v.lang], t: t, keys: textKeys(t), author: w.As(t, "ana")}
					s.title, s.ask = s.title+" "+v.mark, s.ask+" "+v.mark
					s.tell()
				})
			}
		})
	}
}

func (s *tale) tell() {
	ana, moderator, somchai := s.person("ana"), s.person("moderator"), s.person("somchai")
	s.writes(ana)
	s.decides(moderator, func() {
		moderator.types("#f-note", s.note)
		moderator.clicks("#decision [value=request_changes]")
	}, "changes_requested")
	s.corrects(ana)
	s.decides(moderator, func() {
		moderator.clicks("details.rate summary")
		moderator.clicks(`[name="evidence.rating"][value=monitored]`)
		moderator.types(`[name="evidence.basis"]`, s.basis)
		moderator.clicks("#decision [value=approve]")
	}, "published")
	s.finds(somchai)
	s.asks(somchai)
	s.answers(ana, somchai)
}

// person signs somebody in, and chooses the language of the variant in her settings.
func (s *tale) person(name string) *reader {
	s.t.Helper()
	v := desk
	if name == "ana" {
		v = phone
	}
	v.noScripts = !s.scripts
	r := s.reader(s.t, v)
	r.signsIn(name)
	r.goes("/settings/language")
	r.clicks("[name=locale][value=" + s.lang + "]")
	r.follows("main form .button")
	s.fair(r)
	return r
}

// fair looks at the page's words: all in the reader's language, and in its direction.
func (s *tale) fair(r *reader) {
	s.t.Helper()
	for _, wrong := range r.audit(question{Parts: []string{"words", "structure"}, Lang: s.lang, Keys: s.keys}) {
		s.t.Errorf("%s: %s", r.place(), wrong)
	}
}

func (s *tale) writes(ana *reader) {
	s.t.Helper()
	ana.goes("/")
	ana.follows(".bottom a[href='/write']")
	s.fair(ana)
	ana.types("#f-title", s.title)
	ana.types("#f-summary", s.summary)
	ana.types("[name='sections.problem']", s.problem)
	ana.types("[name='sections.steps']", s.steps)
	ana.types("[name='sections.results']", s.results)
	ana.clicks("[name=sectors][value=customs]")
	ana.picks("[name=workspace_id]", "1")
	ana.follows(".bottom [value=save]")
	s.fair(ana)
	s.practice = number(s.t, ana.place())
	if got := ana.value("[name='sections.steps']"); got != s.steps {
		s.t.Errorf("the steps came back as %q", got)
	}
	ana.attaches("#f-file", pdf(s.t))
	if !s.scripts {
		ana.clicks("#files [value=attach]")
	}
	ana.until("the file on the list", "document.querySelector('.files')?.innerText.includes('chromium.pdf') && document.readyState === 'complete'")
	ana.follows(".bottom [value=submit]")
	s.fair(ana)
	s.becomes("submitted")
}

// decides opens the practice's case from the queue and decides it.
func (s *tale) decides(moderator *reader, decide func(), status string) {
	s.t.Helper()
	moderator.goes("/queue")
	s.fair(moderator)
	row := eval[string](moderator, "[...document.querySelectorAll('#cases a')].find(a => a.innerText.includes("+quote(s.title)+"))?.getAttribute('href') ?? ''")
	if row == "" {
		s.t.Fatalf("the practice is not in the queue")
	}
	moderator.follows("#cases a[href='" + row + "']")
	s.fair(moderator)
	moderator.sees(s.summary)
	moderator.expect("status of 409") // a claim that comes after its own decision
	moderator.leaves("the decision", decide)
	s.fair(moderator)
	s.becomes(status)
}

func (s *tale) corrects(ana *reader) {
	s.t.Helper()
	storytest.Eventually(s.t, "ana is told", func() bool {
		ana.goes("/notifications")
		return ana.shows(s.note)
	})
	s.fair(ana)
	ana.goes("/p/" + strconv.FormatInt(s.practice, 10) + "/edit")
	ana.sees(s.note)
	s.fair(ana)
	ana.types("[name='sections.actors']", s.actors)
	ana.follows(".bottom [value=submit]")
	s.becomes("submitted")
}

// becomes waits until the practice has a status.
func (s *tale) becomes(status string) {
	s.t.Helper()
	storytest.Eventually(s.t, "the practice is "+status, func() bool {
		return s.author.Do("GET", fmt.Sprintf("/practices/%d", s.practice), nil).Want(200).Thing().Status == status
	})
}

func (s *tale) finds(somchai *reader) {
	s.t.Helper()
	hit := fmt.Sprintf("main a[href^='/p/%d']", s.practice)
	somchai.goes("/")
	somchai.clicks("#find")
	somchai.types("#find", s.title)
	somchai.leaves("the search", func() { somchai.presses("\r") })
	storytest.Eventually(s.t, "the search finds it", func() bool {
		if eval[bool](somchai, "!!document.querySelector("+quote(hit)+")") {
			return true
		}
		somchai.reloads()
		return false
	})
	s.fair(somchai)
	somchai.follows(hit)
	s.fair(somchai)
	somchai.sees(s.actors)
	somchai.sees(s.basis)
	somchai.sees("chromium.pdf")
}

func (s *tale) asks(somchai *reader) {
	s.t.Helper()
	somchai.follows(".part a[href*='new-thread']")
	s.fair(somchai)
	somchai.types("#f-title", s.ask)
	somchai.types("#f-body", s.body)
	somchai.follows("#new > .button")
	s.fair(somchai)
	s.thread = number(s.t, somchai.place())
	if !eval[bool](somchai, "document.querySelector('.post strong')?.innerText?.length > 1") {
		s.t.Error("the post is not rendered")
	}
}

func (s *tale) answers(ana, somchai *reader) {
	s.t.Helper()
	ana.goes(fmt.Sprintf("/p/%d", s.practice))
	s.fair(ana)
	ana.follows(fmt.Sprintf("main a[href^='/t/%d']", s.thread))
	s.fair(ana)
	eval[any](somchai, "window.praxisStays = true, null")
	ana.types("#f-body", s.reply)
	ana.clicks("#reply .button:not(.plain)")
	ana.until("her own post", "document.querySelector('#posts')?.innerText.includes("+quote(s.reply)+")")
	if s.scripts {
		somchai.until("the answer, live", "document.querySelector('#posts').innerText.includes("+quote(s.reply)+") && window.praxisStays")
	} else {
		if somchai.shows(s.reply) {
			s.t.Error("without scripts a page changes by itself")
		}
		somchai.reloads()
		somchai.sees(s.reply)
	}
	s.fair(somchai)
	if got := eval[int](somchai, "document.querySelectorAll('.post').length"); got != 2 {
		s.t.Errorf("somchai sees %d posts, not 2", got)
	}
}

// number reads the number in an address as /p/12-words/edit.
func number(t *testing.T, path string) int64 {
	t.Helper()
	parts := strings.Split(path, "/")
	if len(parts) < 3 {
		t.Fatalf("no number in %s", path)
	}
	digits := parts[2]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		t.Fatalf("no number in %s", path)
	}
	return n
}

// pdf is a small file to attach.
func pdf(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../extract/testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return path
}
