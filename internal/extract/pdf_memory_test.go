package extract_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/internal/extract"
)

// A PDF of the largest size that the portal takes is read where it lies, so that it takes no more memory than the
// sandbox needs for what the page shows, which is given back at once.
func TestLargePDFIsNotHeldInMemory(t *testing.T) {
	small := pagesPDF(show("First page"))
	if _, err := text(t, extract.PDF, small, extract.Limits{}); err != nil { // the reader is there now
		t.Fatal(err)
	}
	for name, pictures := range map[string]int{"one picture": 1, "many": 1000} {
		large, size := largePDF(t, pictures, 48<<20/pictures)
		most, after := taken(t, large, size, pictures)
		t.Logf("%s: %d MB took %d MB at most, %d MB afterwards", name, size>>20, most>>20, after>>20)
		if most > 160<<20 || after > givenBack {
			t.Errorf("%s: %d MB took %d MB at most, %d MB afterwards", name, size>>20, most>>20, after>>20)
		}
	}
}

// givenBack is how much may still be held when a document has been read.
const givenBack = 16 << 20

// taken tells how much more memory this process has while it reads a document, and afterwards.
func taken(t *testing.T, r io.ReaderAt, size int64, want int) (most, after int64) {
	t.Helper()
	debug.FreeOSMemory() // what writing it took
	peak(t)
	before := peak(t)
	pages, err := extract.Text(context.Background(), extract.PDF, r, size, extract.Limits{FileBytes: 50 << 20})
	if err != nil || len(pages) != want || pages[want-1].Text != "Words beside a picture" {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	most = peak(t) - before
	after = most
	for late := time.Now().Add(10 * time.Second); after > givenBack && time.Now().Before(late); time.Sleep(50 * time.Millisecond) {
		after = peak(t) - before // the reader may just be closing
	}
	return most, after
}

// largePDF writes pages of few words and a large picture each to a file.
func largePDF(t *testing.T, pages, bytesOfPicture int) (*os.File, int64) {
	t.Helper()
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}
	picture := stream("/Type /XObject /Subtype /Image /Width 4096 /Height 4096 /ColorSpace /DeviceRGB /BitsPerComponent 8", strings.Repeat("x", bytesOfPicture))
	var kids []string
	for range pages {
		at := len(objects) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", at))
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "+
			"/Resources << /Font << /F1 3 0 R >> /XObject << /X %d 0 R >> >> /Contents %d 0 R >>", at+2, at+1),
			stream("", show("Words beside a picture")+" /X Do"), picture)
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), pages)
	data := buildPDF(objects...)
	f, err := os.Create(t.TempDir() + "/large.pdf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	return f, int64(len(data))
}

// peak tells the most memory that this process has had since the last call, in bytes, or has now.
func peak(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	// "5" has the kernel count the peak anew.
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		var kb string
		if n, _ := fmt.Sscanf(lines.Text(), "VmHWM: %s kB", &kb); n == 1 { // other lines do not fit
			value, err := strconv.ParseInt(kb, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return value << 10
		}
	}
	t.Fatal("the kernel does not tell the most memory that was used")
	return 0
}
