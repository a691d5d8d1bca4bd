// Package extract takes the text out of uploaded documents, for the index. What
// comes from outside is hostile until read: every step has a limit in bytes,
// items and time, PDF is read inside a WebAssembly sandbox and everything else in a
// process of its own that is bounded by the kernel (Child), and whatever is wrong with
// a document ends in an error.
package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What can be wrong with a document.
var (
	// ErrUnsupported says that documents of this kind are not read.
	ErrUnsupported = errors.New("extract: unsupported kind of document")
	// ErrTooLarge says that a document is larger, or unpacks to more, than allowed.
	ErrTooLarge = errors.New("extract: document too large")
	// ErrCorrupt says that a document is damaged, encrypted or not what it says.
	ErrCorrupt = errors.New("extract: document cannot be read")
	// ErrTimeout says that reading took longer than allowed.
	ErrTimeout = errors.New("extract: reading took too long")
)

// Limits bound one call of Text. A zero field takes its value of DefaultLimits.
type Limits struct {
	FileBytes     int64         // size of the document
	UnpackedBytes int64         // XML that a packed document holds
	TextBytes     int           // text that is returned; the rest is left out
	Pages         int           // pages that are read; the rest is left out
	Timeout       time.Duration // reading, without waiting for a turn
}

// DefaultLimits suit the attachments of the portal.
var DefaultLimits = Limits{
	FileBytes:     32 << 20,
	UnpackedBytes: 64 << 20,
	TextBytes:     2 << 20,
	Pages:         2000,
	Timeout:       30 * time.Second,
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits
	if l.FileBytes > 0 {
		d.FileBytes = l.FileBytes
	}
	if l.UnpackedBytes > 0 {
		d.UnpackedBytes = l.UnpackedBytes
	}
	if l.TextBytes > 0 {
		d.TextBytes = l.TextBytes
	}
	if l.Pages > 0 {
		d.Pages = l.Pages
	}
	if l.Timeout > 0 {
		d.Timeout = l.Timeout
	}
	return d
}

// Page is the text of one page: valid UTF-8 without control characters but tab
// and line end.
type Page struct {
	Number int // from 1
	Text   string
}

// Text reads a document of size bytes and returns its pages that have text, in
// order: slides, sheets, or one where pages exist only in print. kind is a media type
// from Detect; a picture has no text. A long document is cut at limits.TextBytes and limits.Pages
// without an error. Errors wrap one of the four above, or ctx's own when the
// caller cancelled.
func Text(ctx context.Context, kind string, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	limits = limits.withDefaults()
	if IsPicture(kind) {
		return nil, nil
	}
	if kind != PDF && readers[kind] == nil {
		return nil, fmt.Errorf("%w: %.100q", ErrUnsupported, kind)
	}
	if size > limits.FileBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, size, limits.FileBytes)
	}
	if size <= 0 {
		return nil, fmt.Errorf("%w: empty", ErrCorrupt)
	}
	if err := ctx.Err(); err != nil {
		return nil, ended(ctx)
	}
	if kind == PDF {
		return pdfText(ctx, r, size, limits)
	}
	return childText(ctx, kind, r, size, limits)
}

// ended turns the end of a context into an error of this package.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return fmt.Errorf("read document: %w", ctx.Err())
}

// clean makes text fit for the database and the index: no control characters,
// words whole again that a line end had cut, and letters instead of the shapes
// that fonts have for them.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	b.Grow(len(s))
	joining := false // after a cut, its line end is dropped
	for _, r := range s {
		switch {
		case r == cutMark || r == oldCutMark:
			joining = true
			continue
		case joining && (r == '\r' || r == '\n'):
			continue
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case unicode.IsControl(r):
		case isShape(r):
			b.WriteString(norm.NFKC.String(string(r)))
		default:
			b.WriteRune(r)
		}
		joining = false
	}
	return strings.TrimSpace(b.String())
}

// The marks that the PDF reader leaves where a hyphen cuts a word at a line end.
const (
	cutMark    = '\x02'
	oldCutMark = '\uFFFE'
)

// isShape tells of ligatures and of Arabic letters by their place in a word.
func isShape(r rune) bool {
	return r >= 0xFB00 && r <= 0xFB06 || r >= 0xFB50 && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFC
}

// cut shortens text to at most limit bytes, at the end of a code point.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
