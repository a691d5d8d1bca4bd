package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

func (w *Web) practiceWriteRoutes() []Route {
	return []Route{
		{Method: get, Path: "/write", Access: Members, handler: w.writePage},
		{Method: post, Path: "/write", Access: Members, Limit: filesInForm, handler: w.write},
		{Method: get, Path: "/write/readers", Access: Members, handler: w.readersOf},
		{Method: get, Path: "/p/:id/edit", Access: Members, handler: w.editPage},
		{Method: post, Path: "/p/:id/edit", Access: Members, Limit: filesInForm, handler: w.edit},
		{Method: get, Path: "/p/:id/handling", Access: Members, handler: w.practiceLabelPage},
		{Method: post, Path: "/p/:id/handling", Access: Members, handler: w.practiceLabel},
		{Method: get, Path: "/p/:id/authors", Access: Members, handler: w.authorsPage},
		{Method: post, Path: "/p/:id/authors", Access: Members, handler: w.changeAuthors},
		{Method: post, Path: "/p/:id/archive", Access: Members, handler: w.archive},
	}
}

// writePage is the editor of a practice that does not exist yet.
func (w *Web) writePage(c echo.Context) error {
	who := middleware.Who(c)
	f := form.New("once", onceToken(), "language", who.Locale, "country", who.Country, "handling", string(portal.Amber), "workspace_id", c.QueryParam("workspace"))
	if len(who.Workspaces) == 1 && f.Value("workspace_id") == "" {
		f.Set("workspace_id", decimal(who.Workspaces[0]))
	}
	if original, err := strconv.ParseInt(c.QueryParam("translation_of"), 10, 64); err == nil {
		p, err := w.f.Practices.Get(c.Request().Context(), who, original)
		if err != nil {
			return err
		}
		f.Set("translation_of", decimal(p.ID))
		f.Set("country", p.Country)
		f.Set("workspace_id", decimal(p.WorkspaceID))
	}
	return w.editor(c, f, portal.Practice{Status: portal.Draft}, nil)
}

// write makes the draft: a title is all it takes.
func (w *Web) write(c echo.Context) error {
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	fresh := portal.Practice{Status: portal.Draft}
	if w.touch(f) {
		return w.editor(c, f, fresh, nil)
	}
	l := middleware.Locale(c)
	fields, _, err := w.fieldsOf(c, f)
	if err != nil {
		return err
	}
	if f.Failed() {
		return w.editor(c, f, fresh, nil)
	}
	became, err := w.onceMade(c, f, func() (outcome, error) {
		p, err := w.f.Practices.Create(c.Request().Context(), middleware.Who(c), fields)
		return outcome{path: "/p/" + decimal(p.ID) + "/edit", made: p.ID}, err
	})
	if err != nil {
		if !f.Take(l, err) {
			return err
		}
		return w.editor(c, f, fresh, nil)
	}
	if became.again {
		return w.afterSaveAgain(c, f, cmp.Or(became.made, became.to.ID))
	}
	return w.afterSave(c, f, became.made)
}

// afterSaveAgain goes on where the first sending of the form may have ended: its draft is made. One that
// is handed in had its files before.
func (w *Web) afterSaveAgain(c echo.Context, f *form.State, id int64) error {
	p, err := w.f.Practices.Get(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	if p.Status != portal.Draft {
		return c.Redirect(http.StatusSeeOther, "/p/"+decimal(id))
	}
	return w.afterSave(c, f, id)
}

func (w *Web) editPage(c echo.Context) error {
	c.Set(headKey, w.f.Log.Head())
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if !who.Can(portal.ActEdit, p.Audience) {
		if who.Can(portal.ActLabel, p.Audience) {
			return c.Redirect(http.StatusSeeOther, "/p/"+decimal(p.ID)+"/handling")
		}
		return portal.ErrForbidden()
	}
	return w.editor(c, formOf(p), p, nil)
}

// edit saves what was typed. Where another tab or a co-author has saved meanwhile, the two are put
// together part by part; where both changed the same part, both are shown and nothing is written.
func (w *Web) edit(c echo.Context) error {
	c.Set(headKey, w.f.Log.Head())
	f, err := readUpload(c)
	if err != nil {
		return err
	}
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if w.touch(f) {
		return w.editor(c, f, p, nil)
	}
	l := middleware.Locale(c)
	fields, mine, err := w.fieldsOf(c, f)
	if err != nil {
		return err
	}
	if lent(p, who) {
		fields.Handling, fields.Named, fields.WorkspaceID = nil, nil, nil
	}
	version := f.ID(l, "version")
	if f.Failed() {
		return w.editor(c, f, p, nil)
	}
	_, err = w.f.Practices.Update(c.Request().Context(), who, p.ID, version, fields)
	if portal.KindOf(err) == portal.Stale {
		return w.mergeEdit(c, f, p, fields, mine, err)
	}
	if err != nil {
		if !f.Take(l, err) {
			return err
		}
		return w.editor(c, f, p, nil)
	}
	return w.afterSave(c, f, p.ID)
}

// afterSave does what else the pressed button asks for, when the words are safe. The files that came
// with them come first, whichever button it was.
func (w *Web) afterSave(c echo.Context, f *form.State, id int64) error {
	ctx, who, l := c.Request().Context(), middleware.Who(c), middleware.Locale(c)
	at := "/p/" + decimal(id)
	do, done := f.Value("do"), "saved"
	attached, err := w.attach(c, id)
	if attached {
		done = "file_added"
	}
	switch {
	case err != nil:
	case do == "submit":
		if _, err = w.f.Practices.Submit(ctx, who, id); err == nil {
			return seeOther(c, at, "submitted")
		}
	case do == "preview":
		return c.Redirect(http.StatusSeeOther, at)
	case strings.HasPrefix(do, "detach-"):
		file, _ := strconv.ParseInt(strings.TrimPrefix(do, "detach-"), 10, 64)
		done, err = "file_removed", w.f.Attachments.Remove(ctx, who, file)
	}
	if err == nil {
		return seeOther(c, at+"/edit", done)
	}
	// The words are saved; only what came after them failed.
	p, failed := w.f.Practices.Get(ctx, who, id)
	if failed != nil {
		return failed
	}
	f = formOf(p)
	if !f.TakeLate(l, err) {
		return err
	}
	return w.editor(c, f, p, nil)
}

// touch answers the buttons that only change the form: one more reference, one less. It saves nothing.
func (w *Web) touch(f *form.State) bool {
	do := f.Value("do")
	switch {
	case do == "add":
		f.Set("rows", strconv.Itoa(min(refRows(f)+1, portal.MaxReferences)))
		return true
	case strings.HasPrefix(do, "drop-"):
		n, err := strconv.Atoi(strings.TrimPrefix(do, "drop-"))
		if err == nil {
			dropRef(f, n)
		}
		return true
	}
	return false
}

func (w *Web) archive(c echo.Context) error {
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if _, err := w.f.Practices.Archive(c.Request().Context(), who, p.ID); err != nil {
		return err
	}
	return seeOther(c, "/p/"+decimal(p.ID), "archived")
}
