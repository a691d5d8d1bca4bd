package attachment

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

const (
	scanDial    = 5 * time.Second
	scanTimeout = 2 * time.Minute
	scanChunk   = 64 << 10
	maxVerdict  = 4 << 10
	maxFound    = 120 // characters of a virus's name
)

// Scanner asks a clamd whether a file is infected.
type Scanner struct{ network, address string }

// NewScanner takes host:port, or the path of a socket.
func NewScanner(address string) *Scanner {
	if strings.HasPrefix(address, "/") {
		return &Scanner{network: "unix", address: address}
	}
	return &Scanner{network: "tcp", address: address}
}

// Scan streams a file to clamd and returns the name of what it found, "" for nothing. Whatever is not
// a clear answer is an error.
func (s *Scanner) Scan(ctx context.Context, r io.Reader) (found string, err error) {
	verdict, err := s.ask(ctx, "zINSTREAM\x00", func(w *bufio.Writer) error {
		chunk := make([]byte, scanChunk)
		for {
			n, err := r.Read(chunk)
			if n > 0 {
				if err := errors.Join(binary.Write(w, binary.BigEndian, uint32(n)), second(w.Write(chunk[:n]))); err != nil {
					return err
				}
			}
			if errors.Is(err, io.EOF) {
				return binary.Write(w, binary.BigEndian, uint32(0))
			}
			if err != nil {
				return err
			}
		}
	})
	if err != nil {
		return "", err
	}
	if verdict == "stream: OK" {
		return "", nil
	}
	name, infected := strings.CutSuffix(strings.TrimPrefix(verdict, "stream: "), " FOUND")
	if !infected {
		return "", fmt.Errorf("clamd answers %q; its StreamMaxLength must be at least 50M", verdict)
	}
	return strings.ToValidUTF8(name[:min(len(name), maxFound)], "\uFFFD"), nil
}

// Check tells whether clamd answers.
func (s *Scanner) Check(ctx context.Context) error {
	answer, err := s.ask(ctx, "zPING\x00", nil)
	if err == nil && answer != "PONG" {
		err = fmt.Errorf("clamd answers %q", answer)
	}
	if err != nil {
		return fmt.Errorf("%w; check PRAXIS_CLAMD_ADDR: while clamd is away no file is taken", err)
	}
	return nil
}

func (s *Scanner) ask(ctx context.Context, command string, send func(*bufio.Writer) error) (string, error) {
	within, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	dialer := net.Dialer{Timeout: scanDial}
	c, err := dialer.DialContext(within, s.network, s.address)
	if err != nil {
		return "", fmt.Errorf("reach clamd: %w", err)
	}
	defer c.Close()
	defer context.AfterFunc(within, func() { c.Close() })()
	w := bufio.NewWriterSize(c, scanChunk)
	_, failed := w.WriteString(command)
	if failed == nil && send != nil {
		failed = send(w)
	}
	failed = errors.Join(failed, w.Flush())
	// Also after a failed write: clamd closes where it has had enough, and has said so before.
	answer, err := bufio.NewReader(io.LimitReader(c, maxVerdict)).ReadString(0)
	if answer == "" || err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("ask clamd: %w", errors.Join(failed, err))
	}
	return strings.TrimRight(answer, "\x00\n"), nil
}

func second(_ int, err error) error { return err }
