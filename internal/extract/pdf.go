package extract

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
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
func (p *pdfReader) text(ctx context.Context, doc *lent, limits Limits) ([]Page, error) {
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
	return p.run(ctx, instance, doc, limits)
}

// run reads in a goroutine of its own, so that a document that never ends can be
// left. The instance is always killed, never closed: closing runs its code, which
// the document may have broken.
func (p *pdfReader) run(ctx context.Context, instance pdfium.Pdfium, doc *lent, limits Limits) ([]Page, error) {
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
		r.pages, r.err = readPDF(ctx, instance, doc, limits)
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
