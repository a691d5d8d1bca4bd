package storytest

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// stopLimit is within what a portal stops, whoever is connected.
const stopLimit = 5 * time.Second

// A phone that no longer answers and an upload that has stalled hold up a stop side by side, not
// one after the other.
func TestStopIsQuick(t *testing.T) {
	p := launch(t, "demo", "--data-dir", demoFolder(t))
	ana := (&Portal{URL: p.url}).As(t, "ana")
	stalled, _, err := (&websocket.Dialer{Subprotocols: []string{"praxis.v1", "bearer." + ana.Token}}).Dial(strings.Replace(p.url, "http", "ws", 1)+"/api/v1/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close() // it never reads, and so never answers the close
	draft := ana.Do("POST", "/practices", map[string]any{"title": "A slow upload", "language": "en"}).Want(201).Thing()
	upload, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer upload.Close()
	fmt.Fprintf(upload, "POST /api/v1/practices/%d/attachments HTTP/1.1\r\nHost: praxis\r\nAuthorization: Bearer %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\n", draft.ID, ana.Token)
	time.Sleep(300 * time.Millisecond) // until it waits for the rest
	begin := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the portal stops with %v", err)
	}
	if took := time.Since(begin); took > stopLimit {
		t.Errorf("stopped after %v", took)
	} else {
		t.Logf("stopped after %v", took)
	}
}
