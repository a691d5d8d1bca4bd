package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A report's files go in pieces like a practice's: with a new report, and onto one that stands. What a lost
// network cuts goes on from where it stood, and the words are sent once.
func TestReportsFileGoesOnAfterALostNetwork(t *testing.T) {
	w := newWorld(t, nil)
	l := &lost{reader: w.reader(t, phone), api: w.As(t, "lena"), words: "Forty kits given out."}
	l.signsIn("lena")
	large := filepath.Join(t.TempDir(), "figures.txt")
	if err := os.WriteFile(large, []byte(strings.Repeat("Forty kits, nine used. ", 300_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	cuts := `let pieces = 0;
		const header = XMLHttpRequest.prototype.setRequestHeader, real = XMLHttpRequest.prototype.send;
		XMLHttpRequest.prototype.setRequestHeader = function (name, value) { if (name === "Upload-Offset") this.praxisAt = value; return header.call(this, name, value); };
		XMLHttpRequest.prototype.send = function (body) {
			if (!this.praxisAt) return real.call(this, body);
			sessionStorage.praxisSent = (sessionStorage.praxisSent ?? "") + this.praxisAt + " ";
			if (++pieces === 2) return void setTimeout(() => { this.abort(); this.onloadend(); }, 50);
			return real.call(this, body);
		};`
	l.goes("/p/1/adopt")
	l.runs(cuts + `document.querySelector("[name=result][value=worked]").click();
		document.querySelector("[name=note]").value = "Forty kits given out.";`)
	l.attaches("[name=file]", large)
	l.runs(`document.querySelector("main form .button").click();`)
	l.until("told that it waits", "document.querySelector('#sending')?.innerText.includes('Not saved yet')")
	l.runs(`dispatchEvent(new Event("online"));`)
	l.until("the practice with the report and its file", "location.pathname.startsWith('/p/1') && !location.pathname.endsWith('/adopt') && document.querySelector('main')?.innerText.includes('figures.txt')")
	if sent := eval[string](l.reader, "sessionStorage.praxisSent"); sent != "0 4194304 4194304 " {
		t.Errorf("pieces were sent from %s", sent)
	}
}
