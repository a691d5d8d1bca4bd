package index_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"praxis/internal/index"
)

func FuzzAnalyze(f *testing.F) {
	for _, s := range []string{"Overdoses in prison's", "L’état d'aujourd’hui", "ยาเสพติด ยา", "芬太尼ﾄﾞﾗｯｸﾞ", "ёлка й", "المخدّرات", "a\xff\xfeb", "İSTANBUL ﬁn", "👩‍👩‍👧 e\u0301", "\u0301\u0301"} {
		f.Add(s, "es")
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, lang := range []string{language, ""} {
			for _, token := range index.Analyze(text, lang) {
				if token.Start < 0 || token.End > len(text) || token.Start >= token.End || token.Term == "" {
					t.Fatalf("token %+v of %q", token, text)
				}
				if part := text[token.Start:token.End]; utf8.ValidString(text) && !utf8.ValidString(part) {
					t.Fatalf("%q is cut inside a character: %q", text, part)
				}
			}
		}
		index.QueryWords(text)
		if w, ok := index.QueryPhrase(text); ok && len(w.Terms()) == 0 && w.Beginning == "" {
			t.Fatalf("the phrase %q requires nothing: %+v", text, w)
		}
		index.PlainWords(text)
		index.Edges(text)
	})
}

func TestPlainWords(t *testing.T) {
	if got := index.PlainWords("The Señor's fentanyl, 2C-B; état ยาเสพติด"); !slices.Equal(got, []string{"the", "senors", "fentanyl", "etat"}) {
		t.Errorf("%q", got)
	}
}

func TestEdges(t *testing.T) {
	for typed, want := range map[string][]string{"f": nil, "fe": {"fe"}, "Préc": {"prec"}, "芬太尼": {"芬太尼"}, "ยาเสพ": {"ยาเส", "าเสพ"}} {
		if got := index.Edges(typed); !slices.Equal(got, want) {
			t.Errorf("%q asks for %q, want %q", typed, got, want)
		}
	}
}
