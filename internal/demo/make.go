package demo

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"unicode/utf8"
)

const (
	pdfWidth = 88 // characters that fit a line
	pdfLines = 52 // that fit a page
)

// plain are the marks that the built-in letters of a PDF lack, and what stands for them.
var plain = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "–", "-", "—", "-", "…", "...", `\`, `\\`, "(", `\(`, ")", `\)`)

// pdfOf writes lines of English as a PDF of one page; what does not fit is left out.
func pdfOf(lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 11 Tf 14 TL 56 786 Td\n")
	for _, line := range wrapped(lines)[:min(len(wrapped(lines)), pdfLines)] {
		fmt.Fprintf(&text, "(%s) Tj T*\n", plain.Replace(line))
	}
	text.WriteString("ET\n")
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func wrapped(lines []string) (all []string) {
	for _, line := range lines {
		row := ""
		for _, word := range strings.Fields(line) {
			if row != "" && utf8.RuneCountInString(row)+1+utf8.RuneCountInString(word) > pdfWidth {
				all, row = append(all, row), ""
			}
			row = strings.TrimSpace(row + " " + word)
		}
		all = append(all, row)
	}
	return all
}

// docxOf writes lines as the paragraphs of a Word document.
func docxOf(lines []string, rightToLeft bool) ([]byte, error) {
	direction := ""
	if rightToLeft {
		direction = "<w:pPr><w:bidi/></w:pPr>"
	}
	var body bytes.Buffer
	for _, line := range lines {
		body.WriteString("<w:p>" + direction + `<w:r><w:t xml:space="preserve">`)
		if err := xml.EscapeText(&body, []byte(line)); err != nil {
			return nil, fmt.Errorf("write a paragraph: %w", err)
		}
		body.WriteString("</w:t></w:r></w:p>")
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			return nil, fmt.Errorf("write a document: %w", err)
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// chartOf draws how often each result was told: a bar each, from what worked to what is too early to say.
func chartOf(told []adoption) ([]byte, error) {
	const width, height, bar, unit = 400, 240, 70, 50
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	for i, result := range []struct {
		key  string
		fill color.RGBA
	}{{"worked", color.RGBA{0x1b, 0x7f, 0x5c, 0xff}}, {"mixed", color.RGBA{0xb5, 0x83, 0x1e, 0xff}}, {"failed", color.RGBA{0xb0, 0x3a, 0x2e, 0xff}},
		{"tried", color.RGBA{0x5a, 0x67, 0x76, 0xff}}} {
		n := 0
		for _, a := range told {
			if a.Result == result.key {
				n++
			}
		}
		left := 20 + i*(bar+25)
		draw.Draw(picture, image.Rect(left, max(height-20-n*unit, 10), left+bar, height-20), image.NewUniform(result.fill), image.Point{}, draw.Src)
	}
	draw.Draw(picture, image.Rect(10, height-20, width-10, height-18), image.Black, image.Point{}, draw.Src)
	var b bytes.Buffer
	err := png.Encode(&b, picture)
	return b.Bytes(), err
}
