package web

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// feedLength is how many practices a feed tells of.
const feedLength = 30

const atomNS = "http://www.w3.org/2005/Atom"

type atomFeed struct {
	XMLName   xml.Name    `xml:"feed"`
	NS        string      `xml:"xmlns,attr"`
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Subtitle  string      `xml:"subtitle,omitempty"`
	Updated   string      `xml:"updated"`
	Author    atomPerson  `xml:"author"`
	Links     []atomLink  `xml:"link"`
	Generator string      `xml:"generator"`
	Entries   []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Lang string `xml:"hreflang,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Lang       string         `xml:"xml:lang,attr"`
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Published  string         `xml:"published,omitempty"`
	Authors    []atomPerson   `xml:"author"`
	Links      []atomLink     `xml:"link"`
	Categories []atomCategory `xml:"category"`
	Rights     string         `xml:"rights"`
	Summary    string         `xml:"summary"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
}

func (w *Web) libraryFeed(c echo.Context) error {
	return w.practiceFeed(c, "/library", w.base().T("feed.title"), postgres.PracticeFilter{})
}

func (w *Web) workspaceFeed(c echo.Context) error {
	id, err := feedNumber(c)
	if err != nil {
		return err
	}
	ws, err := w.f.Workspaces.Get(c.Request().Context(), portal.Identity{}, id)
	if err != nil {
		return err
	}
	return w.practiceFeed(c, workspacePath(ws), w.name()+": "+ws.NameIn(w.base().Lang()), postgres.PracticeFilter{Workspace: id})
}

func (w *Web) sectorFeed(c echo.Context) error {
	key, isAtom := strings.CutSuffix(c.Param("code"), ".atom")
	if !isAtom || !w.f.Vocabulary.Has("sectors", key) {
		return portal.ErrNotFound()
	}
	return w.practiceFeed(c, "/library?sector="+key, w.name()+": "+w.f.Vocabulary.Name("sectors", key, w.base().Lang()), postgres.PracticeFilter{Sector: key})
}

// collectionFeed tells of the practices of a clear reading list in its order: new ones may stand anywhere.
func (w *Web) collectionFeed(c echo.Context) error {
	id, err := feedNumber(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	k, err := w.f.Collections.Get(ctx, portal.Identity{}, id)
	if err != nil {
		return err
	}
	ids := make([]int64, len(k.Items))
	for i, item := range k.Items {
		ids[i] = item.PracticeID
	}
	byID, err := w.f.Harvest.Practices(ctx, ids)
	if err != nil {
		return err
	}
	var practices []portal.Practice
	for _, id := range ids {
		if p, open := byID[id]; open {
			practices = append(practices, p)
		}
	}
	_, last, err := w.f.Harvest.Span(ctx)
	if err != nil {
		return err
	}
	if k.UpdatedAt.After(last) {
		last = k.UpdatedAt
	}
	return w.feed(c, collectionPath(k.ID, k.Title), k.Title, practices, last)
}

// feedNumber reads the identifier of "12.atom".
func feedNumber(c echo.Context) (int64, error) {
	digits, isAtom := strings.CutSuffix(c.Param("id"), ".atom")
	id, err := strconv.ParseInt(digits, 10, 64)
	if !isAtom || err != nil || id <= 0 || id >= 1<<53 {
		return 0, portal.ErrNotFound()
	}
	return id, nil
}

func (w *Web) practiceFeed(c echo.Context, page, title string, f postgres.PracticeFilter) error {
	ctx := c.Request().Context()
	f.Page = portal.Page{Limit: feedLength}
	practices, err := w.f.Practices.List(ctx, portal.Identity{}, f)
	if err != nil {
		return err
	}
	// Of the world's last change, not of the last practice here: a feed that has lost one is another.
	_, last, err := w.f.Harvest.Span(ctx)
	if err != nil {
		return err
	}
	return w.feed(c, page, title, practices, last)
}

func (w *Web) feed(c echo.Context, page, title string, practices []portal.Practice, changed time.Time) error {
	self := w.f.BaseURL + c.Request().URL.EscapedPath()
	doc := atomFeed{NS: atomNS, ID: self, Title: title, Author: atomPerson{w.name()}, Generator: w.name(),
		Links: []atomLink{{Rel: "self", Type: "application/atom+xml", Href: self}, {Rel: "alternate", Type: "text/html", Href: w.f.BaseURL + page}}}
	updated := time.Unix(0, 0)
	for _, p := range practices {
		if p.UpdatedAt.After(updated) {
			updated = p.UpdatedAt
		}
		doc.Entries = append(doc.Entries, w.entry(p))
	}
	doc.Updated = stamp(updated)
	return publishXML(c, "application/atom+xml; charset=utf-8", doc, changed)
}

func (w *Web) entry(p portal.Practice) atomEntry {
	e := atomEntry{Lang: p.Language, ID: w.lasting(p.ID), Title: p.Title, Updated: stamp(p.UpdatedAt), Published: stamp(p.PublishedAt),
		Rights: "TLP:CLEAR", Summary: p.Summary, Authors: []atomPerson{{p.Author.Name}},
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: p.Language, Href: w.f.BaseURL + practicePath(p.ID, p.Title)}}}
	for _, other := range p.Others {
		e.Authors = append(e.Authors, atomPerson{other.Name})
	}
	for _, key := range p.PracticeText.Sectors {
		e.Categories = append(e.Categories, atomCategory{key, w.f.Vocabulary.Name("sectors", key, p.Language)})
	}
	return e
}
