package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

func (a *API) adoptRoutes() []Route {
	return []Route{
		open(get, "/adoptions", a.allAdoptions),
		open(get, "/practices/:id/adoptions", byID(a.adoptions)),
		member(post, "/practices/:id/adoptions", write, byID(a.adopt)),
		member(patch, "/adoptions/:id", write, byID(a.correctAdoption)),
		member(del, "/adoptions/:id", write, byID(a.withdrawAdoption)),
		member(post, "/adoptions/:id/confirm", write, byID(a.confirmAdoption)),
		open(get, "/adoptions/:id/attachments", byID(a.evidence)),
		member(post, "/adoptions/:id/attachments", write, byID(a.attachEvidence)),
		member(post, "/adoptions/:id/uploads", write, byID(a.beginEvidence)),
	}
}

// reportFields are what a member sends of a report; what she does not name stays as it is.
type reportFields struct {
	Country      *string
	Organization *string
	Level        *string
	Result       *string
	Note         *string
	Adapted      *string
	Took         *string
	Year         *int
	Month        *int
	Links        *[]string
}

func (f reportFields) onto(a portal.Adoption) portal.Adoption {
	set(&a.Country, f.Country)
	set(&a.Organization, f.Organization)
	set(&a.Level, f.Level)
	set(&a.Result, f.Result)
	set(&a.Note, f.Note)
	set(&a.Adapted, f.Adapted)
	set(&a.Took, f.Took)
	set(&a.Year, f.Year)
	set(&a.Month, f.Month)
	set(&a.Links, f.Links)
	return a
}

func set[T any](to *T, sent *T) {
	if sent != nil {
		*to = *sent
	}
}

// viewReport is a report beside its practice, which need not be told again.
func viewReport(d portal.Adoption) portal.Adoption {
	d.Practice = nil
	return d
}

func (a *API) adoptions(c echo.Context, n int64) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	found, err := a.f.Practices.Adoptions(c.Request().Context(), middleware.Who(c), n, p)
	if err != nil {
		return err
	}
	view, err := a.hiddenReports(c, n, found)
	if err != nil {
		return err
	}
	return list(c, p, found, adoptionID, view)
}

func adoptionID(d portal.Adoption) int64 { return d.ID }

func (a *API) allAdoptions(c echo.Context) error {
	p, err := pageOf(c)
	if err != nil {
		return err
	}
	f := postgres.AdoptionFilter{Country: c.QueryParam("country"), Result: c.QueryParam("result"), Sector: c.QueryParam("sector"), Page: p}
	if f.Workspace, err = param(c, "workspace"); err != nil {
		return err
	}
	year, err := param(c, "year")
	if err != nil || year > 9999 {
		return invalid("year", "error.year")
	}
	f.Year = int(year)
	found, err := a.f.Practices.AllAdoptions(c.Request().Context(), middleware.Who(c), f)
	if err != nil {
		return err
	}
	return list(c, p, found, adoptionID, func(d portal.Adoption) portal.Adoption { return d })
}

func (a *API) adopt(c echo.Context, n int64) error {
	in, err := decode[reportFields](c, false)
	if err != nil {
		return err
	}
	made, err := a.f.Practices.Adopt(c.Request().Context(), middleware.Who(c), n, in.onto(portal.Adoption{}))
	if err != nil {
		return err
	}
	located(c, http.StatusOK, "/practices/", n) // who may see the practice may see the report
	return c.JSON(http.StatusCreated, viewReport(made))
}

func (a *API) correctAdoption(c echo.Context, n int64) error {
	in, err := decode[reportFields](c, false)
	if err != nil {
		return err
	}
	made, err := a.f.Practices.CorrectAdoption(c.Request().Context(), middleware.Who(c), n, in.onto)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewReport(made))
}

func (a *API) withdrawAdoption(c echo.Context, n int64) error {
	if err := a.f.Practices.WithdrawAdoption(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (a *API) confirmAdoption(c echo.Context, n int64) error {
	made, err := a.f.Practices.ConfirmAdoption(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewReport(made))
}

// evidence lists the files of a report.
func (a *API) evidence(c echo.Context, n int64) error {
	if _, err := a.f.Practices.Adoption(c.Request().Context(), middleware.Who(c), n); err != nil {
		return err
	}
	files, err := a.f.Attachments.Evidence(c.Request().Context(), middleware.Who(c), n)
	if err != nil {
		return err
	}
	return all(c, files, viewAttachment)
}

func (a *API) attachEvidence(c echo.Context, n int64) error {
	return receive(c, n, a.f.Attachments.MayAddEvidence, a.f.Attachments.AddEvidence)
}

func (a *API) beginEvidence(c echo.Context, n int64) error {
	return begin(c, n, a.f.Attachments.BeginEvidence)
}
