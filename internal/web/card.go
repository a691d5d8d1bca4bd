package web

import (
	"strconv"
	"strings"

	"praxis/internal/i18n"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/page"
)

// card is a practice in a list, in words that are ready.
type card struct {
	Path, Title, Summary, Lang string
	Handling                   portal.Handling
	Status                     string // where it is not plainly published
	New                        bool   // published since the reader was here
	Line                       string // country · organization · sector · year · language · evidence · tried in
}

// A name of the other direction must not shuffle the line around it.
const isolate, endIsolate = "\u2068", "\u2069"

// between stands between the facts of one line; where the line breaks, it stays with the fact before it.
const between = "\u00a0· "

func (w *Web) card(l *i18n.Localizer, p portal.Practice) card {
	c := card{Path: practicePath(p.ID, p.Title), Title: p.Title, Summary: p.Summary, Lang: p.Language, Handling: p.Handling}
	if p.Status != portal.Published {
		c.Status = l.T("status." + string(p.Status))
	}
	var facts []string
	add := func(fact string) {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	if p.Country != "" {
		add(l.Country(p.Country))
	}
	if p.Organization != "" {
		add(isolate + p.Organization + endIsolate)
	}
	if len(p.Sectors) > 0 {
		add(w.f.Vocabulary.Name("sectors", p.Sectors[0], l.Lang()))
	}
	if p.Year != 0 {
		add(strconv.Itoa(p.Year))
	}
	if p.Language != l.Lang() {
		add(l.Language(p.Language))
	}
	if p.Evidence != nil {
		add(w.f.Vocabulary.Name("evidence", p.Evidence.Rating, l.Lang()))
	}
	if p.Adoptions.Countries > 0 {
		add(l.N("practice.tried_in", p.Adoptions.Countries))
	}
	c.Line = strings.Join(facts, between)
	return c
}

func (w *Web) cards(l *i18n.Localizer, list []portal.Practice) []card {
	cards := make([]card, len(list))
	for i, p := range list {
		cards[i] = w.card(l, p)
	}
	return cards
}

// threadRow is a thread in a list.
type threadRow struct {
	Path, Title, Lang string
	Handling          portal.Handling
	Badge             bool // shown where the label is not the workspace's own
	New               int
	Line              string
}

func threadRowOf(v *page.View, t portal.Thread, everyBadge bool) threadRow {
	var line []string
	if kind := kindOf(v, t); kind != "" {
		line = append(line, kind)
	}
	line = append(line, v.L.N("thread.posts", t.Posts), v.L.T("thread.last", "When", v.L.Relative(t.LastPostAt, v.Now, v.Zone)))
	if t.Closed {
		line = append(line, v.L.T("thread.closed"))
	}
	return threadRow{Path: threadPath(t.ID, t.Title), Title: t.Title, Lang: t.Language, Handling: t.Handling,
		Badge: everyBadge || t.Handling != portal.Amber, Line: strings.Join(line, between)}
}

func unreadRow(t postgres.UnreadThread) threadRow {
	return threadRow{Path: threadPath(t.ID, t.Title), Title: t.Title, Lang: t.Language, Handling: t.Handling, Badge: true, New: t.New}
}
