package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

type mergeData struct {
	portal.Practice
	Path   string
	Crumbs []crumb
	Into   portal.Practice // the one that lives on, once it was named
	Merged bool
}

func (w *Web) mergePage(c echo.Context) error { return w.showMerge(c, form.New(), nil) }

// showMerge asks into which practice another is to be merged; f names it, with all that is to be
// known before the press.
func (w *Web) showMerge(c echo.Context, f *form.State, failed error) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActDecide, p.Audience) {
		return portal.ErrForbidden()
	}
	path := practicePath(p.ID, p.Title)
	d := mergeData{Practice: p, Path: path, Crumbs: []crumb{{p.Title, path, p.Language}}}
	into, err := w.f.Moderation.MergedInto(c.Request().Context(), who, p.ID)
	if err != nil {
		return err
	}
	if d.Merged = into != 0; into == 0 {
		into = practiceNamed(f.Text("into"))
	}
	if into != 0 {
		if d.Into, err = w.f.Practices.Get(c.Request().Context(), who, into); err != nil && portal.KindOf(err) != portal.NotFound {
			return err
		}
		if portal.KindOf(err) == portal.NotFound {
			f.Wrong(middleware.Locale(c), "into", "error.not_found")
		}
	}
	v := w.view(c, middleware.Locale(c).T("merge.title"), d)
	v.Form = f
	if failed != nil {
		return w.again(c, "practice/merge", v, f, failed)
	}
	return w.render(c, "practice/merge", v)
}

// merge shows what would be merged, merges it, or takes a merge back.
func (w *Web) merge(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	into := practiceNamed(f.Text("into"))
	switch f.Text("do") {
	case "merge":
		if err := w.f.Moderation.Merge(ctx, who, id, into); err != nil {
			return w.showMerge(c, f, err)
		}
		return seeOther(c, "/p/"+decimal(into), "merged")
	case "unmerge":
		if err := w.f.Moderation.Unmerge(ctx, who, id); err != nil {
			return err
		}
		return seeOther(c, "/p/"+decimal(id), "unmerged")
	}
	if into == 0 {
		f.Wrong(l, "into", "error.required")
	}
	return w.showMerge(c, f, nil)
}
