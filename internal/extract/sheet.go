package extract

import (
	"context"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

const (
	workbookPart = "xl/workbook.xml"
	stringsPart  = "xl/sharedStrings.xml"
)

// xlsxText reads the cells of a workbook, a sheet a page, a row a line.
func xlsxText(ctx context.Context, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	o, err := openOffice(ctx, r, size, limits)
	if err != nil {
		return nil, err
	}
	sheets, err := o.listed(workbookPart, "sheet")
	if err != nil {
		return nil, err
	}
	shared, err := o.sharedStrings()
	if err != nil {
		return nil, err
	}
	var pages []Page
	for i, file := range sheets {
		if o.text <= 0 {
			break
		}
		s := &sheet{shared: shared, limit: o.text}
		if err := o.part(file, s.token); err != nil {
			return nil, err
		}
		pages = o.page(pages, i+1, s.b.String())
	}
	return pages, nil
}

// sharedStrings reads the list of texts that cells point into.
func (o *office) sharedStrings() ([]string, error) {
	file := o.files[stringsPart]
	if file == nil {
		return nil, nil
	}
	var all []string
	var one strings.Builder
	inText, phonetic := 0, 0
	err := o.part(file, func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText++
			case "rPh": // how the words are read aloud
				phonetic++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText--
			case "rPh":
				phonetic--
			case "si":
				all = append(all, one.String())
				one.Reset()
			}
		case xml.CharData:
			if inText > 0 && phonetic == 0 {
				one.Write(t)
			}
		}
		return nil
	})
	return all, err
}

// sheet collects the cells of one.
type sheet struct {
	shared []string
	limit  int
	b      strings.Builder
	kind   string // of the cell at hand
	value  strings.Builder
	inside bool // the element at hand holds the cell's value
}

func (s *sheet) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "c":
			s.kind = attribute(t, "", "t")
			s.value.Reset()
		case "v", "t":
			s.inside = true
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "v", "t":
			s.inside = false
		case "c":
			s.cell()
		case "row":
			s.b.WriteByte('\n')
		}
	case xml.CharData:
		if s.inside {
			s.value.Write(t)
		}
	}
	if s.b.Len() >= s.limit {
		return errFull
	}
	return nil
}

func (s *sheet) cell() {
	value := s.value.String()
	if s.kind == "s" {
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(s.shared) {
			return
		}
		value = s.shared[n]
	}
	if value == "" {
		return
	}
	if text := s.b.String(); text != "" && text[len(text)-1] != '\n' {
		s.b.WriteByte('\t')
	}
	s.b.WriteString(value[:min(len(value), s.limit)])
}
