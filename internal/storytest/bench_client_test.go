package storytest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The load of the benchmarks. The client of net/http takes about as much of the machine as the
// portal that it measures; this one sends bytes that were made before, and of an answer reads the
// status, the length and whatever it must to come to the next.

const (
	connections = 16
	ioSize      = 64 << 10
	loadTime    = 10 * time.Minute // of a connection: a portal that hangs fails the run
	warmUp      = 2 * time.Second  // before what is measured: the server's processes read their catalogues once
)

// wire makes the bytes of a request.
func wire(b *testing.B, method, url, body string, header ...string) []byte {
	b.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	var made bytes.Buffer
	if err := req.Write(&made); err != nil {
		b.Fatal(err)
	}
	return made.Bytes()
}

// load sends b.N requests, these in turn, over sixteen connections and reports answers a second and
// how long they took, after the same was sent for a while to a portal that had just started. Each
// answer must have the status.
func load(b *testing.B, url string, requests [][]byte, want int) {
	b.Helper()
	began := time.Now()
	send(b, url, requests, want, func(int) bool { return time.Since(began) < warmUp })
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	send(b, url, requests, want, func(i int) bool { return i < b.N }, took...)
	b.StopTimer()
	report(b, took)
}

// send sends requests over sixteen connections while more says so of the next one's number, and
// writes down how long they took where there is room for it.
func send(b *testing.B, url string, requests [][]byte, want int, more func(int) bool, took ...time.Duration) {
	b.Helper()
	var next, failed atomic.Int64
	var all sync.WaitGroup
	for range connections {
		all.Go(func() {
			c := caller{address: strings.TrimPrefix(url, "http://")}
			defer c.close()
			for {
				i := int(next.Add(1)) - 1
				if !more(i) {
					return
				}
				begin := time.Now()
				status, err := c.call(requests[i%len(requests)])
				if i < len(took) {
					took[i] = time.Since(begin)
				}
				if (err != nil || status != want) && failed.Add(1) == 1 {
					b.Logf("the first that failed: status %d, %v", status, err)
				}
			}
		})
	}
	all.Wait()
	if n := failed.Load(); n > 0 {
		b.Errorf("%d of %d requests failed", n, next.Load())
	}
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "per-s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// caller is one connection that is kept, and opened again after an error.
type caller struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
}

func (c *caller) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// call sends a request and reads the answer to its end.
func (c *caller) call(request []byte) (status int, err error) {
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.conn == nil {
		if c.conn, err = net.Dial("tcp", c.address); err != nil {
			return 0, err
		}
		if err = c.conn.SetDeadline(time.Now().Add(loadTime)); err != nil {
			return 0, err
		}
		c.in = bufio.NewReaderSize(c.conn, ioSize)
	}
	if _, err = c.conn.Write(request); err != nil {
		return 0, err
	}
	return answer(c.in)
}

// answer reads one answer to its end and gives its status.
func answer(in *bufio.Reader) (status int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	version, rest, _ := bytes.Cut(line, []byte(" "))
	code, _, _ := bytes.Cut(rest, []byte(" "))
	if status, err = strconv.Atoi(string(bytes.TrimSpace(code))); err != nil || string(version) != "HTTP/1.1" {
		return 0, fmt.Errorf("an answer begins with %q", line)
	}
	length, chunked := -1, false
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return status, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return status, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(bytes.TrimSpace(value), []byte("chunked"))
		}
	}
	switch {
	case chunked:
		return status, dropChunks(in)
	case length >= 0:
		_, err = in.Discard(length)
	case status != http.StatusNoContent && status != http.StatusNotModified:
		err = errors.New("an answer does not say how long it is")
	}
	return status, err
}

// dropChunks reads a body that comes in chunks, and the blank line behind it.
func dropChunks(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, _, _ := bytes.Cut(bytes.TrimSpace(line), []byte(";"))
		n, err := strconv.ParseInt(string(size), 16, 32)
		if err != nil {
			return err
		}
		if _, err := in.Discard(int(n) + len("\r\n")); err != nil || n == 0 {
			return err
		}
	}
}

// TestTheLoadReadsAnswers holds that what the benchmarks count is what was answered.
func TestTheLoadReadsAnswers(t *testing.T) {
	const plain = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	for text, want := range map[string]string{
		plain + plain: "200 200 EOF",
		"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n" + plain: "201 200 EOF",
		"HTTP/1.1 304 Not Modified\r\n\r\n" + plain:                             "304 200 EOF",
		"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" + plain: "503 200 EOF",
		"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello":                    "EOF",
		"HTTP/1.1 200 OK\r\n\r\nhello":                                          "an answer does not say how long it is",
		"hello\r\n":                                                             `an answer begins with "hello\r\n"`,
	} {
		in := bufio.NewReader(strings.NewReader(text))
		var got []string
		for {
			status, err := answer(in)
			if err != nil {
				got = append(got, err.Error())
				break
			}
			got = append(got, strconv.Itoa(status))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is read as %v, want %s", text, got, want)
		}
	}
}
