package portal

import (
	"slices"
	"strconv"
)

// Viewer is whoever asks: a visitor (the zero value) or a member with what decides over access.
type Viewer struct {
	MemberID     int64
	Country      string  // ISO 3166-1 alpha-2 code of the member's country
	Organization string  // code of the member's international organization; "" if none
	Officer      bool    // administers the portal
	Workspaces   []int64 // member of, moderated ones included
	Moderates    []int64
	Unseen       bool // is told to nobody where she reads, and told of nobody; it decides over no access
}

// SignedIn tells whether the viewer is a member at all.
func (v Viewer) SignedIn() bool { return v.MemberID != 0 }

// In tells whether the viewer is a member of the workspace.
func (v Viewer) In(workspace int64) bool {
	return workspace != 0 && slices.Contains(v.Workspaces, workspace)
}

// Moderator tells whether the viewer decides over anything at all.
func (v Viewer) Moderator() bool { return v.Officer || len(v.Moderates) > 0 }

// ModeratorOf tells whether the viewer moderates the workspace, as its moderator or as an officer.
func (v Viewer) ModeratorOf(workspace int64) bool {
	return v.Officer || workspace != 0 && slices.Contains(v.Moderates, workspace)
}

// Stage is how far an item has come on its way to its readers. The label rules only what is open.
type Stage string

// The stages of an item.
const (
	StagePrivate Stage = "private" // a draft: its authors' alone
	StageReview  Stage = "review"  // in the hands of the workspace's moderators, or hidden by them
	StageOpen    Stage = "open"    // read by whom its label lets
)

// Audience is everything about an item that decides who may see it. AuthorCountry and AuthorOrganization are
// the author's at the time of writing, so that a move does not silently change who reads.
type Audience struct {
	Stage              Stage    `db:"stage"`
	Handling           Handling `db:"handling"`
	WorkspaceID        int64    `db:"workspace_id"`
	AuthorID           int64    `db:"author_id"`
	AuthorCountry      string   `db:"author_country"`
	AuthorOrganization string   `db:"author_organization"`
	Named              []int64  `db:"named"`
	CoAuthors          []int64  `db:"coauthors"` // of a practice: they read it as its author does
	// Shared tells that others' words are in the item, as in a thread: whoever opened it reads on
	// only as long as the label lets her. What is all her own, an author may always see.
	Shared bool `db:"-"`
}

// CanSee is the one rule of access. Its SQL form is postgres.CanSee, its index form is that
// Viewer.Terms and Audience.Terms have a term in common; a property test holds the three equal.
func (v Viewer) CanSee(a Audience) bool {
	if v.Wrote(a) && !a.outgrown() {
		return true
	}
	if a.Stage == StagePrivate {
		return false
	}
	named := v.MemberID != 0 && slices.Contains(a.Named, v.MemberID)
	if a.Handling == Red {
		return named && (a.Stage == StageOpen || v.ModeratorOf(a.WorkspaceID))
	}
	if v.ModeratorOf(a.WorkspaceID) {
		return true
	}
	if a.Stage != StageOpen {
		return false
	}
	switch a.Handling {
	case Clear:
		return true
	case Green:
		return v.SignedIn()
	case Amber:
		return v.In(a.WorkspaceID)
	case AmberStrict:
		return v.In(a.WorkspaceID) && (v.Country != "" && v.Country == a.AuthorCountry ||
			v.Organization != "" && v.Organization == a.AuthorOrganization)
	}
	return false
}

// Wrote tells whether the viewer is the item's author, or one of its authors.
func (v Viewer) Wrote(a Audience) bool {
	return v.MemberID != 0 && (v.MemberID == a.AuthorID || slices.Contains(a.CoAuthors, v.MemberID))
}

// outgrown tells that the item is the workspace's rather than its author's: an open thread under an
// amber label.
func (a Audience) outgrown() bool {
	return a.Shared && a.Stage == StageOpen && (a.Handling == Amber || a.Handling == AmberStrict)
}

// Terms of a viewer and of an audience: the item is visible exactly when the two lists meet.
// They are what the index stores and filters by.
//
//	all                everybody
//	members            every member
//	m:ID               one member (the authors; the named of an open red item)
//	m:ID@W, m:ID@*     the same member, only as a moderator of workspace W, or as an officer
//	w:W                members of workspace W
//	w:W/c:CC, w:W/o:O  members of W from country CC, from organization O
//	mod:W, officer     moderators of W, officers
func (v Viewer) Terms() []string {
	terms := []string{"all"}
	if !v.SignedIn() {
		return terms
	}
	me := "m:" + id(v.MemberID)
	terms = append(terms, "members", me)
	if v.Officer {
		terms = append(terms, "officer", me+"@*")
	}
	for _, w := range v.Moderates {
		terms = append(terms, "mod:"+id(w), me+"@"+id(w))
	}
	for _, w := range v.Workspaces {
		in := "w:" + id(w)
		terms = append(terms, in)
		if v.Country != "" {
			terms = append(terms, in+"/c:"+v.Country)
		}
		if v.Organization != "" {
			terms = append(terms, in+"/o:"+v.Organization)
		}
	}
	return terms
}

// Terms lists who may see the item; see Viewer.Terms.
func (a Audience) Terms() []string {
	var terms []string
	if a.AuthorID != 0 && !a.outgrown() {
		terms = append(terms, "m:"+id(a.AuthorID))
	}
	for _, m := range a.CoAuthors {
		terms = append(terms, "m:"+id(m))
	}
	if a.Stage == StagePrivate {
		return terms
	}
	if a.Handling == Red {
		return append(terms, a.namedTerms()...)
	}
	terms = append(terms, "officer")
	if a.WorkspaceID != 0 {
		terms = append(terms, "mod:"+id(a.WorkspaceID))
	}
	if a.Stage == StageOpen {
		terms = append(terms, a.openTerms()...)
	}
	return terms
}

func (a Audience) namedTerms() []string {
	var terms []string
	for _, m := range a.Named {
		who := "m:" + id(m)
		if a.Stage == StageOpen {
			terms = append(terms, who)
			continue
		}
		terms = append(terms, who+"@*")
		if a.WorkspaceID != 0 {
			terms = append(terms, who+"@"+id(a.WorkspaceID))
		}
	}
	return terms
}

func (a Audience) openTerms() []string {
	in := "w:" + id(a.WorkspaceID)
	switch a.Handling {
	case Clear:
		return []string{"all"}
	case Green:
		return []string{"members"}
	case Amber:
		if a.WorkspaceID != 0 {
			return []string{in}
		}
	case AmberStrict:
		if a.WorkspaceID == 0 {
			return nil
		}
		var terms []string
		if a.AuthorCountry != "" {
			terms = append(terms, in+"/c:"+a.AuthorCountry)
		}
		if a.AuthorOrganization != "" {
			terms = append(terms, in+"/o:"+a.AuthorOrganization)
		}
		return terms
	}
	return nil
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
