package browsertest

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"praxis/internal/pgcluster/pgtest"
)

// chromium is the browser's program, as TestMain found it.
var chromium string

func TestMain(m *testing.M) {
	chromium = findChromium()
	if chromium != "" {
		pgtest.Main(m)
	}
	if os.Getenv("CI") == "true" {
		fmt.Fprintln(os.Stderr, "browsertest: no Chromium was found: install it, or name its program in PRAXIS_CHROMIUM")
		os.Exit(1)
	}
	fmt.Fprintln(os.Stderr, "browsertest: NOTHING WAS TESTED: no Chromium was found (PRAXIS_CHROMIUM names its program)")
	os.Exit(0)
}

// findChromium finds the browser's program; "" where there is none. The one without a window is
// the same browser, and takes half the time.
func findChromium() string {
	for _, name := range []string{os.Getenv("PRAXIS_CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
