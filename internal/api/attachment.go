package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/extract"
	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

type attachmentView struct {
	ID        int64       `json:"id"`
	Name      string      `json:"name"`
	MediaType string      `json:"media_type"`
	Size      int64       `json:"size"`
	Text      string      `json:"text"` // waiting, read, empty, failed
	URL       string      `json:"url"`
	CreatedAt time.Time   `json:"created_at"`
	Hidden    bool        `json:"hidden,omitempty"`
	Hiding    *hidingView `json:"hiding,omitempty"`
}

func viewAttachment(f postgres.Attachment) attachmentView {
	return attachmentView{ID: f.ID, Name: f.Name, MediaType: f.MediaType, Size: f.Size, Text: f.TextState,
		URL: Prefix + "/attachments/" + strconv.FormatInt(f.ID, 10), CreatedAt: f.CreatedAt.UTC(), Hidden: f.Hidden}
}

func (a *API) attachments(c echo.Context, n int64) error {
	if _, err := a.f.Practices.Get(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	files, err := a.f.Attachments.List(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return all(c, files, viewAttachment)
}

func (a *API) attach(c echo.Context, n int64) error {
	return receive(c, n, a.f.Attachments.MayAdd, a.f.Attachments.Add)
}

// receive streams the field "file" of a multipart body onto a practice or a report; nothing of it is ever
// whole in memory.
func receive(c echo.Context, n int64, may func(context.Context, portal.Identity, int64) error,
	add func(context.Context, portal.Identity, int64, string, io.Reader) (postgres.Attachment, error)) error {
	ctx, who := c.Request().Context(), middleware.Who(c)
	if err := may(ctx, who, n); err != nil {
		return err
	}
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return portal.Fail(portal.Unsupported, "error.multipart_only")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return invalid("file", "error.required")
		}
		if err != nil {
			return &portal.Error{Kind: portal.Malformed, Message: "error.upload_cut", Cause: err}
		}
		if part.FormName() != "file" {
			continue
		}
		made, err := add(ctx, who, n, part.FileName(), part)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, viewAttachment(made))
	}
}

func (a *API) attachment(c echo.Context, n int64) error {
	made, f, err := a.f.Attachments.Open(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	defer f.Close()
	h := c.Response().Header()
	h.Set("Content-Type", made.MediaType)
	h.Set("Content-Disposition", disposition(made))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	// A label may change at any moment, so no cache keeps the bytes.
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(c.Response(), answerable(c.Request(), made.Size), "", made.CreatedAt, f)
	return nil
}

// disposition says what becomes of a file, and its name in the two forms of RFC 6266: all of it
// (RFC 5987), and for old programs its plain letters. A browser may show a picture; it shows no PDF
// under the sandbox that the answer is put into, so that is kept like everything else.
func disposition(a postgres.Attachment) string {
	how := "attachment"
	if extract.IsPicture(a.MediaType) {
		how = "inline"
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, a.Name)
	return how + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(a.Name), "+", "%20")
}

// answerable takes away from a request for bytes what could only be refused, and not by a problem
// document: a range that the file does not have (or several, which nobody needs), and conditions
// for a change.
func answerable(r *http.Request, size int64) *http.Request {
	r.Header.Del("If-Match")
	r.Header.Del("If-Unmodified-Since")
	from, to, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
	first, err := strconv.ParseInt(from, 10, 64)
	last := first
	if err == nil && to != "" {
		last, err = strconv.ParseInt(to, 10, 64)
	}
	if err != nil || first < 0 || first >= size || last < first {
		r.Header.Del("Range")
	}
	return r
}

func (a *API) detach(c echo.Context, n int64) error {
	if err := a.f.Attachments.Remove(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
