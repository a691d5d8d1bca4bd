package web

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

func (w *Web) flagRoutes() []Route {
	return []Route{
		{Method: get, Path: "/flag", Access: Members, handler: w.flagPage},
		{Method: post, Path: "/flag", Access: Members, handler: w.flag},
	}
}

type flagData struct {
	Target  portal.Ref
	Title   string
	Lang    string
	Path    string
	Excerpt string
	Reasons []form.Choice
}

// flagTarget finds the thing to flag, if the member may see it.
func (w *Web) flagTarget(c echo.Context, kind portal.Kind, id int64) (flagData, error) {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	d := flagData{Target: portal.Ref{Kind: kind, ID: id}}
	for _, r := range portal.FlagReasons {
		d.Reasons = append(d.Reasons, form.Choice{Value: r, Label: l.T("flag.reason." + r), Help: l.T("flag.help." + r)})
	}
	switch kind {
	case portal.KindPractice:
		p, err := w.f.Practices.Get(ctx, who, id)
		d.Title, d.Lang, d.Path, d.Excerpt = p.Title, p.Language, practicePath(p.ID, p.Title), p.Summary
		return d, err
	case portal.KindThread:
		t, err := w.f.Discussions.Get(ctx, who, id)
		d.Title, d.Lang, d.Path = t.Title, t.Language, threadPath(t.ID, t.Title)
		return d, err
	case portal.KindPost:
		p, t, err := w.f.Discussions.Post(ctx, who, id)
		d.Title, d.Lang, d.Path, d.Excerpt = t.Title, p.Language, postPath(t.ID, t.Title, p.ID), excerpt(p.Body)
		return d, err
	case portal.KindAdoption:
		a, err := w.f.Practices.Adoption(ctx, who, id)
		if err != nil {
			return d, err
		}
		d.Title, d.Lang, d.Path = a.Practice.Title, a.Practice.Language, practicePath(a.PracticeID, a.Practice.Title)+"#report-"+decimal(a.ID)
		d.Excerpt = excerpt(strings.Join([]string{a.Note, a.Adapted, a.Took}, "\n\n"))
		return d, nil
	case portal.KindAttachment:
		f, err := w.f.Attachments.Get(ctx, who, id)
		if err != nil {
			return d, err
		}
		p, err := w.f.Practices.Get(ctx, who, f.PracticeID)
		d.Title, d.Lang, d.Path, d.Excerpt = f.Name, "", practicePath(p.ID, p.Title), p.Title
		return d, err
	case portal.KindCollection:
		k, err := w.f.Collections.Get(ctx, who, id)
		d.Title, d.Lang, d.Path, d.Excerpt = k.Title, k.Language, collectionPath(k.ID, k.Title), excerpt(k.Introduction)
		return d, err
	case portal.KindMember:
		m, err := w.f.Accounts.Member(ctx, who, id)
		d.Title, d.Path, d.Excerpt = m.Name, memberPath(m.ID), excerpt(m.Bio)
		return d, err
	}
	return d, portal.ErrNotFound()
}

func (w *Web) flagPage(c echo.Context) error {
	id, err := strconv.ParseInt(c.QueryParam("id"), 10, 64)
	if err != nil {
		return portal.ErrNotFound()
	}
	return w.showFlag(c, portal.Kind(c.QueryParam("kind")), id, form.New())
}

func (w *Web) showFlag(c echo.Context, kind portal.Kind, id int64, f *form.State) error {
	d, err := w.flagTarget(c, kind, id)
	if err != nil {
		return err
	}
	v := w.view(c, middleware.Locale(c).T("flag.title"), d)
	v.Form = f
	return w.render(c, "flag/flag", v)
}

func (w *Web) flag(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	target := portal.Ref{Kind: portal.Kind(f.Text("kind")), ID: f.ID(l, "id")}
	d, err := w.flagTarget(c, target.Kind, target.ID)
	if err != nil {
		return err
	}
	if f.Text("reason") == "" {
		f.Wrong(l, "reason", "error.choose")
		return w.showFlag(c, target.Kind, target.ID, f)
	}
	if _, err := w.f.Moderation.Flag(c.Request().Context(), middleware.Who(c), target, f.Text("reason"), f.Text("note")); err != nil {
		if !f.Take(l, err) {
			return err
		}
		return w.showFlag(c, target.Kind, target.ID, f)
	}
	return seeOther(c, d.Path, "flagged")
}
