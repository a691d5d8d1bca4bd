package cli

import (
	"strings"
	"testing"
)

const importHead = "email,name,country\n"

func TestImportTellsBadQuotesByLine(t *testing.T) {
	for _, bad := range []string{`ba"d@example.org,B,FR`, `"half@example.org,B,FR`} {
		rows, told, err := readInvitations(strings.NewReader(importHead + "ok@example.org,Ok,FR\n" + bad + "\n"))
		if err != nil || len(rows) != 1 || len(told) != 1 || told[0].line != 3 {
			t.Errorf("%s: %d rows, bad %v, %v; want one row and line 3", bad, len(rows), told, err)
		}
	}
}

func FuzzReadInvitations(f *testing.F) {
	for _, seed := range []string{"", importHead, importHead + `a"b,c,FR`, importHead + `"a`, importHead + "a@b.org,A,FR\n\n,,\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		rows, _, err := readInvitations(strings.NewReader(list))
		if err != nil && rows != nil {
			t.Errorf("rows beside the error %v", err)
		}
		for _, r := range rows {
			if r.line < 2 {
				t.Errorf("a row of line %d, which is the header's", r.line)
			}
		}
	})
}
