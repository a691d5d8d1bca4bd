package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/web/form"
)

// filesInForm bounds a form that brings files: one of the largest, or several that are as much together.
const filesInForm = portal.MaxAttachment + portal.MaxBody

// bounded holds the bound of a route's body; what brings more files than it may is told so.
func bounded(r Route) echo.MiddlewareFunc {
	if r.Limit != filesInForm {
		return middleware.Limit(max(r.Limit, portal.MaxBody))
	}
	limit := middleware.Limit(r.Limit)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		limited := limit(next)
		return func(c echo.Context) error {
			if c.Request().ContentLength > r.Limit {
				return filesTooLarge()
			}
			return limited(c)
		}
	}
}

func filesTooLarge() error {
	return portal.Fail(portal.TooLarge, "error.files_too_large", "Max", portal.MaxAttachment>>20)
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
		return filesTooLarge()
	case errors.As(err, &disk):
		return &portal.Error{Kind: portal.Unavailable, Message: "error.disk_full", RetryAfter: time.Minute, Cause: err}
	}
	return &portal.Error{Kind: portal.Malformed, Message: "error.upload_cut", Cause: err}
}

// attach puts the files that came with the form onto the practice.
func (w *Web) attach(c echo.Context, id int64) (attached bool, err error) {
	return attachAll(c, func(ctx context.Context, name string, file io.Reader) error {
		_, err := w.f.Attachments.Add(ctx, middleware.Who(c), id, name, file)
		return err
	})
}

// filesTimeout is how long the files of a form may take to be looked at and stored, when they are here.
const filesTimeout = 10 * time.Minute

// attachAll has every file that came with the form taken in, also if the browser has gone: they are here.
func attachAll(c echo.Context, add func(ctx context.Context, name string, file io.Reader) error) (attached bool, err error) {
	r := c.Request()
	if r.MultipartForm == nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), filesTimeout)
	defer cancel()
	for _, header := range r.MultipartForm.File["file"] {
		if header.Filename == "" || header.Size == 0 {
			continue
		}
		file, err := header.Open()
		if err != nil {
			return attached, err
		}
		err = add(ctx, header.Filename, file)
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
