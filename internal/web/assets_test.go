package web_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"praxis/assets"
	"praxis/internal/i18n"
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
		"action.": {"approve", "request_changes", "reject", "hide", "keep", "relabel", "escalate", "withdraw"},
		"kind.":   {"practice", "thread", "post", "member"}, "diff.part.": {"title", "summary"},
		"facet.":        {"kind", "country", "sector", "tag", "evidence", "level", "language", "workspace", "from", "to"},
		"note.":         {"post", "reply", "mention", "named", "thread", "adopted", "published", "changes_requested", "rejected", "hidden", "case", "membership", "other"},
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

// No Latin or Arabic letters stand outside of the catalogues: a template has no words of its own.
func TestTemplatesHaveNoWords(t *testing.T) {
	strip := regexp.MustCompile(`<[^>]*>|&[a-z]+;|\S+@\S+`)
	letters := regexp.MustCompile(`\pL{2,}`)
	names, err := fs.Glob(assets.Files, "pages/*/*.html")
	must(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(assets.Files, name)
		must(t, err)
		plain := regexp.MustCompile(`(?s)<(pre|code)[ >].*?</(pre|code)>`).ReplaceAllString(string(text), "")
		// Actions first: a tag may hold them.
		plain = strip.ReplaceAllString(regexp.MustCompile(`(?s){{.*?}}`).ReplaceAllString(plain, ""), "")
		if m := letters.FindString(plain); m != "" && !strings.Contains("Praxis", m) {
			t.Errorf("%s: the word %q is in no catalogue", name, m)
		}
	}
}
