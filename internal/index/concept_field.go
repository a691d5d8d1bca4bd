package index

import (
	"math"

	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// conceptField has the concepts that a document names, and what these are kinds of, each as often as its names
// weigh: so a question for a broad concept reads one list, and not one for each of its hundred kinds.
const conceptField = "concept"

const (
	namedUnit = 4   // what the field counts for one occurrence in the body, so that fractions are kept
	mostNamed = 240 // as often as a concept counts in one document: more says nothing more
)

// conceptsField finds the concepts of a whole document. It does so where bleve analyzes, on several processors
// at once.
type conceptsField struct {
	*document.TextField
	texts       []Text
	thesaurus   *Thesaurus
	length      int
	frequencies bleveindex.TokenFrequencies
}

// addConcepts adds to bleve's document the field of its concepts.
func (d Document) addConcepts(doc *document.Document) {
	if d.Thesaurus != nil {
		empty := document.NewTextFieldCustom(conceptField, nil, nil, bleveindex.IndexField, nil)
		doc.AddField(&conceptsField{TextField: empty, texts: d.Texts, thesaurus: d.Thesaurus})
	}
}

// Analyze implements bleve's field.
func (f *conceptsField) Analyze() {
	found := conceptsOf(f.texts, f.thesaurus)
	f.frequencies = make(bleveindex.TokenFrequencies, len(found))
	for key, weight := range found {
		n := max(1, min(mostNamed, int(math.Round(namedUnit*weight))))
		named := &bleveindex.TokenFreq{Term: []byte(key)}
		named.SetFrequency(n)
		f.frequencies[key] = named
		f.length += n
	}
}

// AnalyzedLength implements bleve's field.
func (f *conceptsField) AnalyzedLength() int { return f.length }

// AnalyzedTokenFrequencies implements bleve's field.
func (f *conceptsField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies { return f.frequencies }

// conceptsOf weighs the concepts of texts: an occurrence counts what a word's does there, and for what it is a
// kind of a bit less.
func conceptsOf(texts []Text, thesaurus *Thesaurus) map[string]float64 {
	reader := thesaurus.Reader()
	named, tagged := map[string]float64{}, map[string]bool{}
	for _, t := range texts {
		weight := ranks[rankOf(t.Field)].weight
		for _, f := range reader.Find(t.Value, t.Language) {
			for _, key := range f.Concepts {
				if t.Field == Tagged && tagged[key] {
					continue // a tag has its name in all languages
				}
				tagged[key] = tagged[key] || t.Field == Tagged
				named[key] += weight
			}
		}
	}
	found := make(map[string]float64, 2*len(named))
	for key, weight := range named {
		found[key] += weight
		for _, broader := range thesaurus.above(key) {
			found[broader] += narrowerWeight * weight
		}
	}
	return found
}
