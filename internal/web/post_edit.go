package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/practice"
	"praxis/internal/web/form"
)

// ownPost reads the post that an address names, for whoever may change it: its author, or (to
// delete it) the workspace's moderators.
func (w *Web) ownPost(c echo.Context, title string, moderators bool) (*composeData, error) {
	who := middleware.Who(c)
	id, err := numbered(c, "id")
	if err != nil {
		return nil, err
	}
	p, t, err := w.f.Discussions.Post(c.Request().Context(), who, id)
	if err != nil {
		return nil, err
	}
	mine := p.Author.ID == who.MemberID
	if !mine && !(moderators && who.Can(portal.ActDecide, t.Audience)) {
		return nil, portal.ErrForbidden()
	}
	if !p.DeletedAt.IsZero() {
		return nil, portal.Fail(portal.Conflict, "error.post_deleted")
	}
	d, err := w.composeView(c, title, t, id)
	if err != nil {
		return nil, err
	}
	d.Others = !mine
	return d, nil
}

func (w *Web) editPostPage(c echo.Context) error {
	d, err := w.ownPost(c, "compose.edit", false)
	if err != nil {
		return err
	}
	p := d.Post.Post
	f := form.New("version", decimal(p.Version), "body", p.Body, "language", p.Language)
	return w.showCompose(c, "thread/edit", "compose.edit", d, f)
}

// editPost saves a post's new text and the files that come with it, or takes one off. Where another tab has
// saved meanwhile, both texts are shown.
func (w *Web) editPost(c echo.Context) error {
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	l := middleware.Locale(c)
	d, err := w.ownPost(c, "compose.edit", false)
	if err != nil {
		return err
	}
	p, version := d.Post.Post, f.ID(l, "version")
	if !f.Failed() {
		done, err := w.editedPost(c, f, d.Post, version)
		if done {
			return err
		}
		if !f.Take(l, err) {
			return err
		}
		if portal.KindOf(err) == portal.Stale {
			f.Set("version", decimal(p.Version))
			d.Theirs = []diffPart{{Name: l.T("compose.body"), Changes: practice.CompareWords(p.Body, f.Value("body"))}}
		}
	}
	return w.showCompose(c, "thread/edit", "compose.edit", d, f)
}

// editedPost does what the form of a post asks for; done says that it also answered.
func (w *Web) editedPost(c echo.Context, f *form.State, row *postRow, version int64) (done bool, err error) {
	p, body, language := row.Post, f.Value("body"), f.Text("language")
	if body != p.Body || language != p.Language || version != p.Version {
		if _, err := w.f.Discussions.Edit(c.Request().Context(), middleware.Who(c), p.ID, version, &body, &language); err != nil {
			return false, err
		}
	}
	switch off, err := w.detached(c, f); {
	case err != nil:
		return true, err
	case off:
		return true, seeOther(c, "/posts/"+decimal(p.ID)+"/edit", "saved")
	}
	if err := w.givePost(c, p.ID); err != nil {
		return true, w.postWithoutFile(c, p.ID, err)
	}
	return true, seeOther(c, row.Path, "saved")
}

func (w *Web) deletePostPage(c echo.Context) error {
	d, err := w.ownPost(c, "compose.delete", true)
	if err != nil {
		return err
	}
	return w.showCompose(c, "thread/delete", "compose.delete", d, form.New("version", decimal(d.Post.Version)))
}

func (w *Web) deletePost(c echo.Context) error {
	f, l, err := readForm(c)
	if err != nil {
		return err
	}
	d, err := w.ownPost(c, "compose.delete", true)
	if err != nil {
		return err
	}
	if err := w.f.Attachments.KeepPost(c.Request().Context(), middleware.Who(c), d.Post.ID); err != nil {
		return err
	}
	err = w.f.Discussions.Delete(c.Request().Context(), middleware.Who(c), d.Post.ID, f.ID(l, "version"))
	if err == nil {
		return seeOther(c, d.Post.Path, "post_deleted")
	}
	if !f.Take(l, err) {
		return err
	}
	f.Set("version", decimal(d.Post.Version))
	v := w.view(c, l.T("compose.delete"), d)
	v.Form = f
	return w.renderAs(c, http.StatusConflict, "thread/delete", v)
}
