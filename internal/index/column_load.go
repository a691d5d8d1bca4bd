package index

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

// piece is a segment that is read until its context ends.
type piece struct {
	*scorch.SegmentSnapshot
	ctx context.Context
}

// loadColumns reads a segment's columns from its dictionaries.
func loadColumns(s piece) (*columns, error) {
	n := int(s.FullSize())
	c := &columns{created: make([]int64, n)}
	for i := range c.every {
		if err := c.loadSingle(s, i, n, &c.every[i], func(document uint32) uint32 { return document }); err != nil {
			return nil, err
		}
	}
	err := eachDocument(s, createdField, func(term string, document uint32) { c.created[document] = moment(term) })
	if err != nil {
		return nil, err
	}
	rows, err := c.loadRows(s, n)
	if err != nil || rows == 0 {
		return c, err
	}
	rowOf := func(document uint32) uint32 { return c.row[document] - 1 }
	for i := range c.some {
		if err := c.loadSingle(s, everyEnd+i, rows, &c.some[i], rowOf); err != nil {
			return nil, err
		}
	}
	for i := range c.several {
		if err := c.loadSeveral(s, singleEnd+i, rows, &c.several[i], rowOf); err != nil {
			return nil, err
		}
	}
	c.due, c.adoptions = make([]int64, rows), make([]uint16, rows)
	if err := eachDocument(s, dueField, func(term string, document uint32) { c.due[rowOf(document)] = moment(term) }); err != nil {
		return nil, err
	}
	return c, eachDocument(s, adoptionsField, func(term string, document uint32) {
		c.adoptions[rowOf(document)] = uint16(count(term))
	})
}

// loadRows numbers the documents of which more is known, and counts them.
func (c *columns) loadRows(s piece, documents int) (int, error) {
	has := roaring.New()
	for _, field := range append(slices.Clone(columned[everyEnd:]), dueField, adoptionsField) {
		err := eachTerm(s, string(field), func(_ string, list postingsList) { list.OrInto(has) })
		if err != nil {
			return 0, err
		}
	}
	if has.IsEmpty() {
		return 0, nil
	}
	c.row = make([]uint32, documents)
	row := uint32(0)
	for it := has.Iterator(); it.HasNext(); {
		row++
		c.row[it.Next()] = row
	}
	return int(row), nil
}

func (c *columns) loadSingle(s piece, field, n int, into *numbers, place func(uint32) uint32) error {
	if err := c.loadValues(s, field); err != nil {
		return err
	}
	*into = newNumbers(n, len(c.values[field])-1)
	return c.eachNumber(s, field, func(number int, document uint32) { into.set(place(document), number) })
}

func (c *columns) loadSeveral(s piece, field, rows int, into *lists, rowOf func(uint32) uint32) error {
	if err := c.loadValues(s, field); err != nil {
		return err
	}
	first := make([]uint32, rows+1)
	if err := c.eachNumber(s, field, func(_ int, document uint32) { first[rowOf(document)+1]++ }); err != nil {
		return err
	}
	for i := range rows {
		first[i+1] += first[i]
	}
	next := slices.Clone(first)
	into.first, into.values = first, make([]uint16, first[rows])
	return c.eachNumber(s, field, func(number int, document uint32) {
		row := rowOf(document)
		into.values[next[row]] = uint16(number)
		next[row]++
	})
}

// loadValues numbers the values that a field has in a segment.
func (c *columns) loadValues(s piece, field int) error {
	values := []string{""}
	err := eachTerm(s, string(columned[field]), func(term string, _ postingsList) { values = append(values, term) })
	if err == nil && len(values) > math.MaxUint16 {
		err = fmt.Errorf("the field %s has %d different values in one segment", columned[field], len(values))
	}
	c.values[field] = values
	return err
}

func (c *columns) eachNumber(s piece, field int, f func(number int, document uint32)) error {
	number := 0
	last := ""
	return eachDocument(s, string(columned[field]), func(term string, document uint32) {
		for number == 0 || term != last {
			number++
			last = c.values[field][number]
		}
		f(number, document)
	})
}

// postingsList is what bleve's lists of documents can do beyond their interface.
type postingsList interface{ OrInto(*roaring.Bitmap) }

// eachTerm walks the terms of a field in one segment. The list is good until the next.
func eachTerm(s piece, field string, f func(term string, list postingsList)) error {
	dict, err := s.Segment().Dictionary(field)
	if err != nil {
		return fmt.Errorf("read the values of %s: %w", field, err)
	}
	terms := dict.AutomatonIterator(nil, nil, nil)
	list, err := dict.PostingsList(nil, nil, nil)
	for err == nil {
		if err = s.ctx.Err(); err != nil {
			break
		}
		entry, e := terms.Next()
		if e != nil || entry == nil {
			err = e
			break
		}
		if list, err = dict.PostingsList([]byte(entry.Term), nil, list); err != nil {
			break
		}
		known, ok := list.(postingsList)
		if !ok {
			return fmt.Errorf("read the values of %s: bleve's %T is unknown", field, list)
		}
		f(entry.Term, known)
	}
	if err != nil {
		return fmt.Errorf("read the values of %s: %w", field, err)
	}
	return nil
}

// eachDocument walks the documents of each term of a field in one segment, deleted ones, too.
func eachDocument(s piece, field string, f func(term string, document uint32)) error {
	documents := roaring.New()
	return eachTerm(s, field, func(term string, list postingsList) {
		documents.Clear()
		list.OrInto(documents)
		documents.Iterate(func(document uint32) bool {
			f(term, document)
			return true
		})
	})
}

// Moments and counts are terms, so that they lie in the dictionaries with all else.

// momentTerm writes a moment so that terms are in its order. What was before 1970 is of 1970.
func momentTerm(t time.Time) string { return fmt.Sprintf("%012x", max(0, t.UnixMilli())) }

func moment(term string) int64 {
	ms, _ := strconv.ParseInt(term, 16, 64) // written by momentTerm
	return ms
}

func count(term string) int {
	n, _ := strconv.Atoi(term)
	return min(n, math.MaxUint16)
}
