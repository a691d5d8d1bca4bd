package web

import (
	"os"
	"testing"

	"golang.org/x/text/language"

	"praxis/internal/i18n"
	reporting "praxis/internal/report"
)

// The file of a section that was cut ends with a line that says so.
func TestACutFileSaysSo(t *testing.T) {
	catalogues, err := i18n.Load(os.DirFS("../../assets/locales"))
	if err != nil {
		t.Fatal(err)
	}
	l := catalogues.Localizer(language.English)
	s := reporting.Section{Columns: []reporting.Column{{Key: "month", Kind: reporting.Month}, {Key: "submitted", Kind: reporting.Count, Sums: true}},
		Rows: [][]reporting.Cell{{{Text: "2026-03"}, {Number: 7}}}, Total: []reporting.Cell{{Mark: reporting.Nothing}, {Number: 7}}}
	for _, cut := range []bool{false, true} {
		s.Cut = cut
		lines := (&Web{}).reportLines(l, s)
		last := lines[len(lines)-1]
		if said := last[0] == l.T("reports.cut"); said != cut || len(last) != 2 {
			t.Errorf("cut: %v: the last line is %q", cut, last)
		}
	}
}
