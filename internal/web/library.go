package web

import (
	"html/template"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func (w *Web) libraryRoutes() []Route {
	return []Route{{Method: get, Path: "/library", Access: Anyone, handler: w.library}}
}

// libraryFacets are the properties by which the library can be narrowed, in the order of the page.
var libraryFacets = []string{"topic", "sector", "substance", "level", "country", "programme", "evidence", "language", "workspace"}

type libraryData struct {
	Cards   []card
	Total   int
	Latest  int // only so many were counted, the latest; 0: all
	New     int // published by others since the reader was here
	Chips   []chip
	Facets  []facetGroup
	Map     template.HTML // where the practices are from
	Numbers string        // where the same map says how many
	Pager   *pager
	Mine    bool // the reader's own practices, drafts too
}

// libraryFilter reads by what an address narrows the library.
func libraryFilter(c echo.Context) postgres.PracticeFilter {
	workspace, _ := strconv.ParseInt(c.QueryParam("workspace"), 10, 64) // what is no number filters nothing
	return postgres.PracticeFilter{Workspace: workspace, Country: c.QueryParam("country"), Language: c.QueryParam("language"),
		Sector: c.QueryParam("sector"), Tag: c.QueryParam("tag"), Level: c.QueryParam("level"), Evidence: c.QueryParam("evidence"),
		Programme: c.QueryParam("programme")}
}

func (w *Web) library(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	f := libraryFilter(c)
	f.Page = portal.Page{After: after, Limit: portal.DefaultPage + 1}
	d := libraryData{Mine: c.QueryParam("mine") != "" && who.SignedIn()}
	if d.Mine {
		f.Author, f.Status = who.MemberID, "any"
	}
	list, err := w.f.Practices.List(ctx, who, f)
	if err != nil {
		return err
	}
	list, d.Pager = paged(c, list, portal.DefaultPage, func(p portal.Practice) int64 { return p.ID })
	d.Cards = w.cards(l, list)
	before, fresh, err := w.f.Practices.Since(ctx, who)
	if err != nil {
		return err
	}
	markNew(who, d.Cards, list, before)
	if !d.Mine {
		d.New = fresh
		counts, err := w.f.Practices.CountLibrary(ctx, who, f)
		if err != nil {
			return err
		}
		if d.Facets, err = w.browseGroups(c, counts, libraryFacets); err != nil {
			return err
		}
		if d.Chips, err = w.browseChips(c, d.Facets, libraryFacets); err != nil {
			return err
		}
		d.Total, d.Latest, d.Map = counts.Total(), counts.Latest(), w.sources(counts["country"], nil)
		d.Numbers = "/countries" + strings.TrimPrefix(filtered(c, "country", ""), "/library")
	}
	v := w.view(c, l.T("library.title"), d)
	v.Screen = "library"
	return w.render(c, "library/library", v)
}
