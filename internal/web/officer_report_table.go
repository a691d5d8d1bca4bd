package web

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"praxis/internal/i18n"
	reporting "praxis/internal/report"
)

// reportTable is a section in words that are ready.
type reportTable struct {
	Key, Title, Lead string
	Columns          []reportCell
	Rows             [][]reportCell
	Total            []reportCell
	File             string
	All              string // where all rows are, if they are not here
	Rest             int    // how many those are
	Cut              bool
	Failed           bool // it could not be read
}

// reportCell is a cell in words. Figures stand at the end of their column; a row begins with its name.
type reportCell struct {
	Text         string
	Figure, Head bool
	Concept, Ask string // where words that found nothing become a concept, or a question
}

// reportTable says a section in words, of its rows the first most.
func (w *Web) reportTable(l *i18n.Localizer, s reporting.Section, most int) reportTable {
	t := reportTable{Key: s.Key, Title: l.T("reports.section." + s.Key), Lead: l.T("reports.lead." + s.Key), Cut: s.Cut}
	say := func(cells []reporting.Cell) []reportCell {
		said := make([]reportCell, len(cells))
		for i, cell := range cells {
			kind := s.Columns[i].Kind
			said[i] = reportCell{Text: w.reportWords(l, kind, cell), Figure: !kind.Label() && kind != reporting.Day, Head: i == 0}
		}
		return said
	}
	for _, column := range s.Columns {
		t.Columns = append(t.Columns, reportCell{Text: l.T("reports.column." + column.Key), Figure: !column.Kind.Label() && column.Kind != reporting.Day})
	}
	for _, row := range s.Rows[:min(len(s.Rows), most)] {
		said := say(row)
		if s.Key == reporting.Searches && row[0].Text != "" {
			said[0].Concept = thesaurusPath + "/new?" + url.Values{"name": {row[0].Text}, "language": {row[1].Text}}.Encode()
			said[0].Ask = "/ask?" + url.Values{"title": {row[0].Text}}.Encode()
		}
		t.Rows = append(t.Rows, said)
	}
	if s.Total != nil {
		t.Total = say(s.Total)
		t.Total[0].Text = l.T("reports.total")
	}
	return t
}

// blurred is what of a section may leave the portal, in the order of the names in the reader's language.
func (w *Web) blurred(l *i18n.Localizer, s reporting.Section) reporting.Section {
	s = reporting.Blur(s)
	if kind := s.Columns[0].Kind; kind == reporting.Country || kind == reporting.Programme {
		i18n.SortBy(l, s.Rows, func(row []reporting.Cell) string {
			name := w.reportWords(l, kind, row[0])
			if s.Columns[1].Kind.Label() {
				name += "\x00" + w.reportWords(l, s.Columns[1].Kind, row[1])
			}
			return name
		})
	}
	return s
}

// reportLines are the lines of a section's file: figures as programs read them. The last says so where rows
// are missing; the total is of those that are there, as on the page.
func (w *Web) reportLines(l *i18n.Localizer, s reporting.Section) [][]string {
	head := make([]string, len(s.Columns))
	for i, column := range s.Columns {
		head[i] = l.T("reports.column." + column.Key)
		if column.Kind == reporting.Hours {
			head[i] = l.T("reports.in_hours", "Name", head[i])
		}
	}
	lines := [][]string{head}
	say := func(cells []reporting.Cell) []string {
		line := make([]string, len(cells))
		for i, cell := range cells {
			line[i] = w.reportPlain(l, s.Columns[i].Kind, cell)
		}
		return line
	}
	for _, row := range s.Rows {
		lines = append(lines, say(row))
	}
	if s.Total != nil {
		total := say(s.Total)
		total[0] = l.T("reports.total")
		lines = append(lines, total)
	}
	if s.Cut {
		lines = append(lines, append([]string{l.T("reports.cut")}, make([]string, len(head)-1)...))
	}
	return lines
}

// reportMark writes a figure that is hidden or missing; ok tells whether it is one.
func reportMark(c reporting.Cell) (text string, ok bool) {
	switch c.Mark {
	case reporting.Nothing:
		return "", true
	case reporting.Few:
		return "<5", true
	case reporting.Some:
		return "≥5", true
	case reporting.AtLeast:
		return "≥" + strconv.Itoa(int(c.Number)), true
	}
	return "", false
}

// reportPlain writes a cell for a file.
func (w *Web) reportPlain(l *i18n.Localizer, kind reporting.Kind, c reporting.Cell) string {
	if text, marked := reportMark(c); marked {
		return text
	}
	switch kind {
	case reporting.Count:
		return strconv.Itoa(int(c.Number))
	case reporting.Hours:
		return strconv.FormatFloat(c.Number, 'f', 1, 64)
	case reporting.Share:
		return strconv.FormatFloat(c.Number, 'f', 2, 64)
	case reporting.Month, reporting.Day:
		return c.Text
	}
	return w.reportWords(l, kind, c)
}

// reportWords writes a cell for people.
func (w *Web) reportWords(l *i18n.Localizer, kind reporting.Kind, c reporting.Cell) string {
	if text, marked := reportMark(c); marked {
		return text
	}
	switch kind {
	case reporting.Count:
		return l.Number(int(c.Number))
	case reporting.Share:
		return l.Percent(c.Number)
	case reporting.Hours:
		return hoursInWords(l, c.Number)
	case reporting.Month:
		if t, err := time.Parse("2006-01", c.Text); err == nil {
			return unbroken(l.T("report.month", "Month", l.Month(t.Month()), "Year", strconv.Itoa(t.Year())))
		}
	case reporting.Day:
		if t, err := time.Parse(time.DateOnly, c.Text); err == nil {
			return l.Date(t, time.UTC)
		}
	case reporting.Case:
		return l.T("reports.case." + c.Text)
	case reporting.Language:
		return l.Language(c.Text)
	case reporting.Country:
		if c.Text == "" {
			return l.T("reports.no_country")
		}
		return l.Country(c.Text)
	case reporting.Programme:
		if c.Text == "" {
			return l.T("reports.no_programme")
		}
		return w.f.Vocabulary.Name("programmes", c.Text, l.Lang())
	case reporting.Words:
		if c.Text == "" {
			return l.T("reports.rare")
		}
	}
	return c.Text
}

// hoursInWords writes how long something waited: in hours below two days.
func hoursInWords(l *i18n.Localizer, hours float64) string {
	switch {
	case hours < 1:
		return l.T("reports.under_an_hour")
	case hours < 48:
		return unbroken(l.N("reports.hours", int(math.Round(hours))))
	}
	return unbroken(l.N("reports.days", int(math.Round(hours/24))))
}

// unbroken keeps a figure and its unit on one line.
func unbroken(text string) string { return strings.ReplaceAll(text, " ", "\u00a0") }
