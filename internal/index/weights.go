package index

import (
	"maps"
	"math"
	"slices"
)

// All weights of the ranking, each with its reason. Words decide: all boosts together raise a document by a quarter at
// most, so that none of them lifts what answers badly over what answers well.
const (
	// saturation is BM25's k1: a word's tenth occurrence says little beyond its third.
	saturation = 1.1
	// neighbours is what two words of the question count, side by side as they were typed, of what a
	// word counts: who types "drug checking" means the pair.
	neighbours = 0.3
	// wholeAnswer is what a document gains that has every word of the question. None is ever needed.
	wholeAnswer = 1.2

	// overdueWeight is what a practice counts whose review is overdue, of what it would count else: it
	// comes after one that answers as well, and before one that answers much worse.
	overdueWeight = 0.85
	// adoptedBoost is what a practice gains at most that others took up: what worked in other countries
	// is likelier to work in the reader's. The first countries say most of it.
	adoptedBoost = 0.08
	// adoptedEnough is the number of countries from which on a practice has the whole boost, so that what
	// everybody knows does not stay on top for ever.
	adoptedEnough = 8
	// languageBoost is what a document gains in a language of the reader's: she reads it without a
	// dictionary, but an answer in another language is an answer.
	languageBoost = 0.06
	// meaningWeight is what another name of a thing counts, of what the name that was typed counts: who
	// types a name most likely remembers the text that has it.
	meaningWeight = 0.8
	// narrowerWeight is what a kind of the thing counts, of the thing itself: xylazine answers who asks
	// for adulterants, but less than what is about adulterants.
	narrowerWeight = 0.75
	// bothWeight is what the lesser of word and meaning adds where a document has both, so that of two
	// that say the same the one that says it in the words of the question comes first.
	bothWeight = 0.1
	// scatteredWeight is what words count that together name a thing, in a text that has them apart: what is
	// delivered and controlled is no controlled delivery.
	scatteredWeight = 0.4
)

// evidenceBoost is what a practice gains by its rating. Moderators have weighed it, and readers look for
// what holds; what was not rated is not the worse for it.
var evidenceBoost = map[string]float64{
	"monitored":   0.02, // somebody counts
	"evaluated":   0.04, // somebody asked whether it works
	"replicated":  0.06, // it worked elsewhere, too
	"recommended": 0.08, // a guideline says so
}

// fieldRank is how a searched field counts.
type fieldRank struct {
	field  Field
	weight float64 // of one occurrence
	// length is BM25's b, how far occurrences in longer texts count less.
	length float64
}

// ranks of the searched fields.
var ranks = [searchedFields]fieldRank{
	{Title, 2.5, 0.3},    // names what the document is about; titles are all short
	{Summary, 1.25, 0.4}, // says the main thing, and little else
	{Body, 1, 0.5},       // a long practice is long because it says more
	{Attached, 0.5, 0.6}, // says what is beside it
	{Tagged, 0.8, 0},     // somebody said that it is about this, but a topic is broad; the names of many tags in all languages are no long text
}

const searchedFields = 5

// mostBoost is what all boosts together can make of a score.
var mostBoost = (1 + slices.Max(slices.Collect(maps.Values(evidenceBoost)))) * (1 + adoptedBoost) * (1 + languageBoost)

// adopted is the factor for what so many countries have taken up.
func adopted(countries int) float64 {
	return 1 + adoptedBoost*min(1, math.Log1p(float64(countries))/math.Log1p(adoptedEnough))
}
