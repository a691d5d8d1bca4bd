package api

import (
	"cmp"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

func (a *API) restoreVersion(c echo.Context) error {
	id, version, err := twoIDs(c, "id", "n")
	if err != nil {
		return err
	}
	in, err := decode[struct{ Why string }](c, true)
	if err != nil {
		return err
	}
	p, err := a.f.Practices.Restore(c.Request().Context(), middleware.Who(c), id, version, ifMatch(c), in.Why)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

// watchPractice follows a practice; without a level, which programs of before levels do not send, by watching it.
func (a *API) watchPractice(c echo.Context, id int64) error {
	in, err := decode[struct{ Level string }](c, true)
	if err != nil {
		return err
	}
	if err := a.f.Practices.Watch(c.Request().Context(), middleware.Who(c), id, cmp.Or(in.Level, portal.WatchAll)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) unwatchPractice(c echo.Context, id int64) error {
	if err := a.f.Practices.Watch(c.Request().Context(), middleware.Who(c), id, ""); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// practiceLevel tells how closely the member follows a practice, by her own word or by its workspace's level.
func (a *API) practiceLevel(c echo.Context, id int64) error {
	ctx, who := c.Request().Context(), middleware.Who(c)
	if _, err := a.f.Practices.Get(ctx, who, id); err != nil {
		return err
	}
	level, err := a.f.Practices.Level(ctx, who, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"level": level})
}

func (a *API) workspaceLevel(c echo.Context, id int64) error {
	ctx, who := c.Request().Context(), middleware.Who(c)
	if _, err := a.f.Workspaces.Get(ctx, who, id); err != nil {
		return err
	}
	level, err := a.f.Workspaces.Level(ctx, who, id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"level": level})
}

func (a *API) watchWorkspace(c echo.Context, id int64) error {
	in, err := decode[struct{ Level string }](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Workspaces.Watch(c.Request().Context(), middleware.Who(c), id, in.Level); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"level": in.Level})
}

func (a *API) addAuthor(c echo.Context) error {
	id, member, err := twoIDs(c, "id", "member")
	if err != nil {
		return err
	}
	p, err := a.f.Practices.Invite(c.Request().Context(), middleware.Who(c), id, []int64{member})
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

func (a *API) removeAuthor(c echo.Context) error {
	id, member, err := twoIDs(c, "id", "member")
	if err != nil {
		return err
	}
	if err := a.f.Practices.Leave(c.Request().Context(), middleware.Who(c), id, member); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) confirmPractice(c echo.Context, id int64) error {
	if err := a.f.Practices.Confirm(c.Request().Context(), middleware.Who(c), id); err != nil {
		return err
	}
	p, err := a.f.Practices.Get(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

type ratingView struct {
	Rating  string            `json:"rating"`
	Basis   string            `json:"basis"`
	Answers map[string]string `json:"answers"`
	Version int64             `json:"version"`
	By      portal.Person     `json:"by"`
	At      time.Time         `json:"at"`
}

type registryView struct {
	Registry string `json:"registry"`
	Rating   string `json:"rating"`
	URL      string `json:"url"`
	Year     int    `json:"year,omitempty"`
}

func (a *API) ratings(c echo.Context, id int64) error {
	ratings, quoted, err := a.f.Moderation.Ratings(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	out := struct {
		Items      []ratingView   `json:"items"`
		Registries []registryView `json:"registries"`
	}{[]ratingView{}, []registryView{}}
	for _, r := range ratings {
		out.Items = append(out.Items, ratingView{r.Rating, r.Basis, r.Answers, r.Version, r.By, r.At})
	}
	for _, r := range quoted {
		out.Registries = append(out.Registries, registryView{r.Registry, r.Rating, r.URL, r.Year})
	}
	return c.JSON(http.StatusOK, out)
}

func (a *API) rate(c echo.Context, id int64) error {
	in, err := decode[portal.Evidence](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Moderation.Rate(c.Request().Context(), middleware.Who(c), id, in); err != nil {
		return err
	}
	p, err := a.f.Practices.Get(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusCreated, p)
}

func (a *API) merge(c echo.Context, id int64) error {
	in, err := decode[struct{ Into int64 }](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Moderation.Merge(c.Request().Context(), middleware.Who(c), id, in.Into); err != nil {
		return err
	}
	p, err := a.f.Practices.Get(c.Request().Context(), middleware.Who(c), in.Into)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}

func (a *API) unmerge(c echo.Context, id int64) error {
	if err := a.f.Moderation.Unmerge(c.Request().Context(), middleware.Who(c), id); err != nil {
		return err
	}
	p, err := a.f.Practices.Get(c.Request().Context(), middleware.Who(c), id)
	if err != nil {
		return err
	}
	return a.answerPractice(c, http.StatusOK, p)
}
