package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

type authorsData struct {
	portal.Practice
	Path  string
	Mine  bool // the viewer is the first author, who chooses the others
	Crumb []crumb
}

// authorsPage shows who writes a practice, to those who do.
func (w *Web) authorsPage(c echo.Context) error {
	p, _, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	return w.showAuthors(c, p, form.New(), nil)
}

func (w *Web) showAuthors(c echo.Context, p portal.Practice, f *form.State, failed error) error {
	who := middleware.Who(c)
	if !who.Wrote(p.Audience) {
		return portal.ErrNotFound()
	}
	path := practicePath(p.ID, p.Title)
	v := w.view(c, middleware.Locale(c).T("authors.title"), authorsData{Practice: p, Path: path, Mine: who.MemberID == p.AuthorID,
		Crumb: []crumb{{Name: p.Title, Path: path, Lang: p.Language}}})
	v.Form = f
	if failed != nil {
		return w.again(c, "write/authors", v, f, failed)
	}
	return w.render(c, "write/authors", v)
}

// changeAuthors invites co-authors by name, or takes one off.
func (w *Web) changeAuthors(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	at, ctx := "/p/"+decimal(p.ID)+"/authors", c.Request().Context()
	if f.Has("leave") {
		member := f.ID(l, "leave")
		if err := w.f.Practices.Leave(ctx, who, p.ID, member); err != nil {
			return err
		}
		if member == who.MemberID {
			at = "/"
		}
		return seeOther(c, at, "removed")
	}
	members, err := w.namedOf(c, f)
	if err != nil {
		return err
	}
	if len(members) == 0 && !f.Failed() {
		f.Wrong(l, "named_more", "error.required")
	}
	if f.Failed() {
		return w.showAuthors(c, p, f, nil)
	}
	if _, err := w.f.Practices.Invite(ctx, who, p.ID, members); err != nil {
		return w.showAuthors(c, p, f, err)
	}
	return seeOther(c, at, "saved")
}
