package storytest

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"praxis/internal/config"
)

// Whoever sits behind the same address as somebody who asks too much still gets her sockets: members
// are counted one by one.
func TestOneAddressIsManyMembers(t *testing.T) {
	p := Start(t, func(s *config.Settings) { s.RateLimits = "on" })
	ana, somchai := p.As(t, "ana"), p.As(t, "somchai")
	stop := make(chan struct{})
	var flood sync.WaitGroup
	defer flood.Wait()
	defer close(stop)
	slowed := make(chan struct{})
	var once sync.Once
	for range 4 { // a visitor from the same address
		flood.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, status := handshake(p.URL, ""); status == http.StatusTooManyRequests {
					once.Do(func() { close(slowed) })
				}
			}
		})
	}
	<-slowed
	for range 10 {
		if opened, status := handshake(p.URL, ana.Token); !opened {
			t.Fatalf("a member behind the same address gets no socket: %d", status)
		}
	}
	for n := 0; ; n++ { // she herself is slowed, and nobody else for it
		if _, status := handshake(p.URL, ana.Token); status == http.StatusTooManyRequests {
			break
		}
		if n == 5000 {
			t.Fatal("5,000 sockets at once are not slowed")
		}
	}
	if opened, status := handshake(p.URL, somchai.Token); !opened {
		t.Errorf("another member gets no socket: %d", status)
	}
}

// handshake opens a socket and closes it.
func handshake(origin, token string) (opened bool, status int) {
	protocols := []string{"praxis.v1"}
	if token != "" {
		protocols = append(protocols, "bearer."+token)
	}
	conn, res, err := (&websocket.Dialer{Subprotocols: protocols}).Dial(strings.Replace(origin, "http", "ws", 1)+"/api/v1/live", nil)
	if res != nil {
		status = res.StatusCode
	}
	if err == nil {
		conn.Close()
	}
	return err == nil, status
}
