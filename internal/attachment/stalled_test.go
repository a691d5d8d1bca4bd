package attachment_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"praxis/internal/portal"
)

// An upload whose line stalls until its deadline was cut, whether it stalls in the first bytes or later.
func TestStalledUploadIsCut(t *testing.T) {
	w := newWorld(t)
	for _, sent := range []int{10, 100_000} {
		ours, theirs := net.Pipe()
		if err := ours.SetReadDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, _ = theirs.Write([]byte(strings.Repeat("word\n", sent/5))) // the reader goes away first
		}()
		_, err := w.svc.Add(ctx, w.author, w.practice, "ports.txt", ours)
		if portal.KindOf(err) != portal.Malformed {
			t.Errorf("after %d bytes: %v", sent, err)
		}
		ours.Close()
		theirs.Close()
	}
}
