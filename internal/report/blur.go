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
//   - Times found from fewer than 5 are left out, and shares by which one could count fewer than 5.
//   - Rows stand in the order of what they are of, which tells nothing of their counts.
//
// It cannot know what was taken away before: two files of periods that differ by a day tell of that day.
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
	for i, c := range s.Columns {
		blurred.hideParts(i, c.Within)
	}
	for i, c := range s.Columns {
		if c.Kind == Count && c.Sums {
			protect(blurred.Rows, i)
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
		}
	}
	return blurred
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
// bound from below to their sum.
func (s *Section) hideParts(column int, within []string) {
	for _, row := range s.Rows {
		for _, key := range within {
			if row[s.column(key)].Mark == Few && row[column].Mark == Plain && row[column].Number >= few {
				row[column].Mark = Some
			}
		}
	}
}

// protect hides the next smallest cells of a column for as long as its total would give one away.
func protect(rows [][]Cell, column int) {
	for exposed(rows, column) {
		next := -1
		for i, row := range rows {
			if c := row[column]; c.Mark == Plain && c.Number >= few && (next < 0 || c.Number < rows[next][column].Number) {
				next = i
			}
		}
		if next < 0 {
			return // all are hidden
		}
		rows[next][column].Mark = Some
	}
}

// exposed tells whether the total of a column leaves its few no room: each of them is 1 to 4, each of
// the other hidden ones 5 or more, and their sum is the total without what is shown.
func exposed(rows [][]Cell, column int) bool {
	fews, somes, sum := 0, 0, 0.0
	for _, row := range rows {
		switch row[column].Mark {
		case Few:
			fews++
		case Some:
			somes++
		default:
			continue
		}
		sum += row[column].Number
	}
	if fews == 0 {
		return false
	}
	others := float64(fews - 1)
	highest := min(few-1, sum-others-float64(few*somes))
	lowest := max(1, sum-others*(few-1))
	if somes > 0 {
		lowest = 1
	}
	return lowest >= highest
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
