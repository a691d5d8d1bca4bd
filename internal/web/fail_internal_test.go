package web

import (
	"strings"
	"testing"

	"praxis/internal/portal"
)

// Wherever a practice stands, a step out of turn is answered by a sentence and not by its name.
func TestEveryStatusSaysWhatCanBeDone(t *testing.T) {
	l := english(t)
	told := map[string]portal.Status{}
	for _, s := range []portal.Status{portal.Draft, portal.Submitted, portal.ChangesRequested, portal.Published, portal.Rejected, portal.Archived} {
		e := portal.ErrOutOfTurn(s)
		text := l.T(e.Message, e.Args...)
		if !strings.HasSuffix(text, ".") || strings.Contains(text, "_") || told[text] != "" {
			t.Errorf("%s: %q, as for %q", s, text, told[text])
		}
		told[text] = s
	}
}
