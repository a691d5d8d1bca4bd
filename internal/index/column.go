package index

import (
	"math"
	"slices"
)

// columned are the fields that are kept in columns: those that filters ask for and facets count. The first
// are known of every document; the next of few, mostly of practices; of the last one has several values.
var columned = [fields]Field{Kind, Language, Country, Workspace, Programme, Level, Evidence, Sector, Tag}

const (
	fields    = 9
	everyEnd  = 5 // columned[:everyEnd] have a value for each document
	singleEnd = 7 // columned[:singleEnd] have one value at most
)

// columnOf is a field's place in columned; -1 when it is not in columns.
func columnOf(f Field) int { return slices.Index(columned[:], f) }

// record is what the columns know of one document. Values are numbers, by which names lists them; 0 is none.
type record struct {
	single    [singleEnd]uint16
	several   [fields - singleEnd][]uint16
	created   int64 // Unix milliseconds
	due       int64 // the same; 0: never
	adoptions int
}

// facts tell of the documents of one segment.
type facts interface {
	read(document uint32, into *record) error
	names(field int) []string // by number
}

// columns are one segment's facts in memory. A segment never changes, so neither do they. Most documents
// are posts, of which only little is known; what is known of few lies in rows.
type columns struct {
	values    [fields][]string // by number; the first is "" and stands for none
	every     [everyEnd]numbers
	created   []int64
	row       []uint32 // of a document, from 1 on; nil when none has one
	some      [singleEnd - everyEnd]numbers
	several   [fields - singleEnd]lists
	due       []int64
	adoptions []uint16
}

// numbers holds a number for each document or row, in as few bytes as they need.
type numbers struct {
	narrow []uint8
	wide   []uint16
}

func newNumbers(n, highest int) numbers {
	if highest <= math.MaxUint8 {
		return numbers{narrow: make([]uint8, n)}
	}
	return numbers{wide: make([]uint16, n)}
}

func (n numbers) at(i uint32) uint16 {
	if n.narrow != nil {
		return uint16(n.narrow[i])
	}
	return n.wide[i]
}

func (n numbers) set(i uint32, v int) {
	if n.narrow != nil {
		n.narrow[i] = uint8(v)
	} else {
		n.wide[i] = uint16(v)
	}
}

// lists holds several numbers a row: those of row i lie from first[i] to first[i+1].
type lists struct {
	first  []uint32
	values []uint16
}

func (l lists) at(i uint32) []uint16 { return l.values[l.first[i]:l.first[i+1]] }

func (c *columns) names(field int) []string { return c.values[field] }

func (c *columns) read(document uint32, into *record) error {
	for i := range c.every {
		into.single[i] = c.every[i].at(document)
	}
	into.created = c.created[document]
	row := uint32(0)
	if c.row != nil {
		row = c.row[document]
	}
	if row == 0 {
		into.single[5], into.single[6], into.several = 0, 0, [fields - singleEnd][]uint16{}
		into.due, into.adoptions = 0, 0
		return nil
	}
	row--
	for i := range c.some {
		into.single[everyEnd+i] = c.some[i].at(row)
	}
	for i := range c.several {
		into.several[i] = c.several[i].at(row)
	}
	into.due, into.adoptions = c.due[row], int(c.adoptions[row])
	return nil
}

// bytes is what the columns hold in memory, but for their short lists of values.
func (c *columns) bytes() int {
	n := 8*len(c.created) + 4*len(c.row) + 8*len(c.due) + 2*len(c.adoptions)
	for _, of := range slices.Concat(c.every[:], c.some[:]) {
		n += len(of.narrow) + 2*len(of.wide)
	}
	for _, l := range c.several {
		n += 4*len(l.first) + 2*len(l.values)
	}
	return n
}
