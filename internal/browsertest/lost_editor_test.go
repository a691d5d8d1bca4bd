package browsertest

import (
	"strings"
	"testing"
	"time"
)

// What the editor keeps is kept by each tab for itself, whole, until the portal has it.
func TestNothingIsLostInTheEditor(t *testing.T) {
	w := newWorld(t, nil)
	for name, test := range map[string]func(*testing.T, *lost){
		"references come back":      keptReferences,
		"typed after a press":       keptAfterPress,
		"two tabs of a draft":       keptTabs,
		"a save that never arrives": keptStopped,
		"pressed offline":           keptOffline,
		"a file offline":            keptFile,
		"another country":           keptCountry,
		"a half-filled field":       keptHalf,
		"told in sight":             toldInSight,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lost{reader: w.reader(t, phone), api: w.As(t, "somchai"), words: "Words of " + name}
			l.signsIn("somchai")
			test(t, l)
		})
	}
}

func keptReferences(_ *testing.T, l *lost) {
	l.goes("/write?workspace=1")
	l.follows("#f-references [value=add]")
	l.types("[name='ref.0.title']", "First")
	l.types("[name='ref.1.title']", "Second")
	l.goes("/write?workspace=1")
	l.clicks(told + " button")
	l.until("both references", "document.querySelector('[name=\"ref.0.title\"]').value === 'First' && document.querySelector('[name=\"ref.1.title\"]')?.value === 'Second' && document.getElementById('editor').elements.rows.value === '2'")
}

// On a slow network the page that Save leads to comes late.
func keptAfterPress(_ *testing.T, l *lost) {
	l.draft()
	l.connect(slow3G)
	l.types(problem, "Before")
	l.leaves("Save", func() {
		l.runs(`document.querySelector(".bottom [value=save]").click();
			const f = document.querySelector("` + problem + `"); f.value = "` + l.words + `"; f.dispatchEvent(new Event("input", {bubbles: true}));`)
	})
	l.connect(online)
	l.clicks(told + " button")
	l.until("the later words are back", "document.querySelector("+quote(problem)+").value === "+quote(l.words))
}

func keptTabs(_ *testing.T, l *lost) {
	path := l.draft()
	second := l.tab(phone)
	second.expect("status of 412")
	second.goes(path)
	l.types(problem, "One")
	l.kept(path, "One")
	second.types(problem, "Words of the second tab")
	second.until("the second tab is told", "document.querySelector('#saved').innerText.includes('Another tab')")
	l.types(problem, "Two")
	l.kept(path, "Two")
	second.goes("/")
	second.goes(path)
	second.clicks(told + " button")
	second.until("its words are back", "document.querySelector("+quote(problem)+").value === 'Words of the second tab'")
}

// What was pressed may have arrived all the same.
func keptStopped(_ *testing.T, l *lost) {
	path := l.draft()
	l.expect("status of 412")
	l.connect(slow3G)
	l.types(problem, "Before")
	l.runs(`document.querySelector(".bottom [value=save]").click(); setTimeout(() => stop(), 100);`)
	time.Sleep(moment)
	l.connect(online)
	l.runs(`dispatchEvent(new Event("pageshow"));`) // as after the back button
	l.types(problem, l.words)
	l.kept(path, l.words)
}

func keptOffline(t *testing.T, l *lost) {
	path := l.draft()
	l.expect("ERR_INTERNET_DISCONNECTED")
	l.connect(offline)
	l.types(problem, l.words)
	l.clicks(".bottom [value=save]")
	time.Sleep(moment)
	if got := l.place(); got != path {
		t.Fatalf("Save without a network leads to %s", got)
	}
	l.connect(online)
	l.kept(path, l.words)
}

func keptFile(_ *testing.T, l *lost) {
	l.expect("ERR_INTERNET_DISCONNECTED")
	l.goes("/write?workspace=1")
	l.connect(offline)
	l.attaches("#f-file", pdf(l.t))
	l.until("told that it waits", "document.querySelector('#sending').innerText.includes('Not saved yet')")
	l.connect(online)
	l.types("#f-title", l.words)
	l.until("the file on the list", "document.querySelector('.files')?.innerText.includes('chromium.pdf')")
}

func keptCountry(t *testing.T, l *lost) {
	path := l.draft()
	l.types(problem, "Before")
	l.kept(path, "Before")
	l.types("[name=country_other]", "Bolivia")
	l.until("told where the words are", "document.querySelector('#saved').innerText.includes('Kept in this browser')")
	if got := l.value("[name=country_other]"); !strings.Contains(got, "Bolivia") {
		t.Errorf("the country is %q", got)
	}
}

// A field that only a press on Save can tell the meaning of keeps no other one from being saved.
func keptHalf(t *testing.T, l *lost) {
	path := l.draft()
	l.picks("[name=country]", "TH")
	l.types("[name=country_other]", "Boli")
	l.types(problem, l.words)
	l.kept(path, l.words)
	l.until("told what is not saved", "/Saved \\d.*Kept in this browser: .*country/.test(document.querySelector('#saved').innerText)")
	l.clicks("[name=handling][value=red]")
	l.types("[name=named_more]", "Ana Qui")
	l.types("[name=country_other]", "")
	l.types(problem, "Before")
	l.types("#f-summary", "A summary")
	l.kept(path, "Before")
	var p struct {
		Summary, Handling, Country string
	}
	l.api.Do("GET", "/practices/"+strings.Split(path, "/")[2], nil).Want(200).Into(&p)
	if p.Handling != "red" || p.Country != "TH" {
		t.Errorf("beside what is half filled the portal has %+v", p)
	}
	l.reloads()
	l.clicks(told + " button")
	l.until("what was half filled is back", "document.querySelector('[name=named_more]').value === 'Ana Qui'")
}

// Whatever the editor tells is in sight, wherever one writes, on a phone and on a desk.
func toldInSight(t *testing.T, l *lost) {
	for i, v := range []view{phone, desk} {
		l.look(v)
		path := l.draft()
		for j, field := range []string{"#f-title", problem, "[name='ref.0.url']"} {
			text := l.words
			if j == 2 {
				text = "https://example.org"
				l.expect("status of 422") // a reference has a title
			}
			l.types(field, text)
			l.until("told", "document.querySelector('#saved').innerText")
			if !eval[bool](l.reader, `(() => { const b = document.querySelector("#saved").getBoundingClientRect(); return b.height > 0 && b.top >= 0 && b.bottom <= innerHeight })()`) {
				t.Errorf("window %d: out of sight beside %s, %s", i, field, path)
			}
		}
	}
}
