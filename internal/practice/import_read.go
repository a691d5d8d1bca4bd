package practice

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/portal"
)

// maxImportLine is how many bytes one practice of a file may have.
const maxImportLine = 1 << 20

// importLine is a practice as a line of JSON says it.
type importLine struct {
	Key         string          `json:"key"`
	ExternalKey string          `json:"external_key"`
	Workspace   json.RawMessage `json:"workspace"` // a number or a name
	Author      string          `json:"author"`
	Handling    portal.Handling `json:"handling"`
	Status      string          `json:"status"` // published, or draft
	portal.PracticeText
}

// ReadImport reads the practices of a file: JSON lines, or CSV with a header line whose columns are
// named as the fields (sections as "sections.results", lists parted by ";"). A line that cannot be
// read is a problem, not an error; more than MaxImport are an error.
func ReadImport(r io.Reader, asCSV bool) ([]Import, []LineProblem, error) {
	if asCSV {
		return readCSV(r)
	}
	var lines []Import
	var problems []LineProblem
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 64<<10), maxImportLine)
	for n := 1; scan.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(scan.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		var l importLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			problems = append(problems, LineProblem{Line: n, Err: portal.Fail(portal.Malformed, "import.not_json")})
			continue
		}
		lines = append(lines, l.made(n))
		if len(lines) > MaxImport {
			return nil, nil, portal.Fail(portal.TooLarge, "error.too_many", "Max", MaxImport)
		}
	}
	if errors.Is(scan.Err(), bufio.ErrTooLong) {
		return nil, nil, portal.Fail(portal.TooLarge, "import.long_line")
	}
	if err := scan.Err(); err != nil {
		return nil, nil, fmt.Errorf("read the practices: %w", err)
	}
	return lines, problems, nil
}

func (l importLine) made(n int) Import {
	workspace := strings.Trim(string(l.Workspace), `"`)
	var name string
	if json.Unmarshal(l.Workspace, &name) == nil {
		workspace = name
	}
	key := l.Key
	if key == "" {
		key = l.ExternalKey
	}
	return Import{Line: n, Key: key, Workspace: workspace, Author: l.Author, Handling: l.Handling, Publish: l.Status == string(portal.Published), Text: tidy(l.PracticeText)}
}

// tidy brings a text into the form in which it is kept, so that the same import is the same text.
func tidy(t portal.PracticeText) portal.PracticeText {
	t.Title, t.Summary, t.Organization = strings.TrimSpace(t.Title), strings.TrimSpace(t.Summary), strings.TrimSpace(t.Organization)
	t.Country = strings.ToUpper(t.Country)
	if t.Language == "" {
		t.Language = "en"
	}
	sections := maps.Clone(t.Sections)
	maps.DeleteFunc(sections, func(_, text string) bool { return strings.TrimSpace(text) == "" })
	if sections == nil {
		sections = map[string]string{}
	}
	t.Sections = sections
	for _, list := range []*[]string{&t.Sectors, &t.Topics, &t.Substances} {
		*list = slices.Compact(slices.Sorted(slices.Values(*list)))
	}
	return t
}

func readCSV(r io.Reader) ([]Import, []LineProblem, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.LazyQuotes = -1, true
	head, err := in.Read()
	if err != nil {
		return nil, nil, portal.Fail(portal.Malformed, "import.no_header")
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff")))
	}
	if !slices.Contains(head, "key") || !slices.Contains(head, "title") {
		return nil, nil, portal.Fail(portal.Malformed, "import.no_header")
	}
	var lines []Import
	var problems []LineProblem
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return lines, problems, nil
		}
		n, _ := in.FieldPos(0)
		if err != nil {
			return nil, nil, portal.Fail(portal.Malformed, "import.not_csv", "Line", n)
		}
		made, bad := csvLine(head, row, n)
		if bad != "" {
			problems = append(problems, LineProblem{Line: n, Key: made.Key, Err: portal.Fail(portal.Malformed, "import.not_number", "Column", bad)})
			continue
		}
		if lines = append(lines, made); len(lines) > MaxImport {
			return nil, nil, portal.Fail(portal.TooLarge, "error.too_many", "Max", MaxImport)
		}
	}
}

// csvLine makes a practice of one row; bad names a column that should hold a number.
func csvLine(head, row []string, n int) (made Import, bad string) {
	t := portal.PracticeText{Sections: map[string]string{}}
	made.Line = n
	texts := map[string]*string{"key": &made.Key, "external_key": &made.Key, "workspace": &made.Workspace, "author": &made.Author, "title": &t.Title,
		"summary": &t.Summary, "language": &t.Language, "country": &t.Country, "organization": &t.Organization, "type": &t.Type, "level": &t.Level}
	lists := map[string]*[]string{"sectors": &t.Sectors, "topics": &t.Topics, "substances": &t.Substances}
	for i, cell := range row {
		if i >= len(head) {
			break
		}
		cell = strings.TrimSpace(cell)
		switch name := head[i]; {
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
		case name == "year" && cell != "":
			var err error
			if t.Year, err = strconv.Atoi(cell); err != nil {
				bad = name
			}
		case strings.HasPrefix(name, "sections."):
			t.Sections[strings.TrimPrefix(name, "sections.")] = cell
		}
	}
	made.Text = tidy(t)
	return made, bad
}
