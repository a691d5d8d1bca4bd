package moderation

import (
	"context"
	"fmt"
	"strings"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Rate judges the evidence of a published practice anew, with the reason, for its workspace's
// moderators and officers; not for who wrote it. Every judgement is kept and shown.
func (s *Service) Rate(ctx context.Context, who portal.Identity, practice int64, e portal.Evidence) error {
	return s.onEvidence(ctx, who, practice, "practice.rate", func(tx *postgres.Tx, p portal.Practice) error {
		var c portal.Checks
		s.checkEvidence(&c, &e)
		blank := e.Rating == "" && strings.TrimSpace(e.Basis) == "" // which an approval may leave, a rating not
		c.Add(!blank, "evidence.rating", "error.required")
		c.Add(!blank, "evidence.basis", "error.required")
		if err := c.Err(); err != nil {
			return err
		}
		if err := ownRating(ctx, tx.Conn, p); err != nil {
			return err
		}
		return tx.Rate(ctx, p, e, who.MemberID)
	})
}

// RatedAtOriginal tells whether a practice is a translation that carries the rating of its original: what
// is to be judged is judged there.
func (s *Service) RatedAtOriginal(ctx context.Context, p portal.Practice) (bool, error) {
	return ratedAtOriginal(ctx, s.db.Conn, p)
}

func ratedAtOriginal(ctx context.Context, db postgres.Conn, p portal.Practice) (bool, error) {
	if p.TranslationOf == 0 {
		return false, nil
	}
	of, err := db.PracticesByID(ctx, []int64{p.TranslationOf})
	return len(of) == 1 && of[0].Evidence != nil, err
}

// ownRating refuses a judgement of a translation that would be nowhere in force.
func ownRating(ctx context.Context, db postgres.Conn, p portal.Practice) error {
	carried, err := ratedAtOriginal(ctx, db, p)
	if err == nil && carried {
		return portal.Fail(portal.Conflict, "error.rated_at_original", "Path", fmt.Sprintf("/p/%d/evidence", p.TranslationOf))
	}
	return err
}

// Quote keeps what a registry elsewhere says of a practice, in the registry's own words.
func (s *Service) Quote(ctx context.Context, who portal.Identity, practice int64, r postgres.RegistryRating) error {
	return s.onEvidence(ctx, who, practice, "practice.quote", func(tx *postgres.Tx, _ portal.Practice) error {
		var c portal.Checks
		c.Text("registry", r.Registry, portal.MaxName, false)
		c.Text("registry_rating", r.Rating, portal.MaxTitle, false)
		c.Add(portal.ValidURL(r.URL), "url", "error.address") // its source
		c.Add(r.Year == 0 || r.Year >= 1900 && r.Year <= 2100, "year", "error.year")
		if err := c.Err(); err != nil {
			return err
		}
		return tx.PutRegistryRating(ctx, practice, who.MemberID, r)
	})
}

// Unquote removes what a registry said.
func (s *Service) Unquote(ctx context.Context, who portal.Identity, practice, id int64) error {
	return s.onEvidence(ctx, who, practice, "practice.unquote", func(tx *postgres.Tx, _ portal.Practice) error {
		return tx.DeleteRegistryRating(ctx, practice, id)
	})
}

func (s *Service) onEvidence(ctx context.Context, who portal.Identity, practice int64, action string, change func(*postgres.Tx, portal.Practice) error) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	target := portal.Ref{Kind: portal.KindPractice, ID: practice}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		at, err := s.lock(ctx, tx, who, target)
		if err != nil {
			return err
		}
		p, err := tx.LockPractice(ctx, practice)
		if err != nil {
			return err
		}
		if p.Status != portal.Published && p.Status != portal.Archived {
			return portal.ErrOutOfTurn(p.Status)
		}
		if err := change(tx, p); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: action, Target: target, WorkspaceID: at.workspace,
			Events: at.changed("rate", string(p.Status))})
	})
}

// Quoted lists what registries elsewhere say of a practice that the viewer has been shown.
func (s *Service) Quoted(ctx context.Context, practice int64) ([]postgres.RegistryRating, error) {
	return s.db.RegistryRatings(ctx, practice)
}

// Ratings lists every judgement of a practice that the viewer may see, the latest first, and what
// registries elsewhere say of it.
func (s *Service) Ratings(ctx context.Context, who portal.Identity, practice int64) ([]postgres.Rating, []postgres.RegistryRating, error) {
	if _, err := s.db.Practice(ctx, who.Viewer, practice); err != nil {
		return nil, nil, err
	}
	ratings, err := s.db.Ratings(ctx, practice)
	if err != nil {
		return nil, nil, err
	}
	quoted, err := s.db.RegistryRatings(ctx, practice)
	return ratings, quoted, err
}
