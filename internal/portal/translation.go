package portal

import "slices"

// ReachesFurther tells whether the label of a translation lets read whom its original's does not. A red
// original's readers were named one by one, so whatever is not itself named goes further.
func (a Audience) ReachesFurther(original Audience) bool {
	switch {
	case original.Handling == Clear:
		return false
	case original.Handling == Red || original.Handling.Narrows(a.Handling):
		return true
	case original.Handling == Green:
		return false
	case a.WorkspaceID != original.WorkspaceID:
		return true
	}
	return original.Handling == AmberStrict && a.Handling == AmberStrict && !a.strictWithin(original)
}

// strictWithin tells whether "the author's country or organization" means nobody whom it does not mean of
// the original, too: their authors are two.
func (a Audience) strictWithin(original Audience) bool {
	return (a.AuthorCountry == "" || a.AuthorCountry == original.AuthorCountry) &&
		(a.AuthorOrganization == "" || a.AuthorOrganization == original.AuthorOrganization)
}

// Candidates lists whom a translation's label can name where it must not reach further than its original.
func (a Audience) Candidates(original Audience) []int64 {
	if a.Handling == Red {
		return a.Named
	}
	return append(append(slices.Clone(original.Named), original.AuthorID), original.CoAuthors...)
}

// Within narrows the label of a translation until it reaches no further than its original, and lets in
// nobody who was not let in before. Where no label says that, it is red, for those of the candidates
// (see Candidates; members has what decides over each) who could read both.
func (a Audience) Within(original Audience, members map[int64]Viewer) Audience {
	if a.Handling != Red {
		if !a.ReachesFurther(original) {
			return a
		}
		narrowed := a
		narrowed.Handling = original.Handling
		if original.Handling != Red && !narrowed.ReachesFurther(original) {
			return narrowed
		}
	}
	before, now := a, original // as open items: who reads it once it is open is named now
	before.Stage, now.Stage = StageOpen, StageOpen
	var named []int64
	for _, m := range a.Candidates(original) {
		if v, known := members[m]; known && v.CanSee(before) && v.CanSee(now) && !v.Wrote(before) {
			named = append(named, m)
		}
	}
	slices.Sort(named)
	named = slices.Compact(named)
	a.Handling, a.Named = Red, named[:min(len(named), MaxNamed)]
	return a
}
