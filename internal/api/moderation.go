package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/moderation"
	"praxis/internal/portal"
)

type caseView struct {
	ID          int64               `json:"id"`
	Kind        string              `json:"kind"`
	Target      portal.Ref          `json:"target"`
	WorkspaceID *int64              `json:"workspace_id"`
	ThreadID    *int64              `json:"thread_id"`
	Title       string              `json:"title"`
	Excerpt     string              `json:"excerpt"`
	Handling    portal.Handling     `json:"handling"`
	Author      portal.Person       `json:"author"`
	Reasons     []string            `json:"reasons"`
	Flags       []flagView          `json:"flags,omitempty"`
	Actions     []portal.CaseAction `json:"actions,omitempty"`
	Open        bool                `json:"open"`
	Escalated   bool                `json:"escalated"`
	Outcome     *string             `json:"outcome"`
	OpenedAt    time.Time           `json:"opened_at"`
	ClosedAt    *time.Time          `json:"closed_at"`
	Claim       *claimView          `json:"claim"`
	Own         bool                `json:"own"`
}

type claimView struct {
	By    portal.Person `json:"by"`
	Until time.Time     `json:"until"`
}

type flagView struct {
	ID     int64         `json:"id"`
	By     portal.Person `json:"by"`
	Reason string        `json:"reason"`
	Note   string        `json:"note"`
	At     time.Time     `json:"at"`
}

func viewCase(k portal.Case) caseView {
	v := caseView{ID: k.ID, Kind: k.Kind, Target: k.Target, WorkspaceID: zeroID(k.WorkspaceID), ThreadID: zeroID(k.ThreadID), Title: k.Title,
		Excerpt: k.Excerpt, Handling: k.Handling, Author: k.Author, Reasons: filled(k.Reasons), Actions: k.Actions, Open: k.Open,
		Escalated: k.Escalated, OpenedAt: k.OpenedAt, ClosedAt: zeroTime(k.ClosedAt), Own: k.Own}
	if k.Outcome != "" {
		v.Outcome = &k.Outcome
	}
	if k.Claim != nil {
		v.Claim = &claimView{By: k.Claim.By, Until: k.Claim.Until}
	}
	for _, f := range k.Flags {
		v.Flags = append(v.Flags, flagView{f.ID, f.By, f.Reason, f.Note, f.At})
	}
	return v
}

func (a *API) flag(c echo.Context) error {
	in, err := decode[struct {
		Target portal.Ref
		Reason string
		Note   string
	}](c, false)
	if err != nil {
		return err
	}
	n, err := a.f.Moderation.Flag(c.Request().Context(), middleware.Who(c), in.Target, in.Reason, in.Note)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{"id": n, "target": in.Target, "reason": in.Reason, "note": in.Note})
}

func (a *API) queue(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	workspace, err := param(c, "workspace")
	if err != nil {
		return err
	}
	cases, err := a.f.Moderation.Queue(c.Request().Context(), middleware.Who(c), workspace, p)
	if err != nil {
		return err
	}
	return list(c, p, cases, func(k portal.Case) int64 { return k.ID }, viewCase)
}

func (a *API) moderationCase(c echo.Context, n int64) error {
	k, err := a.f.Moderation.Case(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewCase(k))
}

func (a *API) act(c echo.Context, n int64) error {
	d, err := decode[moderation.Decision](c, false)
	if err != nil {
		return err
	}
	if version := ifMatch(c); version != 0 {
		d.IfVersion = version
	}
	k, err := a.f.Moderation.Act(c.Request().Context(), middleware.Who(c), n, d)
	if err != nil {
		return err
	}
	located(c, http.StatusCreated, "/moderation/cases/", k.ID)
	return c.JSON(http.StatusCreated, viewCase(k))
}

// onCase answers with the case as something that is no decision left it.
func onCase(do func(context.Context, portal.Identity, int64) (portal.Case, error)) echo.HandlerFunc {
	return byID(func(c echo.Context, n int64) error {
		k, err := do(c.Request().Context(), middleware.Who(c), n)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, viewCase(k))
	})
}
