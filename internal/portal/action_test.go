package portal_test

import (
	"slices"
	"testing"

	"praxis/internal/portal"
)

func TestViewerCan(t *testing.T) {
	const room, other = 7, 8
	visitor := portal.Viewer{}
	author := portal.Viewer{MemberID: 1, Country: "EC", Workspaces: []int64{room}}
	member := portal.Viewer{MemberID: 2, Country: "TH", Workspaces: []int64{room}}
	moderator := portal.Viewer{MemberID: 3, Workspaces: []int64{room}, Moderates: []int64{room}}
	stranger := portal.Viewer{MemberID: 4, Workspaces: []int64{other}, Moderates: []int64{other}}
	officer := portal.Viewer{MemberID: 5, Officer: true}
	item := func(h portal.Handling, s portal.Stage, named ...int64) portal.Audience {
		return portal.Audience{Stage: s, Handling: h, WorkspaceID: room, AuthorID: 1, AuthorCountry: "EC", Named: named}
	}
	open, draft := item(portal.Amber, portal.StageOpen), item(portal.Amber, portal.StagePrivate)
	red := item(portal.Red, portal.StageOpen, 2)
	everybody := []portal.Viewer{visitor, author, member, moderator, stranger, officer}
	tests := []struct {
		name string
		act  portal.Action
		on   portal.Audience
		who  []portal.Viewer // may; nobody else
	}{
		{"edit an open practice", portal.ActEdit, open, []portal.Viewer{author}},
		{"edit a draft", portal.ActEdit, draft, []portal.Viewer{author}},
		{"label an open practice", portal.ActLabel, open, []portal.Viewer{author, moderator, officer}},
		{"label a draft", portal.ActLabel, draft, []portal.Viewer{author}},
		{"label a red one", portal.ActLabel, red, []portal.Viewer{author}},
		{"decide", portal.ActDecide, item(portal.Amber, portal.StageReview), []portal.Viewer{moderator, officer}},
		{"decide over a red one", portal.ActDecide, item(portal.Red, portal.StageReview, 3), []portal.Viewer{moderator}},
		{"decide over a draft", portal.ActDecide, draft, nil},
		{"reply under amber", portal.ActReply, open, []portal.Viewer{author, member, moderator, officer}},
		{"reply under amber+strict", portal.ActReply, item(portal.AmberStrict, portal.StageOpen), []portal.Viewer{author, moderator, officer}},
		{"reply under red", portal.ActReply, red, []portal.Viewer{author, member}},
		{"reply under green", portal.ActReply, item(portal.Green, portal.StageOpen), []portal.Viewer{author, member, moderator, stranger, officer}},
		{"reply under clear", portal.ActReply, item(portal.Clear, portal.StageOpen), []portal.Viewer{author, member, moderator, stranger, officer}},
		{"reply to what is hidden", portal.ActReply, item(portal.Clear, portal.StageReview), nil},
		{"write in the room", portal.ActWrite, portal.Audience{WorkspaceID: room}, []portal.Viewer{author, member, moderator, officer}},
		{"write nowhere", portal.ActWrite, portal.Audience{}, []portal.Viewer{officer}},
		{"invite into the room", portal.ActInvite, portal.Audience{WorkspaceID: room}, []portal.Viewer{moderator, officer}},
		{"invite at all", portal.ActInvite, portal.Audience{}, []portal.Viewer{moderator, stranger, officer}},
		{"administer", portal.ActAdminister, portal.Audience{}, []portal.Viewer{officer}},
		{"what nobody knows", "publish", open, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, v := range everybody {
				want := slices.ContainsFunc(tt.who, func(w portal.Viewer) bool { return w.MemberID == v.MemberID })
				if got := v.Can(tt.act, tt.on); got != want {
					t.Errorf("member %d: Can(%s) = %v, want %v", v.MemberID, tt.act, got, want)
				}
			}
		})
	}
}
