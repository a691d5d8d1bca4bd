package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// longestFrame bounds a frame of the server, in bytes; the portal's own bound is a quarter of it.
const longestFrame = 1 << 20

// benchSocket is a client of the live protocol that costs little, so that many of them measure the portal and
// not themselves: one buffer, and no more than is needed of RFC 6455.
type benchSocket struct {
	conn net.Conn
	in   *bufio.Reader
	text []byte // of the last frame
}

// dialBench opens a socket of the portal at an origin.
func dialBench(ctx context.Context, origin *url.URL, token string) (*benchSocket, error) {
	address := origin.Host
	if origin.Port() == "" {
		address = net.JoinHostPort(origin.Hostname(), "80")
	}
	if origin.Scheme != "http" {
		return nil, errors.New("sockets are measured without TLS: give the address of the portal itself, as http://…")
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	var key [16]byte
	_, _ = rand.Read(key[:]) // it never fails
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline) // a connection that is gone is noticed by the next line
	_, err = fmt.Fprintf(conn, "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: praxis.v1, bearer.%s\r\n\r\n", origin.Host, base64.StdEncoding.EncodeToString(key[:]), token)
	in := bufio.NewReaderSize(conn, 4<<10)
	var res *http.Response
	if err == nil {
		res, err = http.ReadResponse(in, nil)
	}
	if err == nil && res.StatusCode != http.StatusSwitchingProtocols {
		err = fmt.Errorf("the portal answers %s to a socket", res.Status)
		if res.StatusCode == http.StatusTooManyRequests {
			err = errors.New("the portal's limits hold the clients back (429): start it with PRAXIS_RATE_LIMITS=off to measure it")
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{}) // as above
	return &benchSocket{conn: conn, in: in}, nil
}

// say sends a text frame, masked by zeros as the standard allows.
func (s *benchSocket) say(text string) error { return s.frame(0x81, []byte(text)) }

func (s *benchSocket) frame(first byte, payload []byte) error {
	frame := []byte{first, 0x80 | byte(min(len(payload), 126))}
	if len(payload) >= 126 {
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(payload))) // what is said here is short
	}
	frame = append(append(frame, 0, 0, 0, 0), payload...)
	_, err := s.conn.Write(frame)
	return err
}

// next gives the next text frame; it is good until the next call.
func (s *benchSocket) next() ([]byte, error) {
	for {
		kind, err := s.read()
		switch {
		case err != nil:
			return nil, err
		case kind == 1:
			return s.text, nil
		case kind == 8:
			return nil, io.EOF
		case kind == 9:
			if err := s.frame(0x8a, s.text); err != nil {
				return nil, err
			}
		}
	}
}

// read reads one frame. The portal never cuts one into several.
func (s *benchSocket) read() (kind byte, err error) {
	var head [8]byte
	if _, err = io.ReadFull(s.in, head[:2]); err != nil {
		return 0, err
	}
	kind = head[0] & 0x0f
	length := uint64(head[1] & 0x7f)
	switch length {
	case 126:
		_, err = io.ReadFull(s.in, head[:2])
		length = uint64(binary.BigEndian.Uint16(head[:2]))
	case 127:
		_, err = io.ReadFull(s.in, head[:8])
		length = binary.BigEndian.Uint64(head[:8])
	}
	if err != nil {
		return 0, err
	}
	if length > longestFrame {
		return 0, fmt.Errorf("a frame of %d bytes", length)
	}
	if uint64(cap(s.text)) < length {
		s.text = make([]byte, length)
	}
	s.text = s.text[:length]
	_, err = io.ReadFull(s.in, s.text)
	return kind, err
}

// subscribe follows a topic, after an event where that is not 0, and gives the log's head.
func (s *benchSocket) subscribe(topic string, after int64) (head int64, err error) {
	resume := ""
	if after > 0 {
		resume = fmt.Sprintf(`,"after":%d`, after)
	}
	if err := s.say(fmt.Sprintf(`{"op":"subscribe","topic":%q%s}`, topic, resume)); err != nil {
		return 0, err
	}
	for {
		text, err := s.next()
		if err != nil {
			return 0, err
		}
		if bytes.Contains(text, []byte(`"op":"error"`)) {
			return 0, fmt.Errorf("the portal refuses %s: %s", topic, text)
		}
		if at := bytes.Index(text, []byte(`"op":"subscribed"`)); at >= 0 {
			return numberAfter(text[at:], `"head":`), nil
		}
	}
}

// numberAfter reads the number behind a name; 0 where there is none.
func numberAfter(text []byte, name string) (n int64) {
	_, rest, found := bytes.Cut(text, []byte(name))
	if !found {
		return 0
	}
	for _, digit := range rest {
		if digit < '0' || digit > '9' {
			break
		}
		n = n*10 + int64(digit-'0')
	}
	return n
}

// trimOrigin reads the address of a portal.
func trimOrigin(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(raw, "/"))
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is no address like http://127.0.0.1:8080", raw)
	}
	return u, nil
}
