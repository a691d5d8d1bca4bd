package web

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

func (w *Web) practiceWriteRoutes() []Route {
	const upload = portal.MaxAttachment + portal.MaxBody
	return []Route{
		{Method: get, Path: "/write", Access: Members, handler: w.writePage},
		{Method: post, Path: "/write", Access: Members, Limit: upload, handler: w.write},
		{Method: get, Path: "/write/readers", Access: Members, handler: w.readersOf},
		{Method: get, Path: "/p/:id/edit", Access: Members, handler: w.editPage},
		{Method: post, Path: "/p/:id/edit", Access: Members, Limit: upload, handler: w.edit},
		{Method: get, Path: "/p/:id/handling", Access: Members, handler: w.practiceLabelPage},
		{Method: post, Path: "/p/:id/handling", Access: Members, handler: w.practiceLabel},
		{Method: get, Path: "/p/:id/authors", Access: Members, handler: w.authorsPage},
		{Method: post, Path: "/p/:id/authors", Access: Members, handler: w.changeAuthors},
		{Method: post, Path: "/p/:id/archive", Access: Members, handler: w.archive},
	}
}

// partsInMemory is how much of an upload is kept in memory; the rest waits on the disk.
const partsInMemory = 1 << 20

// readUpload reads a form that may bring a file.
func readUpload(c echo.Context) (*form.State, error) {
	r := c.Request()
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return form.Read(r)
	}
	body := r.Body
	start := beginning{left: portal.MaxBody}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(body, &start), body}
	if err := r.ParseMultipartForm(partsInMemory); err != nil {
		r.Body = io.NopCloser(&start.kept) // the error page looks for the words again
		return nil, uploadFailed(err)
	}
	return form.Of(r.MultipartForm.Value)
}

// beginning keeps what is written first, up to left bytes.
type beginning struct {
	kept bytes.Buffer
	left int
}

// Write implements io.Writer.
func (b *beginning) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	b.kept.Write(p[:n])
	return len(p), nil
}

// uploadFailed says why a form with a file could not be read: too large, no room for the file where
// it waits, or a cut line.
func uploadFailed(err error) error {
	var big *http.MaxBytesError
	var disk *fs.PathError
	switch {
	case errors.As(err, &big):
		return portal.Fail(portal.TooLarge, "error.file_too_large", "Max", portal.MaxAttachment>>20)
	case errors.As(err, &disk):
		return &portal.Error{Kind: portal.Unavailable, Message: "error.disk_full", RetryAfter: time.Minute, Cause: err}
	}
	return &portal.Error{Kind: portal.Malformed, Message: "error.upload_cut", Cause: err}
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
	id := int64(0)
	path, err := w.once(c, f, func() (string, error) {
		p, err := w.f.Practices.Create(c.Request().Context(), middleware.Who(c), fields)
		id = p.ID
		return "/p/" + decimal(p.ID) + "/edit", err
	})
	if err != nil {
		if !f.Take(l, err) {
			return err
		}
		return w.editor(c, f, fresh, nil)
	}
	if id == 0 {
		return c.Redirect(http.StatusSeeOther, path)
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

// attach puts the files that came with the form onto the practice.
func (w *Web) attach(c echo.Context, id int64) (attached bool, err error) {
	return attachAll(c, func(name string, file io.Reader) error {
		_, err := w.f.Attachments.Add(c.Request().Context(), middleware.Who(c), id, name, file)
		return err
	})
}

// attachAll has every file that came with the form taken in.
func attachAll(c echo.Context, add func(name string, file io.Reader) error) (attached bool, err error) {
	r := c.Request()
	if r.MultipartForm == nil {
		return false, nil
	}
	for _, header := range r.MultipartForm.File["file"] {
		if header.Filename == "" || header.Size == 0 {
			continue
		}
		file, err := header.Open()
		if err != nil {
			return attached, err
		}
		err = add(header.Filename, file)
		if failed := file.Close(); err == nil {
			err = failed
		}
		if err != nil {
			return attached, err
		}
		attached = true
	}
	return attached, nil
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
