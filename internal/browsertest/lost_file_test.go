package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file whose network is lost in the middle goes on from where it stood, and no piece that the
// portal has is sent again.
func TestFileGoesOnAfterALostNetwork(t *testing.T) {
	w := newWorld(t, nil)
	l := &lost{reader: w.reader(t, phone), api: w.As(t, "somchai"), words: "Words beside a large file"}
	l.signsIn("somchai")
	large := filepath.Join(t.TempDir(), "ports.txt")
	if err := os.WriteFile(large, []byte(strings.Repeat("Guayaquil, Callao, Manta. ", 400_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	l.draft()
	// The second piece is cut; what is sent is remembered over the page that comes in the end.
	l.runs(`let pieces = 0, at = null;
		const header = XMLHttpRequest.prototype.setRequestHeader, real = XMLHttpRequest.prototype.send;
		XMLHttpRequest.prototype.setRequestHeader = function (name, value) { if (name === "Upload-Offset") this.praxisAt = value; return header.call(this, name, value); };
		XMLHttpRequest.prototype.send = function (body) {
			if (!this.praxisAt) return real.call(this, body);
			sessionStorage.praxisSent = (sessionStorage.praxisSent ?? "") + this.praxisAt + " ";
			if (++pieces === 2) return void setTimeout(() => { this.abort(); this.onloadend(); }, 50);
			return real.call(this, body);
		};`)
	l.attaches("#f-file", large)
	l.until("told that it waits", "document.querySelector('#sending').innerText.includes('Not saved yet')")
	l.runs(`dispatchEvent(new Event("online"));`)
	l.until("the file on the list", "document.querySelector('.files')?.innerText.includes('ports.txt') && document.readyState === 'complete'")
	if sent := eval[string](l.reader, "sessionStorage.praxisSent"); sent != "0 4194304 4194304 8388608 " {
		t.Errorf("pieces were sent from %s", sent)
	}
}
