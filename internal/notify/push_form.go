package notify

import (
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/markup"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Pushed is what a browser shows of a notification. It is the same rule as a mail's: above green no text, no
// title and no name.
type Pushed struct {
	Title string `json:"title"`
	Body  string `json:"body,omitempty"`
	URL   string `json:"url"`
	Tag   string `json:"tag"` // what is new of the same thing takes its place
	Lang  string `json:"lang"`
	Dir   string `json:"dir"`
}

// pushLength bounds what is shown: browsers cut it anyway, and a message has a few thousand bytes.
const pushLength = 160

func pushOf(l *i18n.Localizer, base string, names map[int64]portal.Workspace, n postgres.Notice) Pushed {
	x := gatherLetter(l, base, names, []postgres.Notice{n}, 1)
	g := x.groups[0]
	p := Pushed{Title: g.Title, Body: g.Lead, URL: g.Link, Tag: "red", Lang: l.Lang(), Dir: l.Dir()}
	for key := range x.byKey {
		p.Tag = key
	}
	if len(g.Quotes) > 0 {
		p.Body += "\n" + g.Quotes[0].Text
	}
	p.Title, p.Body = markup.Excerpt(p.Title, pushLength), strings.TrimSpace(p.Body)
	return p
}
