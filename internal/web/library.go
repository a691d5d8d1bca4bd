package web

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/search"
)

func (w *Web) libraryRoutes() []Route {
	return []Route{{Method: get, Path: "/library", Access: Anyone, handler: w.library}}
}

// libraryFilters are the parameters by which the library can be narrowed.
var libraryFilters = []string{"country", "sector", "tag", "evidence", "level", "language", "workspace"}

// libraryFacets are the filters in the order of the page.
var libraryFacets = []string{"sector", "topic", "country", "evidence", "level", "language", "workspace"}

type libraryData struct {
	Cards  []card
	Total  int
	Chips  []chip
	Facets []facetGroup
	Pager  *pager
	Mine   bool // the reader's own practices, drafts too
}

func (w *Web) library(c echo.Context) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	workspace, _ := strconv.ParseInt(c.QueryParam("workspace"), 10, 64) // what is no number filters nothing
	f := postgres.PracticeFilter{Workspace: workspace, Country: c.QueryParam("country"), Language: c.QueryParam("language"),
		Sector: c.QueryParam("sector"), Tag: c.QueryParam("tag"), Level: c.QueryParam("level"), Evidence: c.QueryParam("evidence"),
		Page: portal.Page{After: after, Limit: portal.DefaultPage + 1}}
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
	var counted search.Result
	if !d.Mine {
		// The counts come from the index. Where it does not answer, the library is still there.
		counted, err = w.f.Search.Find(ctx, who.Viewer, search.Query{Kind: string(portal.KindPractice), Country: f.Country, Workspace: f.Workspace,
			Language: f.Language, Tag: f.Tag, Sector: f.Sector, Level: f.Level, Evidence: f.Evidence, Limit: 1, Locale: l.Lang()})
		if err != nil {
			counted = search.Result{}
		}
	}
	d.Total = counted.Total
	d.Facets = facetGroups(c, l, counted.Facets, libraryFacets)
	d.Chips = w.chips(c, l, counted.Facets, libraryFilters)
	v := w.view(c, l.T("library.title"), d)
	v.Screen = "library"
	return w.render(c, "library/library", v)
}
