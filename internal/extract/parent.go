package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	childrenAtOnce = 2       // a large picture takes half a gigabyte
	maxSaid        = 4 << 10 // of what a child says on its standard error
	killWait       = 2 * time.Second
	pictureTimeout = 60 * time.Second
	programPath    = "/proc/self/exe" // also after the file was replaced by another version
)

// turns bounds how many children there are at once.
var turns = make(chan struct{}, childrenAtOnce)

// Picture encodes a picture anew into out, at most most bytes, without anything but its points, and
// returns what it is now: JPEG or PNG. It is done in a process of its own, with bounds.
func Picture(ctx context.Context, kind string, f *os.File, out io.Writer, most int64) (mediaType string, err error) {
	if !IsPicture(kind) {
		return "", fmt.Errorf("%w: %.100q", ErrUnsupported, kind)
	}
	sniff := &firstByte{w: out}
	err = run(ctx, task{Kind: kind, Picture: true, Limits: Limits{Timeout: pictureTimeout}}, f, &bounded{w: sniff, left: most})
	if sniff.first == 0xFF {
		return JPEG, err
	}
	return PNG, err
}

// childText reads a document in a process of its own.
func childText(ctx context.Context, kind string, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	f, done, err := local(r, size)
	if err != nil {
		return nil, err
	}
	defer done()
	var answer bytes.Buffer
	// Line ends and quotes take two bytes each on the way.
	if err := run(ctx, task{Kind: kind, Limits: limits}, f, &bounded{w: &answer, left: 3*int64(limits.TextBytes) + 64*int64(limits.Pages)}); err != nil {
		return nil, err
	}
	var pages []Page
	if err := json.Unmarshal(answer.Bytes(), &pages); err != nil {
		return nil, fmt.Errorf("%w: the reader's answer: %v", ErrCorrupt, err)
	}
	for i := range pages { // a reader that a document took over may say anything
		pages[i].Text = cut(clean(pages[i].Text), limits.TextBytes)
	}
	return pages, nil
}

// local has a document as a file of this machine, until done is called.
func local(r io.ReaderAt, size int64) (f *os.File, done func(), err error) {
	if f, ok := r.(*os.File); ok {
		return f, func() {}, nil
	}
	if f, err = spooled(r, size); err != nil {
		return nil, nil, err
	}
	return f, func() { f.Close() }, nil
}

// spooled copies a document that is no file of this machine into one without a name.
func spooled(r io.ReaderAt, size int64) (*os.File, error) {
	f, err := os.CreateTemp("", "praxis-extract-*")
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	_ = os.Remove(f.Name()) // the open file is all that is needed
	if _, err := io.Copy(f, io.NewSectionReader(r, 0, size)); err != nil {
		f.Close()
		return nil, fmt.Errorf("read document: %w", err)
	}
	return f, nil
}

// run starts a child on the open file, with no environment, and waits for its end; it is killed when
// its time is over or ctx ends.
func run(ctx context.Context, t task, f *os.File, out *bounded) error {
	if IsChild() {
		return errors.New("a reader starts no other")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil { // the place in the file is shared with the child
		return fmt.Errorf("read document: %w", err)
	}
	order, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("start a reader: %w", err)
	}
	select {
	case turns <- struct{}{}:
	case <-ctx.Done():
		return ended(ctx)
	}
	defer func() { <-turns }()
	within, cancel := context.WithTimeout(ctx, t.Limits.Timeout+time.Second)
	defer cancel()
	cmd := exec.CommandContext(within, programPath, ChildCommand, string(order))
	cmd.Env, cmd.Dir, cmd.WaitDelay = []string{}, "/", killWait
	cmd.ExtraFiles = []*os.File{f}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the terminal's Ctrl-C is not for it
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &bounded{w: &said, left: maxSaid, rest: true}
	err = cmd.Run()
	if err == nil {
		return nil
	}
	if within.Err() != nil {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		return ErrTimeout
	}
	if out.spent {
		return fmt.Errorf("%w: it gives too much", ErrTooLarge)
	}
	return verdict(err, said.String())
}

// verdict tells by how a child ended what was wrong with the document.
func verdict(err error, said string) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return fmt.Errorf("start a reader: %w", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && (status.Signal() == syscall.SIGXCPU || status.Signal() == syscall.SIGKILL) {
		return ErrTimeout
	}
	said, _, _ = strings.Cut(said, "\n")
	if kind := exits[exit.ExitCode()]; kind != nil {
		return fmt.Errorf("%w: %s", kind, strings.TrimPrefix(said, kind.Error()+": "))
	}
	if strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory") {
		return fmt.Errorf("%w: it takes too much memory", ErrTooLarge)
	}
	return fmt.Errorf("%w: the reader ended: %.300s", ErrCorrupt, said)
}

// bounded writes at most left bytes; what comes beyond is an error, or dropped.
type bounded struct {
	w     io.Writer
	left  int64
	rest  bool // drop what is too much
	spent bool // more came than that
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if int64(len(p)) > b.left {
		b.spent = true
		if !b.rest {
			return 0, errBudget
		}
		n, err := b.w.Write(p[:b.left])
		b.left -= int64(n)
		return len(p), err
	}
	b.left -= int64(len(p))
	return b.w.Write(p)
}

// firstByte notes what a stream begins with.
type firstByte struct {
	w     io.Writer
	first byte
	any   bool
}

// Write implements io.Writer.
func (s *firstByte) Write(p []byte) (int, error) {
	if !s.any && len(p) > 0 {
		s.first, s.any = p[0], true
	}
	return s.w.Write(p)
}
