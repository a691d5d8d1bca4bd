package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/app"
)

// The command's answer, and what it says of files that are none.
func TestSearchEval(t *testing.T) {
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("corpus.jsonl", `{"id":"a","title":"Naloxone","body":"Kits for the police","language":"en"}`+"\n\n"+`{"id":"b","title":"Presses","body":"A customs list","language":"en"}`)
	queries, judgments, lists := file("queries", "1\tnaloxnoe\n2\tcustom\n"), file("judgments", "1 0 a 1\n2 0 b 1\n"), filepath.Join(t.TempDir(), "run")
	tests := []struct {
		name, corpus, judgments string
		code                    int
		says                    []string
	}{
		{"figures", good, judgments, 0, []string{"nDCG@10", "as in the portal  2          2        1.0000", "words as typed    2          2        0.5000", "by chance (p)"}},
		{"no document", file("broken.jsonl", "{\"id\":\"a\"}\n{"), judgments, 1, []string{"line 2 of the corpus"}},
		{"no identifier", file("nameless.jsonl", `{"title":"x"}`), judgments, 1, []string{"line 1 of the corpus", "id"}},
		{"no judgment", good, file("j", "1 0 a"), 1, []string{"line 1 of the judgments"}},
		{"judgments of other queries", good, file("j", "x 0 a 1\n"), 1, []string{"identifiers"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			code := run(context.Background(), []string{"search", "eval", "--corpus", tt.corpus, "--queries", queries, "--judgments", tt.judgments, "--compare", "--run", lists},
				app.Files{}, &out, &out)
			if code != tt.code {
				t.Errorf("it ends with %d: %s", code, &out)
			}
			for _, s := range tt.says {
				if !strings.Contains(out.String(), s) {
					t.Errorf("it does not say %q: %s", s, &out)
				}
			}
		})
	}
	if raw, err := os.ReadFile(lists); err != nil || !strings.HasPrefix(string(raw), "1 Q0 a 1 ") || strings.Count(string(raw), "\n") != 2 {
		t.Errorf("the lists are %q (%v)", raw, err)
	}
}
