package portal_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"praxis/internal/portal"
)

// Whatever label an original has, its translation brought within it is read by nobody but its own authors
// who may not read the original, and by nobody who could not read it before. What reached no further stays.
func TestTranslationsStayWithin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		members := map[int64]portal.Viewer{}
		for id := range int64(5) {
			v := portal.Viewer{MemberID: id + 1, Country: rapid.SampledFrom([]string{"EC", "TH"}).Draw(r, "country"),
				Organization: rapid.SampledFrom([]string{"", "WHO"}).Draw(r, "organization"), Officer: rapid.IntRange(0, 5).Draw(r, "officer") == 0}
			for w := range int64(2) {
				role := rapid.IntRange(0, 3).Draw(r, "role")
				if role > 1 {
					v.Workspaces = append(v.Workspaces, w+1)
				}
				if role > 2 {
					v.Moderates = append(v.Moderates, w+1)
				}
			}
			members[v.MemberID] = v
		}
		draw := func(name string, label portal.Handling) portal.Audience {
			author := rapid.Int64Range(1, 5).Draw(r, name+" author")
			a := portal.Audience{Stage: portal.StageOpen, Handling: label, WorkspaceID: rapid.Int64Range(1, 2).Draw(r, "workspace"),
				AuthorID: author, AuthorCountry: members[author].Country, AuthorOrganization: members[author].Organization}
			if rapid.Bool().Draw(r, "co-author") {
				a.CoAuthors = []int64{rapid.Int64Range(1, 5).Draw(r, "who")}
			}
			if a.Handling == portal.Red {
				a.Named = rapid.SliceOfNDistinct(rapid.Int64Range(1, 5), 0, 3, rapid.ID).Draw(r, "named")
			}
			return a
		}
		for _, labels := range pairs() {
			original, before := draw("original", labels[0]), draw("translation", labels[1])
			if rapid.Bool().Draw(r, "handed in") {
				before.Stage = portal.StageReview
			}
			now := before.Within(original, members)
			if before.Handling != portal.Red && !before.ReachesFurther(original) && now.Handling != before.Handling {
				r.Errorf("it was %s within %s, and is %s", before.Handling, original.Handling, now.Handling)
			}
			if len(now.Named) > 0 && now.Handling != portal.Red {
				r.Errorf("%s names %v", now.Handling, now.Named)
			}
			for _, v := range append(slices.Collect(maps.Values(members)), portal.Viewer{}) {
				if !v.CanSee(now) || v.Wrote(now) {
					continue
				}
				if !v.CanSee(original) {
					r.Errorf("%+v reads the translation (%+v) and not the original (%+v)", v, now, original)
				}
				if !v.CanSee(before) {
					r.Errorf("%+v reads it as %+v and did not as %+v", v, now, before)
				}
			}
		}
	})
}

// pairs lists every label beside every label.
func pairs() (all [][2]portal.Handling) {
	for _, a := range portal.Handlings {
		for _, b := range portal.Handlings {
			all = append(all, [2]portal.Handling{a, b})
		}
	}
	return all
}
