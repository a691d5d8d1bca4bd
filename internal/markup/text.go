package markup

import (
	"bufio"
	"bytes"
	stdhtml "html"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
)

// Text returns the words of a text without its marks, for the index and for
// previews: one line a paragraph, item, row or line of code. Addresses of links
// are left out, the words they stand on stay. Of a text over MaxRunes only the
// first part is read; a text that HTML refuses as too complex comes back as it is.
func Text(markdown string) string {
	markdown = clip(markdown)
	source, doc, err := parse(markdown)
	if err != nil {
		return markdown
	}
	w := textWriter{source: source}
	_ = ast.Walk(doc, w.visit)
	return strings.TrimSpace(w.out.String())
}

type textWriter struct {
	source []byte
	out    strings.Builder
	broken bool // the last thing written was a line end
}

func (w *textWriter) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	switch n := n.(type) {
	case *ast.Text:
		if entering {
			w.text(n)
		}
	case *ast.String:
		if entering {
			w.write(string(n.Value))
		}
	case *ast.AutoLink:
		if entering {
			w.write(string(n.Label(w.source)))
		}
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		if entering {
			w.write(string(n.Lines().Value(w.source)))
			w.breakLine()
		}
	case *east.TableCell:
		if !entering && n.NextSibling() != nil {
			w.write(" ")
		}
	default:
		if !entering && n.Type() == ast.TypeBlock {
			w.breakLine()
		}
	}
	return ast.WalkContinue, nil
}

func (w *textWriter) text(n *ast.Text) {
	value := n.Segment.Value(w.source)
	if n.IsRaw() || n.Parent().Kind() == ast.KindCodeSpan {
		w.write(string(value))
	} else {
		w.write(unescape(value))
	}
	if n.SoftLineBreak() || n.HardLineBreak() {
		w.breakLine()
	}
}

func (w *textWriter) write(s string) {
	if s == "" {
		return
	}
	w.out.WriteString(s)
	w.broken = strings.HasSuffix(s, "\n")
}

func (w *textWriter) breakLine() {
	if !w.broken && w.out.Len() > 0 {
		w.write("\n")
	}
}

// unescape resolves backslashes and entities just as the renderer does, by
// rendering and reading back.
func unescape(value []byte) string {
	if bytes.IndexByte(value, '\\') < 0 && bytes.IndexByte(value, '&') < 0 && bytes.IndexByte(value, 0) < 0 {
		return string(value)
	}
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	html.DefaultWriter.Write(w, value)
	_ = w.Flush() // a bytes.Buffer does not fail
	return stdhtml.UnescapeString(out.String())
}
