package notify_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"praxis/internal/notify"
)

// Whatever this package tells is among the kinds, so that each has words.
func TestKindsAreAllThatIsTold(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	written, looked := regexp.MustCompile(`\.add\([^"\n]*, "([a-z_]+)",`), 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range written.FindAllSubmatch(source, -1) {
			looked++
			if kind := string(found[1]); !slices.Contains(notify.Kinds, kind) {
				t.Errorf("%s tells %q, which is not among the kinds", name, kind)
			}
		}
	}
	if looked < 12 {
		t.Errorf("only %d places were found that tell something", looked)
	}
}
