package portal

// Action is something a viewer wants to do to an object that she already sees.
type Action string

// The actions that the rule of access decides over.
const (
	ActEdit       Action = "edit"   // change the text
	ActLabel      Action = "label"  // change the handling
	ActDecide     Action = "decide" // approve, reject, hide, keep: moderation
	ActReply      Action = "reply"  // write a post in a thread
	ActWrite      Action = "write"  // open a thread or submit a practice in a workspace
	ActInvite     Action = "invite" // invite people
	ActAdminister Action = "administer"
)

// Can tells whether the viewer may do the action on an item with this audience. It implies CanSee:
// what one may not see, one may not touch. For workspace-wide actions (ActWrite, ActInvite) only
// the audience's workspace counts.
func (v Viewer) Can(act Action, a Audience) bool {
	if !v.SignedIn() {
		return false
	}
	switch act {
	case ActAdminister:
		return v.Officer
	case ActInvite:
		return v.Officer || len(v.Moderates) > 0 && (a.WorkspaceID == 0 || v.ModeratorOf(a.WorkspaceID))
	case ActWrite:
		return v.In(a.WorkspaceID) || v.ModeratorOf(a.WorkspaceID)
	}
	if !v.CanSee(a) {
		return false
	}
	switch act {
	case ActEdit:
		return v.Wrote(a)
	case ActLabel:
		return v.MemberID == a.AuthorID || v.ModeratorOf(a.WorkspaceID)
	case ActDecide:
		return v.ModeratorOf(a.WorkspaceID)
	case ActReply:
		// An open label invites readers from elsewhere; the workspace's own threads are its members'.
		return a.Stage == StageOpen
	}
	return false
}
