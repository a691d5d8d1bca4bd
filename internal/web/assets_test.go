package web_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"praxis/assets"
	"praxis/internal/i18n"
	"praxis/internal/notify"
	"praxis/internal/portal"
)

func TestCataloguesAreWhole(t *testing.T) {
	for lang, problems := range catalogues(t).Missing() {
		for _, p := range problems {
			t.Errorf("%s: %s", lang, p)
		}
	}
}

func catalogues(t testing.TB) *i18n.Catalogues {
	t.Helper()
	locales, err := fs.Sub(assets.Files, "locales")
	must(t, err)
	c, err := i18n.Load(locales)
	must(t, err)
	return c
}

// Every label has all that a label needs where the compiler does not ask for it: its words, its
// colour, its place in the API's document.
func TestEveryLabelIsDressed(t *testing.T) {
	l := catalogues(t).Localizer(i18n.Base)
	style, err := fs.ReadFile(assets.Files, "shared/components.css")
	must(t, err)
	raw, err := fs.ReadFile(assets.Files, "openapi/openapi.json")
	must(t, err)
	var document struct {
		Components struct {
			Schemas map[string]struct{ Enum []portal.Handling }
		}
	}
	must(t, json.Unmarshal(raw, &document))
	if got := document.Components.Schemas["Handling"].Enum; !slices.Equal(got, portal.Handlings) {
		t.Errorf("the API's document knows the labels %v", got)
	}
	for _, h := range portal.Handlings {
		for _, id := range []string{"handling.", "sees.", "readers."} {
			if !l.Has(id + string(h)) {
				t.Errorf("%s%s is in no catalogue", id, h)
			}
		}
		if base, _, _ := strings.Cut(string(h), "+"); h != portal.Clear && !strings.Contains(string(style), ".tlp."+base+" {") {
			t.Errorf("%s has no colour", h)
		}
	}
}

// Every text that a template names by its identifier is in the catalogues.
func TestTextsOfTemplatesExist(t *testing.T) {
	l := catalogues(t).Localizer(i18n.Base)
	named := regexp.MustCompile(`[({ ](?:t|n) "([^"]+)"`)
	files := 0
	for _, pattern := range []string{"pages/*/*.html", "shared/*.html"} {
		names, err := fs.Glob(assets.Files, pattern)
		must(t, err)
		for _, name := range names {
			text, err := fs.ReadFile(assets.Files, name)
			must(t, err)
			files++
			for _, m := range named.FindAllStringSubmatch(string(text), -1) {
				if !l.Has(m[1]) {
					t.Errorf("%s: no text %q", name, m[1])
				}
			}
		}
	}
	if files < 15 {
		t.Errorf("only %d templates were looked at", files)
	}
}

// Texts whose identifiers are made of data are there for every value.
func TestTextsOfDataExist(t *testing.T) {
	l := catalogues(t).Localizer(i18n.Base)
	need := map[string][]string{
		"status.": {"draft", "submitted", "changes_requested", "published", "archived", "rejected"}, "reaction.": portal.ReactionNames,
		"result.": portal.AdoptionResults, "workspace.kind.": {"cohort", "theme", "region", "country"}, "workspace.access.": {"open", "request", "invitation"},
		"action.":       {"approve", "request_changes", "reject", "hide", "keep", "relabel", "escalate", "withdraw"},
		"kind.":         {"practice", "thread", "post", "member", "collection", "country", "organization", "workspace", "term"},
		"facet.":        {"kind", "country", "sector", "tag", "evidence", "level", "language", "workspace", "from", "to"},
		"note.":         append(slices.Clone(notify.Kinds), "undone", "other"),
		"error.status.": {"400", "401", "403", "404", "405", "409", "412", "413", "415", "422", "429", "500", "503"},
	}
	for _, h := range portal.Handlings {
		need["sees."] = append(need["sees."], string(h))
	}
	for prefix, values := range need {
		for _, v := range values {
			if !l.Has(prefix + v) {
				t.Errorf("no text %q", prefix+v)
			}
		}
	}
}

// No Latin or Arabic letters stand outside of the catalogues: templates and scripts have no words of
// their own, but the portal's name.
func TestTemplatesHaveNoWords(t *testing.T) {
	var (
		hidden    = regexp.MustCompile(`(?s){{.*?}}|<(?:pre|code)[ >].*?</(?:pre|code)>`)
		attribute = regexp.MustCompile(`\s(?:aria-label|title|placeholder|alt)="([^"]*)"`)
		strip     = regexp.MustCompile(`<[^>]*>|&[a-z]+;|\S+@\S+`)
		word      = regexp.MustCompile(`\pL{2,}`)
		comment   = regexp.MustCompile(`(?m)^\s*//.*$|\s// .*$|/\*.*?\*/`)
		literal   = regexp.MustCompile("\"([^\"\n]*)\"|`([^`]*)`")
		sentence  = regexp.MustCompile(`^\s*\p{Lu}\p{Ll}+([ ,.:;!?…]+\pL+)*[.:!?…]*\s*$`)
	)
	looked := 0
	for _, pattern := range []string{"pages/*/*.html", "shared/*.html", "pages/*/*.js", "shared/*.js"} {
		names, err := fs.Glob(assets.Files, pattern)
		must(t, err)
		for _, name := range names {
			raw, err := fs.ReadFile(assets.Files, name)
			must(t, err)
			looked++
			if strings.HasSuffix(name, ".js") {
				for _, m := range literal.FindAllStringSubmatch(comment.ReplaceAllString(string(raw), ""), -1) {
					if text := m[1] + m[2]; sentence.MatchString(text) && !namesOfScripts[text] {
						t.Errorf("%s: the words %q are in no catalogue", name, text)
					}
				}
				continue
			}
			// Actions first: a tag may hold them.
			plain := hidden.ReplaceAllString(string(raw), "")
			said := []string{strip.ReplaceAllString(plain, "")}
			for _, m := range attribute.FindAllStringSubmatch(plain, -1) {
				said = append(said, m[1])
			}
			for _, text := range said {
				for _, m := range word.FindAllString(text, -1) {
					if m != "Praxis" {
						t.Errorf("%s: the word %q is in no catalogue", name, m)
					}
				}
			}
		}
	}
	if looked < 50 {
		t.Errorf("only %d files were looked at", looked)
	}
}

// namesOfScripts begin with a capital letter and are shown to nobody.
var namesOfScripts = map[string]bool{"Tab": true, "Files": true, "Accept": true, "Delete": true, "Enter": true, "Escape": true}
