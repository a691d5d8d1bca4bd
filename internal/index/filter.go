package index

import "math"

// choice tells whether a document has one of some values. It learns by and by which numbers they have in a
// segment.
type choice struct {
	field  int // of columned
	values map[string]bool
	known  []verdict // by number
}

type verdict uint8

const (
	unknown verdict = iota
	chosen
	passed
)

func newChoice(field int, values []string) *choice {
	c := &choice{field: field, values: make(map[string]bool, len(values))}
	for _, v := range values {
		c.values[v] = true
	}
	return c
}

// begin forgets the numbers of the segment before.
func (c *choice) begin() { clear(c.known) }

func (c *choice) has(r *record, of facts) bool {
	if c.field < singleEnd {
		return c.is(r.single[c.field], of)
	}
	several := r.several[c.field-singleEnd]
	for _, number := range several {
		if c.is(number, of) {
			return true
		}
	}
	return len(several) == 0 && c.values[""]
}

func (c *choice) is(number uint16, of facts) bool {
	if number == 0 {
		return c.values[""]
	}
	for int(number) >= len(c.known) {
		c.known = append(c.known, unknown)
	}
	if c.known[number] == unknown {
		c.known[number] = passed
		if c.values[of.names(c.field)[number]] {
			c.known[number] = chosen
		}
	}
	return c.known[number] == chosen
}

// filters are a request's filters by what columns know.
type filters struct {
	choices  []*choice
	from, to int64 // Unix milliseconds: made at or after, and before
}

// split parts a request's filters into those that columns know and those that only the dictionaries do.
func split(r Request) (known filters, others []Filter) {
	known.from, known.to = math.MinInt64, math.MaxInt64
	if !r.From.IsZero() {
		known.from = r.From.UnixMilli()
	}
	if !r.To.IsZero() {
		known.to = r.To.UnixMilli()
	}
	for _, f := range r.Filters {
		if field := columnOf(f.Field); field >= 0 {
			known.choices = append(known.choices, newChoice(field, f.Values))
		} else {
			others = append(others, f)
		}
	}
	return known, others
}

func (f filters) begin() {
	for _, c := range f.choices {
		c.begin()
	}
}

// What filters say of a document, beside the field that alone is against it.
const (
	inAll  = -1
	inNone = -2
)

// judge tells whether a document passes all filters, or which field's alone it does not: it counts in that
// field's facet, which shows what the other values would bring.
func (f filters) judge(r *record, of facts) int {
	if r.created < f.from || r.created >= f.to {
		return inNone
	}
	missed := inAll
	for _, c := range f.choices {
		if c.has(r, of) || missed == c.field {
			continue
		}
		if missed != inAll {
			return inNone
		}
		missed = c.field
	}
	return missed
}
