package web

import (
	"cmp"
	"html/template"
	"strconv"
	"strings"
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

// browseChips lists the filters that are on, in the order of the properties. They are made from the
// address: what nothing was counted of could not be taken off else.
func (w *Web) browseChips(c echo.Context, groups []facetGroup, properties []string) ([]chip, error) {
	var list []chip
	shown := map[string]bool{} // by parameter
	for _, property := range properties {
		param := browseParam(property)
		value := c.QueryParam(param)
		if value == "" || shown[param] || param == "tag" && w.tagProperty(value) != property {
			continue
		}
		shown[param] = true
		made := chip{Name: middleware.Locale(c).T("facet." + property), Path: filtered(c, param, "")}
		if made.Label = chosen(groups, property); made.Label == "" {
			var err error
			if made.Label, err = w.chosenLabel(c, property, value); err != nil {
				return nil, err
			}
		}
		if made.Label != "" {
			list = append(list, made)
		}
	}
	return list, nil
}

// tagProperty tells which property a tag is a value of.
func (w *Web) tagProperty(value string) string {
	if w.f.Vocabulary.Has("substances", value) && !w.f.Vocabulary.Has("topics", value) {
		return "substance"
	}
	return "topic"
}

// chosen is the label of the value of a property that is on, "" where it was not counted.
func chosen(groups []facetGroup, property string) string {
	for _, g := range groups {
		for _, f := range g.First {
			if g.Key == property && f.On {
				return f.Label
			}
		}
	}
	return ""
}

// maxChosen is how many characters of a value that the portal does not know are shown.
const maxChosen = 60

// chosenLabel names a value that was not counted; "" is one that filters nothing.
func (w *Web) chosenLabel(c echo.Context, property, value string) (string, error) {
	if property == "workspace" || property == "year" {
		if n, err := strconv.ParseInt(value, 10, 64); err != nil || n == 0 {
			return "", nil
		}
	}
	l, label := middleware.Locale(c), ""
	if property != "result" || l.Has("result."+value) {
		label = w.browseLabel(l, property, value)
	}
	if property == "workspace" {
		names, err := w.workspaceNames(c, []postgres.Count{{Value: value}})
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return "", err
		}
		label = cmp.Or(names[value], value)
	}
	runes := []rune(strings.ToValidUTF8(cmp.Or(label, value), "\ufffd"))
	return string(runes[:min(len(runes), maxChosen)]), nil
}

// manyPractices is from how many practices on a country's square is the darkest.
const manyPractices = 3

// sources draws where the practices are from: the more, the darker; with link how many, in squares that
// lead to them.
func (w *Web) sources(counted []postgres.Count, link func(code string) (href, title string)) template.HTML {
	classes := map[string]string{}
	for _, country := range counted {
		classes[country.Value] = "tried"
		if country.N >= manyPractices {
			classes[country.Value] = "worked"
		}
	}
	if link != nil {
		return w.pages.MapNumbers(classes, byValue(counted), link)
	}
	return w.pages.Map(classes)
}

// markNew marks the cards of what others published since the member was here.
func markNew(who portal.Identity, cards []card, list []portal.Practice, since time.Time) {
	for i, p := range list {
		cards[i].New = !since.IsZero() && p.PublishedAt.After(since) && p.AuthorID != who.MemberID
	}
}
