// Package citation writes a work down as others take it in: BibTeX, RIS and CSL-JSON for reference
// managers, schema.org JSON-LD for search engines. Each text of the work is escaped for where it goes;
// nothing that it holds can begin a second entry or a field of its own.
package citation

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Work is what is cited. Empty fields are left out.
type Work struct {
	Key       string // of the entry: letters, digits and hyphens
	Title     string
	Summary   string
	Authors   []string
	Publisher string
	Language  string // BCP 47
	Version   string
	Place     string // the country that it is about
	URL       string
	Keywords  []string
	Published time.Time
	Changed   time.Time
}

// line makes one line of a text: whatever breaks a line, or no reader sees, becomes one space.
func line(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r == 0xFEFF
	}), " ")
}

// latex are the characters that TeX reads as commands. A brace becomes a command too: BibTeX counts
// braces, even those behind a backslash, and one without its partner would swallow the next entry.
var latex = strings.NewReplacer(`\`, `\textbackslash{}`, `{`, `\textbraceleft{}`, `}`, `\textbraceright{}`, `~`, `\textasciitilde{}`, `^`,
	`\textasciicircum{}`, `&`, `\&`, `%`, `\%`, `$`, `\$`, `#`, `\#`, `_`, `\_`)

// BibTeX writes the work as an entry of a .bib file.
func (w Work) BibTeX() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s", key(w.Key))
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, ",\n  %s = {%s}", name, value)
		}
	}
	authors := make([]string, len(w.Authors))
	for i, a := range w.Authors {
		authors[i] = "{" + latex.Replace(line(a)) + "}" // whole: which part of a name is the family's, we do not know
	}
	field("author", strings.Join(authors, " and "))
	if title := latex.Replace(line(w.Title)); title != "" {
		field("title", "{"+title+"}")
	}
	if !w.Published.IsZero() {
		field("year", strconv.Itoa(w.Published.UTC().Year()))
		field("month", w.Published.UTC().Format("01"))
	}
	field("publisher", latex.Replace(line(w.Publisher)))
	field("version", latex.Replace(line(w.Version)))
	field("language", latex.Replace(line(w.Language)))
	field("url", address(w.URL))
	field("abstract", latex.Replace(line(w.Summary)))
	field("keywords", latex.Replace(line(strings.Join(w.Keywords, ", "))))
	b.WriteString("\n}\n")
	return []byte(b.String())
}

// key keeps of an entry's key what every program takes.
func key(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-') {
			return r
		}
		return -1
	}, s)
}

// address takes out of an address what an address never holds: it is not escaped where it goes.
func address(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 127 || strings.ContainsRune(`{}\"<>`, r) {
			return -1
		}
		return r
	}, s)
}

// RIS writes the work as a reference of a .ris file.
func (w Work) RIS() []byte {
	var b strings.Builder
	field := func(tag, value string) {
		if value != "" || tag == "ER" {
			b.WriteString(tag + "  - " + value + "\r\n")
		}
	}
	field("TY", "ELEC")
	field("ID", key(w.Key))
	for _, a := range w.Authors {
		field("AU", strings.ReplaceAll(line(a), "*", "")) // the one character that the format forbids in a name
	}
	field("TI", line(w.Title))
	if !w.Published.IsZero() {
		field("PY", w.Published.UTC().Format("2006"))
		field("DA", w.Published.UTC().Format("2006/01/02"))
	}
	field("PB", line(w.Publisher))
	field("ET", line(w.Version))
	field("LA", line(w.Language))
	field("AB", line(w.Summary))
	for _, k := range w.Keywords {
		field("KW", strings.ReplaceAll(line(k), "*", ""))
	}
	field("UR", address(w.URL))
	field("ER", "")
	return []byte(b.String())
}

type cslName struct {
	Literal string `json:"literal"`
}

type cslDate struct {
	Parts [][]int `json:"date-parts"`
}

type cslItem struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Author    []cslName `json:"author,omitempty"`
	Issued    *cslDate  `json:"issued,omitempty"`
	Publisher string    `json:"publisher,omitempty"`
	Version   string    `json:"version,omitempty"`
	Language  string    `json:"language,omitempty"`
	URL       string    `json:"URL,omitempty"`
	Abstract  string    `json:"abstract,omitempty"`
	Keyword   string    `json:"keyword,omitempty"`
}

// CSL writes the work as a CSL-JSON document: a list of one.
func (w Work) CSL() ([]byte, error) {
	item := cslItem{ID: key(w.Key), Type: "webpage", Title: line(w.Title), Publisher: line(w.Publisher), Version: line(w.Version),
		Language: line(w.Language), URL: address(w.URL), Abstract: line(w.Summary), Keyword: line(strings.Join(w.Keywords, ", "))}
	for _, a := range w.Authors {
		item.Author = append(item.Author, cslName{line(a)})
	}
	if !w.Published.IsZero() {
		y, m, d := w.Published.UTC().Date()
		item.Issued = &cslDate{[][]int{{y, int(m), d}}}
	}
	out, err := json.MarshalIndent([]cslItem{item}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write a citation: %w", err)
	}
	return append(out, '\n'), nil
}
