package storytest

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// network is a proxy between clients and a node on which the network goes wrong.
type network struct {
	listener net.Listener
	to       string

	mu     sync.Mutex
	weak   weather
	lines  map[net.Conn]bool
	change chan struct{} // closed when the weather changes
}

// weather is what a network does to all of its lines.
type weather struct {
	delay time.Duration // of everything
	rate  int           // bytes a second of each line and way; 0: no bound
	hole  bool          // takes all and gives nothing, without closing
}

func makeNetwork(t testing.TB, to string) *network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{listener: l, to: to, lines: map[net.Conn]bool{}, change: make(chan struct{})}
	go n.accept()
	t.Cleanup(func() {
		l.Close()
		n.turns(weather{})
		n.drop()
	})
	return n
}

func (n *network) url() string { return "http://" + n.listener.Addr().String() }

func (n *network) accept() {
	for {
		here, err := n.listener.Accept()
		if err != nil {
			return
		}
		go n.carry(here)
	}
}

// carry is one line, from a client to the node.
func (n *network) carry(here net.Conn) {
	there, err := net.Dial("tcp", n.to)
	if err != nil {
		here.Close()
		return
	}
	n.mu.Lock()
	n.lines[here], n.lines[there] = true, true
	n.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{here, there}, {there, here}} {
		both.Go(func() {
			n.pour(way[1], way[0])
			here.Close()
			there.Close()
		})
	}
	both.Wait()
	n.mu.Lock()
	delete(n.lines, here)
	delete(n.lines, there)
	n.mu.Unlock()
}

// parcel is what was read at a time, and when it is to arrive.
type parcel struct {
	bytes []byte
	at    time.Time
}

// pour carries what comes, as the weather lets it. What is on its way when a delay begins or ends keeps
// its order.
func (n *network) pour(to io.Writer, from io.Reader) {
	under := make(chan parcel, 256)
	var writer sync.WaitGroup
	writer.Go(func() {
		for p := range under {
			time.Sleep(time.Until(p.at))
			if !n.wait(len(p.bytes)) {
				continue
			}
			if _, err := to.Write(p.bytes); err != nil {
				for range under { // its reader ends by itself
				}
				return
			}
		}
	})
	buffer := make([]byte, 4<<10)
	for {
		got, err := from.Read(buffer)
		if got > 0 {
			n.mu.Lock()
			delay := n.weak.delay
			n.mu.Unlock()
			under <- parcel{append([]byte(nil), buffer[:got]...), time.Now().Add(delay)}
		}
		if err != nil {
			break
		}
	}
	close(under)
	writer.Wait()
}

// wait holds bytes back for as long as they take, and for as long as they fall into the hole.
func (n *network) wait(bytes int) bool {
	for {
		n.mu.Lock()
		w, change := n.weak, n.change
		n.mu.Unlock()
		if !w.hole {
			if w.rate > 0 {
				time.Sleep(time.Duration(bytes) * time.Second / time.Duration(w.rate))
			}
			return true
		}
		<-change
	}
}

// turns changes the weather.
func (n *network) turns(w weather) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.weak = w
	close(n.change)
	n.change = make(chan struct{})
}

// drop cuts all lines at once, in the middle of whatever they carry.
func (n *network) drop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for line := range n.lines {
		if tcp, ok := line.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as a device between the two sends it
		}
		line.Close()
	}
}
