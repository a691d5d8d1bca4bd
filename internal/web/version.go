package web

import (
	"fmt"
	"html/template"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/markup"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/practice"
)

// versionRow is one saved version in the list.
type versionRow struct {
	Number     int64
	Path, Diff string // Diff compares it with the one before; "" for the first
	Title      string
	Status     string
	Editor     portal.Person
	When       template.HTML
	Current    bool
	Edition    string // its name, where it is the first version of a later edition
	Why        string
}

type versionsData struct {
	Practice portal.Practice
	Path     string
	Crumbs   []crumb
	Rows     []versionRow
	Pager    *pager
}

func (w *Web) versions(c echo.Context) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	list, err := w.f.Practices.Versions(c.Request().Context(), who, p.ID, portal.Page{After: after, Limit: portal.DefaultPage + 1})
	if err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("versions.title"), nil)
	d := versionsData{Practice: p, Path: practicePath(p.ID, p.Title)}
	d.Crumbs = []crumb{{Name: v.L.T("frame.library"), Path: "/library"}, {p.Title, d.Path, p.Language}}
	base := "/p/" + strconv.FormatInt(p.ID, 10)
	for i, saved := range list {
		if i == portal.DefaultPage {
			break
		}
		row := versionRow{Number: saved.Version, Path: fmt.Sprintf("%s/versions/%d", base, saved.Version), Title: saved.Text.Title,
			Status: v.L.T("status." + string(saved.Status)), Editor: saved.Editor, When: v.When(saved.At), Current: saved.Version == p.Version}
		row.Why = saved.Why
		if i+1 < len(list) && saved.Edition > list[i+1].Edition {
			row.Edition = v.L.T("versions.edition", "Edition", strconv.Itoa(saved.Edition))
		}
		if i+1 < len(list) {
			row.Diff = fmt.Sprintf("%s/diff?from=%d&to=%d", base, list[i+1].Version, saved.Version)
		}
		d.Rows = append(d.Rows, row)
	}
	_, d.Pager = paged(c, list, portal.DefaultPage, func(s postgres.PracticeVersion) int64 { return s.Version })
	v.Data = d
	return w.render(c, "practice/versions", v)
}

// practiceOf reads the practice that an address below it names.
func (w *Web) practiceOf(c echo.Context) (portal.Practice, portal.Identity, error) {
	who := middleware.Who(c)
	id, err := numbered(c, "id")
	if err != nil {
		return portal.Practice{}, who, err
	}
	p, err := w.f.Practices.Get(c.Request().Context(), who, id)
	return p, who, err
}

type versionData struct {
	Number   int64
	Text     portal.PracticeText
	When     template.HTML
	Editor   portal.Person
	Sections []section
	Path     string
	Crumbs   []crumb
	Handling portal.Handling
	Current  bool
	Why      string
	Restore  string // where it is restored; "" where the viewer does not write
	Now      int64  // the practice's version
	Diff     string // what has changed since
}

func (w *Web) version(c echo.Context) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	n, err := numbered(c, "n")
	if err != nil {
		return err
	}
	saved, err := w.f.Practices.Version(c.Request().Context(), who, p.ID, n)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	v := w.view(c, l.T("versions.one", "Version", strconv.FormatInt(n, 10))+" · "+saved.Text.Title, nil)
	d := versionData{Number: n, Text: saved.Text, When: v.At(saved.At), Editor: saved.Editor, Path: practicePath(p.ID, p.Title),
		Handling: p.Handling, Current: n == p.Version, Why: saved.Why, Now: p.Version}
	if !d.Current {
		d.Diff = fmt.Sprintf("/p/%d/diff?from=%d&to=%d", p.ID, n, p.Version)
		if who.Can(portal.ActEdit, p.Audience) {
			d.Restore = fmt.Sprintf("/p/%d/versions/%d/restore", p.ID, n)
		}
	}
	d.Crumbs = []crumb{{p.Title, d.Path, p.Language}, {Name: l.T("versions.title"), Path: "/p/" + strconv.FormatInt(p.ID, 10) + "/versions"}}
	for _, s := range w.f.Vocabulary.Sections() {
		if text := saved.Text.Sections[s.Key]; text != "" {
			d.Sections = append(d.Sections, section{Key: s.Key, Name: s.Name(l.Lang()),
				HTML: w.markup.html(markupKey{"version", p.ID, n, s.Key}, text, markup.Options{})})
		}
	}
	v.Data = d
	return w.render(c, "practice/version", v)
}

// restore saves an earlier version anew. Where something was saved meanwhile, nothing is restored.
func (w *Web) restore(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	n, err := numbered(c, "n")
	if err != nil {
		return err
	}
	why := l.T("versions.restored", "Version", strconv.FormatInt(n, 10))
	if _, err := w.f.Practices.Restore(c.Request().Context(), who, p.ID, n, f.ID(l, "version"), why); err != nil {
		return err
	}
	return seeOther(c, practicePath(p.ID, p.Title), "restored")
}

type diffPart struct {
	Name    string
	Changes []practice.Change
}

type diffData struct {
	From, To int64
	Path     string
	Crumbs   []crumb
	Lang     string
	Handling portal.Handling
	Parts    []diffPart
}

func (w *Web) diff(c echo.Context) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	from, errFrom := strconv.ParseInt(c.QueryParam("from"), 10, 64)
	to, errTo := strconv.ParseInt(c.QueryParam("to"), 10, 64)
	if errFrom != nil || errTo != nil {
		return portal.ErrNotFound()
	}
	parts, err := w.f.Practices.Diff(c.Request().Context(), who, p.ID, from, to)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	title := l.T("diff.title", "From", strconv.FormatInt(from, 10), "To", strconv.FormatInt(to, 10))
	d := diffData{From: from, To: to, Path: practicePath(p.ID, p.Title), Lang: p.Language, Handling: p.Handling}
	d.Crumbs = []crumb{{p.Title, d.Path, p.Language}, {Name: l.T("versions.title"), Path: "/p/" + strconv.FormatInt(p.ID, 10) + "/versions"}}
	v := w.view(c, title, nil)
	d.Parts = w.diffParts(v, parts)
	v.Data = d
	return w.render(c, "practice/diff", v)
}
