package postgres

import (
	"strings"
	"testing"
)

func TestAddressesKeepWhatTheySay(t *testing.T) {
	for _, test := range []struct{ in, has, hasNot string }{
		{"host=/tmp user=praxis", "binary_parameters='yes'", ""},
		{"host=/tmp binary_parameters=no", "binary_parameters=no", "binary_parameters='yes'"},
		{"postgres://u:p%40ss@db.example:5433/praxis?sslmode=require", "binary_parameters=yes", ""},
		{"postgres://u:p%40ss@db.example:5433/praxis?sslmode=require", "sslmode=require", ""},
		{"postgres://u@db.example/praxis?application_name=mine", "application_name=mine", "application_name=praxis"},
	} {
		got, err := portalDSN(test.in, Options{})
		if err != nil || !strings.Contains(got, test.has) || test.hasNot != "" && strings.Contains(got, test.hasNot) {
			t.Errorf("portalDSN(%q) = %q, %v", test.in, got, err)
		}
	}
	if _, err := portalDSN("postgres://user:hunter2@[bad", Options{}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a bad address is answered by %v", err)
	}
	portal, err := withParams("postgres://u@h/d", [][2]string{{"options", "-c role=praxis_portal"}})
	if err != nil || !strings.Contains(portal, "options=-c%20role%3Dpraxis_portal") {
		t.Errorf("the role's address is %q, %v", portal, err)
	}
}
