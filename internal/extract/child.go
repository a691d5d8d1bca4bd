package extract

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ChildCommand is the hidden command under which the program reads one document and ends.
const ChildCommand = "extract-child"

const (
	documentFD = 3 // where the child finds the document, open for reading

	textMemory    = 256 << 20 // bytes that reading a text may take beside the program itself
	pictureMemory = 640 << 20 // a picture of maxPixels, twice, as it is turned
	cpuSlack      = 2         // seconds beside the wall clock's
)

// The exit codes by which the child tells what was wrong with a document.
var exits = map[int]error{11: ErrUnsupported, 12: ErrTooLarge, 13: ErrCorrupt, 14: ErrTimeout}

// readers are what is read in the child.
var readers = map[string]func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error){
	DOCX: docxText, PPTX: pptxText, XLSX: xlsxText, ODT: odtText, CSV: plainText, TXT: plainText,
}

// task is what the child is told to do.
type task struct {
	Kind    string
	Picture bool
	Limits  Limits
}

// Child is the whole of the hidden command: it bounds itself, reads the document on its third open
// file, writes to standard output, and returns the exit code. What it may still do after the first
// lines is compute: it can open no file and no connection.
func Child(args []string, out, errs io.Writer) int {
	var t task
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &t) != nil {
		fmt.Fprintln(errs, "this command is the portal's own")
		return 2
	}
	err := confine(t)
	if err == nil {
		err = t.do(os.NewFile(documentFD, "document"), out)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintf(errs, "%.300v", err)
	for code, kind := range exits {
		if errors.Is(err, kind) {
			return code
		}
	}
	return 1
}

// IsChild tells whether this process was started as the child of another one of this program.
func IsChild() bool { return len(os.Args) == 3 && os.Args[1] == ChildCommand }

// confine bounds this process for good. The program's own address space is counted off: Go reserves
// much and uses little of it.
func confine(t task) error {
	memory := uint64(textMemory)
	if t.Picture {
		memory = pictureMemory
	}
	debug.SetMemoryLimit(int64(memory / 2)) // collect before the bound is met
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return fmt.Errorf("read own size: %w", err)
	}
	first, _, _ := strings.Cut(string(statm), " ")
	pages, err := strconv.ParseUint(first, 10, 64)
	if err != nil {
		return fmt.Errorf("read own size: %w", err)
	}
	seconds := uint64(t.Limits.Timeout.Seconds()) + cpuSlack
	for limit, most := range map[int]uint64{unix.RLIMIT_AS: pages*uint64(os.Getpagesize()) + memory, unix.RLIMIT_CPU: seconds,
		unix.RLIMIT_NOFILE: 0, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0} {
		if err := unix.Setrlimit(limit, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("bound the reader: %w", err)
		}
	}
	return nil
}

func (t task) do(f *os.File, out io.Writer) error {
	w := bufio.NewWriterSize(out, 64<<10)
	if t.Picture {
		if err := redraw(t.Kind, f, w); err != nil {
			return err
		}
		return w.Flush()
	}
	read := readers[t.Kind]
	if read == nil {
		return fmt.Errorf("%w: %.100q", ErrUnsupported, t.Kind)
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.Limits.Timeout)
	defer cancel()
	pages, err := read(ctx, f, info.Size(), t.Limits)
	if err != nil {
		return err
	}
	answer := json.NewEncoder(w)
	answer.SetEscapeHTML(false)
	if err := answer.Encode(pages); err != nil {
		return err
	}
	return w.Flush()
}
