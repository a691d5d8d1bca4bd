package account

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// Invitation is what an officer or a moderator asks for.
type Invitation struct {
	Email      string
	Name       string
	Country    string
	Programme  string
	Year       int
	Locale     string
	Workspaces []int64
	Officer    bool // only an officer may invite officers
}

// Invited is an invitation that was made. Token is the end of its link, "" where it goes by mail.
type Invited struct {
	ID        int64
	Email     string
	ExpiresAt time.Time
	Token     string
}

// Invite makes an invitation and queues its mail. Moderators invite into the workspaces that they
// moderate; officers into any, or into none.
func (s *Service) Invite(ctx context.Context, who portal.Identity, in Invitation) (Invited, error) {
	if err := s.mayInvite(who, in); err != nil {
		return Invited{}, err
	}
	if err := s.checkInvitation(in); err != nil {
		return Invited{}, err
	}
	var made Invited
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		for _, w := range in.Workspaces {
			if _, err := tx.Workspace(ctx, who.MemberID, w); err != nil {
				return fieldUnknown(err, "workspaces")
			}
		}
		if known, err := tx.MemberByEmail(ctx, in.Email); err == nil && known.HasPassword {
			return portal.Fail(portal.Conflict, "error.known_address")
		}
		var err error
		made, err = s.insertInvitation(ctx, tx, link{by: who.MemberID, life: InvitationLife, template: "invitation", mailed: s.mailing}, in)
		return err
	})
	return made, err
}

func (s *Service) mayInvite(who portal.Identity, in Invitation) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if !who.Can(portal.ActInvite, portal.Audience{}) || in.Officer && !who.Officer {
		return portal.ErrForbidden()
	}
	if who.Officer {
		return nil
	}
	if len(in.Workspaces) == 0 {
		return &portal.Error{Kind: portal.Invalid, Message: "error.invalid",
			Fields: []portal.FieldError{{Field: "workspaces", Message: "error.own_workspaces"}}}
	}
	for _, w := range in.Workspaces {
		if !who.ModeratorOf(w) {
			return portal.ErrForbidden()
		}
	}
	return nil
}

func (s *Service) checkInvitation(in Invitation) error {
	var c portal.Checks
	c.Add(in.Email != "", "email", "error.required")
	c.Add(in.Email == "" || portal.ValidEmail(portal.NormalEmail(in.Email)), "email", "error.email")
	c.Text("name", in.Name, portal.MaxName, false)
	c.Add(in.Country != "", "country", "error.required")
	c.Add(in.Country == "" || s.vocab.HasCountry(in.Country), "country", "error.unknown_value")
	c.Add(in.Programme == "" || s.vocab.Has("programmes", in.Programme), "programme", "error.unknown_value")
	c.Add(in.Year == 0 || in.Year >= 1940 && in.Year <= 2100, "year", "error.year")
	c.Add(in.Locale == "" || slices.Contains(s.locales, in.Locale), "locale", "error.unknown_value")
	c.Add(len(in.Workspaces) <= portal.MaxTags, "workspaces", "error.too_many", "Max", portal.MaxTags)
	return c.Err()
}

// link says what a one-time link is for: to join, or (member set) to choose a password.
type link struct {
	by, member int64
	life       time.Duration
	template   string
	mailed     bool
}

// insertInvitation writes an invitation or reset link, its audit row and, where it is mailed, its
// mail. The mail's own token is made when it is sent, so none is ever stored.
func (s *Service) insertInvitation(ctx context.Context, tx *postgres.Tx, l link, in Invitation) (Invited, error) {
	token, hash := secret.NewToken()
	made := Invited{Email: portal.NormalEmail(in.Email), ExpiresAt: portal.Now().Add(l.life), Token: token}
	row := postgres.Invitation{Email: in.Email, MemberID: l.member, Name: in.Name, Country: in.Country, Programme: in.Programme,
		Year: in.Year, Locale: cmp.Or(in.Locale, "en"), Officer: in.Officer, Workspaces: in.Workspaces, InvitedBy: l.by, ExpiresAt: made.ExpiresAt}
	id, err := tx.InsertInvitation(ctx, row, hash)
	if err != nil {
		return made, err
	}
	made.ID = id
	if l.mailed {
		made.Token = ""
		data, err := json.Marshal(map[string]int64{"invitation": id})
		if err != nil {
			return made, fmt.Errorf("write a mail's data: %w", err)
		}
		if err := tx.QueueMail(ctx, postgres.Mail{Recipient: made.Email, MemberID: l.member, Locale: row.Locale, Template: l.template, Data: string(data)}); err != nil {
			return made, err
		}
	} else {
		s.log.Info("no SMTP server is set: the link is shown to whoever asked for it", "template", l.template, "invitation", id)
	}
	return made, tx.Record(ctx, postgres.Change{Actor: l.by, Action: "invitation.create",
		Target: portal.Ref{Kind: portal.KindInvitation, ID: id}, Detail: map[string]any{"workspaces": in.Workspaces, "officer": in.Officer, "reset": l.member != 0}})
}

// InvitationByToken finds an invitation or reset link that can still be used.
func (s *Service) InvitationByToken(ctx context.Context, token string) (postgres.Invitation, error) {
	return s.db.InvitationByHash(ctx, secret.HashToken(token))
}

// Invitations lists a page of the open invitations that the viewer sent; an officer sees everybody's.
func (s *Service) Invitations(ctx context.Context, who portal.Identity, page portal.Page) ([]postgres.Invitation, error) {
	if !who.Can(portal.ActInvite, portal.Audience{}) {
		return nil, portal.ErrModeratorsOnly()
	}
	by := who.MemberID
	if who.Officer {
		by = 0
	}
	return s.db.Invitations(ctx, by, page)
}

// Accept uses an invitation once: the member is made (or, for a reset link, found), her password
// set, her workspaces joined. name "" keeps the invitation's. All her older sessions, tokens and links end.
func (s *Service) Accept(ctx context.Context, token, password, name string) (portal.Member, error) {
	in, err := s.InvitationByToken(ctx, token)
	if err != nil {
		return portal.Member{}, err
	}
	name = cmp.Or(name, in.Name)
	var c portal.Checks
	c.Text("name", name, portal.MaxName, false)
	if err := c.Err(); err != nil {
		return portal.Member{}, err
	}
	phc, err := s.hash(ctx, password, in.Email, name)
	if err != nil {
		return portal.Member{}, err
	}
	defer s.identity.clear()
	var member portal.Member
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.TakeInvitation(ctx, in.ID); err != nil {
			return err
		}
		if err := s.stillStands(ctx, tx, in); err != nil {
			return err
		}
		id := in.MemberID
		if id == 0 {
			if id, err = tx.InsertMember(ctx, portal.Member{Email: in.Email, Name: name, Country: in.Country, Locale: in.Locale,
				TimeZone: "UTC", Programme: in.Programme, Year: in.Year, Officer: in.Officer, Sharing: portal.DefaultSharing}); err != nil {
				return err
			}
		}
		if err := tx.SetPassword(ctx, id, phc); err != nil {
			return err
		}
		if _, err := tx.DeleteSessions(ctx, id, 0); err != nil {
			return err
		}
		if err := tx.RevokeAll(ctx, id); err != nil {
			return err
		}
		change := postgres.Change{Actor: id, Action: "invitation.accept", Target: portal.Ref{Kind: portal.KindInvitation, ID: in.ID},
			Events: []portal.Event{{Topic: portal.MemberTopic(id), Type: portal.MemberChanged, Entity: portal.Ref{Kind: portal.KindMember, ID: id}}}}
		for _, w := range in.Workspaces {
			if _, err := tx.JoinWorkspace(ctx, w, id); err != nil {
				return err
			}
			change.Events = append(change.Events, portal.Event{Topic: portal.WorkspaceTopic(w), Type: portal.MembershipChanged, WorkspaceID: w})
		}
		if member, err = tx.Member(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, change)
	})
	return member, err
}

// stillStands answers NotFound where whoever sent the invitation might not send it any more: an
// officer's or a moderator's links do not outlive her office.
func (s *Service) stillStands(ctx context.Context, tx *postgres.Tx, in postgres.Invitation) error {
	if in.InvitedBy == 0 {
		return nil // by whoever runs the program, or asked for by the member herself
	}
	by, err := tx.Viewer(ctx, in.InvitedBy)
	if err != nil {
		return err
	}
	if in.MemberID != 0 && !by.Officer ||
		in.MemberID == 0 && s.mayInvite(portal.Identity{Viewer: by}, Invitation{Officer: in.Officer, Workspaces: in.Workspaces}) != nil {
		return portal.ErrNotFound()
	}
	return nil
}

// RequestReset queues a mail with a one-time link for a known address, at most one in resetGap,
// and does nothing for an unknown one. The answer is the same and comes after the same time,
// resetAnswer, so that nobody learns who is a member.
func (s *Service) RequestReset(ctx context.Context, email string) error {
	answer := time.NewTimer(resetAnswer)
	defer answer.Stop()
	err := s.requestReset(ctx, email)
	select {
	case <-answer.C:
	case <-ctx.Done():
	}
	return err
}

func (s *Service) requestReset(ctx context.Context, email string) error {
	member, err := s.db.MemberByEmail(ctx, email)
	if portal.KindOf(err) == portal.NotFound || err == nil && member.Suspended {
		return nil
	}
	if err != nil {
		return err
	}
	recent, err := s.db.ResetSince(ctx, member.ID, resetGap)
	if err != nil || recent {
		return err
	}
	_, err = s.resetLink(ctx, 0, member)
	return err
}

// ResetLink makes a one-time link for a member who lost her password, asked for by an officer.
func (s *Service) ResetLink(ctx context.Context, who portal.Identity, member int64) (Invited, error) {
	if !who.Officer {
		return Invited{}, portal.ErrForbidden()
	}
	m, err := s.db.Member(ctx, member)
	if err != nil {
		return Invited{}, err
	}
	return s.resetLink(ctx, who.MemberID, m)
}

func (s *Service) resetLink(ctx context.Context, by int64, m portal.Member) (made Invited, err error) {
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		made, err = s.insertInvitation(ctx, tx, link{by: by, member: m.ID, life: ResetLife, template: "reset", mailed: s.mailing},
			Invitation{Email: m.Email, Name: m.Name, Country: m.Country, Locale: m.Locale})
		return err
	})
	return made, err
}

// CreateOfficer makes an invitation for the first officer, without mail: whoever runs the
// program gets the link's token.
func (s *Service) CreateOfficer(ctx context.Context, in Invitation) (Invited, error) {
	if err := s.checkInvitation(in); err != nil {
		return Invited{}, err
	}
	in.Officer = true
	var made Invited
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		known, err := tx.MemberByEmail(ctx, in.Email)
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return err
		}
		if known.ID != 0 && !known.Officer {
			return portal.Fail(portal.Conflict, "error.known_address")
		}
		made, err = s.insertInvitation(ctx, tx, link{member: known.ID, life: InvitationLife, template: "invitation"}, in)
		return err
	})
	return made, err
}

func fieldUnknown(err error, field string) error {
	if portal.KindOf(err) != portal.NotFound {
		return err
	}
	return &portal.Error{Kind: portal.Invalid, Message: "error.invalid", Fields: []portal.FieldError{{Field: field, Message: "error.unknown_value"}}}
}
