package portal_test

import (
	"errors"
	"strings"
	"testing"

	"praxis/internal/portal"
)

func TestChecksText(t *testing.T) {
	const many = portal.MaxNote // a text of several lines
	tests := []struct {
		name, value string
		max         int
		optional    bool
		want        string
	}{
		{"a name", "Ana Núñez", portal.MaxName, false, ""},
		{"an empty name", "", portal.MaxName, false, "error.required"},
		{"a name of blanks", " \u00a0\t", portal.MaxName, false, "error.required"},
		{"no note", "", many, true, ""},
		{"a note of blanks", "   ", many, true, ""},
		{"a note of too many blanks", strings.Repeat(" ", many+1), many, true, "error.too_long"},
		{"required, and too many blanks", strings.Repeat(" ", many+1), many, false, "error.too_long"},
		{"a note of a control", "\v", many, true, "error.characters"},
		{"NUL", "a\x00b", many, true, "error.characters"},
		{"not UTF-8", "a\xffb", many, true, "error.characters"},
		{"a note of two lines", "one\r\n\ttwo", many, true, ""},
		{"a title of two lines", "one\ntwo", portal.MaxTitle, false, "error.characters"},
		{"a title of two lines, returned", "one\rtwo", portal.MaxTitle, false, "error.characters"},
		{"a title of two lines, separated", "one\u2028two", portal.MaxTitle, false, "error.characters"},
		{"a name that turns", "Ana \u202egpj.exe", portal.MaxName, false, "error.characters"},
		{"a note that turns", "quoted \u2067عربي\u2069 here", many, true, ""},
		{"as long as may be", strings.Repeat("é", portal.MaxTitle), portal.MaxTitle, false, ""},
		{"one too long", strings.Repeat("é", portal.MaxTitle+1), portal.MaxTitle, false, "error.too_long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c portal.Checks
			c.Text("field", tt.value, tt.max, tt.optional)
			got := ""
			var e *portal.Error
			if errors.As(c.Err(), &e) {
				if e.Kind != portal.Invalid || len(e.Fields) != 1 || e.Fields[0].Field != "field" {
					t.Fatalf("Err = %v, want Invalid with one problem", e)
				}
				got = e.Fields[0].Message
			}
			if got != tt.want {
				t.Errorf("Text(%.40q) says %q, want %q", tt.value, got, tt.want)
			}
		})
	}
}
