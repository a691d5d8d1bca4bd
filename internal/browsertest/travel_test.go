package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"

	"praxis/internal/storytest"
)

// How a practice travels: ana drafts it on a phone whose network drops twice, a moderator asks for
// changes and then rates it, by keyboard alone, karim's country tries it with mixed results, its
// Spanish translation turns stale, and the officers' report shows it all.
func TestAPracticeTravels(t *testing.T) {
	j := &journey{world: newWorld(t, nil), t: t, title: "Presses are declared at the port"}
	j.ana = j.As(t, "ana")
	j.officer = j.reader(t, desk)
	j.officer.signsIn("officer")
	for _, section := range marked {
		j.before = append(j.before, j.figures(section))
	}
	j.drafts()
	j.decides()
	j.adopts()
	j.translates()
	j.reports()
}

type journey struct {
	*world
	t                 *testing.T
	title             string
	practice, spanish int64
	ana               *storytest.Client
	author            *reader // ana at her phone
	moderator         *reader
	officer           *reader
	before            []string // what the reports said
}

// marked are the reports that the journey leaves its mark on.
var marked = []string{"practices", "queue", "adoptions"}

func (j *journey) figures(section string) string {
	j.t.Helper()
	j.officer.goes("/officer/reports?section=" + section)
	return eval[string](j.officer, `document.querySelector("#`+section+` table")?.innerText ?? ""`)
}

func (j *journey) path() string { return fmt.Sprintf("/practices/%d", j.practice) }

// drafts writes on while there is no network, and once more, and submits.
func (j *journey) drafts() {
	r := j.reader(j.t, phone)
	j.author = r
	r.signsIn("ana")
	r.goes("/write")
	r.expect("ERR_INTERNET_DISCONNECTED", "WebSocket")
	r.picks("[name=language]", "en")
	r.picks("[name=workspace_id]", "1")
	r.clicks("[name=handling][value=green]")
	r.types("#f-title", j.title)
	r.connect(offline)
	r.types("#f-summary", "Whoever imports a press declares it.")
	r.types("[name='sections.problem']", "They came in as spare parts.")
	r.connect(online)
	r.until("what was typed without a network, saved", "location.pathname.endsWith('/edit') && document.querySelector('#editor [name=version]').value > 0")
	j.practice = number(j.t, r.place())
	storytest.Eventually(j.t, "the problem is saved", func() bool { return j.has("They came in as spare parts.") })
	r.types("[name='sections.steps']", "1. It is declared.\n2. It is checked.")
	r.connect(offline)
	r.types("[name='sections.results']", "Fourteen makers are on the list.")
	r.clicks("[name=sectors][value=customs]")
	r.connect(online)
	storytest.Eventually(j.t, "the results are saved", func() bool { return j.has("Fourteen makers are on the list.") })
	r.follows(".bottom [value=submit]")
	j.becomes("submitted")
	for _, part := range []string{"Whoever imports a press declares it.", "They came in as spare parts.", "2. It is checked."} {
		if !j.has(part) {
			j.t.Errorf("what was typed is lost: %s", part)
		}
	}
}

func (j *journey) has(text string) bool {
	body := strings.ReplaceAll(string(j.ana.Do("GET", j.path(), nil).Want(200).Body), `\r\n`, `\n`)
	return strings.Contains(body, text)
}

func (j *journey) becomes(status string) {
	j.t.Helper()
	storytest.Eventually(j.t, "the practice is "+status, func() bool { return j.ana.Do("GET", j.path(), nil).Want(200).Thing().Status == status })
}

// decides touches nothing but the keyboard.
func (j *journey) decides() {
	r := j.reader(j.t, desk)
	j.moderator = r
	r.signsIn("moderator")
	j.opensCase()
	r.presses("c") // to the note, for there is none
	j.writes("#f-note", "Who signs is missing.")
	r.tabsTo("#decision [value=request_changes]")
	r.leaves("the decision", func() { r.presses("\r") })
	j.becomes("changes_requested")

	j.author.goes(fmt.Sprintf("/p/%d/edit", j.practice))
	j.author.sees("Who signs is missing.")
	j.author.types("[name='sections.actors']", "The head of customs signs.")
	j.author.follows(".bottom [value=submit]")
	j.becomes("submitted")

	j.opensCase()
	r.sees("The head of customs signs.")
	r.tabsTo("details.rate > summary")
	r.presses("\r")
	r.tabsTo("[name='evidence.rating']")
	for range 12 {
		if eval[string](r, "document.activeElement.value") == "monitored" && eval[bool](r, "document.activeElement.checked") {
			break
		}
		r.presses("\u0303") // arrow down
	}
	r.tabsTo("[name='evidence.basis']")
	j.writes("[name='evidence.basis']", "It keeps figures of its own.")
	r.tabsTo("#decision [value=approve]")
	r.leaves("the decision", func() { r.presses("\r") })
	j.becomes("published")
	if !j.has(`"rating":"monitored"`) && !j.has(`"rating": "monitored"`) {
		j.t.Error("it is not rated")
	}
}

// opensCase walks the queue with j to the practice's case.
func (j *journey) opensCase() {
	j.t.Helper()
	r := j.moderator
	r.goes("/queue")
	here := "document.activeElement.matches('#cases a') && document.activeElement.textContent.includes(" + quote(j.title) + ")"
	for range 40 {
		if eval[bool](r, here) {
			break
		}
		r.presses("j")
	}
	r.until("the case under the keys", here)
	r.leaves("the case", func() { r.presses("\r") })
	r.sees(j.title)
}

// writes types into the field that has the focus, which must be this one.
func (j *journey) writes(selector, text string) {
	j.t.Helper()
	j.moderator.until("the focus in "+selector, "document.activeElement.matches("+quote(selector)+")")
	call(j.moderator, input.InsertText, input.InsertTextParams{Text: text})
}

// tabsTo presses the tabulator until something has the focus.
func (r *reader) tabsTo(selector string) {
	r.t.Helper()
	for range 80 {
		if eval[bool](r, "document.activeElement.matches("+quote(selector)+")") {
			return
		}
		r.presses("\t")
	}
	r.t.Fatalf("the keyboard does not lead to %s at %s", selector, r.place())
}

// adopts has karim find it in Arabic and tell what became of it in Morocco.
func (j *journey) adopts() {
	r := j.reader(j.t, phone)
	r.signsIn("karim")
	hit := fmt.Sprintf("main a[href^='/p/%d']", j.practice)
	storytest.Eventually(j.t, "karim finds it", func() bool {
		r.goes("/search?q=presses+declared+port")
		return eval[bool](r, "!!document.querySelector("+quote(hit)+")")
	})
	r.follows(hit)
	r.follows(fmt.Sprintf("a[href='/p/%d/adopt']", j.practice))
	r.clicks("[name=result][value=mixed]")
	r.types("[name=note]", "نجحت في الدار البيضاء ولم تنجح في طنجة.")
	r.follows("main form .button")
	r.sees("نجحت في الدار البيضاء")
	j.moderator.goes(fmt.Sprintf("/p/%d", j.practice))
	j.moderator.until("what became of it, counted", `/1\smixed/.test(document.body.innerText)`)
}

// translates publishes a Spanish translation, changes the original, and reads it in Spanish.
func (j *journey) translates() {
	r := j.reader(j.t, desk)
	r.signsIn("ana")
	r.goes(fmt.Sprintf("/write?translation_of=%d", j.practice))
	r.sees("They came in as spare parts.")
	r.picks("[name=language]", "es")
	r.clicks("[name=handling][value=green]")
	for field, text := range map[string]string{"#f-title": "Las prensas se declaran en el puerto", "#f-summary": "Quien importa una prensa la declara.",
		"[name='sections.problem']": "Entraban como repuestos.", "[name='sections.steps']": "1. Se declara.\n2. Se revisa.", "[name='sections.results']": "Catorce fabricantes están en la lista."} {
		r.types(field, text)
	}
	r.follows(".bottom [value=submit], .stick [value=submit]")
	j.spanish = number(j.t, r.place())
	officer := j.As(j.t, "officer")
	officer.Do("POST", fmt.Sprintf("/practices/%d/approve", j.spanish), nil).Want(200)

	r.goes(fmt.Sprintf("/p/%d/edit", j.practice))
	r.types("[name='sections.results']", "Seventy makers are on the list.")
	r.clicks("[name=edition]")
	r.follows(".bottom [value=save], .stick [value=save]")
	storytest.Eventually(j.t, "the original has changed", func() bool { return j.has("Seventy makers") })

	luis := j.reader(j.t, phone)
	luis.signsIn("luis")
	luis.goes(fmt.Sprintf("/p/%d", j.practice))
	if at := number(j.t, luis.place()); at != j.spanish {
		j.t.Errorf("a reader of Spanish is at %s, not at the translation", luis.place())
	}
	luis.sees("Catorce fabricantes")
	luis.until("what is stale", "document.querySelector('.older')")
}

// reports opens the officers' reports, in each of which something has changed.
func (j *journey) reports() {
	for i, section := range marked {
		if after := j.figures(section); after == "" || after == j.before[i] {
			j.t.Errorf("the report of %s says what it said before: %s", section, after)
		}
	}
	j.officer.until("its adoption in Morocco", `[...document.querySelectorAll("#adoptions tbody tr")].some((row) => row.innerText.includes("Ecuador") && row.innerText.includes("Morocco"))`)
}
