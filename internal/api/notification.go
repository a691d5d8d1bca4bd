package api

import (
	"encoding/hex"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

type notificationView struct {
	ID          int64          `json:"id"`
	Kind        string         `json:"kind"`
	Actor       *portal.Person `json:"actor"`
	ThreadID    *int64         `json:"thread_id"`
	PostID      *int64         `json:"post_id"`
	PracticeID  *int64         `json:"practice_id"`
	WorkspaceID *int64         `json:"workspace_id"`
	CaseID      *int64         `json:"case_id"`
	Title       string         `json:"title"`
	Note        string         `json:"note"`
	CreatedAt   time.Time      `json:"created_at"`
	ReadAt      *time.Time     `json:"read_at"`
}

func (a *API) notifications(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	found, err := a.f.Notify.List(c.Request().Context(), middleware.Who(c), p)
	if err != nil {
		return err
	}
	return list(c, p, found, func(n portal.Notification) int64 { return n.ID }, func(n portal.Notification) notificationView {
		return notificationView{ID: n.ID, Kind: n.Kind, Actor: n.Actor, ThreadID: zeroID(n.ThreadID), PostID: zeroID(n.PostID),
			PracticeID: zeroID(n.PracticeID), WorkspaceID: zeroID(n.WorkspaceID), CaseID: zeroID(n.CaseID), Title: n.Title, Note: n.Note,
			CreatedAt: n.CreatedAt, ReadAt: zeroTime(n.ReadAt)}
	})
}

func (a *API) readNotifications(c echo.Context) error {
	in, err := decode[struct {
		IDs  []int64 `json:"ids"`
		UpTo int64   `json:"up_to"`
	}](c, true)
	if err != nil {
		return err
	}
	if len(in.IDs) > portal.MaxPage {
		return invalid("ids", "error.limit")
	}
	if err := a.f.Notify.MarkRead(c.Request().Context(), middleware.Who(c), in.IDs, in.UpTo); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

type auditView struct {
	ID       int64          `json:"id"`
	At       time.Time      `json:"at"`
	Actor    *portal.Person `json:"actor"`
	Action   string         `json:"action"`
	Target   portal.Ref     `json:"target"`
	Detail   map[string]any `json:"detail"`
	Position *int64         `json:"position"` // in the chain; null for the instant until it is chained
	Hash     *string        `json:"hash"`
}

func (a *API) audit(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	rows, err := a.f.Admin.Audit(c.Request().Context(), middleware.Who(c), p)
	if err != nil {
		return err
	}
	return list(c, p, rows, func(r portal.AuditRow) int64 { return r.ID }, func(r portal.AuditRow) auditView {
		v := auditView{ID: r.ID, At: r.At, Actor: r.Actor, Action: r.Action, Target: r.Target, Detail: r.Detail, Position: zeroID(r.Position)}
		if len(r.Hash) > 0 {
			hash := hex.EncodeToString(r.Hash)
			v.Hash = &hash
		}
		return v
	})
}
