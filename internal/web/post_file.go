package web

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/extract"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/web/form"
)

// postFile is a file on a post; a picture is shown where it is asked for, so that nobody pays for what she
// does not look at.
type postFile struct {
	postgres.Attachment
	Picture bool
}

// addFiles fills in the files of posts. Most pages have none, and then nobody is asked.
func (w *Web) addFiles(ctx context.Context, who portal.Identity, rows []postRow) error {
	var with []int64
	for _, row := range rows {
		if row.Post.FileCount > 0 && row.Shown {
			with = append(with, row.ID)
		}
	}
	files, err := w.f.Attachments.OfPosts(ctx, who, with...)
	if err != nil || len(files) == 0 {
		return err
	}
	of := map[int64][]postFile{}
	for _, f := range files {
		of[f.PostID] = append(of[f.PostID], postFile{f, extract.IsPicture(f.MediaType)})
	}
	for i := range rows {
		rows[i].Files = of[rows[i].ID]
	}
	return nil
}

// toPost puts the files that came with a form onto the post that it made, and leads there.
func (w *Web) toPost(c echo.Context, became outcome) error {
	if err := w.givePost(c, became.made); err != nil && !became.again {
		return w.postWithoutFile(c, became.made, err)
	}
	return c.Redirect(http.StatusSeeOther, became.path)
}

// givePost puts the files that came with the form onto a post of the member's.
func (w *Web) givePost(c echo.Context, post int64) error {
	_, err := attachAll(c, func(ctx context.Context, name string, file io.Reader) error {
		_, err := w.f.Attachments.AddToPost(ctx, middleware.Who(c), post, name, file)
		return err
	})
	return err
}

// postWithoutFile shows a post that stands while what came with it failed, to be tried again there.
func (w *Web) postWithoutFile(c echo.Context, post int64, failed error) error {
	l := middleware.Locale(c)
	p, t, err := w.f.Discussions.Post(c.Request().Context(), middleware.Who(c), post)
	if err != nil {
		return err
	}
	d, err := w.composeView(c, "compose.edit", t, post)
	if err != nil {
		return err
	}
	f := form.New("version", decimal(p.Version), "body", p.Body, "language", p.Language)
	if !f.Take(l, failed) {
		return failed
	}
	return w.showCompose(c, "thread/edit", "compose.edit", d, f)
}

// detached takes a file off a post where the form's button says so.
func (w *Web) detached(c echo.Context, f *form.State) (bool, error) {
	name, is := strings.CutPrefix(f.Value("do"), "detach-")
	if !is {
		return false, nil
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return false, portal.ErrNotFound()
	}
	err = w.f.Attachments.Remove(c.Request().Context(), middleware.Who(c), id)
	if portal.KindOf(err) == portal.NotFound { // pressed twice
		err = nil
	}
	return true, err
}
