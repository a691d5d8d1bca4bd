package practice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MaxCoAuthors is how many may write a practice beside its author.
const MaxCoAuthors = 20

// Invite makes members co-authors of a practice of the viewer's: they read and edit it as she does,
// whatever its label; label and workspace stay hers to choose. They are told.
func (s *Service) Invite(ctx context.Context, who portal.Identity, id int64, members []int64) (portal.Practice, error) {
	return s.changeAuthors(ctx, who, id, func(tx *postgres.Tx, p portal.Practice) ([]int64, error) {
		if who.MemberID != p.AuthorID {
			return nil, portal.ErrForbidden()
		}
		if err := p.StillIn(who.Viewer); err != nil {
			return nil, err
		}
		if err := mayWiden(ctx, tx, who, p); err != nil {
			return nil, err
		}
		active, err := tx.ActiveMembers(ctx, members)
		if err != nil {
			return nil, err
		}
		all := slices.DeleteFunc(append(slices.Clone(p.CoAuthors), active...), func(m int64) bool { return m == p.AuthorID })
		all = slices.Compact(slices.Sorted(slices.Values(all)))
		var c portal.Checks
		c.Add(len(active) == len(slices.Compact(slices.Sorted(slices.Values(members)))), "members", "error.unknown_member")
		c.Add(len(all) <= MaxCoAuthors, "members", "error.too_many", "Max", MaxCoAuthors)
		return all, c.Err()
	})
}

// Leave takes a co-author off a practice: its author does, or she herself.
func (s *Service) Leave(ctx context.Context, who portal.Identity, id, member int64) error {
	_, err := s.changeAuthors(ctx, who, id, func(_ *postgres.Tx, p portal.Practice) ([]int64, error) {
		if who.MemberID != p.AuthorID && who.MemberID != member {
			return nil, portal.ErrForbidden()
		}
		if !slices.Contains(p.CoAuthors, member) {
			return nil, portal.ErrNotFound()
		}
		return slices.DeleteFunc(slices.Clone(p.CoAuthors), func(m int64) bool { return m == member }), nil
	})
	if portal.KindOf(err) == portal.NotFound && who.MemberID == member {
		return nil // she is out, and may not see it any more
	}
	return err
}

func (s *Service) changeAuthors(ctx context.Context, who portal.Identity, id int64, change func(*postgres.Tx, portal.Practice) ([]int64, error)) (portal.Practice, error) {
	if !who.SignedIn() {
		return portal.Practice{}, portal.ErrSignIn()
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, id)
		if err != nil {
			return err
		}
		if !who.CanSee(p.Audience) {
			return portal.ErrNotFound()
		}
		coauthors, err := change(tx, p)
		if err != nil {
			return err
		}
		if err := tx.SetCoAuthors(ctx, id, coauthors); err != nil {
			return err
		}
		change := Changed(who.MemberID, "practice.authors", p, "authors")
		change.Events[0].Data, err = json.Marshal(map[string]any{"status": p.Status, "step": "authors",
			"members": slices.DeleteFunc(coauthors, func(m int64) bool { return slices.Contains(p.CoAuthors, m) })})
		if err != nil {
			return fmt.Errorf("tell of new co-authors: %w", err)
		}
		return tx.Record(ctx, change)
	})
	if err != nil {
		return portal.Practice{}, err
	}
	return s.Get(ctx, who, id)
}

// withAuthors reads the co-authors of several practices in one statement.
func (s *Service) withAuthors(ctx context.Context, practices []portal.Practice) error {
	var ids []int64
	for _, p := range practices {
		ids = append(ids, p.CoAuthors...)
	}
	if len(ids) == 0 {
		return nil
	}
	persons, err := s.db.Persons(ctx, ids)
	for i, p := range practices {
		for _, m := range p.CoAuthors {
			if person, known := persons[m]; known {
				practices[i].Others = append(practices[i].Others, person)
			}
		}
	}
	return err
}
