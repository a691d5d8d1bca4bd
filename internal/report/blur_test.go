package report_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/report"
)

// column makes a section with one column of counts.
func column(ns ...int) report.Section {
	s := report.Section{Key: report.Countries, Columns: []report.Column{{Key: "country", Kind: report.Country}, {Key: "members", Kind: report.Count, Sums: true}}}
	total := 0
	for i, n := range ns {
		s.Rows = append(s.Rows, []report.Cell{{Text: fmt.Sprintf("%c%c", 'A'+i/26, 'A'+i%26)}, {Number: float64(n)}})
		total += n
	}
	s.Total = []report.Cell{{Mark: report.Nothing}, {Number: float64(total)}}
	return s
}

// shown writes a cell as an export has it.
func shown(c report.Cell) string {
	switch c.Mark {
	case report.Nothing:
		return "-"
	case report.Few:
		return "<5"
	case report.Some:
		return "≥5"
	case report.AtLeast:
		return fmt.Sprintf("≥%v", c.Number)
	}
	return fmt.Sprint(c.Number)
}

func shownColumn(s report.Section, i int) string {
	var cells []string
	for _, row := range append(s.Rows, s.Total) {
		if row != nil {
			cells = append(cells, shown(row[i]))
		}
	}
	return strings.Join(cells, " ")
}

// Each column with its total last.
func TestBlurColumns(t *testing.T) {
	for _, tt := range []struct {
		counts []int
		want   string
	}{
		{[]int{0, 5, 12}, "0 5 12 17"},
		{[]int{0, 0}, "0 0 0"},
		{[]int{3}, "<5 <5"},
		{[]int{4, 4}, "<5 <5 ≥2"},             // were the total 8, both would be known
		{[]int{1, 1}, "<5 <5 <5"},             //
		{[]int{1, 1, 1, 1}, "<5 <5 <5 <5 ≥4"}, // were it said to be below 5, each would be 1
		{[]int{3, 20, 40}, "<5 ≥5 40 ≥46"},    // one alone takes the next smallest with it
		{[]int{1, 5, 40}, "<5 ≥5 ≥5 ≥11"},     // 5 is no company to a 1: together they can only be 6
		{[]int{2, 0, 9}, "<5 0 ≥5 ≥6"},        // nothing is no company either
		{[]int{2, 3, 30}, "<5 <5 30 ≥32"},     // two have room
		{[]int{1, 1, 30}, "<5 <5 ≥5 ≥7"},      // two ones have none
		{[]int{4, 4, 6, 7}, "<5 <5 ≥5 7 ≥14"}, //
		{[]int{5, 4, 100, 7}, "≥5 <5 100 7 ≥113"},
	} {
		if got := shownColumn(report.Blur(column(tt.counts...)), 1); got != tt.want {
			t.Errorf("%v: %s, not %s", tt.counts, got, tt.want)
		}
	}
}

// What a reader of an export knows of a cell.
type span struct{ low, high int }

func read(text string) span {
	switch text {
	case "<5":
		return span{1, 4}
	case "≥5":
		return span{5, 200}
	}
	var n int
	if m, err := fmt.Sscanf(text, "≥%d", &n); m == 1 && err == nil {
		return span{n, 1000}
	}
	if _, err := fmt.Sscanf(text, "%d", &n); err != nil {
		panic(text)
	}
	return span{n, n}
}

// possible lists every value that a cell may have, given what the others may be and the span of their sum:
// each sum that the others can make is tried.
func possible(cells []span, total span, i int) map[int]bool {
	sums := map[int]bool{0: true}
	for j, c := range cells {
		if j == i {
			continue
		}
		next := map[int]bool{}
		for sum := range sums {
			for v := c.low; v <= c.high; v++ {
				next[sum+v] = true
			}
		}
		sums = next
	}
	values := map[int]bool{}
	for v := cells[i].low; v <= cells[i].high; v++ {
		for sum := range sums {
			if sum+v >= total.low && sum+v <= total.high {
				values[v] = true
			}
		}
	}
	return values
}

// From an exported table alone no count below 5 can be computed, nor with the column's true total from
// elsewhere, as long as anything is left that could be hidden beside it. And nothing that is shown is untrue.
func TestBlurredCellsCannotBeComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 40)), 1, 6).Draw(t, "counts")
		blurred := report.Blur(column(counts...))
		total := 0
		cells := make([]span, len(counts))
		left := false
		for i, n := range counts {
			text := shown(blurred.Rows[i][1])
			cells[i] = read(text)
			if n < cells[i].low || n > cells[i].high || n > 0 && n < 5 && text != "<5" {
				t.Fatalf("%d is shown as %s", n, text)
			}
			left = left || n >= 5 && text != "≥5"
			total += n
		}
		said := read(shown(blurred.Total[1]))
		if total < said.low || total > said.high {
			t.Fatalf("the total %d is shown as %s", total, shown(blurred.Total[1]))
		}
		for i, n := range counts {
			if n == 0 || n >= 5 {
				continue
			}
			if got := possible(cells, said, i); len(got) < 2 {
				t.Fatalf("%v: cell %d of %s is known: %v", counts, i, shownColumn(blurred, 1), got)
			}
			if got := possible(cells, span{total, total}, i); left && len(got) < 2 {
				t.Fatalf("%v: with the total %d, cell %d of %s is known: %v", counts, total, i, shownColumn(blurred, 1), got)
			}
		}
	})
}

// A count of some of the others is a bound to them: it is hidden with them.
func TestBlurHidesPartsWithTheirWhole(t *testing.T) {
	s := report.Section{Columns: []report.Column{{Key: "country", Kind: report.Country}, {Key: "worked", Kind: report.Count, Sums: true},
		{Key: "failed", Kind: report.Count, Sums: true}, {Key: "confirmed", Kind: report.Count, Sums: true, Within: []string{"worked", "failed"}}},
		Rows: [][]report.Cell{{{Text: "EC"}, {Number: 6}, {Number: 4}, {Number: 10}}, {{Text: "AT"}, {Number: 8}, {Number: 9}, {Number: 7}}}}
	b := report.Blur(s)
	for i, want := range []string{"", "8 6", "≥5 <5", "7 ≥5"} {
		if got := shownColumn(b, i); i > 0 && got != want {
			t.Errorf("column %d is %s, not %s", i, got, want)
		}
	}
	if b.Rows[0][0].Text != "AT" {
		t.Error("the rows stand in the order of their counts, which tells of them")
	}
	if s.Rows[0][3].Mark != report.Plain || s.Rows[0][0].Text != "EC" {
		t.Error("blurring changed what the page shows")
	}
}

// Times of fewer than 5 cases, and shares by which fewer than 5 could be counted, are left out.
func TestBlurOfTimesAndShares(t *testing.T) {
	columns := []report.Column{{Key: "workspace", Kind: report.Workspace}, {Key: "answered", Kind: report.Count, Sums: true},
		{Key: "median", Kind: report.Hours, Of: "answered"}, {Key: "in_time", Kind: report.Share, Of: "answered"}}
	for _, tt := range []struct {
		answered, in int
		want         string
	}{{4, 4, "<5 - -"}, {5, 5, "5 30 1"}, {20, 19, "20 30 -"}, {20, 3, "20 30 -"}, {20, 0, "20 30 0"}, {20, 12, "20 30 0.6"}, {0, 0, "0 - -"}} {
		share := report.Cell{Mark: report.Nothing}
		if tt.answered > 0 {
			share = report.Cell{Number: float64(tt.in) / float64(tt.answered)}
		}
		b := report.Blur(report.Section{Columns: columns, Rows: [][]report.Cell{{{Text: "One"}, {Number: float64(tt.answered)}, {Number: 30}, share}}})
		row := b.Rows[0]
		if got := shown(row[1]) + " " + shown(row[2]) + " " + shown(row[3]); got != tt.want {
			t.Errorf("%d of %d: %s, not %s", tt.in, tt.answered, got, tt.want)
		}
	}
}

// pair makes a section of members and the active among them.
func pair(active, members []int) report.Section {
	s := report.Section{Columns: []report.Column{{Key: "country", Kind: report.Country},
		{Key: "active", Kind: report.Count, Sums: true, Within: []string{"members"}}, {Key: "members", Kind: report.Count, Sums: true}}}
	for i := range active {
		s.Rows = append(s.Rows, []report.Cell{{Text: fmt.Sprintf("%c", 'A'+i)}, {Number: float64(active[i])}, {Number: float64(members[i])}})
	}
	return s
}

// What hides a count asks for its part to be hidden, and that for others.
func TestBlurGoesOnUntilNothingChanges(t *testing.T) {
	for _, tt := range []struct {
		active, members []int
		want            string
	}{
		{[]int{0, 6}, []int{1, 6}, "0 ≥5; <5 ≥5"},             // six active of the hidden would say that there are six
		{[]int{3, 5, 9}, []int{9, 5, 20}, "<5 ≥5 ≥5; 9 5 20"}, // five active of five are five, hidden or not
	} {
		b := report.Blur(pair(tt.active, tt.members))
		if got := shownColumn(b, 1) + "; " + shownColumn(b, 2); got != tt.want {
			t.Errorf("%v of %v: %s, not %s", tt.active, tt.members, got, tt.want)
		}
	}
}

// With both totals from elsewhere, and each active one being a member, no count of members below 5 can be
// computed, as long as anything is left that could be hidden.
func TestBlurredPairsCannotBeComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.SliceOfN(rapid.IntRange(0, 12), 1, 4).Draw(t, "members")
		active := make([]int, len(members))
		for i, n := range members {
			active[i] = rapid.IntRange(0, n).Draw(t, "active")
		}
		b := report.Blur(pair(active, members))
		for column, counts := range [][]int{1: active, 2: members} {
			cells, total, left := make([]span, len(counts)), 0, false
			for i, n := range counts {
				text, other := shown(b.Rows[i][column]), read(shown(b.Rows[i][3-max(column, 1)]))
				cells[i] = read(text)
				if column == 1 {
					cells[i].high = min(cells[i].high, other.high)
				} else {
					cells[i].low = max(cells[i].low, other.low)
				}
				left, total = left || n >= 5 && text != "≥5", total+n
			}
			for i, n := range counts {
				if n == 0 || n >= 5 || !left {
					continue
				}
				if got := possible(cells, span{total, total}, i); len(got) < 2 {
					t.Fatalf("%v of %v: in column %d of %s; %s, cell %d is known: %v", active, members, column, shownColumn(b, 1), shownColumn(b, 2), i, got)
				}
			}
		}
	})
}

// The greatest time of all is that of one row, and is left out.
func TestBlurLeavesTheGreatestOut(t *testing.T) {
	s := report.Section{Columns: []report.Column{{Key: "workspace", Kind: report.Workspace}, {Key: "waiting", Kind: report.Count, Sums: true}, {Key: "oldest", Kind: report.Hours, Of: "waiting", Most: true}},
		Rows:  [][]report.Cell{{{Text: "A"}, {Number: 10}, {Number: 50}}, {{Text: "B"}, {Number: 1}, {Number: 900}}, {{Text: "C"}, {Number: 8}, {Number: 20}}},
		Total: []report.Cell{{Mark: report.Nothing}, {Number: 19}, {Number: 900}}}
	if got := shownColumn(report.Blur(s), 2); got != "50 - 20 -" && got != "50 - - -" {
		t.Errorf("the oldest are %s", got)
	}
}
