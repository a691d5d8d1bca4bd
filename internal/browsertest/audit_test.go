package browsertest

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"praxis/assets"
)

// auditScript looks at a page from the inside.
//
//go:embed audit.js
var auditScript string

// question is what the audit is asked of a page.
type question struct {
	Parts   []string `json:"parts"`
	Lang    string   `json:"lang"`
	Theme   string   `json:"theme"`
	Keys    []string `json:"keys"`    // the texts' identifiers
	Foreign []string `json:"foreign"` // what may stand in Latin letters on an Arabic page
}

// wholeAudit is everything but the colours, which are asked in both themes.
var wholeAudit = []string{"width", "structure", "names", "targets", "focus", "words"}

// textKeys reads the identifiers of the portal's texts.
func textKeys(t testing.TB) []string {
	t.Helper()
	raw, err := assets.Files.ReadFile("locales/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]any
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	if len(texts) < 100 {
		t.Fatalf("only %d texts were found", len(texts))
	}
	return slices.Sorted(maps.Keys(texts))
}

// audit asks the page in the window; every answer is something wrong.
func (r *reader) audit(q question) []string {
	r.t.Helper()
	raw, err := json.Marshal(q)
	if err != nil {
		r.t.Fatal(err)
	}
	return eval[[]string](r, "("+auditScript+")("+string(raw)+")")
}
