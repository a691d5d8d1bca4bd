package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"praxis/internal/middleware"
	"praxis/internal/portal"
)

// Whoever has a network of IPv6 is one visitor, however many addresses are in it.
func TestRatesOfNetworks(t *testing.T) {
	m, err := middleware.New(middleware.Options{BaseURL: "http://portal.example", RateLimits: true})
	if err != nil {
		t.Fatal(err)
	}
	handler := m.Rates(func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	ask := func(address string) error {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.RemoteAddr = address
		return handler(echo.New().NewContext(r, httptest.NewRecorder()))
	}
	var first error
	for range middleware.WriteRate.Burst + 20 {
		if first = ask("[2001:db8:1:2::1]:1"); first != nil {
			break
		}
	}
	if portal.KindOf(first) != portal.TooMany {
		t.Fatalf("a burst answers %v", first)
	}
	for address, slowed := range map[string]bool{"[2001:db8:1:2:ffff::9]:1": true, "[2001:db8:1:3::1]:1": false, "[fe80::1%eth0]:1": false,
		"192.0.2.1:1": false, "[::ffff:192.0.2.1]:1": false, "nonsense": false} {
		if err := ask(address); (err != nil) != slowed {
			t.Errorf("%s is answered %v", address, err)
		}
	}
}
