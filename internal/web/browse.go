package web

import (
	"html/template"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// browseParam is the parameter of the address by which a property filters: topics and substances
// are both tags.
func browseParam(property string) string {
	if property == "topic" || property == "substance" {
		return "tag"
	}
	return property
}

// browseGroups makes links of what was counted, a group a property; what would not narrow is left out.
func (w *Web) browseGroups(c echo.Context, counts postgres.Counts, properties []string) ([]facetGroup, error) {
	l := middleware.Locale(c)
	names, err := w.workspaceNames(c, counts["workspace"])
	if err != nil {
		return nil, err
	}
	var groups []facetGroup
	for _, property := range properties {
		param := browseParam(property)
		values, on := counts[property], c.QueryParam(param)
		if len(values) < 2 && (on == "" || len(values) == 0) {
			continue
		}
		g := facetGroup{Key: property, Name: l.T("facet." + property)}
		for _, value := range values {
			f := facet{Label: w.browseLabel(l, property, value.Value), Count: value.N, On: value.Value == on, Path: filtered(c, param, value.Value)}
			if name, known := names[value.Value]; known && property == "workspace" {
				f.Label = name
			}
			if f.On {
				f.Path = filtered(c, param, "")
			}
			if f.On || len(g.First) < facetsShown {
				g.First = append(g.First, f)
			} else {
				g.Rest = append(g.Rest, f)
			}
		}
		groups = append(groups, g)
	}
	return groups, nil
}

func (w *Web) browseLabel(l *i18n.Localizer, property, value string) string {
	list := map[string]string{"sector": "sectors", "level": "levels", "topic": "topics", "substance": "substances", "programme": "programmes"}[property]
	switch {
	case list != "":
		return w.f.Vocabulary.Name(list, value, l.Lang())
	case property == "country":
		return l.Country(value)
	case property == "language":
		return l.Language(value)
	case property == "evidence":
		return w.f.Vocabulary.Name("evidence", value, l.Lang())
	case property == "result":
		return l.T("result." + value)
	}
	return value
}

// workspaceNames names the workspaces that were counted; that a workspace exists is told to everybody.
func (w *Web) workspaceNames(c echo.Context, counted []postgres.Count) (map[string]string, error) {
	names := map[string]string{}
	for _, value := range counted {
		id, err := strconv.ParseInt(value.Value, 10, 64)
		if err != nil {
			continue
		}
		name, err := w.workspaceName(c.Request().Context(), middleware.Who(c), id, middleware.Locale(c).Lang())
		if err != nil {
			return nil, err
		}
		names[value.Value] = name.Name
	}
	return names, nil
}

// browseChips lists the filters that are on, of the groups that show them.
func browseChips(c echo.Context, groups []facetGroup) []chip {
	var list []chip
	for _, g := range groups {
		for _, f := range g.First {
			if f.On {
				list = append(list, chip{Name: g.Name, Label: f.Label, Path: f.Path})
			}
		}
	}
	return list
}

// manyPractices is from how many practices on a country's square is the darkest.
const manyPractices = 3

// sources draws where the practices are from: the more, the darker.
func (w *Web) sources(counted []postgres.Count) template.HTML {
	classes := map[string]string{}
	for _, country := range counted {
		classes[country.Value] = "tried"
		if country.N >= manyPractices {
			classes[country.Value] = "worked"
		}
	}
	return w.pages.Map(classes)
}

// markNew marks the cards of what others published since the member was here.
func markNew(who portal.Identity, cards []card, list []portal.Practice, since time.Time) {
	for i, p := range list {
		cards[i].New = !since.IsZero() && p.PublishedAt.After(since) && p.AuthorID != who.MemberID
	}
}
