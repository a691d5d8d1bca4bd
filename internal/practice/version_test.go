package practice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"praxis/internal/practice"
)

func TestCompareWords(t *testing.T) {
	type changes = []practice.Change
	same := func(s string) practice.Change { return practice.Change{Op: "same", Text: s} }
	added := func(s string) practice.Change { return practice.Change{Op: "added", Text: s} }
	removed := func(s string) practice.Change { return practice.Change{Op: "removed", Text: s} }
	tests := []struct {
		name, before, after string
		want                changes
	}{
		{"nothing", "", "", nil},
		{"the same", "two words", "two words", changes{same("two words")}},
		{"all new", "", "new", changes{added("new")}},
		{"all gone", "old", "", changes{removed("old")}},
		{"a whole word, not its letters", "the test strip", "the text strip", changes{same("the "), removed("test"), added("text"), same(" strip")}},
		{"Thai, which has no spaces", "ฉันรักแมว", "ฉันรักหมา", nil},
		{"Arabic", "قبل الفحص", "بعد الفحص", changes{removed("قبل"), added("بعد"), same(" الفحص")}},
		{"a family of four is one word", "👨‍👩‍👧‍👦 a", "👨‍👩‍👧‍👦 b", changes{same("👨‍👩‍👧‍👦 "), removed("a"), added("b")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := practice.CompareWords(tt.before, tt.after)
			if tt.want != nil && !slices.Equal(got, tt.want) {
				t.Errorf("CompareWords = %v, want %v", got, tt.want)
			}
			checkWhole(t, got, tt.before, tt.after)
		})
	}
}

// A word is a rune of its own while texts are compared, and no rune lies where surrogates do.
func TestCompareWordsOfManyDifferentWords(t *testing.T) {
	var b strings.Builder
	for i := range 0xD800 + 100 {
		fmt.Fprintf(&b, "w%d ", i)
	}
	before, after := b.String()+"end", b.String()+"new end"
	got := practice.CompareWords(before, after)
	checkWhole(t, got, before, after)
	if len(got) != 3 || got[1].Op != "added" || strings.TrimSpace(got[1].Text) != "new" {
		t.Errorf("%d changes, want one word added", len(got))
	}
}

// checkWhole looks that the changes hold both texts and nothing else.
func checkWhole(t *testing.T, changes []practice.Change, before, after string) {
	t.Helper()
	var a, b strings.Builder
	for _, c := range changes {
		if c.Op != "added" {
			a.WriteString(c.Text)
		}
		if c.Op != "removed" {
			b.WriteString(c.Text)
		}
	}
	if a.String() != before || b.String() != after {
		t.Errorf("the changes make %.60q of %.60q and %.60q of %.60q", a.String(), before, b.String(), after)
	}
}

// BenchmarkCompare compares two versions of thirty pages that differ in a word of every sentence's
// tenth, a moved paragraph and a new one.
func BenchmarkCompare(b *testing.B) {
	var before, after strings.Builder
	for i := range 30 * 40 {
		sentence := fmt.Sprintf("In the %dth week the team gave %d kits to families in district %d, and asked each what had happened. ", i, i*7%90, i%13)
		before.WriteString(sentence)
		if i%10 == 3 {
			sentence = strings.Replace(sentence, "families", "households", 1)
		}
		if i == 500 {
			sentence += "A whole new paragraph stands here, which nobody has read before. "
		}
		after.WriteString(sentence)
	}
	b.ReportMetric(float64(before.Len()), "bytes")
	for b.Loop() {
		if changes := practice.CompareWords(before.String(), after.String()); len(changes) < 100 {
			b.Fatalf("only %d changes", len(changes))
		}
	}
}
