package storytest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// begun are the actions of which the code holds only the beginning, beside the places that make them.
var begun = map[string][]string{
	"moderation/decide.go": {"practice.approve", "practice.request_changes", "practice.reject", "case.hide", "case.keep", "case.relabel", "case.escalate"},
	"moderation/merge.go":  {"practice.merge", "practice.unmerge"},
	"practice/edition.go":  {"practice.review_due", "practice.review_overdue"},
	"practice/adopt.go":    {"practice.adopt", "practice.adopt_correct", "practice.adopt_withdraw"},
}

var (
	action    = regexp.MustCompile(`^(attachment|case|collection|flag|invitation|log|member|notification|post|practice|roster|search|session|settings|thesaurus|thread|token|workspace)\.([a-z_]*)$`)
	recording = []string{"account", "admin", "attachment", "collection", "demo", "discussion", "moderation", "notify", "postgres", "practice", "search", "thesaurus", "workspace"}
)

// Every action that the code writes into the audit is told in words: where a name has no text, an
// officer would read a word of the program's.
func TestEachActionHasWords(t *testing.T) {
	raw, err := fs.ReadFile(Files.Assets, "locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]any
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	told := func(name, where string) {
		if words["audit."+name] == nil {
			t.Errorf("%s records %s, for which there are no words", where, name)
		}
	}
	found := 0
	for _, folder := range recording {
		files, err := filepath.Glob("../" + folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no source in %s: %v", folder, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			where := strings.TrimPrefix(filepath.ToSlash(file), "../")
			for _, name := range actionsIn(t, file) {
				found++
				if !strings.HasSuffix(name, ".") {
					told(name, where)
					continue
				}
				if begun[where] == nil {
					t.Errorf("%s makes names of %q: say in this test which", where, name)
				}
				for _, whole := range begun[where] {
					told(whole, where)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d actions are found", found)
	}
}

// actionsIn finds the strings of a file that name actions, or begin such a name.
func actionsIn(t *testing.T, file string) (names []string) {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(source, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil && action.MatchString(text) {
				names = append(names, text)
			}
		}
		return true
	})
	return names
}
