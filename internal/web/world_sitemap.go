package web

import (
	"context"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/harvest"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

const sitemapNS = "http://www.sitemaps.org/schemas/sitemap/0.9"

type mapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

type sitemapIndex struct {
	XMLName xml.Name `xml:"sitemapindex"`
	NS      string   `xml:"xmlns,attr"`
	Maps    []mapURL `xml:"sitemap"`
}

type urlSet struct {
	XMLName xml.Name `xml:"urlset"`
	NS      string   `xml:"xmlns,attr"`
	URLs    []mapURL `xml:"url"`
}

// robots keeps those who index the world's pages off what is no page, or one of endlessly many.
func (w *Web) robots(c echo.Context) error {
	return publish(c, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /api/\nDisallow: /search\nDisallow: /sign-in\nDisallow: /invitation/\nDisallow: /*?\n"+
		"Allow: /sitemap.xml\n\nSitemap: "+w.f.BaseURL+"/sitemap.xml\n"), time.Time{})
}

// placesName is the page of the map with what is no practice.
const placesName = "places"

// sitemap lists the pages of the site's map.
func (w *Web) sitemap(c echo.Context) error {
	ctx := c.Request().Context()
	pages, err := w.f.Harvest.SitemapPages(ctx)
	if err != nil {
		return err
	}
	doc := sitemapIndex{NS: sitemapNS, Maps: []mapURL{{Loc: w.f.BaseURL + "/sitemap-" + placesName + ".xml"}}}
	for _, p := range pages {
		doc.Maps = append(doc.Maps, mapURL{w.f.BaseURL + "/sitemap-" + strconv.FormatInt(p.Number, 10) + ".xml", stamp(p.ChangedAt)})
	}
	return w.publishMap(c, doc)
}

// publishMap tells the last change for the world as the map's own: what went has changed it, too.
func (w *Web) publishMap(c echo.Context, doc any) error {
	_, last, err := w.f.Harvest.Span(c.Request().Context())
	if err != nil {
		return err
	}
	return publishXML(c, "application/xml; charset=utf-8", doc, last)
}

func (w *Web) sitemapPage(c echo.Context) error {
	name, isXML := strings.CutSuffix(c.Param("n"), ".xml")
	if !isXML {
		return portal.ErrNotFound()
	}
	doc := urlSet{NS: sitemapNS}
	if name == placesName {
		var err error
		if doc.URLs, err = w.places(c.Request().Context()); err != nil {
			return err
		}
		return publishXML(c, "application/xml; charset=utf-8", doc, time.Time{})
	}
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil || n < 0 || n > 1<<31 || strconv.FormatInt(n, 10) != name {
		return portal.ErrNotFound()
	}
	entries, err := w.f.Harvest.SitemapEntries(c.Request().Context(), n)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return portal.ErrNotFound()
	}
	for _, e := range entries {
		doc.URLs = append(doc.URLs, mapURL{w.f.BaseURL + practicePath(e.ID, e.Title), stamp(e.ChangedAt)})
	}
	return w.publishMap(c, doc)
}

// places are the pages that are no practice: the portal's own, its workspaces, its clear reading lists.
func (w *Web) places(ctx context.Context) ([]mapURL, error) {
	var urls []mapURL
	for _, path := range []string{"/", "/about", "/library", "/workspaces", "/collections", "/api"} {
		urls = append(urls, mapURL{Loc: w.f.BaseURL + path})
	}
	for page := (portal.Page{Limit: portal.MaxPage}); len(urls) < harvest.SitemapMax/2; {
		list, err := w.f.Workspaces.List(ctx, portal.Identity{}, false, page)
		if err != nil {
			return nil, err
		}
		for _, ws := range list {
			urls = append(urls, mapURL{Loc: w.f.BaseURL + workspacePath(ws)})
			page.After = ws.ID
		}
		if len(list) < page.Limit {
			break
		}
	}
	for page := (portal.Page{Limit: portal.MaxPage}); len(urls) < harvest.SitemapMax-portal.MaxPage; {
		list, err := w.f.Collections.List(ctx, portal.Identity{}, postgres.CollectionFilter{Page: page})
		if err != nil {
			return nil, err
		}
		for _, k := range list {
			urls = append(urls, mapURL{w.f.BaseURL + collectionPath(k.ID, k.Title), stamp(k.UpdatedAt)})
			page.After = k.ID
		}
		if len(list) < page.Limit {
			break
		}
	}
	return urls, nil
}

// stamp writes a moment to the second, in UTC.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
