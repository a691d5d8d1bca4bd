package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"praxis/internal/web/page"
)

// detailTexts begin the identifiers of the words for values of an audit row's detail, by their key.
var detailTexts = map[string]string{"handling": "handling.", "status": "status.", "decision": "action.", "reason": "flag.reason.", "result": "result.",
	"role": "audit.role.", "scopes": "token.scope."}

// detailOf says what an audit row holds beside who, what and on which thing, in the reader's words.
// Rows are kept for ever: a key that no version knows any more is shown by its name.
func (w *Web) detailOf(v *page.View, detail map[string]any) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(detail)) {
		said := w.detailValue(v, key, detail[key])
		if said == "" {
			continue
		}
		name := key
		if id := "audit.detail." + key; v.L.Has(id) {
			name = v.L.T(id)
		}
		parts = append(parts, name+": "+said)
	}
	return strings.Join(parts, "; ")
}

// detailValue says one value as JSON has it; "" where there is nothing to say.
func (w *Web) detailValue(v *page.View, key string, value any) string {
	switch value := value.(type) {
	case bool:
		if value {
			return v.L.T("audit.yes")
		}
		return v.L.T("audit.no")
	case float64: // numbers of things, versions, years: as they stand in addresses
		if value == 0 {
			return ""
		}
		return strconv.FormatFloat(value, 'f', -1, 64)
	case string:
		return w.detailWord(v, key, value)
	case []any:
		var words []string
		for _, one := range value {
			if said := w.detailValue(v, key, one); said != "" {
				words = append(words, said)
			}
		}
		return v.L.List(words)
	case map[string]any:
		if said := w.detailOf(v, value); said != "" {
			return "(" + said + ")"
		}
	}
	return ""
}

// detailWord says a value that is a word of the portal's own.
func (w *Web) detailWord(v *page.View, key, value string) string {
	switch {
	case value == "":
		return ""
	case key == "country" || key == "code" && len(value) == 2:
		return v.L.Country(value)
	case key == "rating":
		return w.f.Vocabulary.Name("evidence", value, v.Lang())
	}
	if id := detailTexts[key] + value; v.L.Has(id) {
		return v.L.T(id)
	}
	return value
}
