package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	// sandboxPages bounds the memory of the PDF reader: 256 MiB in pages of 64 KiB.
	sandboxPages = 256 << 20 / (64 << 10)
	// sandboxIdle is how long the reader is kept after its last document.
	sandboxIdle = 60 * time.Second
	// killGrace is how long a reader that was told to stop may take.
	killGrace = 5 * time.Second
)

// sandbox is the one PDF reader of the process.
var sandbox = newPDFReader(sandboxIdle)

// pdfReader runs PDFium as WebAssembly: no files, no network, bounded memory. It
// is compiled on first use, reads one document at a time, each in a fresh
// instance, and is let go when idle.
type pdfReader struct {
	turn chan struct{} // holds a value while a document is read
	idle time.Duration

	mu     sync.Mutex
	folder string                  // of compiled code; "" for none
	pool   pdfium.Pool             // nil when not started
	code   wazero.CompilationCache // of the pool; nil without a folder
	timer  *time.Timer
}

func newPDFReader(idle time.Duration) *pdfReader {
	return &pdfReader{turn: make(chan struct{}, 1), idle: idle}
}

// KeepCompiled has the PDF reader's compiled code kept in a folder, which is made where it is missing:
// compiling takes seconds, and is then done once for all processes to come. Whoever may write there
// decides what this process runs, so it must be nobody else's. The first call holds.
func KeepCompiled(dir string) error {
	sandbox.mu.Lock()
	defer sandbox.mu.Unlock()
	if sandbox.folder != "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep the compiled PDF reader: %w", err)
	}
	sandbox.folder = dir
	return nil
}

// text reads one document. It waits for its turn until ctx ends.
func (p *pdfReader) text(ctx context.Context, data []byte, limits Limits) ([]Page, error) {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ended(ctx)
	}
	defer func() { <-p.turn }()
	pool, err := p.start()
	if err != nil {
		return nil, err
	}
	defer p.rest()

	ctx, cancel := context.WithTimeout(ctx, limits.Timeout)
	defer cancel()
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		p.drop()
		return nil, fmt.Errorf("start PDF reader: %w", err)
	}
	return p.run(ctx, instance, data, limits)
}

// run reads in a goroutine of its own, so that a document that never ends can be
// left. The instance is always killed, never closed: closing runs its code, which
// the document may have broken.
func (p *pdfReader) run(ctx context.Context, instance pdfium.Pdfium, data []byte, limits Limits) ([]Page, error) {
	type result struct {
		pages []Page
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if broken := recover(); broken != nil {
				r = result{err: fmt.Errorf("%w: reader broke: %v", ErrCorrupt, broken)}
			}
			done <- r
		}()
		r.pages, r.err = readPDF(ctx, instance, data, limits)
	}()
	select {
	case r := <-done:
		if err := instance.Kill(); err != nil {
			p.drop()
		}
		if ctx.Err() != nil && r.err != nil {
			return nil, ended(ctx)
		}
		return r.pages, r.err
	case <-ctx.Done():
	}
	killed := make(chan error, 1)
	go func() { killed <- instance.Kill() }()
	grace := time.NewTimer(killGrace)
	defer grace.Stop()
	select {
	case <-done:
		if err := <-killed; err != nil {
			p.drop()
		}
	case <-grace.C:
		p.drop()
	}
	return nil, ended(ctx)
}

// start compiles the reader unless it is there.
func (p *pdfReader) start() (pdfium.Pool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.pool != nil {
		return p.pool, nil
	}
	var err error
	if p.folder != "" {
		if p.pool, p.code, err = compile(p.folder); err == nil {
			return p.pool, nil
		}
		_ = os.RemoveAll(p.folder) // spoilt, or of a full disk: the next start keeps it anew
		p.folder = ""
	}
	if p.pool, p.code, err = compile(""); err != nil {
		return nil, fmt.Errorf("start PDF reader: %w", err)
	}
	return p.pool, nil
}

// compile makes the reader, with the code that a folder keeps unless that is "".
func compile(folder string) (pdfium.Pool, wazero.CompilationCache, error) {
	runtime := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(sandboxPages).
		WithCloseOnContextDone(true)
	var code wazero.CompilationCache
	if folder != "" {
		var err error
		if code, err = wazero.NewCompilationCacheWithDir(folder); err != nil {
			return nil, nil, err
		}
		runtime = runtime.WithCompilationCache(code)
	}
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal:      1,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
		FSConfig:      wazero.NewFSConfig(), // nothing: the default shows it every file
		RuntimeConfig: runtime,
	})
	if err != nil && code != nil {
		_ = code.Close(context.Background())
	}
	return pool, code, err
}

// rest lets the reader go when no document comes for a while.
func (p *pdfReader) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool == nil {
		return
	}
	p.timer = time.AfterFunc(p.idle, func() {
		select {
		case p.turn <- struct{}{}:
			defer func() { <-p.turn }()
			p.drop()
		default: // in use again
		}
	})
}

// drop closes the reader, without waiting for what may be stuck inside.
func (p *pdfReader) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pool == nil {
		return
	}
	pool, code := p.pool, p.code
	p.pool, p.code = nil, nil
	go func() {
		// Nothing to do about an error: the reader is not used again.
		_ = pool.Close()
		if code != nil {
			_ = code.Close(context.Background())
		}
	}()
}

// readPDF reads the pages of a document inside an instance.
func readPDF(ctx context.Context, instance pdfium.Pdfium, data []byte, limits Limits) ([]Page, error) {
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &data})
	if err != nil {
		return nil, pdfError("open document", err)
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
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
		text, err := readPDFPage(instance, opened.Document, i, left, order)
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
