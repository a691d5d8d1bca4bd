package web

import (
	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
)

// following is how closely the reader follows something, and where she says it otherwise.
type following struct {
	Path, Level string
}

// watchPractice sets how closely the reader follows a practice.
func (w *Web) watchPractice(c echo.Context) error {
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	p, who, err := w.practiceOf(c)
	if err != nil {
		return err
	}
	if err := w.f.Practices.Watch(c.Request().Context(), who, p.ID, f.Text("level")); err != nil {
		return err
	}
	return seeOther(c, practicePath(p.ID, p.Title), "follow_"+f.Text("level"))
}

// watchWorkspace sets how closely the reader follows what is in a workspace.
func (w *Web) watchWorkspace(c echo.Context) error {
	id, err := numbered(c, "id")
	if err != nil {
		return err
	}
	f, _, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, who := c.Request().Context(), middleware.Who(c)
	if err := w.f.Workspaces.Watch(ctx, who, id, f.Text("level")); err != nil {
		return err
	}
	ws, err := w.f.Workspaces.Get(ctx, who, id)
	if err != nil {
		return err
	}
	return seeOther(c, workspacePath(ws), "follow_"+f.Text("level"))
}
