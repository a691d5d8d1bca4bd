package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"praxis/internal/storytest"
)

// While one writes, names complete by the keyboard alone, files go to the portal as they are chosen or dropped,
// and the words wait for another device.
func TestWritingIsHelped(t *testing.T) {
	w := newWorld(t, nil)
	l := &lost{reader: w.reader(t, phone), api: w.As(t, "ana"), words: "Who can read this?"}
	l.signsIn("ana")
	thread := l.thread()
	l.clicks(body)
	l.types(body, "Ask @somch")
	l.until("names are offered", "document.querySelector('#f-body-names [aria-selected=true]')?.innerText.includes('@')")
	l.presses(kb.Tab)
	if got := l.value(body); !strings.HasPrefix(got, "Ask [@") || !strings.HasSuffix(got, ") ") || !strings.Contains(got, "](member:") {
		t.Errorf("the field says %q", got)
	}
	l.types(body, "See #naloxone")
	l.until("practices are offered", "document.querySelectorAll('#f-body-names li').length > 0")
	l.presses(kb.Escape)
	if got := l.value(body); got != "See #naloxone" {
		t.Errorf("after Escape the field says %q", got)
	}
	file := filepath.Join(t.TempDir(), "ports.txt")
	if err := os.WriteFile(file, []byte("Guayaquil, Callao, Manta\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.attaches("#f-file", file)
	l.until("the file waits", "document.querySelector('#files [name=files]')?.value > 0")
	l.runs(`const data = new DataTransfer(); data.items.add(new File(["Paita\n"], "dropped.txt", {type: "text/plain"}));
		document.querySelector("#reply").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));`)
	l.until("both wait", "document.querySelectorAll('#files [name=files]').length === 2")
	// Another device finds what is written, and the files.
	l.types(body, "Two lists of ports")
	draft := fmt.Sprintf("/threads/%d/draft", thread)
	storytest.Eventually(t, "the portal has the words", func() bool {
		return strings.Contains(string(l.api.Do("GET", draft, nil).Body), "Two lists of ports")
	})
	other := w.reader(t, phone)
	other.signsIn("ana")
	other.goes(fmt.Sprintf("/t/%d", thread))
	other.clicks(body)
	other.until("the words are there", "document.querySelector('#f-body').value === 'Two lists of ports'")
	other.until("the files are there", "document.querySelectorAll('#files [name=files]').length === 2")
	l.clicks(sent)
	l.until("the post stands with its files", "!document.querySelector('#f-body').value && document.querySelectorAll('#posts .files li').length === 2 && document.querySelector('#files').hidden")
	time.Sleep(100 * time.Millisecond) // what was on its way to the portal
	if left := l.api.Do("GET", draft, nil).Want(200); !strings.Contains(string(left.Body), `"body":""`) {
		t.Errorf("a draft is left: %s", left.Body)
	}
}
