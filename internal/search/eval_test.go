package search_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"praxis/internal/search"
)

// The figures of a list whose worth was reckoned by hand.
func TestListsAreScored(t *testing.T) {
	judged := map[string]int{"a": 2, "b": 1, "c": 0, "d": 1}
	best := 2 + 1/math.Log2(3) + 1/math.Log2(4)
	many := make([]search.EvalHit, 120)
	many[0], many[110] = search.EvalHit{Document: "a"}, search.EvalHit{Document: "b"}
	tests := []struct {
		name             string
		hits             []search.EvalHit
		ndcg, ap, recall float64
		first            bool
	}{
		{"nothing found", nil, 0, 0, 0, false},
		{"all in order", []search.EvalHit{{Document: "a"}, {Document: "b"}, {Document: "d"}}, 1, 1, 1, true},
		{"irrelevant first", []search.EvalHit{{Document: "c"}, {Document: "a"}}, 2 / math.Log2(3) / best, 0.5 / 3, 1. / 3, false},
		{"late ones", many, 2 / best, (1 + 2./111) / 3, 1. / 3, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := search.Judge("q", tt.hits, judged)
			for what, pair := range map[string][2]float64{"nDCG": {s.NDCG, tt.ndcg}, "AP": {s.AP, tt.ap}, "recall": {s.Recall, tt.recall}} {
				if math.Abs(pair[0]-pair[1]) > 1e-9 {
					t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
				}
			}
			if s.First != tt.first {
				t.Errorf("first right: %v", s.First)
			}
		})
	}
}

// A difference in each of twenty queries is hardly chance; none at all is nothing but chance.
func TestChance(t *testing.T) {
	var better, worse []search.EvalScore
	for range 20 {
		better, worse = append(better, search.EvalScore{NDCG: 0.8}), append(worse, search.EvalScore{NDCG: 0.6})
	}
	ndcg := func(s search.EvalScore) float64 { return s.NDCG }
	if p := search.Chance(better, worse, ndcg); p > 0.01 {
		t.Errorf("a difference everywhere is chance by %v", p)
	}
	if p := search.Chance(better, better, ndcg); p != 1 {
		t.Errorf("no difference is chance by %v", p)
	}
}

// A collection is asked with the production's ranking: across languages, and misspelt.
func TestCollectionIsAsked(t *testing.T) {
	documents := []search.EvalDocument{
		{ID: "kits", Title: "Take-home naloxone", Body: "Police officers hand out kits after an overdose.", Language: "en"},
		{ID: "puerto", Title: "Precursores en el puerto", Body: "La aduana revisa las prensas de tabletas.", Language: "es"},
		{ID: "вода", Title: "Сточные воды", Body: "Лаборатория проверяет сточные воды каждую неделю.", Language: "ru"},
	}
	e, err := search.NewEvaluation(t.TempDir(), func(yield func(search.EvalDocument, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	judged, err := search.ReadJudgments(strings.Lines("1 0 kits 1\n2 0 puerto 1\n\n3 0 вода 2\n3 0 kits 0\n4 0 kits 1\n5 0 kits 0\n"))
	if err != nil {
		t.Fatal(err)
	}
	queries := search.ReadQueries(strings.Lines("1\tnaloxone for police\n2 aduanas y precursor\n3\tсточная вода\n4\tnaloxnoe\n5\tnobody judged this\n"))
	for _, tt := range []struct {
		exact bool
		want  []float64
	}{{false, []float64{1, 1, 1, 1}}, {true, []float64{1, 1, 1, 0}}} {
		scores, err := search.RunEval(context.Background(), e, queries, judged, tt.exact)
		if err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, s := range scores {
			got = append(got, s.NDCG)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("exact %v: the lists are worth %v, want %v", tt.exact, got, tt.want)
		}
	}
	for _, broken := range []string{"1 0 kits", "1 0 kits much"} {
		if _, err := search.ReadJudgments(strings.Lines(broken)); err == nil {
			t.Errorf("%q is taken for a judgment", broken)
		}
	}
}
