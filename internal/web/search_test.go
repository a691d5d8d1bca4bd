package web_test

import (
	"net/url"
	"strings"
	"testing"
)

// A question that is longer than what is searched is answered, with a sentence that says so, and
// stands in the field as it was typed.
func TestLongQuestionIsAnsweredAndKept(t *testing.T) {
	w := newWorld(t)
	many := strings.TrimSpace(strings.Repeat("naloxone ", 41))
	tests := []struct{ name, typed, says string }{
		{"40 words", strings.TrimSpace(strings.Repeat("naloxone ", 40)), ""},
		{"41 words", many, "Only the first 40 words were searched."},
		{"400 characters", strings.Repeat("ب", 400), ""},
		{"401 characters", "naloxone " + strings.Repeat("ب", 392), "Only the first 400 characters were searched."},
		{"both", many + strings.Repeat(" prison", 60), "Only the first 40 words were searched."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := w.get(t, visitor, "/search?q="+url.QueryEscape(tt.typed))
			body := rec.Body.String()
			holds(t, body, `value="`+tt.typed+`"`)
			lacks(t, body, `maxlength="400"`)
			if tt.says == "" {
				lacks(t, body, "Only the first")
			} else {
				holds(t, body, tt.says)
			}
			if strings.Contains(tt.typed, "naloxone") {
				holds(t, body, "<mark>")
			}
			w.sound(t, rec, "en", "ltr")
		})
	}
}
