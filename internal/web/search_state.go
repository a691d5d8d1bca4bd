package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/search"
	"praxis/internal/web/page"
)

// ownLanguages is the box by which a member searches only in what she reads.
type ownLanguages struct {
	Tags  string // es,fr
	Names string
	On    bool
	Kept  map[string]string // what else the search is narrowed by
}

// searchState tells an officer how far the search index is, or when it was last built anew.
func (w *Web) searchState(ctx context.Context, v *page.View) string {
	if ok, percent := w.f.CaughtUp(ctx); !ok {
		return v.L.T("officer.search_building", "Percent", strconv.Itoa(percent))
	}
	built := w.f.IndexBuilt()
	if built.IsZero() {
		return ""
	}
	return v.L.T("officer.search_built", "When", v.L.DateTime(built, v.Zone))
}

// languagesOfHers are the languages that the account, the page and the browser of a member say that she
// reads; where she searches among others by an address, these.
func languagesOfHers(c echo.Context, who portal.Identity, q search.Query) *ownLanguages {
	l := middleware.Locale(c)
	tags := q.Languages
	if len(tags) == 0 {
		said := []string{who.Locale, l.Lang()}
		accepted, _, err := language.ParseAcceptLanguage(c.Request().Header.Get("Accept-Language"))
		for _, tag := range accepted {
			said = append(said, tag.String())
		}
		if err != nil {
			said = said[:2]
		}
		tags = search.LanguagesOf(strings.Join(said, ","))
	}
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = l.Language(tag)
	}
	kept := hidden(c.Request().URL.Query(), append(slices.Clone(searchFilters), "q", "sort", "exact"))
	return &ownLanguages{Tags: strings.Join(tags, ","), Names: l.List(names), On: len(q.Languages) > 0, Kept: kept}
}
