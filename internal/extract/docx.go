package extract

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

const (
	// maxZipEntries bounds the files in an archive, maxDirectoryBytes what may be
	// read to list them: each entry costs far more memory than bytes.
	maxZipEntries     = 4096
	maxDirectoryBytes = 2 << 20
	// maxRatio bounds how much a part may unpack to, from ratioFrom bytes on.
	maxRatio  = 200
	ratioFrom = 4 << 20
	// maxRelationsBytes bounds the small part that names the main one.
	maxRelationsBytes = 1 << 20
)

// defaultMainPart is where the text of a Word document nearly always is.
const defaultMainPart = "word/document.xml"

// docxText reads the main part of a Word document, then its notes.
func docxText(ctx context.Context, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	files, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	main, err := mainPart(ctx, files)
	if err != nil {
		return nil, err
	}
	if files[main] == nil {
		return nil, fmt.Errorf("%w: no main part", ErrCorrupt)
	}
	folder := path.Dir(main)
	if files[path.Join(folder, "vbaProject.bin")] != nil {
		return nil, fmt.Errorf("%w: a document with macros", ErrUnsupported)
	}
	out := &wordText{limit: limits.TextBytes}
	left := limits.UnpackedBytes
	for _, name := range []string{main, path.Join(folder, "footnotes.xml"), path.Join(folder, "endnotes.xml")} {
		file := files[name]
		if file == nil || out.full() {
			continue
		}
		read, err := readPart(ctx, file, left, out.token)
		if errors.Is(err, errFull) {
			break
		}
		if err != nil {
			return nil, err
		}
		left -= read
		out.paragraph()
	}
	text := cut(clean(out.b.String()), limits.TextBytes)
	if text == "" {
		return nil, nil
	}
	return []Page{{Number: 1, Text: text}}, nil
}

// openZip lists an archive by name.
func openZip(r io.ReaderAt, size int64) (map[string]*zip.File, error) {
	directory := &budgetReaderAt{r: r, left: maxDirectoryBytes}
	archive, err := zip.NewReader(directory, size)
	if directory.spent {
		return nil, fmt.Errorf("%w: archive with too long a list of files", ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: open archive: %v", ErrCorrupt, err)
	}
	directory.unlimited = true // from here on, parts are bounded as they are read
	if len(archive.File) > maxZipEntries {
		return nil, fmt.Errorf("%w: archive of %d files", ErrTooLarge, len(archive.File))
	}
	files := make(map[string]*zip.File, len(archive.File))
	for _, f := range archive.File {
		if files[f.Name] == nil {
			files[f.Name] = f
		}
	}
	return files, nil
}

// mainPart asks the package which part is the document.
func mainPart(ctx context.Context, files map[string]*zip.File) (string, error) {
	relations := files["_rels/.rels"]
	if relations == nil {
		return defaultMainPart, nil
	}
	target := ""
	_, err := readPart(ctx, relations, maxRelationsBytes, func(token xml.Token) error {
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "Relationship" {
			return nil
		}
		var kind, where string
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "Type":
				kind = a.Value
			case "Target":
				where = a.Value
			}
		}
		if target == "" && strings.HasSuffix(kind, "/officeDocument") {
			target = strings.TrimPrefix(path.Clean("/"+where), "/")
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if target == "" {
		return defaultMainPart, nil
	}
	return target, nil
}

// errFull says that enough text was read.
var errFull = errors.New("text limit reached")

// wordText collects the words of a part.
type wordText struct {
	b       strings.Builder
	limit   int
	inText  int // open elements that hold words
	skipped int // open elements that repeat words, hold words moved away, or none
}

func (w *wordText) full() bool { return w.b.Len() >= w.limit }

func (w *wordText) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		w.start(t.Name.Local)
	case xml.EndElement:
		w.end(t.Name.Local)
	case xml.CharData:
		if w.inText > 0 && w.skipped == 0 {
			w.b.Write(t)
		}
	}
	if w.full() {
		return errFull
	}
	return nil
}

func (w *wordText) start(name string) {
	switch name {
	case "t":
		w.inText++
	case "Fallback", "moveFrom", "pPr":
		w.skipped++
	case "tab":
		w.space('\t')
	case "br", "cr":
		w.space('\n')
	case "noBreakHyphen":
		w.space('-')
	}
}

func (w *wordText) end(name string) {
	switch name {
	case "t":
		w.inText = max(0, w.inText-1)
	case "Fallback", "moveFrom", "pPr":
		w.skipped = max(0, w.skipped-1)
	case "p":
		w.paragraph()
	}
}

func (w *wordText) space(r rune) {
	if w.skipped == 0 && w.b.Len() > 0 {
		w.b.WriteRune(r)
	}
}

// paragraph ends a line, but makes no empty ones.
func (w *wordText) paragraph() {
	if s := w.b.String(); w.skipped == 0 && s != "" && !strings.HasSuffix(s, "\n") {
		w.b.WriteByte('\n')
	}
}
