package extract_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/extract"
)

// buildPDF writes a document of numbered objects, from 1 on; the first is the
// catalogue.
func buildPDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// pagesPDF writes a page for each content stream.
func pagesPDF(contents ...string) []byte {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}
	var kids []string
	for _, content := range contents {
		page := len(objects) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "+
			"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", page+1), stream("", content))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids))
	return buildPDF(objects...)
}

func stream(extra, data string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(data), extra, data)
}

func show(text string) string {
	return "BT /F1 12 Tf 50 700 Td (" + text + ") Tj ET"
}

func deflated(size int, pattern string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	chunk := []byte(strings.Repeat(pattern, 64<<10/len(pattern)))
	for range size / len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func text(t *testing.T, kind string, data []byte, limits extract.Limits) ([]extract.Page, error) {
	t.Helper()
	return extract.Text(context.Background(), kind, bytes.NewReader(data), int64(len(data)), limits)
}

func TestPDFPages(t *testing.T) {
	data := pagesPDF(show("First page"), "", show(`Tercera p\341gina, el ni\361o`))
	pages, err := text(t, extract.PDF, data, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := []extract.Page{{Number: 1, Text: "First page"}, {Number: 3, Text: "Tercera página, el niño"}}
	if fmt.Sprint(pages) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", pages, want)
	}
	pages, err = text(t, extract.PDF, data, extract.Limits{Pages: 2})
	if err != nil || len(pages) != 1 {
		t.Errorf("first two pages: %+v, %v", pages, err)
	}
	pages, err = text(t, extract.PDF, data, extract.Limits{TextBytes: 12})
	if err != nil || len(pages) != 2 || pages[1].Text != "Te" {
		t.Errorf("first twelve bytes: %+v, %v", pages, err)
	}
	if pages, err = text(t, extract.PDF, pagesPDF("", ""), extract.Limits{}); err != nil || len(pages) != 0 {
		t.Errorf("pages without words: %+v, %v", pages, err)
	}
}

func TestPDFOfABrowser(t *testing.T) {
	data, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := text(t, extract.PDF, data, extract.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for number, words := range map[int][]string{
		1: {"Lecciones del puerto de Guayaquil", "revisó", "niño", "señora"},
		2: {"تدريب ضباط الجمارك", "الميناء", "الاصطناعية"},
	} {
		if len(pages) < number {
			t.Fatalf("only %d pages", len(pages))
		}
		for _, word := range words {
			if !strings.Contains(pages[number-1].Text, word) {
				t.Errorf("page %d lacks %q: %q", number, word, pages[number-1].Text)
			}
		}
	}
}

// mayBeRead lists the hostile documents that a fast machine gets through: what
// matters is that they end.
var mayBeRead = map[string]bool{"page unpacks to 256 MB": true, "many operators": true, "form in itself": true}

func TestHostilePDF(t *testing.T) {
	good := pagesPDF(show("First page"))
	catalog := "<< /Type /Catalog /Pages 2 0 R >>"
	font := "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
	for name, data := range map[string][]byte{
		"no PDF":           []byte("hello"),
		"head only":        []byte("%PDF-1.4\n"),
		"half":             good[:len(good)/2],
		"zeros":            make([]byte, 1<<20),
		"no pages":         buildPDF(catalog),
		"count lies":       buildPDF(catalog, "<< /Type /Pages /Kids [] /Count 2000000000 >>"),
		"tree in a circle": buildPDF(catalog, "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 100000 >>"),
		"deep arrays":      buildPDF(catalog, strings.Repeat("[", 200_000)),
		"encrypted":        bytes.Replace(good, []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P 0 >>"), 1),
		"form in itself": buildPDF(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>", stream("", "/X Do"),
			stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>", "/X Do /X Do")),
		"page unpacks to 256 MB": buildPDF(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R "+font+" /Contents 4 0 R >>",
			stream("/Filter /FlateDecode", deflated(256<<20, "BT /F1 12 Tf (aaaaaaaa) Tj ET   "))),
		"many operators": buildPDF(catalog, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R "+font+" /Contents 4 0 R >>",
			stream("/Filter /FlateDecode", deflated(64<<20, "q "))),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			pages, err := text(t, extract.PDF, data, extract.Limits{Timeout: 2 * time.Second})
			took := time.Since(start)
			if err != nil && !errors.Is(err, extract.ErrCorrupt) && !errors.Is(err, extract.ErrTimeout) {
				t.Errorf("unexpected error %v", err)
			}
			if err == nil && !mayBeRead[name] {
				t.Errorf("read %d pages of it", len(pages))
			}
			if took > 15*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	// The reader is whole again after all of them.
	if pages, err := text(t, extract.PDF, good, extract.Limits{}); err != nil || len(pages) != 1 {
		t.Errorf("a good document afterwards: %+v, %v", pages, err)
	}
}

func TestPDFTakesTurnsAndGivesUp(t *testing.T) {
	// A page that takes long: a form that calls another twice, 30 deep.
	slow := slowPDF()
	start := time.Now()
	if _, err := text(t, extract.PDF, slow, extract.Limits{Timeout: 300 * time.Millisecond}); !errors.Is(err, extract.ErrTimeout) {
		t.Errorf("slow document: %v after %v", err, time.Since(start))
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(300*time.Millisecond, cancel)
	if _, err := extract.Text(ctx, extract.PDF, bytes.NewReader(slow), int64(len(slow)), extract.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled document: %v", err)
	}
	good := pagesPDF(show("First page"))
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if pages, err := text(t, extract.PDF, good, extract.Limits{}); err != nil || len(pages) != 1 {
				t.Errorf("beside others: %+v, %v", pages, err)
			}
		})
	}
	wg.Wait()
}

func slowPDF() []byte {
	const depth = 26
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
		stream("", "/X Do")}
	for i := range depth {
		objects = append(objects, stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 9 9] "+
			"/Resources << /XObject << /X %d 0 R >> >>", 6+i), strings.Repeat("/X Do ", 8)))
	}
	objects = append(objects, stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", "0 0 9 9 re f"))
	return buildPDF(objects...)
}
