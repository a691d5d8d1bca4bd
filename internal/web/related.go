package web

import (
	"cmp"
	"context"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/i18n"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/search"
	"praxis/internal/web/form"
	"praxis/internal/web/page"
)

// How many related things are shown: on a practice's page, and beside what is being written.
const (
	relatedShown = 5
	similarShown = 4
)

// relatedRow is a practice or a thread that is like another.
type relatedRow struct {
	Path, Title, Lang string
	Handling          portal.Handling
	Line              string
}

// related finds what is like a text and puts it into rows; line says what of a practice is told.
func (w *Web) related(ctx context.Context, v *page.View, l search.Likeness, line func(*i18n.Localizer, search.Related) string) ([]relatedRow, error) {
	found, err := w.f.Search.Related(ctx, v.Who.Viewer, l)
	if err != nil {
		return nil, err
	}
	var rows []relatedRow
	for _, r := range found {
		if t := r.Thread; t != nil {
			row := threadRowOf(v, *t, true)
			rows = append(rows, relatedRow{Path: row.Path, Title: t.Title, Lang: t.Language, Handling: t.Handling, Line: v.L.T("kind.thread") + between + row.Line})
			continue
		}
		p := r.Practice
		rows = append(rows, relatedRow{Path: practicePath(p.ID, p.Title), Title: p.Title, Lang: p.Language, Handling: p.Handling, Line: line(v.L, r)})
	}
	return rows, nil
}

// duplicateLine tells a moderator how much of a practice is the same.
func duplicateLine(l *i18n.Localizer, r search.Related) string {
	return l.Country(r.Practice.Author.Country) + between + l.T("status."+string(r.Practice.Status)) + between + l.T("queue.share", "Share", l.Number(int(r.Share*100)))
}

// cardLine tells of a practice what its card does, after what it is.
func (w *Web) cardLine(l *i18n.Localizer, r search.Related) string {
	line, made := l.T("kind.practice"), w.card(l, *r.Practice)
	if made.Status != "" {
		line += between + made.Status
	}
	if made.Line != "" {
		line += between + made.Line
	}
	return line
}

// likeIt are the practices like the one that is read.
func (w *Web) likeIt(ctx context.Context, v *page.View, p portal.Practice) ([]relatedRow, error) {
	l := search.LikenessOf(p)
	l.Status, l.Least, l.Limit = portal.Published, search.LikeEnough, relatedShown
	return w.related(ctx, v, l, func(l *i18n.Localizer, r search.Related) string { return w.card(l, *r.Practice).Line })
}

// similar is what a form says of things that are like what is being written.
type similar struct {
	Heading string
	Rows    []relatedRow
	None    bool // somebody asked, and there is nothing
}

// similarTo finds what is like the thread (before is zero) or practice that stands in a form. asked tells
// that the writer pressed for it.
func (w *Web) similarTo(ctx context.Context, v *page.View, f *form.State, kind portal.Kind, before portal.Practice, asked bool) (*similar, error) {
	l := search.Likeness{Title: f.Text("title"), Summary: f.Text("summary"), Of: before, Least: search.LikelySame, Limit: similarShown,
		Kinds: []portal.Kind{portal.KindPractice}}
	heading := "similar.practice"
	if kind == portal.KindThread {
		heading, l.Kinds = "similar.thread", []portal.Kind{portal.KindThread, portal.KindPractice}
	} else if l.Summary == "" { // a title alone says too little of a practice
		return nil, nil
	}
	if l.Title == "" {
		return nil, nil
	}
	rows, err := w.related(ctx, v, l, w.cardLine)
	if err != nil || len(rows) == 0 && !asked {
		return nil, err
	}
	return &similar{Heading: v.L.T(heading), Rows: rows, None: len(rows) == 0}, nil
}

// similarFragment answers the script that asks while a title is being typed. It is posted, so that a
// title which few may read stands in no address.
func (w *Web) similarFragment(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	var before portal.Practice
	if id, err := strconv.ParseInt(f.Text("of"), 10, 64); err == nil && id > 0 {
		if before, err = w.f.Practices.Get(ctx, who, id); err != nil {
			return err
		}
	}
	v := w.view(c, "", nil)
	found, err := w.similarTo(ctx, v, f, portal.Kind(f.Text("kind")), before, false)
	if err != nil {
		return err
	}
	html, err := w.pages.Fragment("thread/new", "similar", l.Lang(), found)
	if err != nil {
		return err
	}
	return fragment(c, string(html))
}

// beforeEdit is the practice whose translations are no duplicates of what stands in the editor.
func beforeEdit(d *editorData) portal.Practice {
	before := d.Practice
	before.TranslationOf = cmp.Or(before.TranslationOf, workOfSource(d.Source))
	return before
}

// workOfSource is the practice of which the one that is translated is itself a translation, or that one.
func workOfSource(p portal.Practice) int64 { return cmp.Or(p.TranslationOf, p.ID) }
