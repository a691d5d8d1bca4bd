package web

import (
	"testing"

	"praxis/internal/practice"
)

func TestFactsAreNamed(t *testing.T) {
	for _, fact := range practice.Facts {
		if factTexts[fact] == "" {
			t.Errorf("%s has no name", fact)
		}
	}
}
