package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/push"
)

// pushKey is what a browser subscribes with: the portal's VAPID key; and which browsers are the member's.
func (a *API) pushKey(c echo.Context) error {
	key, endpoints, err := a.f.Notify.Subscribing(c.Request().Context(), middleware.Who(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"public_key": key, "endpoints": endpoints})
}

// subscribe takes a PushSubscription as a browser writes it.
func (a *API) subscribe(c echo.Context) error {
	in, err := decode[struct {
		Endpoint       string
		ExpirationTime *float64 `json:"expirationTime"`
		Keys           struct{ P256dh, Auth string }
	}](c, false)
	if err != nil {
		return err
	}
	if err := a.f.Notify.Subscribe(c.Request().Context(), middleware.Who(c), push.Subscription{Endpoint: in.Endpoint, P256dh: in.Keys.P256dh, Auth: in.Keys.Auth}); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// unsubscribe ends it; that there is none is no error.
func (a *API) unsubscribe(c echo.Context) error {
	if err := a.f.Notify.Unsubscribe(c.Request().Context(), middleware.Who(c), c.QueryParam("endpoint")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
