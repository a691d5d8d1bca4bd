package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/citation"
	"praxis/internal/i18n"
	"praxis/internal/portal"
)

// worldRoutes are what goes out into the world: whoever asks, they answer as to a visitor, so nothing
// but what is clear can leave through them.
func (w *Web) worldRoutes() []Route {
	return []Route{
		{Method: get, Path: "/p/:id/cite.bib", Access: Anyone, handler: w.cite},
		{Method: get, Path: "/p/:id/cite.ris", Access: Anyone, handler: w.cite},
		{Method: get, Path: "/p/:id/cite.json", Access: Anyone, handler: w.cite},
		{Method: get, Path: "/robots.txt", Access: Anyone, handler: w.robots},
		{Method: get, Path: "/sitemap.xml", Access: Anyone, handler: w.sitemap},
		{Method: get, Path: "/sitemap-:n", Access: Anyone, handler: w.sitemapPage},
		{Method: get, Path: "/feeds/practices.atom", Access: Anyone, handler: w.libraryFeed},
		{Method: get, Path: "/feeds/workspaces/:id", Access: Anyone, handler: w.workspaceFeed},
		{Method: get, Path: "/feeds/sectors/:code", Access: Anyone, handler: w.sectorFeed},
		{Method: get, Path: "/feeds/collections/:id", Access: Anyone, handler: w.collectionFeed},
		{Method: get, Path: "/oai", Access: Anyone, handler: w.oai},
		{Method: post, Path: "/oai", Access: Anyone, handler: w.oai},
	}
}

// settled is how long ago a change must lie for its second to be told: within one second there can be
// two changes, and whoever asks by the second would never hear of the other.
const settled = 2 * time.Second

// publish answers with a document that everybody may keep, if they ask each time whether it still
// holds: a practice that is clear no longer is gone at once.
func publish(c echo.Context, kind string, body []byte, changed time.Time) error {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h, r := c.Response().Header(), c.Request()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	known := strings.Contains(r.Header.Get("If-None-Match"), tag)
	if !changed.IsZero() && time.Since(changed) > settled {
		h.Set("Last-Modified", changed.UTC().Format(http.TimeFormat))
		since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
		known = known || err == nil && r.Header.Get("If-None-Match") == "" && !changed.Truncate(time.Second).After(since)
	}
	if known {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, body)
}

// publishXML is publish for a document that is written as XML.
func publishXML(c echo.Context, kind string, doc any, changed time.Time) error {
	body, err := xml.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	return publish(c, kind, append([]byte(xml.Header), body...), changed)
}

// lasting is the address of a practice that is cited: without words, so that a new title does not
// change it.
func (w *Web) lasting(practice int64) string {
	return w.f.BaseURL + "/p/" + strconv.FormatInt(practice, 10)
}

// work is a practice as it is cited.
func (w *Web) work(p portal.Practice) citation.Work {
	lang := p.Language
	k := citation.Work{Key: "praxis-" + decimal(p.ID), Title: p.Title, Summary: p.Summary, Authors: []string{p.Author.Name}, Publisher: w.name(),
		Language: lang, Version: decimal(p.Version), URL: w.lasting(p.ID), Keywords: w.keywords(p), Published: p.PublishedAt, Changed: p.UpdatedAt}
	for _, other := range p.Others {
		k.Authors = append(k.Authors, other.Name)
	}
	if p.Country != "" {
		k.Place = w.f.Vocabulary.CountryName(p.Country, lang)
	}
	return k
}

// keywords are what a practice is about, in its own language.
func (w *Web) keywords(p portal.Practice) []string {
	var words []string
	for _, list := range []struct {
		name string
		keys []string
	}{{"sectors", p.PracticeText.Sectors}, {"topics", p.PracticeText.Topics}, {"substances", p.PracticeText.Substances}} {
		for _, key := range list.keys {
			words = append(words, w.f.Vocabulary.Name(list.name, key, p.Language))
		}
	}
	return words
}

// base speaks for documents that have no reader's language.
func (w *Web) base() *i18n.Localizer { return w.f.Catalogues.Localizer(i18n.Base) }

// name is the portal's.
func (w *Web) name() string { return w.base().T("praxis") }

// cite answers with a practice as reference managers take it in.
func (w *Web) cite(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	p, err := w.f.Practices.Get(c.Request().Context(), portal.Identity{}, id)
	if err != nil {
		return err
	}
	k := w.work(p)
	kind, body := "application/x-bibtex; charset=utf-8", []byte(nil)
	_, format, _ := strings.Cut(c.Path(), "cite.")
	switch format {
	case "bib":
		body = k.BibTeX()
	case "ris":
		kind, body = "application/x-research-info-systems; charset=utf-8", k.RIS()
	default:
		kind = "application/vnd.citationstyles.csl+json"
		if body, err = k.CSL(); err != nil {
			return err
		}
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+k.Key+"."+format+`"`)
	return publish(c, kind, body, time.Time{})
}
