package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
)

func (w *Web) aboutRoutes() []Route {
	return []Route{
		{Method: get, Path: "/about", Access: Anyone, handler: w.about},
		{Method: get, Path: "/api", Access: Anyone, handler: w.apiPage},
		{Method: get, Path: "/offline", Access: Anyone, handler: w.offline},
	}
}

// rosterRow is a country or organization of the coalition.
type rosterRow struct {
	Name     string
	Presumed bool // no source attests its membership
}

type aboutData struct {
	homeData
	Countries     []rosterRow
	Organizations []rosterRow
	Labels        []portal.Handling
}

func (w *Web) about(c echo.Context) error {
	ctx, l := c.Request().Context(), middleware.Locale(c)
	world, err := w.coalition(ctx)
	if err != nil {
		return err
	}
	countries, err := w.f.Admin.Countries(ctx)
	if err != nil {
		return err
	}
	organizations, err := w.f.Admin.Organizations(ctx)
	if err != nil {
		return err
	}
	d := aboutData{homeData: homeData{Coalition: world.counts, Map: world.members}, Labels: portal.Handlings}
	for _, country := range countries {
		if country.Member {
			d.Countries = append(d.Countries, rosterRow{l.Country(country.Code), country.Membership != "yes"})
		}
	}
	for _, o := range organizations {
		if o.Member {
			d.Organizations = append(d.Organizations, rosterRow{o.Name(l.Lang()), o.Membership != "yes"})
		}
	}
	byName := func(r rosterRow) string { return r.Name }
	i18n.SortBy(l, d.Countries, byName)
	i18n.SortBy(l, d.Organizations, byName)
	return w.render(c, "about/about", w.view(c, l.T("about.title"), d))
}

// offline is what the browser keeps for when the network is gone: the same for everybody.
func (w *Web) offline(c echo.Context) error {
	v := w.bare(c, middleware.Locale(c).T("offline.title"), nil)
	v.Who, v.Narrow = portal.Identity{}, true
	return w.render(c, "about/offline", v)
}
