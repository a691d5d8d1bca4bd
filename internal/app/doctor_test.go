package app_test

import (
	"testing"

	"praxis/internal/app"
)

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 rows", 1: "1 row", 2: "2 rows", 21: "21 rows"} {
		if got := app.Counted(n, "row"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
