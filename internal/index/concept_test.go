package index

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// seeded is the thesaurus with which a portal begins.
func seeded(t testing.TB) *Thesaurus {
	t.Helper()
	raw, err := os.ReadFile("../../sql/seed/thesaurus.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var concepts []Concept
	for lines := json.NewDecoder(strings.NewReader(string(raw))); lines.More(); {
		var line struct {
			Key, Broader       string
			Labels             map[string]string
			Synonyms, Ordinary map[string][]string
		}
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		c := Concept{Key: line.Key, Broader: line.Broader}
		for l, label := range line.Labels {
			for _, n := range append([]string{label}, line.Synonyms[l]...) {
				c.Names = append(c.Names, ConceptName{l, n, slices.Contains(line.Ordinary[l], n)})
			}
		}
		concepts = append(concepts, c)
	}
	return NewThesaurus(concepts)
}

// told writes what was found as "name=concept+concept", separated by semicolons.
func told(text string, found []FoundConcept) string {
	var parts []string
	for _, f := range found {
		parts = append(parts, text[f.Start:f.End]+"="+strings.Join(f.Concepts, "+"))
	}
	return strings.Join(parts, "; ")
}

// Concepts are recognized in texts of each language: with endings, without accents where people leave them
// out, the longest name first, abbreviations as they are written, and no ordinary words.
func TestConceptsAreRecognized(t *testing.T) {
	thesaurus := seeded(t)
	for _, c := range []struct{ language, text, want string }{
		{"en", "Two overdoses after fentanyl.", "overdoses=overdose; fentanyl=fentanyl"},
		{"en", "Fentanyl test strips save lives.", "Fentanyl test strips=fentanyl_test_strips"},
		{"en", "FENTANYL-TEST-STRIPS", "FENTANYL-TEST-STRIPS=fentanyl_test_strips"},
		{"en", "He took fentanyl. Test strips came later.", "fentanyl=fentanyl; Test strips=fentanyl_test_strips"},
		{"en", "Drug checking services and drugs, checking in", "Drug checking=drug_checking"},
		{"en", "People who use drugs", "People who use drugs=people_who_use_drugs"},
		{"es", "Murió por sobredosis de fentanilo", "sobredosis=overdose; fentanilo=fentanyl"},
		{"es", "la reducción de los daños", "reducción de los daños=harm_reduction"},
		{"es", "la reduccion de danos", "reduccion de danos=harm_reduction"},
		{"fr", "Les surdoses de fentanyl", "surdoses=overdose; fentanyl=fentanyl"},
		{"fr", "la réduction des risques", "réduction des risques=harm_reduction"},
		{"pt", "mortos, overdoses de fentanil", "overdoses=overdose; fentanil=fentanyl"},
		{"ru", "Смерти от передозировки, фентанилом", "Смерти от передозировки=overdose_death; фентанилом=fentanyl"},
		{"ru", "программы снижения вреда", "снижения вреда=harm_reduction"},
		{"ar", "وفيات بسبب الفنتانيل", "الفنتانيل=fentanyl"},
		{"ar", "النالوكسون والفنتانيل", "النالوكسون=naloxone; والفنتانيل=fentanyl"},
		{"zh", "我们发现芬太尼类似物。", "芬太尼类似物=fentanyl_analogues"},
		{"zh", "过量使用芬太尼的人", "芬太尼=fentanyl"},
		{"th", "พบเฟนทานิลในยาเสพติด", "เฟนทานิล=fentanyl; ยาเสพติด=illicit_drugs"},
		{"th", "an overdose of MDMA ที่", "overdose=overdose; MDMA=mdma"}, // names travel
		{"ru", "Использование GHB и NBOMe", "GHB=ghb; NBOMe=nbome"},
		{"en", "Those who lead speed on ice", ""},
		{"en", "LEAD was praised by the WHO and NGOs", "LEAD=diversion_police; WHO=who; NGOs=civil_society"},
		{"", "sobredosis, overdoses, передозировки", "sobredosis=overdose; overdoses=overdose; передозировки=overdose"},
		{"en", "Fentanyls, not fentanyl", "Fentanyls=fentanyl_analogues; fentanyl=fentanyl"},
		{"de", "Kein Fentanyl", "Fentanyl=fentanyl"},
		{"en", "", ""},
	} {
		if got := told(c.text, thesaurus.Find(c.text, c.language)); got != c.want {
			t.Errorf("%s %q\n  names %s\n  want  %s", c.language, c.text, got, c.want)
		}
	}
}

// A question is read in any language and without capitals; an ordinary word means something only alone.
func TestQuestionsAreUnderstood(t *testing.T) {
	thesaurus := seeded(t)
	for typed, want := range map[string]string{
		"fentanilo":               "fentanilo=fentanyl",
		"фентанила":               "фентанила=fentanyl",
		"芬太尼":                     "芬太尼=fentanyl",
		"mdma pills":              "mdma=mdma",
		"hiv":                     "hiv=hiv",
		"ice":                     "ice=methamphetamine",
		"ice cream":               "",
		"who decides":             "",
		"WHO decides":             "WHO=who",
		"reducción daños":         "reducción daños=harm_reduction",
		"overdoses among inmates": "overdoses=overdose",
	} {
		if got := told(typed, thesaurus.FindTyped(typed)); got != want {
			t.Errorf("%q is understood as %s, want %s", typed, got, want)
		}
	}
	meant := thesaurus.Meant(QueryWords("lisbon drug checking 芬太尼测试"))
	if len(meant) != 2 || meant[0].First != 1 || meant[0].Last != 2 || !meant[0].Whole || meant[1].First != 3 || meant[1].Whole {
		t.Errorf("the meanings are %+v", meant)
	}
}

// Whatever a text is made of, names are found within it, in order, between characters, none over another.
func FuzzConcepts(f *testing.F) {
	thesaurus := seeded(f)
	for _, s := range []string{"fentanyl test strips", "芬太尼\xff类似物", "ยาบ้า\u0e48", "WHO'sWHO", "drug\u00adchecking", strings.Repeat("people who use who use ", 9)} {
		f.Add(s, "en")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, found := range [][]FoundConcept{thesaurus.Find(text, language), thesaurus.FindTyped(text)} {
			last := 0
			for _, c := range found {
				if c.Start < last || c.End <= c.Start || c.End > len(text) || len(c.Concepts) == 0 {
					t.Fatalf("%+v in %q", found, text)
				}
				if !utf8.RuneStart(text[c.Start]) || c.End < len(text) && utf8.ValidString(text) && !utf8.RuneStart(text[c.End]) {
					t.Fatalf("%+v cuts a character of %q", c, text)
				}
				last = c.End
			}
		}
		words := QueryWords(text)
		for _, m := range thesaurus.Meant(words) {
			if m.First < 0 || m.Last < m.First || m.Last >= len(words) || len(m.Concepts) == 0 {
				t.Fatalf("%+v of %d words in %q", m, len(words), text)
			}
		}
	})
}

// What recognizing costs beside analyzing: both are done once for each text that is indexed.
func BenchmarkConcepts(b *testing.B) {
	thesaurus := seeded(b)
	raw, err := os.ReadFile("../../sql/seed/demo/practices.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	text := string(raw[:16_000]) // about what an English practice says
	b.Run("analyze", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for range b.N {
			Analyze(text, "en")
		}
	})
	b.Run("recognize", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for range b.N {
			thesaurus.Find(text, "en")
		}
	})
}
