package practice

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"praxis/internal/portal"
)

// maxImportLine is how many bytes one practice of a file may have.
const maxImportLine = 1 << 20

// mark is the byte order mark that some programs begin a text with.
const mark = "\ufeff"

// Import is one line of an import: a practice with where it belongs. Key names it for good: a line
// with a known key updates that practice, where its text is another.
type Import struct {
	Line        int
	Key         string          // external key, needed
	Workspace   string          // number, key or name of the workspace, needed
	Author      string          // mail address of a member; "" is the importer, or whoever wrote what the key names
	Handling    portal.Handling // "" is amber
	Publish     bool            // published at once, by the officer who imports; else a draft
	Attachments []string        // paths in the archive beside the file
	Text        portal.PracticeText
}

// LineProblem is what is wrong with one line of an import.
type LineProblem struct {
	Line int
	Key  string
	Err  error
}

// lineReader gives the practices of a file one by one, and io.EOF behind the last. A line that cannot be
// read is a problem, not an error.
type lineReader interface {
	next() (Import, *LineProblem, error)
}

// readImport reads a file of practices: JSON lines, or CSV with a header line whose columns are named as
// the fields (sections as "sections.results", lists parted by ";").
func readImport(r io.Reader, asCSV bool) (lineReader, error) {
	if asCSV {
		return readCSV(r)
	}
	return &jsonLines{in: bufio.NewReaderSize(r, 64<<10)}, nil
}

// importLine is a practice as a line of JSON says it.
type importLine struct {
	Key         string          `json:"key"`
	ExternalKey string          `json:"external_key"`
	Workspace   json.RawMessage `json:"workspace"` // a number or a name
	Author      string          `json:"author"`
	Handling    portal.Handling `json:"handling"`
	Status      string          `json:"status"` // published, or draft
	Attachments []string        `json:"attachments"`
	portal.PracticeText
}

type jsonLines struct {
	in   *bufio.Reader
	line int
}

func (r *jsonLines) next() (Import, *LineProblem, error) {
	for {
		raw, long, err := r.read()
		if err != nil {
			return Import{}, nil, err
		}
		r.line++
		text := strings.TrimSpace(string(raw))
		if r.line == 1 {
			text = strings.TrimSpace(strings.TrimPrefix(text, mark))
		}
		if text == "" && !long {
			continue
		}
		if long {
			return Import{}, &LineProblem{Line: r.line, Err: portal.Fail(portal.TooLarge, "import.long_line")}, nil
		}
		if !utf8.ValidString(text) {
			return Import{}, &LineProblem{Line: r.line, Err: portal.Fail(portal.Malformed, "import.not_utf8")}, nil
		}
		var l importLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return Import{}, &LineProblem{Line: r.line, Key: l.key(), Err: notPractice(err)}, nil
		}
		return l.made(r.line), nil, nil
	}
}

// read gives the next line; of a long one nothing, but it is passed over.
func (r *jsonLines) read() (line []byte, long bool, err error) {
	for {
		part, err := r.in.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxImportLine; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && (long || len(line) > 0):
			return line, long, nil
		case errors.Is(err, io.EOF):
			return nil, false, io.EOF
		case err != nil:
			return nil, false, fmt.Errorf("read the practices: %w", err)
		default:
			return line, long, nil
		}
	}
}

// notPractice says why a line of JSON is no practice: a field that holds something else, or no JSON at all.
func notPractice(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return portal.Fail(portal.Malformed, "import.wrong_kind", "Field", kind.Field)
	}
	return portal.Fail(portal.Malformed, "import.not_json")
}

func (l importLine) key() string {
	if key := strings.TrimSpace(l.Key); key != "" {
		return key
	}
	return strings.TrimSpace(l.ExternalKey)
}

func (l importLine) made(n int) Import {
	workspace := strings.Trim(string(l.Workspace), `"`)
	var name string
	if json.Unmarshal(l.Workspace, &name) == nil {
		workspace = name
	}
	return Import{Line: n, Key: l.key(), Workspace: workspace, Author: l.Author, Handling: l.Handling, Publish: l.Status == string(portal.Published),
		Attachments: l.Attachments, Text: tidy(l.PracticeText)}
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
