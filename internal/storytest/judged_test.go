package storytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"praxis/internal/search"
	"praxis/sql"
)

// What the judged questions must reach; see the README beside them.
const (
	judgedNDCG  = 0.85
	judgedFirst = 0.8
	judgedRight = 2 // a first hit of less is beside the point
)

// judgement is how one question was answered.
type judgement struct {
	search.EvalScore
	right bool // the first hit is what was asked for
}

// TestJudgedQueries asks the demonstration's library what officers ask, in seven languages, a third of it
// about what is written in another one and a fifth misspelt, and holds the answers against judgments.
func TestJudgedQueries(t *testing.T) {
	p := Start(t, nil)
	moderator := p.As(t, "moderator")
	keys := keysByTitle(t)
	judged, err := search.ReadJudgments(judgedLines(t, "judgments.qrels"))
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string][]judgement{}
	for _, q := range search.ReadQueries(judgedLines(t, "queries.tsv")) {
		var found struct {
			Items []struct{ Title string }
		}
		moderator.Do("GET", "/search?kind=practice&limit=20&q="+url.QueryEscape(q.Text), nil).Want(200).Into(&found)
		var hits []search.EvalHit
		var told []string
		for i, item := range found.Items {
			key := keys[item.Title]
			hits = append(hits, search.EvalHit{Document: key})
			if i < 5 {
				told = append(told, fmt.Sprintf("%s:%d", key, judged[q.ID][key]))
			}
		}
		if len(hits) == 0 {
			t.Errorf("%s %q finds nothing", q.ID, q.Text)
		}
		j := judgement{search.Judge(q.ID, hits, judged[q.ID]), len(hits) > 0 && judged[q.ID][hits[0].Document] >= judgedRight}
		parts := strings.Split(q.ID, "-") // language, class, number
		for _, group := range []string{"all", parts[0], parts[1]} {
			groups[group] = append(groups[group], j)
		}
		if j.NDCG < 0.7 || !j.right {
			t.Logf("%s %q: nDCG@10 %.2f: %s", q.ID, q.Text, j.NDCG, strings.Join(told, " "))
		}
	}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		ndcg, right := judgedMeans(groups[group])
		t.Logf("%-8s %3d questions: nDCG@10 %.3f, first hit right %.3f", group, len(groups[group]), ndcg, right)
	}
	ndcg, right := judgedMeans(groups["all"])
	if ndcg < judgedNDCG || right < judgedFirst {
		t.Errorf("nDCG@10 %.3f, first hit right %.3f; want at least %.2f and %.2f", ndcg, right, judgedNDCG, judgedFirst)
	}
	// The command that gives the figure again asks an index of its own.
	lists := filepath.Join(t.TempDir(), "lists")
	out, code := command(t, "search", "eval", "--database-url", p.Settings.DatabaseURL, "--as", "moderator@demo.example", "--kind", "practice",
		"--queries", filepath.Join("testdata", "judged", "queries.tsv"), "--judgments", filepath.Join("testdata", "judged", "judgments.qrels"), "--run", lists)
	if want := fmt.Sprintf("%.2f", ndcg); code != 0 || !strings.Contains(out, " "+want) {
		t.Errorf("praxis search eval ends with %d and says, without %s:\n%s", code, want, out)
	}
	if raw, err := os.ReadFile(lists); err != nil || !strings.Contains(string(raw), "es-plain-01 Q0 ee-thn.es 1 ") {
		t.Errorf("the lists (%v) do not begin with what is sought", err)
	}
}

func judgedMeans(of []judgement) (ndcg, right float64) {
	for _, j := range of {
		ndcg += j.NDCG
		if j.right {
			right++
		}
	}
	return ndcg / float64(len(of)), right / float64(len(of))
}

func judgedLines(t *testing.T, name string) func(func(string) bool) {
	raw, err := os.ReadFile(filepath.Join("testdata", "judged", name))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Values(strings.Split(string(raw), "\n"))
}

// keysByTitle gives the external keys of the demonstration's practices.
func keysByTitle(t *testing.T) map[string]string {
	raw, err := sql.Files.ReadFile("seed/demo/practices.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		var p struct {
			Key   string `json:"external_key"`
			Title string
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		keys[p.Title] = p.Key
	}
	return keys
}
