package index

import (
	"cmp"
	"slices"
)

// facetCounts counts documents by the values of some fields, first by number within a segment, then by name.
type facetCounts struct {
	fields []int // of columned
	wanted [fields]bool
	bySeg  [fields][]int
	totals [fields]map[string]int
}

func newFacetCounts(of []Field) *facetCounts {
	c := &facetCounts{}
	for _, f := range of {
		if i := columnOf(f); i >= 0 && !c.wanted[i] {
			c.fields, c.wanted[i], c.totals[i] = append(c.fields, i), true, map[string]int{}
		}
	}
	return c
}

// all counts a document in each field.
func (c *facetCounts) all(r *record) {
	for _, f := range c.fields {
		c.one(f, r)
	}
}

// one counts a document in one field, if that is asked for.
func (c *facetCounts) one(field int, r *record) {
	switch {
	case !c.wanted[field]:
	case field < singleEnd:
		c.add(field, r.single[field])
	default:
		for _, number := range r.several[field-singleEnd] {
			c.add(field, number)
		}
	}
}

func (c *facetCounts) add(field int, number uint16) {
	if number == 0 {
		return
	}
	for int(number) >= len(c.bySeg[field]) {
		c.bySeg[field] = append(c.bySeg[field], 0)
	}
	c.bySeg[field][number]++
}

// end adds what was counted in a segment to the totals.
func (c *facetCounts) end(of facts) {
	for _, f := range c.fields {
		for number, n := range c.bySeg[f] {
			if n > 0 {
				c.totals[f][of.names(f)[number]] += n
			}
		}
		clear(c.bySeg[f])
	}
}

// list gives the totals, the most frequent first.
func (c *facetCounts) list() map[Field][]Count {
	lists := make(map[Field][]Count, len(c.fields))
	for _, f := range c.fields {
		list := make([]Count, 0, len(c.totals[f]))
		for value, n := range c.totals[f] {
			list = append(list, Count{value, n})
		}
		slices.SortFunc(list, func(a, b Count) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		lists[columned[f]] = list[:min(len(list), facetValues)]
	}
	return lists
}
