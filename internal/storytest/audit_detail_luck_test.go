package storytest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// nested are keys of details that are not written where the detail is.
var nested = []string{"id", "result", "country", "year", "month", "confirmed", "role"}

// Whatever the code writes into the detail of an audit row has a name in words.
func TestEachDetailHasWords(t *testing.T) {
	raw, err := fs.ReadFile(Files.Assets, "locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]any
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, key := range nested {
		where[key] = "practice/adopt.go"
	}
	for _, folder := range recording {
		files, err := filepath.Glob("../" + folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no source in %s: %v", folder, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				for _, key := range detailsIn(t, file) {
					where[key] = file
				}
			}
		}
	}
	if len(where) < 20 {
		t.Errorf("only %d keys are found", len(where))
	}
	for key, file := range where {
		if words["audit.detail."+key] == nil {
			t.Errorf("%s records a detail %q, for which there are no words", file, key)
		}
	}
}

// detailsIn finds the keys of the details that a file writes.
func detailsIn(t *testing.T, file string) (keys []string) {
	t.Helper()
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				keys = append(keys, text)
			}
		}
	}
	ast.Inspect(source, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr: // Detail: map[string]any{…}
			if name, ok := n.Key.(*ast.Ident); ok && name.Name == "Detail" {
				if literal, ok := n.Value.(*ast.CompositeLit); ok {
					for _, e := range literal.Elts {
						if pair, ok := e.(*ast.KeyValueExpr); ok {
							add(pair.Key)
						}
					}
				}
			}
		case *ast.IndexExpr: // change.Detail["…"]
			if of, ok := n.X.(*ast.SelectorExpr); ok && of.Sel.Name == "Detail" {
				add(n.Index)
			}
		}
		return true
	})
	return keys
}
