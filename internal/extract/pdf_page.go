package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// pdfText reads a PDF where it lies: the sandbox asks for the pieces that it needs, so that neither this
// process nor the sandbox ever holds the document. What lies on another machine is copied into a file
// first, for the pieces are small and many.
func pdfText(ctx context.Context, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	f, done, err := local(r, size)
	if err != nil {
		return nil, err
	}
	defer done()
	doc := lend(f, size)
	defer doc.takeBack()
	if size > maxHeld { // as good as all that the sandbox took can be given back, and would lie until it is asked for
		defer func() {
			runtime.GC() // finds what is only waiting for its finalizer
			debug.FreeOSMemory()
		}()
	}
	return sandbox.text(ctx, doc, limits)
}

// maxHeld is how much of a document the sandbox keeps at most, beside one page: it forgets nothing of what it
// has read before the document is closed.
const maxHeld = 8 << 20

// lent is a document that the sandbox may read until it is taken back: an instance that was killed is never
// closed, so the library keeps what it was given, and must not keep the file with it.
type lent struct {
	size int64
	mu   sync.Mutex
	read int64             // since it was opened last
	at   *io.SectionReader // nil when taken back
}

func lend(r io.ReaderAt, size int64) *lent {
	return &lent{size: size, at: io.NewSectionReader(r, 0, size)}
}

// takeBack ends what can be read.
func (l *lent) takeBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = nil
}

// Read implements io.Reader.
func (l *lent) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		return 0, os.ErrClosed
	}
	n, err := l.at.Read(p)
	l.read += int64(n)
	return n, err
}

// opened begins to count anew what is read.
func (l *lent) opened() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read = 0
}

// full tells whether so much was read that the document is to be opened anew.
func (l *lent) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read > maxHeld
}

// Seek implements io.Seeker.
func (l *lent) Seek(offset int64, whence int) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		return 0, os.ErrClosed
	}
	return l.at.Seek(offset, whence)
}

// readPDF reads the pages of a document inside an instance.
func readPDF(ctx context.Context, instance pdfium.Pdfium, doc *lent, limits Limits) ([]Page, error) {
	document, err := openPDF(instance, doc)
	if err != nil {
		return nil, pdfError("open document", err)
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: document})
	if err != nil {
		return nil, pdfError("count pages", err)
	}
	var pages []Page
	readable, left := 0, limits.TextBytes
	order := &wordOrder{instance: instance, left: maxOrderedWords}
	var firstErr error
	for i := 0; i < min(count.PageCount, limits.Pages) && left > 0; i++ {
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		if doc.full() {
			if document, err = reopenPDF(instance, doc, document); err != nil {
				return nil, pdfError("open document again", err)
			}
		}
		text, err := readPDFPage(instance, document, i, left, order)
		if err != nil {
			// One bad page doesn't spoil the others, a broken reader does.
			if firstErr == nil {
				firstErr = err
			}
			continue
		}
		readable++
		if text = cut(clean(text), left); text != "" {
			left -= len(text)
			pages = append(pages, Page{Number: i + 1, Text: text})
		}
	}
	if readable == 0 {
		if firstErr == nil {
			firstErr = errors.New("no pages")
		}
		return nil, pdfError("read pages", firstErr)
	}
	return pages, nil
}

func openPDF(instance pdfium.Pdfium, doc *lent) (references.FPDF_DOCUMENT, error) {
	opened, err := instance.OpenDocument(&requests.OpenDocument{FileReader: doc, FileReaderSize: doc.size})
	if err != nil {
		return "", err
	}
	doc.opened()
	return opened.Document, nil
}

// reopenPDF frees what the sandbox has kept of a document.
func reopenPDF(instance pdfium.Pdfium, doc *lent, document references.FPDF_DOCUMENT) (references.FPDF_DOCUMENT, error) {
	if _, err := instance.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: document}); err != nil {
		return "", err
	}
	return openPDF(instance, doc)
}

// readPDFPage reads at most limit characters of a page.
func readPDFPage(instance pdfium.Pdfium, document references.FPDF_DOCUMENT, index, limit int, order *wordOrder) (string, error) {
	page, err := instance.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: document, Index: index})
	if err != nil {
		return "", fmt.Errorf("load page %d: %w", index+1, err)
	}
	byReference := requests.Page{ByReference: &page.Page}
	loaded, err := instance.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: byReference})
	if err != nil {
		return "", fmt.Errorf("load text of page %d: %w", index+1, err)
	}
	count, err := instance.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: loaded.TextPage})
	if err != nil {
		return "", fmt.Errorf("count text of page %d: %w", index+1, err)
	}
	text := ""
	if wanted := min(count.Count, limit); wanted > 0 {
		got, err := instance.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: loaded.TextPage, Count: wanted})
		if err != nil {
			return "", fmt.Errorf("read text of page %d: %w", index+1, err)
		}
		text = order.restore(loaded.TextPage, got.Text)
	}
	// Closing frees memory inside the sandbox; should it fail, the next page does too.
	if _, err := instance.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: loaded.TextPage}); err != nil {
		return "", fmt.Errorf("close text of page %d: %w", index+1, err)
	}
	if _, err := instance.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page}); err != nil {
		return "", fmt.Errorf("close page %d: %w", index+1, err)
	}
	return text, nil
}

func pdfError(doing string, err error) error {
	if errors.Is(err, pdfiumerrors.ErrPassword) || errors.Is(err, pdfiumerrors.ErrSecurity) {
		return fmt.Errorf("%w: encrypted", ErrCorrupt)
	}
	return fmt.Errorf("%w: %s: %v", ErrCorrupt, doing, err)
}
