package report_test

import (
	"encoding/csv"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/report"
)

// A file begins with the mark by which spreadsheets know UTF-8, ends its lines as RFC 4180 says, and leaves no
// cell to be run as a formula.
func TestWriteCSV(t *testing.T) {
	var b strings.Builder
	if err := report.WriteCSV(&b, [][]string{{"Words", "Times"}, {`=cmd|' /C calc'!A0`, "<5"}, {"+1", "-2"}, {"@sum(a)", "\tx"}, {`say "so", she said`, "≥5"}, {"＝1+1", "a=b"}}); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffWords,Times\r\n'=cmd|' /C calc'!A0,<5\r\n'+1,'-2\r\n'@sum(a),'\tx\r\n\"say \"\"so\"\", she said\",≥5\r\n'＝1+1,a=b\r\n"
	if b.String() != want {
		t.Errorf("%q, not %q", b.String(), want)
	}
}

// Whatever stands in the cells, a reader gets as many, and none begins as a formula does.
func TestCSVComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.String(), 2, 4).Draw(t, "cells")
		var b strings.Builder
		if err := report.WriteCSV(&b, [][]string{cells, cells}); err != nil {
			t.Fatal(err)
		}
		back, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll()
		if err != nil || len(back) != 2 || len(back[0]) != len(cells) || !reflect.DeepEqual(back[0], back[1]) {
			t.Fatalf("%q comes back as %q, %v", cells, back, err)
		}
		for _, cell := range back[0] {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Fatalf("a cell begins with %q", cell[:1])
			}
		}
	})
}
