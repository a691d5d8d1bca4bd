package web

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/search"
)

// facet is one value by which a list can be narrowed: a link, with how many it would leave.
type facet struct {
	Label, Path string
	Lang        string
	Count       int
	On          bool
}

// facetGroup is all values of one property. What stands first is shown, the rest on demand.
type facetGroup struct {
	Key, Name   string
	First, Rest []facet
}

// chip is a filter that is on; its path takes it away.
type chip struct{ Name, Label, Path string }

// facetsShown is how many values of a property are shown at once.
const facetsShown = 6

// facetKeys are the filters of search and library, in the order of the page.
var facetKeys = []string{"kind", "country", "sector", "topic", "evidence", "level", "language", "programme", "workspace"}

// facetGroups makes links of what the search counted; properties that would not narrow are left
// out. kind is no filter of the library.
func facetGroups(c echo.Context, l *i18n.Localizer, counted map[string][]search.Facet, keys []string) []facetGroup {
	var groups []facetGroup
	for _, key := range keys {
		param := key
		if key == "topic" {
			param = "tag"
		}
		values := counted[param]
		on := c.QueryParam(param)
		if len(values) < 2 && on == "" {
			continue
		}
		g := facetGroup{Key: param, Name: l.T("facet." + param)}
		for _, value := range values {
			if key == "kind" && l.Has("kind."+value.Value) {
				value.Label = l.T("kind." + value.Value)
			}
			if key == "language" {
				value.Label = l.Language(value.Value)
			}
			f := facet{Label: value.Label, Count: value.Count, On: value.Value == on, Path: filtered(c, param, value.Value)}
			if f.On {
				f.Path = filtered(c, param, "")
			}
			if len(g.First) < facetsShown {
				g.First = append(g.First, f)
			} else {
				g.Rest = append(g.Rest, f)
			}
		}
		if len(g.First) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// filtered is the address of the first page with one filter changed.
func filtered(c echo.Context, name, value string) string {
	u := *c.Request().URL
	query := u.Query()
	for _, other := range []string{"after", "lang", "done"} {
		query.Del(other)
	}
	if value == "" {
		query.Del(name)
	} else {
		query.Set(name, value)
	}
	if len(query) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + query.Encode()
}

// chips lists the filters that are on.
func (w *Web) chips(c echo.Context, l *i18n.Localizer, counted map[string][]search.Facet, names []string) []chip {
	var list []chip
	for _, name := range names {
		value := c.QueryParam(name)
		if value == "" {
			continue
		}
		list = append(list, chip{Name: l.T("facet." + name), Label: w.filterLabel(l, counted[name], name, value), Path: filtered(c, name, "")})
	}
	return list
}

func (w *Web) filterLabel(l *i18n.Localizer, counted []search.Facet, name, value string) string {
	for _, f := range counted {
		if f.Value == value && f.Label != "" && name != "language" {
			return f.Label
		}
	}
	vocab, lang := w.f.Vocabulary, l.Lang()
	switch name {
	case "country":
		return l.Country(value)
	case "language":
		return l.Language(value)
	case "kind":
		if l.Has("kind." + value) {
			return l.T("kind." + value)
		}
	case "sector":
		return vocab.Name("sectors", value, lang)
	case "level":
		return vocab.Name("levels", value, lang)
	case "evidence":
		return vocab.Name("evidence", value, lang)
	case "tag":
		if vocab.Has("topics", value) {
			return vocab.Name("topics", value, lang)
		}
		return vocab.Name("substances", value, lang)
	case "workspace":
		return l.T("facet.workspace")
	}
	return value
}

// hidden are the filters that a form must send along, so that searching anew keeps them.
func hidden(query url.Values, names []string) map[string]string {
	kept := map[string]string{}
	for _, name := range names {
		if v := query.Get(name); v != "" {
			kept[name] = v
		}
	}
	return kept
}
