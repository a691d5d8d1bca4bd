package extract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// plainText reads a text without markup: UTF-8, UTF-16 where a mark says so, else the letters of
// Western Europe that older spreadsheets write.
func plainText(_ context.Context, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	raw := make([]byte, min(size, 2*int64(limits.TextBytes)+4)) // UTF-16 has two bytes for one
	n, err := r.ReadAt(raw, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read document: %w", err)
	}
	raw = raw[:n]
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}) || bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		raw, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(raw)
	case bytes.IndexByte(raw, 0) >= 0:
		return nil, fmt.Errorf("%w: bytes that no text has", ErrCorrupt)
	case !utf8.Valid(wholeRunes(raw)):
		raw, err = charmap.Windows1252.NewDecoder().Bytes(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	text := cut(clean(string(bytes.TrimPrefix(wholeRunes(raw), []byte("\uFEFF")))), limits.TextBytes)
	if text == "" {
		return nil, nil
	}
	return []Page{{Number: 1, Text: text}}, nil
}

// wholeRunes leaves out a code point that the end of what was read has cut.
func wholeRunes(b []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if at := len(b) - back; utf8.RuneStart(b[at]) {
			if !utf8.FullRune(b[at:]) {
				return b[:at]
			}
			break
		}
	}
	return b
}
