package extract

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// DOCXText reads in this process: what is fuzzed cannot start another each time.
var DOCXText = docxText

func TestMain(m *testing.M) {
	for kind, read := range ill {
		readers[kind] = read
	}
	if IsChild() {
		os.Exit(Child(os.Args[2:], os.Stdout, os.Stderr))
	}
	os.Exit(keptCompiled(m))
}

// keptCompiled spares the tests from compiling the reader each time, which takes seconds, and minutes
// under the race detector.
func keptCompiled(m *testing.M) int {
	dir, err := os.MkdirTemp("", "praxis-compiled-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = KeepCompiled(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// The reader holds tens of megabytes of compiled code, so it must go by itself,
// come back when a document does, and not go while one is read.
func TestReaderIsLetGoWhenIdle(t *testing.T) {
	data, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	p := newPDFReader(100 * time.Millisecond)
	p.folder = sandbox.folder
	started := func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.pool != nil
	}
	if started() {
		t.Error("started before the first document")
	}
	for range 2 {
		if pages, err := p.text(context.Background(), lend(bytes.NewReader(data), int64(len(data))), DefaultLimits); err != nil || len(pages) != 2 {
			t.Fatalf("%d pages, %v", len(pages), err)
		}
		for deadline := time.Now().Add(10 * time.Second); started(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("still there long after its last document")
			}
		}
	}
}

// What is kept is found, and where it is spoilt, the reader does without it.
func TestCompiledCodeIsKept(t *testing.T) {
	data, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	kept := func() []string {
		files, _ := filepath.Glob(filepath.Join(dir, "*", "*")) // the pattern is well formed
		return files
	}
	for _, want := range []int{1, 0} {
		p := newPDFReader(time.Hour)
		p.folder = dir
		if pages, err := p.text(context.Background(), lend(bytes.NewReader(data), int64(len(data))), DefaultLimits); err != nil || len(pages) != 2 {
			t.Fatalf("%d pages, %v", len(pages), err)
		}
		p.drop()
		if n := len(kept()); n != want {
			t.Fatalf("%d files are kept, want %d", n, want)
		}
		for _, file := range kept() {
			if err := os.WriteFile(file, []byte("nonsense"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
