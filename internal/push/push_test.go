package push_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"praxis/internal/push"
)

func TestOnlyThePublicNetworkIsReached(t *testing.T) {
	for address, public := range map[string]bool{
		"8.8.8.8": true, "2a00:1450:4001::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false,
		"::1": false, "fe80::1": false, "fd00::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "ff02::1": false, "::": false,
	} {
		if got := push.Public(netip.MustParseAddr(address)); got != public {
			t.Errorf("%s is public: %v", address, got)
		}
	}
	asked := false
	beside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer beside.Close()
	s, err := push.New(make([]byte, 32), push.Options{Contact: "praxis@example.org"}) // zeros are no key: one follows from them
	if err != nil {
		t.Fatal(err)
	}
	sub := push.Subscription{P256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM", Auth: "tBHItJI5svbpez7KI4CCXg"}
	for _, endpoint := range []string{beside.URL + "/x", strings.Replace(beside.URL, "127.0.0.1", "localhost", 1)} {
		sub.Endpoint = endpoint
		if err := s.Send(context.Background(), sub, "hello", "x"); !errors.Is(err, push.ErrGone) || asked {
			t.Errorf("a machine beside the portal is asked: %v, %v", asked, err)
		}
	}
	sub.Endpoint = "https://push.example.org/x"
	if err := s.Send(context.Background(), sub, strings.Repeat("x", push.MaxPayload), "x"); !errors.Is(err, push.ErrRefused) {
		t.Errorf("a message too long: %v", err)
	}
}
