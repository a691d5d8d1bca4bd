package workspace

import (
	"context"
	"encoding/json"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Join lets the viewer into an open workspace at once; where access is by request, her request
// waits for a moderator (joined is false); by invitation only, it is refused.
func (s *Service) Join(ctx context.Context, who portal.Identity, id int64) (joined bool, err error) {
	if !who.SignedIn() {
		return false, portal.ErrSignIn()
	}
	w, err := s.db.Workspace(ctx, who.MemberID, id)
	if err != nil {
		return false, err
	}
	if w.Role != "" {
		return true, nil
	}
	switch {
	case w.Access == "open" || who.Officer:
		return true, s.db.InTx(ctx, func(tx *postgres.Tx) error {
			joined, err := tx.JoinWorkspace(ctx, id, who.MemberID)
			if err != nil || !joined {
				return err
			}
			return tx.Record(ctx, membership(who, "workspace.join", id, who.MemberID, map[string]any{"role": portal.RoleMember}))
		})
	case w.Access == "request":
		return false, s.db.InTx(ctx, func(tx *postgres.Tx) error {
			asked, err := tx.RequestWorkspace(ctx, id, who.MemberID)
			if err != nil || !asked {
				return err
			}
			return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "workspace.request",
				Target: portal.Ref{Kind: portal.KindWorkspace, ID: id}, WorkspaceID: id,
				Events: []portal.Event{asking(portal.ModerationTopic(id), id, who.MemberID, "request")}})
		})
	}
	return false, portal.Fail(portal.Forbidden, "error.by_invitation")
}

// Members lists a workspace's members for those who are in it, and for officers.
func (s *Service) Members(ctx context.Context, who portal.Identity, id int64, page portal.Page) ([]portal.WorkspaceMember, error) {
	if err := s.inside(ctx, who, id); err != nil {
		return nil, err
	}
	return s.db.WorkspaceMembers(ctx, id, page)
}

// Role reads a member's role in the workspace, for those who are in it.
func (s *Service) Role(ctx context.Context, who portal.Identity, id, member int64) (string, error) {
	if who.MemberID != member {
		if err := s.inside(ctx, who, id); err != nil {
			return "", err
		}
	}
	return s.db.WorkspaceRole(ctx, id, member)
}

func (s *Service) inside(ctx context.Context, who portal.Identity, id int64) error {
	if _, err := s.db.Workspace(ctx, who.MemberID, id); err != nil {
		return err
	}
	if !who.In(id) && !who.ModeratorOf(id) {
		return portal.ErrNotFound()
	}
	return nil
}

// asking tells of a member's request to be let in, and of what came of it.
func asking(topic portal.Topic, id, member int64, step string) portal.Event {
	return portal.Event{Topic: topic, Type: portal.Recorded, Entity: portal.Ref{Kind: portal.KindMember, ID: member}, WorkspaceID: id,
		Data: json.RawMessage(`{"step":"` + step + `"}`)}
}

// Requests lists who asks to be let in, for the workspace's moderators.
func (s *Service) Requests(ctx context.Context, who portal.Identity, id int64, page portal.Page) ([]portal.Person, error) {
	if err := s.mayModerate(ctx, who, id); err != nil {
		return nil, err
	}
	return s.db.WorkspaceRequests(ctx, id, page)
}

// PutMember lets a member in or changes her role; the workspace's moderators and officers do.
func (s *Service) PutMember(ctx context.Context, who portal.Identity, id, member int64, role string) error {
	if err := s.mayModerate(ctx, who, id); err != nil {
		return err
	}
	var c portal.Checks
	c.Add(role == portal.RoleMember || role == portal.RoleModerator, "role", "error.unknown_value")
	if err := c.Err(); err != nil {
		return err
	}
	if _, err := s.db.Member(ctx, member); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		changed, err := tx.PutWorkspaceMember(ctx, id, member, role)
		if err != nil || !changed {
			return err
		}
		return tx.Record(ctx, membership(who, "workspace.member", id, member, map[string]any{"role": role}))
	})
}

// RemoveMember takes a member out: she herself, the workspace's moderators and officers do. One who
// only asks to be let in is refused by it, or takes her request back.
func (s *Service) RemoveMember(ctx context.Context, who portal.Identity, id, member int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if who.MemberID != member {
		if err := s.mayModerate(ctx, who, id); err != nil {
			return err
		}
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		refused, err := tx.RefuseWorkspace(ctx, id, member)
		if err != nil {
			return err
		}
		if refused {
			about := portal.Ref{Kind: portal.KindMember, ID: member}
			return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "workspace.refuse", Target: about, WorkspaceID: id,
				Events: []portal.Event{asking(portal.MemberTopic(member), id, member, "refuse")}})
		}
		if err := tx.DeleteWorkspaceMember(ctx, id, member); err != nil {
			return err
		}
		return tx.Record(ctx, membership(who, "workspace.leave", id, member, nil))
	})
}

// membership tells the member's own sockets and the workspace that her access has changed.
func membership(who portal.Identity, action string, id, member int64, detail map[string]any) postgres.Change {
	about := portal.Ref{Kind: portal.KindMember, ID: member}
	return postgres.Change{Actor: who.MemberID, Action: action, Target: about, WorkspaceID: id, Detail: detail,
		Events: []portal.Event{
			{Topic: portal.MemberTopic(member), Type: portal.MembershipChanged, Entity: about, WorkspaceID: id},
			{Topic: portal.WorkspaceTopic(id), Type: portal.MembershipChanged, Entity: about, WorkspaceID: id},
		}}
}
