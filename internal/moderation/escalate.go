package moderation

import (
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Officers lists to whom the viewer can pass on a case about what only those read who are named: officers
// other than herself and than those whose work it is. It is empty where every officer sees it anyway.
func (s *Service) Officers(ctx context.Context, who portal.Identity, k portal.Case) ([]portal.Person, error) {
	if k.Handling != portal.Red || k.Own || !slices.Contains(actionsOn(k), "escalate") {
		return nil, nil
	}
	officers, err := s.db.Officers(ctx)
	return slices.DeleteFunc(officers, func(p portal.Person) bool { return p.ID == who.MemberID || p.ID == k.Author.ID }), err
}

// nameOfficer makes an officer a reader of a red thing that is passed on: else none of them would see it.
// Where another officer is among its readers nobody needs to be chosen. It tells which translations reach
// fewer now.
func (s *Service) nameOfficer(ctx context.Context, tx *postgres.Tx, who portal.Identity, at place, d Decision) (named bool, narrowed []postgres.Carried, err error) {
	if at.audience.Handling != portal.Red {
		return false, nil, nil
	}
	officers, err := tx.Officers(ctx)
	if err != nil {
		return false, nil, err
	}
	chosen, reads := false, false
	for _, o := range officers {
		own := slices.Contains(at.owners, o.ID) || portal.Viewer{MemberID: o.ID}.Wrote(at.audience)
		if o.ID == who.MemberID || own {
			continue
		}
		chosen = chosen || o.ID == d.Officer
		reads = reads || slices.Contains(at.audience.Named, o.ID)
	}
	if d.Officer == 0 && reads || slices.Contains(at.audience.Named, d.Officer) && chosen {
		return false, nil, nil
	}
	var c portal.Checks
	c.Add(d.Officer != 0, "officer", "error.choose_officer")
	c.Add(d.Officer == 0 || chosen, "officer", "error.unknown_value")
	c.Add(len(at.audience.Named) < portal.MaxNamed, "officer", "error.too_many", "Max", portal.MaxNamed)
	if err := c.Err(); err != nil {
		return false, nil, err
	}
	narrowed, err = label(ctx, tx, who, at, func(a *portal.Audience) { a.Named = append(slices.Clone(a.Named), d.Officer) })
	return true, narrowed, err
}
