package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/workspace"
)

type workspaceView struct {
	ID          int64     `json:"id"`
	Name        string    `json:"name"`
	Kind        string    `json:"kind"`
	Description string    `json:"description"`
	Access      string    `json:"access"`
	Programme   string    `json:"programme,omitempty"`
	Country     string    `json:"country,omitempty"`
	Members     int       `json:"members"`
	Countries   int       `json:"countries"`
	Role        *string   `json:"role"`
	Requested   bool      `json:"requested"`
	Version     int64     `json:"version"`
	CreatedAt   time.Time `json:"created_at"`
}

// viewWorkspace shows a workspace in the request's language.
func viewWorkspace(c echo.Context) func(portal.Workspace) workspaceView {
	lang := middleware.Locale(c).Lang()
	return func(w portal.Workspace) workspaceView {
		v := workspaceView{ID: w.ID, Name: w.NameIn(lang), Kind: w.Kind, Description: w.AboutIn(lang), Access: w.Access,
			Programme: w.Programme, Country: w.Country, Members: w.Members, Countries: w.Countries, Requested: w.Requested,
			Version: w.Version, CreatedAt: w.CreatedAt}
		if w.Role != "" {
			v.Role = &w.Role
		}
		return v
	}
}

func (a *API) workspaces(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	found, err := a.f.Workspaces.List(c.Request().Context(), middleware.Who(c), c.QueryParam("mine") == "true", p)
	if err != nil {
		return err
	}
	return list(c, p, found, func(w portal.Workspace) int64 { return w.ID }, viewWorkspace(c))
}

func (a *API) createWorkspace(c echo.Context) error {
	f, err := decode[workspace.Fields](c, false)
	if err != nil {
		return err
	}
	w, err := a.f.Workspaces.Create(c.Request().Context(), middleware.Who(c), f)
	if err != nil {
		return err
	}
	return tagged(c, http.StatusCreated, w.Version, viewWorkspace(c)(w))
}

func (a *API) workspace(c echo.Context, n int64) error {
	w, err := a.f.Workspaces.Get(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return tagged(c, http.StatusOK, w.Version, viewWorkspace(c)(w))
}

func (a *API) updateWorkspace(c echo.Context, n int64) error {
	version := ifMatch(c)
	f, err := decode[workspace.Fields](c, false)
	if err != nil {
		return err
	}
	w, err := a.f.Workspaces.Update(c.Request().Context(), middleware.Who(c), n, version, f)
	if err != nil {
		return err
	}
	return tagged(c, http.StatusOK, w.Version, viewWorkspace(c)(w))
}

func (a *API) join(c echo.Context, n int64) error {
	joined, err := a.f.Workspaces.Join(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	if !joined {
		return c.JSON(http.StatusAccepted, map[string]any{"joined": false, "requested": true})
	}
	return c.JSON(http.StatusOK, map[string]any{"joined": true, "requested": false})
}

func (a *API) requests(c echo.Context, n int64) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	persons, err := a.f.Workspaces.Requests(c.Request().Context(), middleware.Who(c), n, p)
	if err != nil {
		return err
	}
	return list(c, p, persons, func(m portal.Person) int64 { return m.ID }, func(m portal.Person) portal.Person { return m })
}

type workspaceMemberView struct {
	Member   portal.Person `json:"member"`
	Role     string        `json:"role"`
	JoinedAt time.Time     `json:"joined_at"`
}

func (a *API) workspaceMembers(c echo.Context, n int64) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	members, err := a.f.Workspaces.Members(c.Request().Context(), middleware.Who(c), n, p)
	if err != nil {
		return err
	}
	return list(c, p, members, func(m portal.WorkspaceMember) int64 { return m.Member.ID },
		func(m portal.WorkspaceMember) workspaceMemberView { return workspaceMemberView(m) })
}

func (a *API) workspaceMember(c echo.Context) error {
	n, member, err := twoIDs(c, "id", "member")
	if err != nil {
		return err
	}
	role, err := a.f.Workspaces.Role(c.Request().Context(), middleware.Who(c), n, member)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"member_id": member, "role": role})
}

func (a *API) putWorkspaceMember(c echo.Context) error {
	n, member, err := twoIDs(c, "id", "member")
	if err != nil {
		return err
	}
	in, err := decode[struct{ Role string }](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Workspaces.PutMember(c.Request().Context(), middleware.Who(c), n, member, in.Role); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"member_id": member, "role": in.Role})
}

func (a *API) removeWorkspaceMember(c echo.Context) error {
	n, member, err := twoIDs(c, "id", "member")
	if err != nil {
		return err
	}
	if err := a.f.Workspaces.RemoveMember(c.Request().Context(), middleware.Who(c), n, member); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func twoIDs(c echo.Context, first, second string) (int64, int64, error) {
	a, err := id(c, first)
	if err != nil {
		return 0, 0, err
	}
	b, err := id(c, second)
	return a, b, err
}

// readers counts whom each label would let read an item of the viewer's, for the editor.
func (a *API) readers(c echo.Context, n int64) error {
	counts, err := a.f.Practices.Readers(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return all(c, counts, func(r postgres.Readers) map[string]any {
		return map[string]any{"handling": r.Handling, "members": r.Members, "countries": r.Countries}
	})
}
