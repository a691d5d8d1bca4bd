package live_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"praxis/internal/live"
	"praxis/internal/portal"
)

// BenchmarkFanout measures from the moment a post is sent to the moment the last and the median of
// 1,000 sockets has it, and what an idle socket costs the server and its client in memory together.
func BenchmarkFanout(b *testing.B) {
	const sockets = 1000
	w := newWorld(b)
	n := w.node(live.Options{})
	id := w.thread(w.ana, portal.Amber)
	n.settled()
	before := memory()
	arrived := make(chan time.Time, 2*sockets)
	readers := dialMany(b, n, sockets, topicOf(id))
	time.Sleep(2 * time.Second) // what the handshakes left behind ends
	used := memory() - before
	var all sync.WaitGroup
	for _, conn := range readers {
		all.Go(func() {
			for {
				kind, r, err := conn.NextReader()
				if err != nil || kind != websocket.TextMessage {
					return
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					return
				}
				arrived <- time.Now()
			}
		})
	}
	time.Sleep(1500 * time.Millisecond) // presence is told
	for len(arrived) > 0 {
		<-arrived
	}
	var took []time.Duration
	var written time.Duration
	for b.Loop() {
		begin := time.Now()
		w.post(w.ana, id, "A post of some length, as they are in conversations between colleagues: two lines or so.")
		written += time.Since(begin)
		for range sockets {
			took = append(took, (<-arrived).Sub(begin))
		}
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(written.Microseconds())/1000/float64(b.N), "write-ms")
	b.ReportMetric(float64(used)/sockets, "B/socket")
	for _, conn := range readers {
		conn.Close()
	}
	all.Wait()
}

// memory gives the bytes in use by heap and stacks, after a few collections: each empties pools and
// halves stacks that have become too large.
func memory() uint64 {
	for range 6 {
		runtime.GC()
	}
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return now.HeapAlloc + now.StackInuse
}

// dialMany opens sockets, each with one subscription, without a goroutine of their own.
func dialMany(b *testing.B, n *node, count int, topic string) []*websocket.Conn {
	b.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{live.Subprotocol, "bearer." + n.w.tokens[n.w.somchai.MemberID]},
		ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10, WriteBufferPool: &sync.Pool{}}
	var all []*websocket.Conn
	for range count {
		conn, _, err := dialer.DialContext(context.Background(), n.address(), nil)
		if err == nil {
			err = conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"op":"subscribe","topic":%q}`, topic))
		}
		if err == nil {
			_, _, err = conn.ReadMessage()
		}
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, conn)
	}
	return all
}
