package extract

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// spun counts the turns of a reader that never ends.
var spun atomic.Int64

// ill are readers that a document has got the better of; the child, which is this test program,
// knows them too.
var ill = map[string]func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error){
	"test/crash": func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) { panic("over the edge") },
	"test/hang":  func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) { select {} },
	"test/spin": func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) {
		for n := 0; ; n++ {
			spun.Store(int64(n))
		}
	},
	"test/memory": greedy,
	"test/flood": func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) {
		return []Page{{Number: 1, Text: strings.Repeat("word ", 4<<20)}}, nil
	},
	"test/reach": reach,
	"test/environment": func(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) {
		return []Page{{Number: 1, Text: "environment: " + strings.Join(os.Environ(), " ")}}, nil
	},
}

func greedy(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) {
	var all [][]byte
	for range 64 {
		b := make([]byte, 64<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
	}
	return []Page{{Number: len(all), Text: "took four gigabytes"}}, nil
}

// reach tries what a document's reader has no business to do.
func reach(context.Context, io.ReaderAt, int64, Limits) ([]Page, error) {
	var done []string
	if f, err := os.Open("/etc/passwd"); err == nil {
		done = append(done, "opened "+f.Name())
	}
	if f, err := os.Create("/tmp/praxis-reached"); err == nil {
		done = append(done, "wrote "+f.Name())
	}
	if c, err := net.Dial("udp", "127.0.0.1:9"); err == nil {
		done = append(done, "dialled "+c.RemoteAddr().String())
	}
	return []Page{{Number: 1, Text: "reached: " + strings.Join(done, ", ")}}, nil
}

func TestChildIsBounded(t *testing.T) {
	t.Setenv("PRAXIS_SMTP_URL", "smtp://user:secret@mail.example.org")
	for kind, want := range map[string]error{"test/crash": ErrCorrupt, "test/hang": ErrTimeout, "test/spin": ErrTimeout,
		"test/memory": ErrTooLarge, "test/flood": ErrTooLarge} {
		t.Run(kind, func(t *testing.T) {
			start := time.Now()
			pages, err := Text(context.Background(), kind, strings.NewReader("hello"), 5, Limits{Timeout: 2 * time.Second})
			if kind == "test/hang" && errors.Is(err, ErrCorrupt) { // Go itself notices that nothing can go on
				return
			}
			if !errors.Is(err, want) {
				t.Errorf("%d pages, %v; want %v", len(pages), err, want)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	for kind, want := range map[string]string{"test/reach": "reached:", "test/environment": "environment:"} {
		pages, err := Text(context.Background(), kind, strings.NewReader("hello"), 5, Limits{})
		if err != nil || len(pages) != 1 || pages[0].Text != want {
			t.Errorf("%s: %+v, %v", kind, pages, err)
		}
	}
	// Others are read after all of them.
	if pages, err := Text(context.Background(), TXT, strings.NewReader("hello"), 5, Limits{}); err != nil || len(pages) != 1 || pages[0].Text != "hello" {
		t.Errorf("a good document afterwards: %+v, %v", pages, err)
	}
}
