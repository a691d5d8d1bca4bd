package report

import (
	"encoding/csv"
	"io"
	"strings"
)

// byteOrderMark tells spreadsheets that a file is UTF-8.
const byteOrderMark = "\ufeff"

// WriteCSV writes a table as RFC 4180 has it, in UTF-8. Workspaces and searches are named by anybody, so no
// cell is left to a spreadsheet as a formula.
func WriteCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = defused(cell)
		}
		if err := out.Write(safe); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// defused puts an apostrophe before what a spreadsheet would take for a formula: it shows the text then.
// The wide forms of the signs count, as some spreadsheets take them for the narrow ones.
func defused(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(cell)) {
		return "'" + cell
	}
	return cell
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
