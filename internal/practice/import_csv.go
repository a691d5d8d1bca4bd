package practice

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"praxis/internal/portal"
)

// csvLines reads rows of CSV. Quotation marks are taken strictly: one that does not close would swallow
// whatever follows.
type csvLines struct {
	in    *csv.Reader
	bound *rowBound
	head  []string
	line  int // where the next row begins, as far as rows could be read
	ended bool
}

// rowBound hands a CSV on as long as its rows are no longer than a practice may be.
type rowBound struct {
	io.Reader
	left int
}

var errLongRow = errors.New("a row is too long")

// Read implements io.Reader.
func (b *rowBound) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRow
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// columns of a CSV, beside those of sections.
var columns = []string{"key", "external_key", "workspace", "author", "title", "summary", "language", "country", "organization", "type", "level",
	"sectors", "topics", "substances", "handling", "status", "year", "attachments"}

func readCSV(r io.Reader) (*csvLines, error) {
	c := &csvLines{bound: &rowBound{Reader: r, left: maxImportLine}}
	c.in = csv.NewReader(c.bound)
	c.in.FieldsPerRecord = -1
	head, err := c.in.Read()
	if err != nil {
		return nil, portal.Fail(portal.Malformed, "import.no_header")
	}
	c.passed(head)
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], mark)))
	}
	if !slices.Contains(head, "title") || !slices.Contains(head, "key") && !slices.Contains(head, "external_key") {
		return nil, portal.Fail(portal.Malformed, "import.no_header")
	}
	for i, name := range head {
		switch {
		case slices.Contains(head[:i], name) && name != "":
			return nil, portal.Fail(portal.Malformed, "import.column_twice", "Column", shown(name))
		case name != "" && !slices.Contains(columns, name) && !strings.HasPrefix(name, "sections."):
			return nil, portal.Fail(portal.Malformed, "import.unknown_column", "Column", shown(name))
		}
	}
	c.head = head
	return c, nil
}

// passed notes that a row was read: the next begins behind its last cell.
func (c *csvLines) passed(row []string) {
	last := len(row) - 1
	line, _ := c.in.FieldPos(last)
	c.line = line + strings.Count(row[last], "\n") + 1
}

// shown shortens what a file says before it is said again.
func shown(s string) string {
	runes := []rune(strings.ToValidUTF8(s, "\ufffd"))
	return string(runes[:min(len(runes), 100)])
}

func (c *csvLines) next() (Import, *LineProblem, error) {
	for !c.ended {
		c.bound.left = maxImportLine
		row, err := c.in.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return Import{}, nil, io.EOF
		case errors.Is(err, errLongRow):
			c.ended = true // nobody knows where the next row begins, and this one may have no field whose place is known
			return Import{}, &LineProblem{Line: c.line, Err: portal.Fail(portal.TooLarge, "import.long_row")}, nil
		case errors.As(err, &bad):
			c.line = bad.Line + 1
			return Import{}, &LineProblem{Line: bad.StartLine, Err: portal.Fail(portal.Malformed, "import.not_csv")}, nil
		case err != nil:
			return Import{}, nil, fmt.Errorf("read the practices: %w", err)
		}
		c.passed(row)
		if !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue // rows that a spreadsheet leaves behind the last
		}
		line, _ := c.in.FieldPos(0)
		made, err := csvLine(c.head, row, line)
		if err != nil {
			return Import{}, &LineProblem{Line: line, Key: made.Key, Err: err}, nil
		}
		return made, nil, nil
	}
	return Import{}, nil, io.EOF
}

// csvLine makes a practice of one row.
func csvLine(head, row []string, n int) (Import, error) {
	t := portal.PracticeText{Sections: map[string]string{}}
	made := Import{Line: n}
	if len(row) != len(head) {
		return made, portal.Fail(portal.Malformed, "import.cells", "Cells", len(row), "Columns", len(head))
	}
	texts := map[string]*string{"key": &made.Key, "external_key": &made.Key, "workspace": &made.Workspace, "author": &made.Author, "title": &t.Title,
		"summary": &t.Summary, "language": &t.Language, "country": &t.Country, "organization": &t.Organization, "type": &t.Type, "level": &t.Level}
	lists := map[string]*[]string{"sectors": &t.Sectors, "topics": &t.Topics, "substances": &t.Substances, "attachments": &made.Attachments}
	var err error
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			return made, portal.Fail(portal.Malformed, "import.not_utf8")
		}
		cell = strings.TrimSpace(cell)
		switch name := head[i]; {
		case cell == "":
		case texts[name] != nil:
			*texts[name] = cell
		case lists[name] != nil:
			for part := range strings.SplitSeq(cell, ";") {
				if part = strings.TrimSpace(part); part != "" {
					*lists[name] = append(*lists[name], part)
				}
			}
		case name == "handling":
			made.Handling = portal.Handling(cell)
		case name == "status":
			made.Publish = cell == string(portal.Published)
		case name == "year":
			if t.Year, err = strconv.Atoi(cell); err != nil {
				err = portal.Fail(portal.Malformed, "import.not_number", "Column", name)
			}
		case strings.HasPrefix(name, "sections."):
			t.Sections[strings.TrimPrefix(name, "sections.")] = cell
		}
	}
	made.Text = tidy(t)
	return made, err
}
