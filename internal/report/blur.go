package report

import (
	"math"
	"slices"
	"strings"
)

// few is the first count that is written as it is: of fewer than that somebody could say who they are.
const few = 5

// Blur makes of a section what may leave the portal:
//
//   - A count from 1 to 4 is only said to be below 5.
//   - Where the total of a column, known from elsewhere (another table sums the same members), would give
//     such a cell away, the next smallest is hidden beside it, and the next, until it does not.
//   - A total over hidden cells is replaced by what the shown ones prove. It could be shown where the hidden
//     ones have room; but then whether it is shown would tell of them.
//   - A count of some of what hidden counts count (confirmed reports, active members) is hidden with them.
//   - Times found from fewer than 5 are left out, shares by which one could count fewer than 5, and the
//     greatest time of all, which is that of one row, hidden or not.
//   - Rows stand in the order of what they are of, which tells nothing of their counts.
//
// It cannot know what was taken away before. Periods are of whole months (Period.MayLeave), so that no two
// files tell of one day; but two that differ by a month tell of that month, and a file of all workspaces without those of each other one tells of the workspace that is left.
// Whoever hands files on hands on those of one period and one choice of workspaces.
func Blur(s Section) Section {
	blurred := Section{Key: s.Key, Columns: s.Columns, Cut: s.Cut, Total: slices.Clone(s.Total)}
	for _, row := range s.Rows {
		blurred.Rows = append(blurred.Rows, slices.Clone(row))
	}
	blurred.order()
	for i, c := range s.Columns {
		if c.Kind == Count {
			for _, row := range blurred.Rows {
				row[i].Mark = small(row[i])
			}
		}
	}
	for blurred.hide() { // what is hidden in one column may ask for more in another
	}
	for i, c := range s.Columns {
		if c.Kind == Count && c.Sums {
			blurred.blurTotal(i)
		}
	}
	for i, c := range s.Columns {
		if c.Of == "" {
			continue
		}
		of := blurred.column(c.Of)
		for _, row := range blurred.Rows {
			row[i] = derived(row[i], row[of], c.Kind)
		}
		if blurred.Total != nil {
			blurred.Total[i] = derived(blurred.Total[i], blurred.Total[of], c.Kind)
			if c.Most {
				blurred.Total[i] = Cell{Mark: Nothing}
			}
		}
	}
	return blurred
}

// hide hides what the hidden cells ask for now, and tells whether that was anything.
func (s *Section) hide() (more bool) {
	for i, c := range s.Columns {
		more = s.hideParts(i, c.Within) || more
		if c.Kind == Count && c.Sums {
			more = s.protect(i) || more
		}
	}
	return more
}

// order sorts the rows by their labels; months go from the latest back.
func (s *Section) order() {
	slices.SortStableFunc(s.Rows, func(a, b []Cell) int {
		for i, c := range s.Columns {
			if !c.Kind.Label() {
				continue
			}
			order := strings.Compare(a[i].Text, b[i].Text)
			if c.Kind == Month {
				order = -order
			}
			if order != 0 {
				return order
			}
		}
		return 0
	})
}

func small(c Cell) Mark {
	if c.Mark == Plain && c.Number > 0 && c.Number < few {
		return Few
	}
	return c.Mark
}

// hideParts hides a count of some of what other columns count, where one of those is hidden: it is a
// bound from below to their sum, unless what is shown of them says as much.
func (s *Section) hideParts(column int, within []string) (more bool) {
	for _, row := range s.Rows {
		whole, hidden := 0.0, false
		for _, key := range within {
			i := s.column(key)
			if low, _ := s.span(row, i); low > 0 {
				whole, hidden = whole+low, true
			} else {
				whole += row[i].Number
			}
		}
		if hidden && row[column].Mark == Plain && row[column].Number >= few && row[column].Number > whole {
			row[column].Mark, more = Some, true
		}
	}
	return more
}

// protect hides the next smallest cells of a column for as long as its total would give one away.
func (s *Section) protect(column int) (more bool) {
	for s.exposed(column) {
		next := -1
		for i, row := range s.Rows {
			if c := row[column]; c.Mark == Plain && c.Number >= few && (next < 0 || c.Number < s.Rows[next][column].Number) {
				next = i
			}
		}
		if next < 0 {
			return more // all are hidden
		}
		s.Rows[next][column].Mark, more = Some, true
	}
	return more
}

// exposed tells whether the total of a column leaves one of its few no room: each of them is 1 to 4, each
// of the other hidden ones 5 or more, none more than what it is part of, and their sum is the total
// without what is shown.
func (s *Section) exposed(column int) bool {
	sum, low, high := 0.0, 0.0, 0.0 // of the hidden ones
	for _, row := range s.Rows {
		if l, h := s.span(row, column); l > 0 {
			sum, low, high = sum+row[column].Number, low+l, high+h
		}
	}
	for _, row := range s.Rows {
		if row[column].Mark != Few {
			continue
		}
		l, h := s.span(row, column)
		lowest, highest := l, min(h, sum-(low-l))
		if !math.IsInf(high, 1) {
			lowest = max(l, sum-(high-h))
		}
		if lowest >= highest {
			return true
		}
	}
	return false
}

// span is what a hidden cell may be, as its mark and what it is part of say it; 0 and 0 for one that is shown.
func (s *Section) span(row []Cell, column int) (low, high float64) {
	switch row[column].Mark {
	case Few:
		low, high = 1, few-1
	case Some:
		low, high = few, math.Inf(1)
	default:
		return 0, 0
	}
	within := s.Columns[column].Within
	if len(within) == 0 {
		return low, high
	}
	whole := 0.0
	for _, key := range within {
		i := s.column(key)
		if _, h := s.span(row, i); h > 0 {
			whole += h
		} else {
			whole += row[i].Number
		}
	}
	return low, min(high, whole)
}

// blurTotal writes what the shown cells of a column prove of its total.
func (s *Section) blurTotal(column int) {
	if s.Total == nil {
		return
	}
	least, hidden := 0.0, 0
	for _, row := range s.Rows {
		switch row[column].Mark {
		case Few:
			least, hidden = least+1, hidden+1
		case Some:
			least, hidden = least+few, hidden+1
		default:
			least += row[column].Number
		}
	}
	switch {
	case hidden == 0:
		s.Total[column].Mark = Plain
	case s.Total[column].Number < few && least < few-1: // else it would be known
		s.Total[column].Mark = Few
	default:
		s.Total[column] = Cell{Number: least, Mark: AtLeast}
	}
}

// derived leaves a time or a share out where it was found from too few. A share tells how many there
// were on either side, of a count that is shown; of one that is hidden it tells that.
func derived(c, of Cell, kind Kind) Cell {
	hidden := of.Mark == Few || of.Mark == Nothing || of.Number < few
	if kind == Share {
		in := math.Round(c.Number * of.Number)
		out := of.Number - in
		hidden = hidden || of.Mark != Plain || in > 0 && in < few || out > 0 && out < few
	}
	if hidden {
		return Cell{Mark: Nothing}
	}
	return c
}
