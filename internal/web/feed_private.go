package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
)

const (
	privateFeed  = "/feed/"
	feedSettings = mailPath + "/feed"
	feedExcerpt  = 400
)

func (w *Web) privateFeedRoutes() []Route {
	return []Route{
		{Method: get, Path: privateFeed + ":token", Access: Anyone, handler: w.memberFeed},
		{Method: post, Path: feedSettings, Access: Members, handler: w.setFeed},
	}
}

// setFeed makes the member's private feed an address, which is shown this once, or takes it away.
func (w *Web) setFeed(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	if f.Text("do") == "end" {
		if err := w.f.Notify.EndFeed(ctx, who); err != nil {
			return err
		}
		return seeOther(c, mailPath, "saved")
	}
	token, err := w.f.Notify.MakeFeed(ctx, who)
	if err != nil {
		return err
	}
	v, d, s, err := w.mailView(c)
	if err != nil {
		return err
	}
	d.Feed = w.f.BaseURL + privateFeed + token + ".atom"
	v.Form = mailForm(s)
	return w.render(c, "settings/mail", v)
}

// memberFeed tells a member's feed reader what she may see under clear and green. The address is her key: it
// is in no log, in no referrer and in nobody's cache.
func (w *Web) memberFeed(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "private, no-cache")
	token, isAtom := strings.CutSuffix(c.Param("token"), ".atom")
	if !isAtom {
		return portal.ErrNotFound()
	}
	var workspace int64
	if asked := c.QueryParam("workspace"); asked != "" {
		f := form.New("workspace", asked)
		if workspace = f.ID(middleware.Locale(c), "workspace"); f.Failed() {
			return portal.ErrNotFound()
		}
	}
	items, locale, err := w.f.Notify.Feed(c.Request().Context(), token, workspace)
	if err != nil {
		return err
	}
	// Its identifier must not hold the address: readers show it, and pass it on.
	doc := atomFeed{NS: atomNS, ID: w.f.BaseURL + "/#feed-" + decimal(workspace), Title: w.f.Catalogues.Localizer(w.f.Catalogues.Match("", locale)).T("feed.private"), Author: atomPerson{w.name()}, Generator: w.name(),
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: w.f.BaseURL + "/"}}}
	updated := time.Unix(0, 0)
	for _, item := range items {
		if item.UpdatedAt.After(updated) {
			updated = item.UpdatedAt
		}
		doc.Entries = append(doc.Entries, w.feedEntry(item))
	}
	doc.Updated = stamp(updated)
	body, err := xml.Marshal(doc)
	if err != nil {
		return fmt.Errorf("write a feed: %w", err)
	}
	return c.Blob(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

func (w *Web) feedEntry(item postgres.FeedItem) atomEntry {
	path := "/p/" + decimal(item.ID)
	if item.Kind == "thread" {
		path = "/t/" + decimal(item.ID)
	}
	text := item.Text
	if item.Kind == "thread" {
		text = markup.Text(text)
	}
	return atomEntry{Lang: item.Language, ID: w.f.BaseURL + path, Title: item.Title, Updated: stamp(item.UpdatedAt), Published: stamp(item.CreatedAt),
		Authors: []atomPerson{{item.Author}}, Links: []atomLink{{Rel: "alternate", Type: "text/html", Lang: item.Language, Href: w.f.BaseURL + path}},
		Rights: "TLP:" + strings.ToUpper(string(item.Handling)), Summary: markup.Excerpt(text, feedExcerpt)}
}
