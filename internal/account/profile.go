package account

import (
	"context"
	"slices"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// Profile is a change of a member's profile by herself; nil fields stay as they are. Country and
// international organization are not among them: they decide over what she may see, so officers
// set them (Standing).
type Profile struct {
	Name             *string         `json:"name"`
	OrganizationText *string         `json:"organization_text"`
	Sector           *string         `json:"sector"`
	Expertise        *string         `json:"expertise"`
	Bio              *string         `json:"bio"`
	Locale           *string         `json:"locale"`
	TimeZone         *string         `json:"time_zone"`
	Sharing          *portal.Sharing `json:"sharing"`
	Presence         *bool           `json:"presence"`
}

// Me reads the viewer's own profile.
func (s *Service) Me(ctx context.Context, who portal.Identity) (portal.Member, error) {
	if !who.SignedIn() {
		return portal.Member{}, portal.ErrSignIn()
	}
	return s.db.Member(ctx, who.MemberID)
}

// Member reads a member as she shows herself to the viewer. Visitors see nobody.
func (s *Service) Member(ctx context.Context, who portal.Identity, id int64) (portal.Member, error) {
	if !who.SignedIn() {
		return portal.Member{}, portal.ErrNotFound()
	}
	m, err := s.db.Member(ctx, id)
	if err != nil {
		return m, err
	}
	if m.Suspended && !who.Officer {
		return portal.Member{}, portal.ErrNotFound()
	}
	return m.Shown(who.Viewer), nil
}

// Directory lists members as they show themselves to the viewer. Visitors see nobody.
func (s *Service) Directory(ctx context.Context, who portal.Identity, d postgres.Directory) ([]portal.Member, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	if d.Workspace != 0 && !who.In(d.Workspace) && !who.ModeratorOf(d.Workspace) {
		return []portal.Member{}, nil // who is in a workspace is told to those who are
	}
	d.Suspended = who.Officer
	members, err := s.db.Members(ctx, d)
	for i := range members {
		members[i] = members[i].Shown(who.Viewer)
	}
	return members, err
}

// Named finds the members whom the viewer names, by their numbers or their whole names: several by
// one name where they share it.
func (s *Service) Named(ctx context.Context, who portal.Identity, ids []int64, names []string) ([]portal.Person, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	return s.db.MembersNamed(ctx, ids, names, who.Officer)
}

// UpdateMe changes the viewer's own profile.
func (s *Service) UpdateMe(ctx context.Context, who portal.Identity, p Profile) (portal.Member, error) {
	if !who.SignedIn() {
		return portal.Member{}, portal.ErrSignIn()
	}
	return s.change(ctx, who.MemberID, who.MemberID, "member.update", func(m *portal.Member) error {
		p.apply(m)
		return s.checkProfile(*m)
	})
}

func (p Profile) apply(m *portal.Member) {
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&m.Name, p.Name)
	set(&m.OrganizationText, p.OrganizationText)
	set(&m.Sector, p.Sector)
	set(&m.Expertise, p.Expertise)
	set(&m.Bio, p.Bio)
	set(&m.Locale, p.Locale)
	set(&m.TimeZone, p.TimeZone)
	if p.Sharing != nil {
		m.Sharing = *p.Sharing
	}
	if p.Presence != nil {
		m.Unseen = !*p.Presence
	}
}

func (s *Service) checkProfile(m portal.Member) error {
	var c portal.Checks
	c.Text("name", m.Name, portal.MaxName, false)
	c.Text("organization_text", m.OrganizationText, portal.MaxName, true)
	c.Text("expertise", m.Expertise, 300, true)
	c.Text("bio", m.Bio, portal.MaxDescription, true)
	c.Add(m.Sector == "" || s.vocab.Has("sectors", m.Sector), "sector", "error.unknown_value")
	c.Add(slices.Contains(s.locales, m.Locale), "locale", "error.unknown_value")
	_, err := time.LoadLocation(m.TimeZone)
	c.Add(err == nil && m.TimeZone != "Local" && m.TimeZone != "", "time_zone", "error.time_zone")
	return c.Err()
}

// Standing is what officers change about a member; nil fields stay as they are.
type Standing struct {
	Officer      *bool
	Suspended    *bool
	Country      *string
	Organization *string
}

// SetStanding changes a member's role, suspension, country or international organization. Only
// officers do, and none can lock herself out.
func (s *Service) SetStanding(ctx context.Context, who portal.Identity, member int64, to Standing) (portal.Member, error) {
	if !who.Officer {
		return portal.Member{}, portal.ErrForbidden()
	}
	if member == who.MemberID && (to.Officer != nil && !*to.Officer || to.Suspended != nil && *to.Suspended) {
		return portal.Member{}, portal.Fail(portal.Conflict, "error.own_standing")
	}
	return s.change(ctx, who.MemberID, member, "member.standing", func(m *portal.Member) error {
		if to.Officer != nil {
			m.Officer = *to.Officer
		}
		if to.Suspended != nil {
			m.Suspended = *to.Suspended
		}
		if to.Country != nil {
			m.Country = *to.Country
		}
		if to.Organization != nil {
			m.Organization = *to.Organization
		}
		var c portal.Checks
		c.Add(s.vocab.HasCountry(m.Country), "country", "error.unknown_value")
		if to.Organization != nil && m.Organization != "" {
			known, err := s.db.KnownOrganization(ctx, m.Organization)
			if err != nil {
				return err
			}
			c.Add(known, "organization", "error.unknown_value")
		}
		return c.Err()
	})
}

func (s *Service) change(ctx context.Context, actor, member int64, action string, apply func(*portal.Member) error) (portal.Member, error) {
	defer s.identity.clear()
	var m portal.Member
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		// Two windows that save at once follow each other: each changes fields of its own, and neither is refused.
		err := tx.LockMember(ctx, member)
		if err != nil {
			return err
		}
		if m, err = tx.Member(ctx, member); err != nil {
			return err
		}
		if err := apply(&m); err != nil {
			return err
		}
		if err := tx.UpdateMember(ctx, m); err != nil {
			return err
		}
		if m.Suspended {
			// What she had open must not wake up when she comes back.
			if _, err := tx.DeleteSessions(ctx, member, 0); err != nil {
				return err
			}
			if err := tx.RevokeAll(ctx, member); err != nil {
				return err
			}
		}
		if m.Suspended || !m.Officer {
			if err := tx.EndInvitationsBy(ctx, member, m.Suspended); err != nil {
				return err
			}
		}
		m.Version++
		return tx.Record(ctx, postgres.Change{Actor: actor, Action: action, Target: portal.Ref{Kind: portal.KindMember, ID: member},
			Detail: map[string]any{"officer": m.Officer, "suspended": m.Suspended},
			Events: []portal.Event{{Topic: portal.MemberTopic(member), Type: portal.MemberChanged, Version: m.Version}}})
	})
	return m, err
}

// CreateToken makes a personal access token for so many days, 0 for the usual tokenDays; the token
// itself is told once and never again.
func (s *Service) CreateToken(ctx context.Context, who portal.Identity, name string, scopes []string, days int) (string, postgres.Token, error) {
	if who.SessionID == 0 {
		return "", postgres.Token{}, portal.ErrForbidden()
	}
	if len(scopes) == 0 {
		scopes = []string{"read"}
	}
	if days == 0 {
		days = tokenDays
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	var c portal.Checks
	c.Text("name", name, portal.MaxName, false)
	for _, scope := range scopes {
		c.Add(slices.Contains([]string{"read", "write", "moderate"}, scope), "scopes", "error.unknown_value")
	}
	c.Add(days > 0 && days <= MaxTokenDays, "expires_in_days", "error.too_long_life")
	if err := c.Err(); err != nil {
		return "", postgres.Token{}, err
	}
	plain, hash := secret.NewToken()
	made := postgres.Token{Name: name, Scopes: scopes, CreatedAt: portal.Now(), ExpiresAt: portal.Now().AddDate(0, 0, days)}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.LockMember(ctx, who.MemberID); err != nil {
			return err
		}
		have, err := tx.Tokens(ctx, who.MemberID)
		if err != nil {
			return err
		}
		if len(have) >= MaxTokens {
			return portal.Fail(portal.Conflict, "error.too_many_tokens", "Max", MaxTokens)
		}
		if made.ID, err = tx.InsertToken(ctx, who.MemberID, made, hash); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "token.create",
			Target: portal.Ref{Kind: portal.KindToken, ID: made.ID}, Detail: map[string]any{"scopes": scopes}})
	})
	return plain, made, err
}

// Tokens lists the viewer's personal access tokens.
func (s *Service) Tokens(ctx context.Context, who portal.Identity) ([]postgres.Token, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	return s.db.Tokens(ctx, who.MemberID)
}

// RevokeToken ends one of the viewer's personal access tokens, its open sockets included.
func (s *Service) RevokeToken(ctx context.Context, who portal.Identity, id int64) error {
	defer s.identity.clear()
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.DeleteToken(ctx, who.MemberID, id); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "token.revoke", Target: portal.Ref{Kind: portal.KindToken, ID: id},
			Events: []portal.Event{{Topic: portal.MemberTopic(who.MemberID), Type: portal.SessionEnded}}})
	})
}
