package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

// more leads from some of a list to all of it.
type more struct {
	Path string
	N    int
}

// someReports reads the first reports on a practice, and leads to all where there are more.
func (w *Web) someReports(ctx context.Context, who portal.Identity, d *practiceData, id int64) ([]portal.Adoption, error) {
	reports, err := w.f.Practices.Adoptions(ctx, who, id, portal.Page{Limit: portal.MaxPage + 1})
	if err != nil || len(reports) <= portal.MaxPage {
		return reports, err
	}
	counts, err := w.f.Practices.CountAdoptions(ctx, who, postgres.AdoptionFilter{Practice: id})
	d.MoreReports = append(d.MoreReports, more{"/adoptions?practice=" + decimal(id), counts.Total()})
	return reports[:portal.MaxPage], err
}

// someThreads reads the latest threads about a practice, and leads to all where there are more.
func (w *Web) someThreads(ctx context.Context, v *page.View, d *practiceData, id int64) error {
	threads, err := w.f.Discussions.List(ctx, v.Who, postgres.ThreadFilter{Practice: id, Page: portal.Page{Limit: practiceThreads + 1}})
	if err != nil {
		return err
	}
	if len(threads) > practiceThreads {
		threads = threads[:practiceThreads]
		all, err := w.f.Discussions.Count(ctx, v.Who, id)
		if err != nil {
			return err
		}
		d.MoreThreads = append(d.MoreThreads, more{"/p/" + decimal(id) + "/threads", all})
	}
	for _, t := range threads {
		d.Threads = append(d.Threads, threadRowOf(v, t, true))
	}
	return nil
}

type threadsData struct {
	Practice portal.Practice
	Path     string
	Crumbs   []crumb
	Rows     []threadRow
	Pager    *pager
}

// threadsAbout lists all threads about a practice.
func (w *Web) threadsAbout(c echo.Context) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	threads, err := w.f.Discussions.List(c.Request().Context(), who,
		postgres.ThreadFilter{Practice: p.ID, Page: portal.Page{After: after, Limit: portal.DefaultPage + 1}})
	if err != nil {
		return err
	}
	d := threadsData{Practice: p, Path: practicePath(p.ID, p.Title), Crumbs: []crumb{{p.Title, practicePath(p.ID, p.Title), p.Language}}}
	threads, d.Pager = paged(c, threads, portal.DefaultPage, func(t portal.Thread) int64 { return t.ID })
	v := w.view(c, middleware.Locale(c).T("practice.threads"), nil)
	for _, t := range threads {
		d.Rows = append(d.Rows, threadRowOf(v, t, true))
	}
	v.Data = d
	return w.render(c, "practice/threads", v)
}

// resultsByCountry is the class of each country on the map: what its reports say, mixed where
// they differ.
func resultsByCountry(reports []portal.Adoption) map[string]string {
	classes := map[string]string{}
	for _, r := range reports {
		switch before := classes[r.Country]; {
		case r.Hidden:
		case before == "" || before == "tried":
			classes[r.Country] = r.Result
		case r.Result != "tried" && r.Result != before:
			classes[r.Country] = "mixed"
		}
	}
	return classes
}
