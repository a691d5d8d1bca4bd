package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

const (
	// maxTableCells bounds a table, whose short rows are filled up: without it a
	// wide head and many rows of one cell make millions.
	maxTableCells = 10_000
	// maxLinkBytes is the longest address that becomes a link.
	maxLinkBytes = 2048
	// maxAllLinkBytes bounds all addresses of a text: one that is defined once
	// can be referred to from thousands of places.
	maxAllLinkBytes = 512 << 10
)

// boundedTables leaves a paragraph alone that would become too large a table.
type boundedTables struct {
	parser.ParagraphTransformer
}

// Transform implements parser.ParagraphTransformer.
func (b boundedTables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	columns := 0
	for i := range node.Lines().Len() {
		line := node.Lines().At(i)
		columns = max(columns, bytes.Count(line.Value(reader.Source()), []byte("|"))+1)
	}
	if columns*node.Lines().Len() > maxTableCells {
		return
	}
	b.ParagraphTransformer.Transform(node, reader, pc)
}

// Budgets of a document; marks past them stay as they were typed. The parser
// takes quadratic time over the first, and may reread the paragraph at the second.
const (
	maxEmphasisRuns = 10_000
	maxLinkEnds     = 2_000
)

// budget is an inline parser that a document can call only so often.
type budget struct {
	parser.InlineParser
	key   parser.ContextKey
	limit int
	// charge tells, by the rest of the line, whether a call counts and whether it
	// may be made at all.
	charge func(line []byte) (counts, allowed bool)
}

var (
	emphasisBudget = parser.NewContextKey()
	linkBudget     = parser.NewContextKey()
)

func boundedEmphasis(p parser.InlineParser) parser.InlineParser {
	every := func([]byte) (counts, allowed bool) { return true, true }
	return budget{InlineParser: p, key: emphasisBudget, limit: maxEmphasisRuns, charge: every}
}

func boundedLinks(p parser.InlineParser) parser.InlineParser {
	atEnd := func(line []byte) (counts, allowed bool) {
		if len(line) == 0 || line[0] != ']' {
			return false, true
		}
		return true, len(line) < 2 || line[1] != '(' || addressEnds(line[2:])
	}
	return budget{InlineParser: p, key: linkBudget, limit: maxLinkEnds, charge: atEnd}
}

// addressEnds tells whether the address of a link ends within maxLinkBytes. The
// parser would look for its end in all the rest of the line, link after link.
func addressEnds(line []byte) bool {
	if len(line) <= maxLinkBytes {
		return true
	}
	line = bytes.TrimLeft(line[:maxLinkBytes], " \t")
	angle := len(line) > 0 && line[0] == '<'
	depth := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++
		case angle:
			if c == '>' {
				return true
			}
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == ')' || isBlank(c):
			return true
		}
	}
	return false
}

// Parse implements parser.InlineParser.
func (b budget) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	counts, allowed := b.charge(line)
	if !allowed {
		return nil
	}
	if counts {
		used, _ := pc.Get(b.key).(int)
		if used >= b.limit {
			return nil
		}
		pc.Set(b.key, used+1)
	}
	return b.InlineParser.Parse(parent, block, pc)
}

// CloseBlock passes the end of a block on to a parser that wants to know it.
func (b budget) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if closer, ok := b.InlineParser.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

// tooNested finds lines whose markers open more quotes and lists than allowed,
// before the parser pays for each of them on every line that follows.
func tooNested(source []byte) bool {
	for line := range bytes.Lines(source) {
		if leadingMarkers(line) > 2*MaxDepth && !isRule(line) {
			return true
		}
	}
	return false
}

// leadingMarkers counts what may open a quote or a list at the start of a line.
func leadingMarkers(line []byte) (count int) {
	for i, c := range line {
		switch {
		case c == '>':
			count++
		case bytes.IndexByte([]byte("-+*.)"), c) >= 0 && i+1 < len(line) && isBlank(line[i+1]):
			count++
		case isBlank(c) || c >= '0' && c <= '9':
		default:
			return count
		}
	}
	return count
}

// isRule tells whether a line is one mark over and over, as in "- - - -".
func isRule(line []byte) bool {
	var mark byte
	for _, c := range line {
		switch {
		case isBlank(c):
		case c != '-' && c != '*':
			return false
		case mark == 0:
			mark = c
		case c != mark:
			return false
		}
	}
	return true
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r'
}

// tooDeep tells whether the nodes of a document nest past what MaxDepth allows:
// a list is two nodes a level, and its words one more.
func tooDeep(doc ast.Node) bool {
	depth := 0
	deep := false
	_ = ast.Walk(doc, func(_ ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			depth--
			return ast.WalkContinue, nil
		}
		depth++
		if depth > 3*MaxDepth {
			deep = true
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return deep
}
