package index_test

import (
	"fmt"
	"slices"
	"testing"

	"praxis/internal/index"
)

// A part of a name stands for the concept where it is all that is known; a part of too many, for none.
func TestPartsOfNames(t *testing.T) {
	concepts := []index.Concept{
		{Key: "wastewater_analysis", Names: []index.ConceptName{{Language: "en", Text: "wastewater analysis"}, {Language: "ru", Text: "анализ сточных вод"}, {Language: "zh", Text: "污水分析"}}},
		{Key: "overdose", Names: []index.ConceptName{{Language: "zh", Text: "用药过量"}, {Language: "en", Text: "overdose"}}},
	}
	for i := range 12 {
		concepts = append(concepts, index.Concept{Key: fmt.Sprint("law_", i), Names: []index.ConceptName{{Language: "en", Text: fmt.Sprintf("drug law %c", 'a'+i)}}})
	}
	thesaurus := index.NewThesaurus(concepts)
	for text, want := range map[string][]string{"сточные воды": {"wastewater_analysis"}, "污水": {"wastewater_analysis"}, "过量": {"overdose"}, "wastewater": {"wastewater_analysis"},
		"water": nil, "сточные воды налоксон": nil, "law": nil, "": nil} {
		var got []string
		for _, m := range thesaurus.Partly(index.QueryWords(text)) {
			got = append(got, m.Concepts...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q may stand for %q, want %q", text, got, want)
		}
	}
	if !thesaurus.HasWord("сточных") || thesaurus.HasWord("сточные") {
		t.Error("the words of the names are not as they are written")
	}
}
