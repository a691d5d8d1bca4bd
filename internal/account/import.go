package account

import (
	"cmp"
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Imported is what became of one line of an import.
type Imported struct {
	Made Invited
	Err  error
}

// Import makes many invitations for whoever runs the program: the good ones, or (allOrNothing)
// none unless all are good. One that was mailed before, in the same words, and is still open stays: its
// link is in somebody's mailbox. spoilt tells that some lines could not even be read. The results
// stand in the order of the list.
func (s *Service) Import(ctx context.Context, list []Invitation, allOrNothing, spoilt bool) ([]Imported, error) {
	results := make([]Imported, len(list))
	seen := map[string]bool{}
	for i, in := range list {
		results[i].Err = s.importable(ctx, in)
		if results[i].Err == nil && seen[portal.NormalEmail(in.Email)] {
			results[i].Err = portal.Fail(portal.Conflict, "error.twice")
		}
		seen[portal.NormalEmail(in.Email)] = true
		spoilt = spoilt || results[i].Err != nil
	}
	if allOrNothing && spoilt {
		return results, nil
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		for i, in := range list {
			if results[i].Err != nil {
				continue
			}
			open, err := s.mailed(ctx, tx, in)
			if err != nil {
				return err
			}
			if open.ID != 0 {
				results[i].Made = Invited{ID: open.ID, Email: open.Email, ExpiresAt: open.ExpiresAt}
				continue
			}
			results[i].Made, err = s.insertInvitation(ctx, tx, link{life: InvitationLife, template: "invitation", mailed: s.mailing}, in)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return results, err
}

// mailed finds the open invitation that says just this and went by mail; the zero one where there is none.
func (s *Service) mailed(ctx context.Context, tx *postgres.Tx, in Invitation) (postgres.Invitation, error) {
	if !s.mailing {
		return postgres.Invitation{}, nil
	}
	open, err := tx.OpenInvitation(ctx, in.Email)
	same := open.Name == in.Name && open.Country == in.Country && open.Programme == in.Programme && open.Year == in.Year &&
		open.Locale == cmp.Or(in.Locale, "en") && open.Officer == in.Officer && slices.Equal([]int64(open.Workspaces), in.Workspaces)
	if portal.KindOf(err) == portal.NotFound || err == nil && !same {
		return postgres.Invitation{}, nil
	}
	return open, err
}

func (s *Service) importable(ctx context.Context, in Invitation) error {
	if err := s.checkInvitation(in); err != nil {
		return err
	}
	known, err := s.db.MemberByEmail(ctx, in.Email)
	if err == nil && known.HasPassword {
		return portal.Fail(portal.Conflict, "error.known_address")
	}
	if portal.KindOf(err) == portal.NotFound {
		return nil
	}
	return err
}
