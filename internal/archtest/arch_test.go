package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "praxis/"

// floors, from the ground up. A package imports only floors below its own.
var floors = [][]string{
	{"portal", "i18n", "markup", "extract", "secret", "config", "citation"},
	{"postgres", "pgcluster", "index", "blob", "mail", "push"},
	{"account", "workspace", "practice", "discussion", "attachment", "moderation", "search", "notify", "admin", "transfer", "outbox", "collection", "harvest", "report", "thesaurus"},
	{"middleware"},
	{"web/page", "web/form"},
	{"web", "api", "live"},
	{"demo"},
	{"app"},
	{"cli"},
}

// allowed are the exceptions on one floor, each with its reason.
var allowed = map[string]string{
	"web/page→web/form": "a page shows the errors of its form",
}

// technologies have one importer each.
var technologies = map[string][]string{
	"github.com/lib/pq":                    {"postgres"},
	"github.com/jmoiron/sqlx":              {"postgres"},
	"github.com/pressly/goose":             {"postgres"},
	"github.com/blevesearch/":              {"index"},
	"github.com/wneessen/go-mail":          {"mail"},
	"github.com/emersion/":                 {"mail"},
	"github.com/SherClockHolmes/":          {"push"},
	"github.com/gorilla/websocket":         {"live"},
	"github.com/labstack/echo":             {"web", "api", "live", "middleware", "app"},
	"github.com/alecthomas/kong":           {"cli"},
	"github.com/klippa-app/go-pdfium":      {"extract"},
	"github.com/yuin/goldmark":             {"markup"},
	"github.com/microcosm-cc/bluemonday":   {"markup"},
	"github.com/minio/minio-go":            {"blob"},
	"github.com/evanw/esbuild":             {"web/page"},
	"github.com/prometheus/client_golang/": {"app"},
}

type file struct {
	pkg     string // below internal/
	path    string
	imports []string
	ast     *ast.File
}

// source reads every Go file of the project that is no test.
func source(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []file
	set := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(filepath.Join(root, "internal"), filepath.Dir(name))
		if err != nil {
			return err
		}
		f := file{pkg: filepath.ToSlash(rel), path: name, ast: parsed}
		for _, i := range parsed.Imports {
			f.imports = append(f.imports, strings.Trim(i.Path.Value, `"`))
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files were found: the walk looks in the wrong place", len(files))
	}
	return files
}

// forTests are packages that only tests import; they may reach for what they need.
var forTests = map[string]bool{"pgcluster/pgtest": true, "postgres/storetest": true, "search/searchtest": true, "blob/s3test": true, "archtest": true, "storytest": true, "browsertest": true}

func floorOf(pkg string) int {
	for n, floor := range floors {
		for _, p := range floor {
			if p == pkg {
				return n
			}
		}
	}
	return -1
}

func TestPackagesImportOnlyFloorsBelow(t *testing.T) {
	used := map[string]bool{}
	for _, f := range source(t) {
		if forTests[f.pkg] {
			continue
		}
		own := floorOf(f.pkg)
		if own < 0 {
			t.Errorf("%s: the package %q stands on no floor", f.path, f.pkg)
			continue
		}
		for _, i := range f.imports {
			below, ours := strings.CutPrefix(i, module+"internal/")
			if !ours {
				if strings.HasPrefix(i, module) && own < floorOf("cli") {
					t.Errorf("%s imports %s: embedded files are handed down", f.path, i)
				}
				continue
			}
			if forTests[below] {
				t.Errorf("%s imports %s, which is for tests", f.path, below)
				continue
			}
			if floorOf(below) < own {
				continue
			}
			used[f.pkg+"→"+below] = true
			if allowed[f.pkg+"→"+below] == "" {
				t.Errorf("%s: %s may not import %s", f.path, f.pkg, below)
			}
		}
	}
	for exception := range allowed {
		if !used[exception] {
			t.Errorf("nobody needs the exception %s: take it off the list", exception)
		}
	}
}

func TestTechnologiesHaveOneImporter(t *testing.T) {
	used := map[string]bool{}
	for _, f := range source(t) {
		if forTests[f.pkg] {
			continue
		}
		for _, i := range f.imports {
			for technology, owners := range technologies {
				if !strings.HasPrefix(i, technology) {
					continue
				}
				used[technology] = true
				ok := false
				for _, owner := range owners {
					ok = ok || f.pkg == owner || strings.HasPrefix(f.pkg, owner+"/") && owner != "web"
				}
				if !ok {
					t.Errorf("%s imports %s, which belongs to %v", f.path, i, owners)
				}
			}
		}
	}
	for technology := range technologies {
		if !used[technology] {
			t.Errorf("nobody imports %s: take it off the list", technology)
		}
	}
}

func TestEverythingExportedIsDocumented(t *testing.T) {
	packages := map[string]bool{}
	for _, f := range source(t) {
		if f.ast.Doc != nil {
			packages[f.pkg] = true
		} else if _, known := packages[f.pkg]; !known {
			packages[f.pkg] = false
		}
		for _, d := range f.ast.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no docstring", f.path, name)
			}
		}
	}
	for pkg, documented := range packages {
		if !documented {
			t.Errorf("package %s has no comment", pkg)
		}
	}
}

func undocumented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || ast.IsExported(receiver(d))) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			return nil
		}
		var names []string
		for _, s := range d.Specs {
			if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() && s.Doc == nil {
				names = append(names, s.Name.Name)
			}
			if s, ok := s.(*ast.ValueSpec); ok && s.Doc == nil && s.Comment == nil && s.Names[0].IsExported() {
				names = append(names, s.Names[0].Name)
			}
		}
		return names
	}
	return nil
}

func receiver(d *ast.FuncDecl) string {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	if name, ok := typ.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

const (
	longestFile     = 350
	longestFunction = 80
)

func TestFilesAndFunctionsFitInOneHead(t *testing.T) {
	set := token.NewFileSet()
	for _, f := range source(t) {
		raw, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), "\n"); n > longestFile {
			t.Errorf("%s has %d lines", f.path, n)
		}
		parsed, err := parser.ParseFile(set, f.path, raw, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
				if n := set.Position(d.End()).Line - set.Position(d.Pos()).Line; n > longestFunction {
					t.Errorf("%s: %s has %d lines", f.path, d.Name.Name, n)
				}
			}
		}
		switch base := path.Base(f.pkg); base {
		case "utils", "util", "common", "helpers", "models", "misc":
			t.Errorf("%s: a package is named after what it owns, not %q", f.path, base)
		}
	}
}
