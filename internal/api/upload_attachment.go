package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// uploadView is a file that comes in pieces; Attachment is what it became.
type uploadView struct {
	ID         int64           `json:"id"`
	Offset     int64           `json:"offset"`
	Size       int64           `json:"size"`
	Attachment *attachmentView `json:"attachment,omitempty"`
}

const uploadOffset = "Upload-Offset"

func answerUpload(c echo.Context, status int, u postgres.Upload, became *postgres.Attachment) error {
	view := uploadView{ID: u.ID, Offset: u.Received, Size: u.Size}
	if became != nil {
		made := viewAttachment(*became)
		view.Offset, view.Attachment = u.Size, &made
	}
	return c.JSON(status, view)
}

func (a *API) beginUpload(c echo.Context, n int64) error { return begin(c, n, a.f.Attachments.Begin) }

// begin begins an upload in pieces onto a practice or a report.
func begin(c echo.Context, n int64, onto func(context.Context, portal.Identity, int64, string, int64) (postgres.Upload, error)) error {
	in, err := decode[struct {
		Name string `json:"name"`
		Size int64  `json:"size"`
	}](c, false)
	if err != nil {
		return err
	}
	u, err := onto(c.Request().Context(), middleware.Who(c), n, in.Name, in.Size)
	if err != nil {
		return err
	}
	located(c, http.StatusCreated, "/uploads/", u.ID)
	return answerUpload(c, http.StatusCreated, u, nil)
}

func (a *API) upload(c echo.Context, n int64) error {
	u, became, err := a.f.Attachments.Upload(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return answerUpload(c, http.StatusOK, u, became)
}

func (a *API) appendUpload(c echo.Context, n int64) error {
	r := c.Request()
	offset, err := strconv.ParseInt(r.Header.Get(uploadOffset), 10, 64)
	if err != nil || offset < 0 {
		return invalid(uploadOffset, "error.required")
	}
	u, became, err := a.f.Attachments.Append(r.Context(), middleware.Who(c), n, offset, r.Body)
	c.Response().Header().Set(uploadOffset, strconv.FormatInt(u.Received, 10))
	if err != nil {
		return err
	}
	return answerUpload(c, http.StatusOK, u, became)
}
