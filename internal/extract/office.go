package extract

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Where the documents have what leads to their text.
const (
	presentationPart = "ppt/presentation.xml"
	odtPart          = "content.xml"
)

// office is one packed document while it is read.
type office struct {
	ctx    context.Context
	files  map[string]*zip.File
	limits Limits
	left   int64 // bytes that may still be unpacked
	text   int   // bytes of text that may still be given
}

func openOffice(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (*office, error) {
	files, err := openZip(r, size)
	if err != nil {
		return nil, err
	}
	for name := range files {
		if path.Base(name) == "vbaProject.bin" {
			return nil, fmt.Errorf("%w: a document with macros", ErrUnsupported)
		}
	}
	return &office{ctx: ctx, files: files, limits: limits, left: limits.UnpackedBytes, text: limits.TextBytes}, nil
}

// part reads one part; errFull of visit ends it without an error.
func (o *office) part(file *zip.File, visit func(xml.Token) error) error {
	read, err := readPart(o.ctx, file, o.left, visit)
	o.left -= read
	if errors.Is(err, errFull) {
		return nil
	}
	return err
}

// listed gives the parts that a main part lists by elements of a name, in their order.
func (o *office) listed(main, element string) ([]*zip.File, error) {
	relations, list := o.files[path.Join(path.Dir(main), "_rels", path.Base(main)+".rels")], o.files[main]
	if relations == nil || list == nil {
		return nil, fmt.Errorf("%w: no main part", ErrCorrupt)
	}
	targets := map[string]string{}
	err := o.part(relations, func(token xml.Token) error {
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "Relationship" {
			targets[attribute(start, "", "Id")] = attribute(start, "", "Target")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var parts []*zip.File
	err = o.part(list, func(token xml.Token) error {
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != element {
			return nil
		}
		where := targets[attribute(start, "r", "id")]
		if !strings.HasPrefix(where, "/") {
			where = path.Join(path.Dir(main), where)
		}
		if file := o.files[strings.TrimPrefix(path.Clean(where), "/")]; file != nil {
			parts = append(parts, file)
		}
		if len(parts) >= o.limits.Pages {
			return errFull
		}
		return nil
	})
	return parts, err
}

// attribute reads one of an element; namespaces are the prefixes that everybody writes.
func attribute(start xml.StartElement, space, local string) string {
	for _, a := range start.Attr {
		if a.Name.Local == local && a.Name.Space == space {
			return a.Value
		}
	}
	return ""
}

// page adds what was read of one, if it is anything.
func (o *office) page(pages []Page, number int, raw string) []Page {
	text := cut(clean(raw), o.text)
	if text == "" {
		return pages
	}
	o.text -= len(text)
	return append(pages, Page{Number: number, Text: text})
}

// pptxText reads the slides of a presentation in their order.
func pptxText(ctx context.Context, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	o, err := openOffice(ctx, r, size, limits)
	if err != nil {
		return nil, err
	}
	slides, err := o.listed(presentationPart, "sldId")
	if err != nil {
		return nil, err
	}
	var pages []Page
	for i, slide := range slides {
		if o.text <= 0 {
			break
		}
		out := &wordText{limit: o.text}
		if err := o.part(slide, out.token); err != nil {
			return nil, err
		}
		pages = o.page(pages, i+1, out.b.String())
	}
	return pages, nil
}

// odtText reads the body of a text document.
func odtText(ctx context.Context, r io.ReaderAt, size int64, limits Limits) ([]Page, error) {
	o, err := openOffice(ctx, r, size, limits)
	if err != nil {
		return nil, err
	}
	if o.files[odtPart] == nil {
		return nil, fmt.Errorf("%w: no main part", ErrCorrupt)
	}
	out := &wordText{limit: o.text}
	deleted := 0
	err = o.part(o.files[odtPart], func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "p", "h":
				out.inText++
			case "tracked-changes":
				deleted++
			case "s", "tab", "line-break":
				out.space(map[string]rune{"s": ' ', "tab": '\t', "line-break": '\n'}[t.Name.Local])
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "p", "h":
				out.inText = max(0, out.inText-1)
				out.paragraph()
			case "tracked-changes":
				deleted--
			}
		case xml.CharData:
			if out.inText > 0 && deleted == 0 {
				out.b.Write(t)
			}
		}
		if out.full() {
			return errFull
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return o.page(nil, 1, out.b.String()), nil
}
