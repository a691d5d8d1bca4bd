package index

import (
	"math"
	"time"
)

// order is what a list of hits is sorted by.
type order int

const (
	byRelevance order = iota
	byDate
	byAdoptions
	unordered
)

// weigh makes a document's place in a list of what it is worth to the words and of what is known of it.
type weigh struct {
	order    order
	now      int64   // Unix milliseconds
	readable *choice // the reader's languages; nil: they are not known
	evidence []float64
}

func newWeigh(r Request, scored bool) weigh {
	w := weigh{now: time.Now().UnixMilli()}
	switch {
	case r.Quick:
		w.order = unordered
	case r.Adopted:
		w.order = byAdoptions
	case r.Newest || !scored:
		w.order = byDate
	}
	if len(r.Languages) > 0 {
		w.readable = newChoice(columnOf(Language), r.Languages)
	}
	return w
}

// begin forgets the numbers of the segment before.
func (w *weigh) begin() {
	w.evidence = w.evidence[:0]
	if w.readable != nil {
		w.readable.begin()
	}
}

func (w *weigh) score(r *record, of facts, words float64) float64 {
	switch w.order {
	case byDate:
		return float64(r.created)
	case byAdoptions:
		return adoptionsKey(r)
	case unordered:
		return 0
	}
	if r.due != 0 && r.due <= w.now {
		words *= overdueWeight
	}
	if r.adoptions > 0 {
		words *= adopted(r.adoptions)
	}
	if w.readable != nil && w.readable.has(r, of) {
		words *= 1 + languageBoost
	}
	return words * w.rated(r.single[evidenceColumn], of)
}

var evidenceColumn = columnOf(Evidence)

// rated is the factor for a rating, by its number in the segment.
func (w *weigh) rated(number uint16, of facts) float64 {
	if number == 0 {
		return 1
	}
	for n := len(w.evidence); n <= int(number); n++ {
		w.evidence = append(w.evidence, 1+evidenceBoost[of.names(evidenceColumn)[n]])
	}
	return w.evidence[number]
}

// Adoptions and date make one sort key, which a float holds exactly: of its 53 bits the date has 45, which
// last for a thousand years, and the countries 8.
const (
	dateBits      = 45
	mostAdoptions = 1<<8 - 1
)

// adoptionsKey sorts by adoptions, and among as many by date.
func adoptionsKey(r *record) float64 {
	return math.Ldexp(float64(min(r.adoptions, mostAdoptions)), dateBits) + float64(min(r.created, 1<<dateBits-1))
}
