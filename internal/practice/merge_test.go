package practice_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/portal"
	"praxis/internal/practice"
)

func TestMerge(t *testing.T) {
	text := func(title, results, barriers string, sectors ...string) portal.PracticeText {
		return portal.PracticeText{Title: title, Sections: map[string]string{"results": results, "barriers": barriers}, Sectors: sectors}
	}
	base := text("Naloxone", "Few died.", "Stigma.", "health")
	for name, c := range map[string]struct {
		mine, theirs, want portal.PracticeText
		clashes            []string
	}{
		"nothing changed":    {base, base, base, nil},
		"mine alone":         {text("Naloxone", "Ninety lived.", "Stigma.", "health"), base, text("Naloxone", "Ninety lived.", "Stigma.", "health"), nil},
		"theirs alone":       {base, text("Naloxone kits", "Few died.", "Stigma.", "health", "police"), text("Naloxone kits", "Few died.", "Stigma.", "health", "police"), nil},
		"different parts":    {text("Naloxone", "Ninety lived.", "Stigma.", "health"), text("Naloxone", "Few died.", "Cost.", "health"), text("Naloxone", "Ninety lived.", "Cost.", "health"), nil},
		"the same change":    {text("Naloxone", "Ninety lived.", "Stigma.", "health"), text("Naloxone", "Ninety lived.", "Stigma.", "health"), text("Naloxone", "Ninety lived.", "Stigma.", "health"), nil},
		"the same part":      {text("Naloxone", "Ninety lived.", "Stigma.", "health"), text("Naloxone", "Eighty lived.", "Cost.", "health"), text("Naloxone", "Ninety lived.", "Cost.", "health"), []string{"sections.results"}},
		"emptied and kept":   {text("Naloxone", "Few died.", "", "health"), base, text("Naloxone", "Few died.", "", "health"), nil},
		"lists are one":      {text("Naloxone", "Few died.", "Stigma.", "police"), text("Naloxone", "Few died.", "Stigma.", "customs"), text("Naloxone", "Few died.", "Stigma.", "police"), []string{"sectors"}},
		"emptied, rewritten": {text("Naloxone", "", "Stigma.", "health"), text("Naloxone", "Many lived.", "Stigma.", "health"), text("Naloxone", "", "Stigma.", "health"), []string{"sections.results"}},
	} {
		merged, clashes := practice.Merge(base, c.mine, c.theirs)
		if merged.Title != c.want.Title || !maps.Equal(merged.Sections, c.want.Sections) || !slices.Equal(merged.Sectors, c.want.Sectors) || !slices.Equal(clashes, c.clashes) {
			t.Errorf("%s: %+v with clashes %v, want %+v with %v", name, merged, clashes, c.want, c.clashes)
		}
	}
}

// Whatever is typed: a part that I changed is mine in the merged text, and one that only the other
// changed is theirs; no word of either side goes without a clash that says so.
func TestMergeLosesNothing(t *testing.T) {
	keys := []string{"results", "barriers", "resources"}
	rapid.Check(t, func(r *rapid.T) {
		draw := func(name string) portal.PracticeText {
			sections := map[string]string{}
			for _, key := range keys {
				if text := rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(r, name+key); text != "" {
					sections[key] = text
				}
			}
			return portal.PracticeText{Title: rapid.SampledFrom([]string{"x", "y"}).Draw(r, name), Sections: sections}
		}
		base, mine, theirs := draw("base"), draw("mine"), draw("theirs")
		merged, clashes := practice.Merge(base, mine, theirs)
		for _, key := range keys {
			b, m, o, got := base.Sections[key], mine.Sections[key], theirs.Sections[key], merged.Sections[key]
			clash := slices.Contains(clashes, "sections."+key)
			if m != b && got != m || m == b && got != o || clash != (m != b && o != b && m != o) {
				r.Fatalf("%s: base %q, mine %q, theirs %q gave %q, clash %v", key, b, m, o, got, clash)
			}
		}
	})
}
