package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

type repliesData struct {
	Crumbs  []crumb
	Action  string
	Replies []portal.SavedReply
}

// repliesPage lists what the moderators of a workspace keep to write to authors.
func (w *Web) repliesPage(c echo.Context) error {
	return w.showReplies(c, form.New(), nil)
}

func (w *Web) showReplies(c echo.Context, f *form.State, failed error) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	replies, err := w.f.Moderation.SavedReplies(ctx, who, id)
	if err != nil {
		return err
	}
	name, err := w.workspaceName(ctx, who, id, l.Lang())
	if err != nil {
		return err
	}
	d := repliesData{Action: "/w/" + decimal(id) + "/replies", Replies: replies,
		Crumbs: []crumb{{Name: l.T("queue.title"), Path: "/queue"}, {Name: name.Name, Path: name.Path}}}
	v := w.view(c, l.T("replies.title"), d)
	v.Screen, v.Form = "queue", f
	if failed != nil {
		return w.again(c, "queue/replies", v, f, failed)
	}
	return w.render(c, "queue/replies", v)
}

// changeReplies keeps a reply under its title, or removes one.
func (w *Web) changeReplies(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	done := "saved"
	if f.Text("drop") != "" {
		done, err = "removed", w.f.Moderation.DropReply(ctx, who, id, f.ID(l, "drop"))
	} else {
		err = w.f.Moderation.SaveReply(ctx, who, id, f.Text("title"), f.Text("body"))
	}
	if err != nil {
		return w.showReplies(c, f, err)
	}
	return seeOther(c, "/w/"+decimal(id)+"/replies", done)
}
