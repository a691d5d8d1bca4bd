package account

import (
	"context"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Imported is what became of one line of an import.
type Imported struct {
	Made Invited
	Err  error
}

// Import makes many invitations for whoever runs the program: the good ones, or (allOrNothing)
// none unless all are good. spoilt tells that some lines could not even be read. The results
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
			var err error
			results[i].Made, err = s.insertInvitation(ctx, tx, link{life: InvitationLife, template: "invitation", mailed: s.mailing}, in)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return results, err
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
