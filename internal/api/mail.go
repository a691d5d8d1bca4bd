package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
)

// makeFeed gives the member's private feed an address.
func (a *API) makeFeed(c echo.Context) error {
	token, err := a.f.Notify.MakeFeed(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]string{"url": a.f.BaseURL + "/feed/" + token + ".atom"})
}

func (a *API) endFeed(c echo.Context) error {
	if err := a.f.Notify.EndFeed(c.Request().Context(), middleware.Who(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// mailSettings tells when the member is sent mail.
func (a *API) mailSettings(c echo.Context) error {
	s, err := a.f.Notify.MailSettings(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s)
}

// setMailSettings sets what it is given; the rest stays.
func (a *API) setMailSettings(c echo.Context) error {
	ctx, who := c.Request().Context(), middleware.Who(c)
	in, err := decode[struct {
		Mode      *string
		Hour      *int
		Weekday   *int
		QuietFrom *int `json:"quiet_from"`
		QuietTo   *int `json:"quiet_to"`
	}](c, false)
	if err != nil {
		return err
	}
	s, err := a.f.Notify.MailSettings(ctx, who)
	if err != nil {
		return err
	}
	if in.Mode != nil {
		s.Mode = *in.Mode
	}
	for to, from := range map[*int]*int{&s.Hour: in.Hour, &s.Weekday: in.Weekday, &s.QuietFrom: in.QuietFrom, &s.QuietTo: in.QuietTo} {
		if from != nil {
			*to = *from
		}
	}
	if err := a.f.Notify.SetMailSettings(ctx, who, s); err != nil {
		return err
	}
	s.Bounces = 0
	return c.JSON(http.StatusOK, s)
}
