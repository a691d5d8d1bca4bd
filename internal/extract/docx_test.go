package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"praxis/internal/extract"
)

const (
	wordHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="urn:w"><w:body>`
	wordTail = `</w:body></w:document>`
	types    = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`
)

type zipped struct{ name, content string }

func buildZip(t testing.TB, files ...zipped) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if f.name == "mimetype" { // of an OpenDocument: readable from outside
			header.Method = zip.Store
		}
		part, err := w.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func buildDOCX(t testing.TB, body string, more ...zipped) []byte {
	t.Helper()
	return buildZip(t, append([]zipped{{"[Content_Types].xml", types}, {"word/document.xml", wordHead + body + wordTail}}, more...)...)
}

func TestDOCX(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"paragraphs", `<w:p><w:r><w:t>One</w:t></w:r><w:r><w:t xml:space="preserve"> two</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>مرحبا &amp; niño</w:t></w:r></w:p>`,
			"One two\nمرحبا & niño"},
		{"spaces", `<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>`, "a\tb\nc-d"},
		{"tab stops are no tabs", `<w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>b</w:t></w:r></w:p>`, "a\nb"},
		{"table", `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`, "a\nb"},
		{"deleted and moved words", `<w:p><w:del><w:r><w:delText>secret</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>old</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>`, "new"},
		{"fields", `<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>7</w:t></w:r></w:p>`, "7"},
		{"text boxes once", `<w:p><mc:AlternateContent><mc:Choice><w:t>a</w:t></mc:Choice><mc:Fallback><w:t>a</w:t></mc:Fallback></mc:AlternateContent></w:p>`, "a"},
		{"control characters", "<w:p><w:t>a\u0085b\u202dﬁ</w:t></w:p>", "ab\u202dfi"},
		{"no words", `<w:p/>`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pages, err := text(t, extract.DOCX, buildDOCX(t, tt.body), extract.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(pages) > 0 {
				got = pages[0].Text
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDOCXParts(t *testing.T) {
	data := buildDOCX(t, `<w:p><w:t>body</w:t></w:p>`,
		zipped{"word/footnotes.xml", `<w:footnotes><w:p><w:t>foot</w:t></w:p></w:footnotes>`},
		zipped{"word/endnotes.xml", `<w:endnotes><w:p><w:t>end</w:t></w:p></w:endnotes>`})
	pages, err := text(t, extract.DOCX, data, extract.Limits{})
	if err != nil || len(pages) != 1 || pages[0] != (extract.Page{Number: 1, Text: "body\nfoot\nend"}) {
		t.Errorf("notes: %+v, %v", pages, err)
	}
	data = buildZip(t,
		zipped{"_rels/.rels", `<Relationships><Relationship Type="http://x/officeDocument" Target="/word/document2.xml"/></Relationships>`},
		zipped{"word/document2.xml", wordHead + `<w:p><w:t>second</w:t></w:p>` + wordTail})
	pages, err = text(t, extract.DOCX, data, extract.Limits{})
	if err != nil || len(pages) != 1 || pages[0].Text != "second" {
		t.Errorf("main part by relation: %+v, %v", pages, err)
	}
	long := buildDOCX(t, strings.Repeat(`<w:p><w:t>ñandú</w:t></w:p>`, 1000))
	pages, err = text(t, extract.DOCX, long, extract.Limits{TextBytes: 100})
	if err != nil || len(pages) != 1 || len(pages[0].Text) > 100 || len(pages[0].Text) < 90 || !utf8.ValidString(pages[0].Text) {
		t.Errorf("cut text: %+v, %v", pages, err)
	}
}

func TestHostileDOCX(t *testing.T) {
	good := buildDOCX(t, `<w:p><w:t>body</w:t></w:p>`)
	words := strings.Repeat(`<w:p><w:r/></w:p>`, 3_000_000)
	var many []zipped
	for i := range 5000 {
		many = append(many, zipped{fmt.Sprint(i), ""})
	}
	var crowd []zipped
	for i := range 40_000 {
		crowd = append(crowd, zipped{fmt.Sprint(i), ""})
	}
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, extract.ErrCorrupt},
		{"no archive", []byte("hello"), extract.ErrCorrupt},
		{"half", good[:len(good)/2], extract.ErrCorrupt},
		{"no main part", buildZip(t, zipped{"a", "b"}), extract.ErrCorrupt},
		{"not XML", buildZip(t, zipped{"word/document.xml", "hello"}), nil},
		{"unclosed", buildZip(t, zipped{"word/document.xml", "<a><b>"}), extract.ErrCorrupt},
		{"closed twice", buildZip(t, zipped{"word/document.xml", "<a></a></a>"}), extract.ErrCorrupt},
		{"empty part", buildZip(t, zipped{"word/document.xml", ""}), extract.ErrCorrupt},
		{"unknown entity", buildZip(t, zipped{"word/document.xml", "<!DOCTYPE a [<!ENTITY x 'y'>]><t>&x;</t>"}), extract.ErrCorrupt},
		{"macros", buildDOCX(t, "", zipped{"word/vbaProject.bin", "x"}), extract.ErrUnsupported},
		{"deep", buildDOCX(t, strings.Repeat("<a>", 1000)), extract.ErrTooLarge},
		{"zip bomb", buildDOCX(t, words), extract.ErrTooLarge},
		{"bomb in the relations", buildZip(t, zipped{"_rels/.rels", "<a>" + words + "</a>"}), extract.ErrTooLarge},
		{"huge tag", buildDOCX(t, `<a b="`+strings.Repeat("xyz1", 2<<20)+`"/>`), extract.ErrTooLarge},
		{"many files", buildZip(t, many...), extract.ErrTooLarge},
		{"crowd of files", buildZip(t, crowd...), extract.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, err := text(t, extract.DOCX, tt.data, extract.Limits{})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	good := buildDOCX(t, `<w:p><w:t>body</w:t></w:p>`)
	if _, err := text(t, extract.DOCX, good, extract.Limits{FileBytes: 10}); !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("file over the limit: %v", err)
	}
	if _, err := text(t, extract.DOCX, good, extract.Limits{UnpackedBytes: 10}); !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("unpacked over the limit: %v", err)
	}
	if _, err := text(t, "image/svg+xml", good, extract.Limits{}); !errors.Is(err, extract.ErrUnsupported) {
		t.Errorf("unknown kind: %v", err)
	}
	slow := buildDOCX(t, strings.Repeat(`<w:p w:a="1"><w:r/></w:p>`, 100_000))
	if _, err := text(t, extract.DOCX, slow, extract.Limits{Timeout: time.Millisecond}); !errors.Is(err, extract.ErrTimeout) {
		t.Errorf("slow document: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := extract.Text(ctx, extract.DOCX, bytes.NewReader(good), int64(len(good)), extract.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDetect(t *testing.T) {
	browser, err := os.ReadFile("testdata/chromium.pdf")
	if err != nil {
		t.Fatal(err)
	}
	docx := buildDOCX(t, "")
	late := buildZip(t, zipped{"[Content_Types].xml", types}, zipped{"docProps/thumbnail.jpeg", noise(8000)}, zipped{"word/document.xml", wordHead + wordTail})
	for _, tt := range []struct {
		name     string
		head     []byte
		wantType string
		wantOK   bool
	}{
		{"a.pdf", browser, extract.PDF, true},
		{"A.PDF", browser, extract.PDF, true},
		{"a.docx", browser, extract.PDF, false},
		{"a", browser, extract.PDF, false},
		{"a.pdf.exe", browser, extract.PDF, false},
		{"a.docx", docx, extract.DOCX, true},
		{"a.pdf", docx, extract.DOCX, false},
		{"a.docm", docx, extract.DOCX, false},
		{"a.docx", late, extract.DOCX, true},
		{"a.docx", buildZip(t, zipped{"a.txt", "x"}), "application/zip", false},
		{"a.pdf", []byte("hello"), extract.TXT, false},
		{"a.pdf", []byte("<script>alert(1)</script>"), "text/html", false},
		{"a.txt", []byte("Línea única"), extract.TXT, true},
		{"a.csv", []byte("port,year\nCallao,2024\nManta,2025\n"), extract.CSV, true},
		{"a.txt", []byte("<script>alert(1)</script>"), "text/html", false},
		{"a.txt", []byte("MZ\x90\x00"), "application/vnd.microsoft.portable-executable", false},
		{"a.pptx", buildPPTX(t, "One"), extract.PPTX, true},
		{"a.docx", buildPPTX(t, "One"), extract.PPTX, false},
		{"a.xlsx", buildXLSX(t), extract.XLSX, true},
		{"a.xlsm", buildXLSX(t), extract.XLSX, false},
		{"a.odt", buildODT(t, "<text:p>One</text:p>"), extract.ODT, true},
		{"a.jpeg", cameraJPEG(t, 1), extract.JPEG, true},
		{"a.png", cameraJPEG(t, 1), extract.JPEG, false},
		{"a.webp", onePointWebP(t), extract.WebP, true},
		{"a.svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/svg+xml", false},
		{"a.pdf", []byte("MZ\x90\x00"), "application/vnd.microsoft.portable-executable", false},
		{"a.txt", nil, extract.TXT, false},
	} {
		gotType, gotOK := extract.Detect(tt.head, tt.name)
		if gotType != tt.wantType || gotOK != tt.wantOK {
			t.Errorf("Detect(%.10q, %s) = %s, %v; want %s, %v", tt.head, tt.name, gotType, gotOK, tt.wantType, tt.wantOK)
		}
	}
}

// noise does not compress.
func noise(n int) string {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

func FuzzDOCXArchive(f *testing.F) {
	f.Add(buildDOCX(f, `<w:p><w:t>body</w:t></w:p>`))
	f.Add(buildZip(f, zipped{"_rels/.rels", `<Relationship Type="/officeDocument" Target="../x"/>`}, zipped{"x", "<t>y</t>"}))
	f.Fuzz(func(t *testing.T, data []byte) { checkDOCX(t, data) })
}

func FuzzDOCXBody(f *testing.F) {
	f.Add(`<w:p><w:r><w:t>body</w:t><w:tab/></w:r></w:p>`)
	f.Add("<w:p><w:t>\x02\n\ufffe\x00 &#0; &#x2; ﷺ</w:t></w:p>")
	f.Add(`</t></Fallback><moveFrom><p/></moveFrom>`)
	f.Fuzz(func(t *testing.T, body string) { checkDOCX(t, buildDOCX(t, body)) })
}

func checkDOCX(t *testing.T, data []byte) {
	t.Helper()
	pages, err := extract.DOCXText(context.Background(), bytes.NewReader(data), int64(len(data)), extract.Limits{TextBytes: 1000, UnpackedBytes: 64 << 20})
	if err != nil {
		if !errors.Is(err, extract.ErrCorrupt) && !errors.Is(err, extract.ErrTooLarge) && !errors.Is(err, extract.ErrUnsupported) {
			t.Errorf("unexpected error %v", err)
		}
		return
	}
	for _, p := range pages {
		if len(p.Text) > 1000 || !utf8.ValidString(p.Text) || strings.ContainsAny(p.Text, "\x00\x02\r") {
			t.Errorf("unfit text %q", p.Text)
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte("%PDF-1.4"), "a.pdf")
	f.Add(buildDOCX(f, ""), "a.docx")
	f.Fuzz(func(t *testing.T, head []byte, name string) {
		mediaType, ok := extract.Detect(head, name)
		if ok && !slices.Contains([]string{extract.PDF, extract.DOCX, extract.PPTX, extract.XLSX, extract.ODT, extract.CSV, extract.TXT, extract.PNG, extract.JPEG, extract.WebP}, mediaType) {
			t.Errorf("%s is allowed", mediaType)
		}
		if ok && !slices.Contains([]string{".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".csv", ".txt", ".png", ".jpg", ".jpeg", ".webp"}, strings.ToLower(path.Ext(name))) {
			t.Errorf("%q is allowed as %s", name, mediaType)
		}
	})
}
