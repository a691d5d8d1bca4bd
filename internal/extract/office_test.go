package extract_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"praxis/internal/extract"
)

// buildPPTX makes a presentation whose parts are numbered against the order of its slides.
func buildPPTX(t testing.TB, slides ...string) []byte {
	t.Helper()
	files := []zipped{{"[Content_Types].xml", types}}
	var list, relations strings.Builder
	for i, words := range slides {
		part := len(slides) - i
		fmt.Fprintf(&list, `<p:sldId id="%d" r:id="rId%d"/>`, 256+i, i)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="x/slide" Target="slides/slide%d.xml"/>`, i, part)
		files = append(files, zipped{fmt.Sprintf("ppt/slides/slide%d.xml", part), `<p:sld><a:p><a:pPr><a:tab/></a:pPr><a:r><a:t>` + words + `</a:t></a:r></a:p></p:sld>`})
	}
	return buildZip(t, append(files, zipped{"ppt/presentation.xml", `<p:presentation><p:sldIdLst>` + list.String() + `</p:sldIdLst></p:presentation>`},
		zipped{"ppt/_rels/presentation.xml.rels", `<Relationships>` + relations.String() + `</Relationships>`})...)
}

func buildXLSX(t testing.TB, more ...zipped) []byte {
	t.Helper()
	return buildZip(t, append([]zipped{{"[Content_Types].xml", types},
		{"xl/workbook.xml", `<workbook><sheets><sheet name="Ports" r:id="rId2"/><sheet name="Years" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", `<sst><si><t>Guayaquil</t></si><si><r><t>Cal</t></r><r><t>lao</t></r><rPh><t>kayao</t></rPh></si></sst>`},
		{"xl/worksheets/sheet2.xml", `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>seized</t></is></c></row><row><c t="s"><v>1</v></c><c><f>SUM(A1)</f><v>12.5</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>`},
		{"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c><v>2024</v></c></row></sheetData></worksheet>`}}, more...)...)
}

func buildODT(t testing.TB, body string) []byte {
	t.Helper()
	return buildZip(t, zipped{"mimetype", extract.ODT}, zipped{"content.xml", `<office:document-content><office:body><office:text>` + body + `</office:text></office:body></office:document-content>`})
}

func TestOfficeTexts(t *testing.T) {
	for _, tt := range []struct {
		name, kind string
		data       []byte
		want       []extract.Page
	}{
		{"slides in their order", extract.PPTX, buildPPTX(t, "First", "", "تدريب"), []extract.Page{{Number: 1, Text: "First"}, {Number: 3, Text: "تدريب"}}},
		{"sheets and cells", extract.XLSX, buildXLSX(t), []extract.Page{{Number: 1, Text: "Guayaquil\tseized\nCallao\t12.5"}, {Number: 2, Text: "2024"}}},
		{"text document", extract.ODT, buildODT(t, `<text:h>Title</text:h><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:p>one<text:s/>two<text:span> niño</text:span></text:p>`),
			[]extract.Page{{Number: 1, Text: "Title\none two niño"}}},
		{"UTF-8", extract.TXT, []byte("\uFEFFniño\r\nseñora"), []extract.Page{{Number: 1, Text: "niño\nseñora"}}},
		{"UTF-16", extract.TXT, []byte("\xFF\xFEn\x00i\x00\xF1\x00o\x00"), []extract.Page{{Number: 1, Text: "niño"}}},
		{"of an older spreadsheet", extract.CSV, []byte("pa\xEDs;a\xF1o\n"), []extract.Page{{Number: 1, Text: "país;año"}}},
		{"a picture has no text", extract.PNG, []byte("\x89PNG"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pages, err := text(t, tt.kind, tt.data, extract.Limits{})
			if err != nil || fmt.Sprint(pages) != fmt.Sprint(tt.want) {
				t.Errorf("got %+v, %v; want %+v", pages, err, tt.want)
			}
		})
	}
}

func TestHostileOffice(t *testing.T) {
	bomb := bytes.Repeat([]byte("<c><v>1</v></c>"), 5_000_000)
	for _, tt := range []struct {
		name, kind string
		data       []byte
		want       error
	}{
		{"workbook with macros", extract.XLSX, buildXLSX(t, zipped{"xl/vbaProject.bin", "x"}), extract.ErrUnsupported},
		{"bomb in the strings", extract.XLSX, buildZip(t, zipped{"xl/workbook.xml", "<a/>"}, zipped{"xl/_rels/workbook.xml.rels", "<a/>"}, zipped{"xl/sharedStrings.xml", "<sst>" + string(bomb) + "</sst>"}), extract.ErrTooLarge},
		{"archive in an archive", extract.ODT, buildZip(t, zipped{"content.xml", string(buildODT(t, "x"))}), extract.ErrCorrupt},
		{"no list of slides", extract.PPTX, buildZip(t, zipped{"ppt/slides/slide1.xml", "<a/>"}), extract.ErrCorrupt},
		{"bytes that are no text", extract.TXT, []byte("a\x00b"), extract.ErrCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if pages, err := text(t, tt.kind, tt.data, extract.Limits{}); !errors.Is(err, tt.want) {
				t.Errorf("%d pages, %v; want %v", len(pages), err, tt.want)
			}
		})
	}
}
