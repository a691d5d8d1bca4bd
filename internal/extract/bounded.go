package extract

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

const (
	// maxXMLDepth and maxXMLTokens bound the shape of one part.
	maxXMLDepth  = 256
	maxXMLTokens = 8 << 20
	// maxXMLTokenBytes bounds one tag or one run of words, which are held whole.
	maxXMLTokenBytes = 4 << 20
	// tokensPerCheck is how often reading looks at the clock.
	tokensPerCheck = 1024
)

// errBudget says that a reader gave all it may.
var errBudget = errors.New("too many bytes")

// budgetReaderAt fails after a number of bytes.
type budgetReaderAt struct {
	r         io.ReaderAt
	left      int64
	spent     bool
	unlimited bool
}

// ReadAt implements io.ReaderAt.
func (b *budgetReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if b.unlimited {
		return b.r.ReadAt(p, off)
	}
	if int64(len(p)) > b.left {
		b.spent = true
		return 0, errBudget
	}
	n, err := b.r.ReadAt(p, off)
	b.left -= int64(n)
	return n, err
}

// budgetReader counts what is unpacked: in all, against what was packed, and
// since the last whole token.
type budgetReader struct {
	r      io.Reader
	read   int64
	most   int64 // in all
	packed int64
	token  int64 // left for the token at hand
}

// Read implements io.Reader.
func (b *budgetReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.read += int64(n)
	b.token -= int64(n)
	if b.read > b.most || b.token < 0 || b.read > ratioFrom && b.read > maxRatio*b.packed {
		return 0, errBudget
	}
	return n, err
}

// readPart gives the XML tokens of one file of an archive to visit, and returns
// how many bytes it unpacked. A token is only valid during the call.
func readPart(ctx context.Context, file *zip.File, most int64, visit func(xml.Token) error) (int64, error) {
	f, err := file.Open()
	if err != nil {
		return 0, fmt.Errorf("%w: open part: %v", ErrCorrupt, err)
	}
	defer f.Close()
	reader := &budgetReader{r: f, most: most, packed: int64(min(file.CompressedSize64, 1<<40)), token: maxXMLTokenBytes}
	decoder := xml.NewDecoder(reader)
	depth := 0
	for tokens := 0; ; tokens++ {
		if tokens%tokensPerCheck == 0 && ctx.Err() != nil {
			return reader.read, ended(ctx)
		}
		if tokens > maxXMLTokens {
			return reader.read, fmt.Errorf("%w: part of over %d tokens", ErrTooLarge, maxXMLTokens)
		}
		reader.token = maxXMLTokenBytes
		// Raw tokens: namespaces are not needed, and cost most of the time.
		token, err := decoder.RawToken()
		switch {
		case errors.Is(err, errBudget):
			return reader.read, fmt.Errorf("%w: part unpacks to too much", ErrTooLarge)
		case err == io.EOF && depth == 0 && tokens > 0:
			return reader.read, nil
		case err != nil:
			return reader.read, fmt.Errorf("%w: parse part: %v", ErrCorrupt, err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxXMLDepth {
			return reader.read, fmt.Errorf("%w: part nests over %d deep", ErrTooLarge, maxXMLDepth)
		}
		if depth < 0 {
			return reader.read, fmt.Errorf("%w: part closes what it never opened", ErrCorrupt)
		}
		if err := visit(token); err != nil {
			return reader.read, err
		}
	}
}
