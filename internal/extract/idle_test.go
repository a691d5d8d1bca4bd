package extract

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
)

// compiled spares the tests from compiling the reader each time, which takes
// seconds, and minutes under the race detector.
var compiled = wazero.NewCompilationCache()

// DOCXText reads in this process: what is fuzzed cannot start another each time.
var DOCXText = docxText

func TestMain(m *testing.M) {
	for kind, read := range ill {
		readers[kind] = read
	}
	if IsChild() {
		os.Exit(Child(os.Args[2:], os.Stdout, os.Stderr))
	}
	sandbox.cache = compiled
	os.Exit(m.Run())
}

// The reader holds tens of megabytes of compiled code, so it must go by itself,
// come back when a document does, and not go while one is read.
func TestReaderIsLetGoWhenIdle(t *testing.T) {
	data, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	p := newPDFReader(100 * time.Millisecond)
	p.cache = compiled
	started := func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.pool != nil
	}
	if started() {
		t.Error("started before the first document")
	}
	for range 2 {
		if pages, err := p.text(context.Background(), data, DefaultLimits); err != nil || len(pages) != 2 {
			t.Fatalf("%d pages, %v", len(pages), err)
		}
		for deadline := time.Now().Add(10 * time.Second); started(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("still there long after its last document")
			}
		}
	}
}
