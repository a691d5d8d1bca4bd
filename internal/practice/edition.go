package practice

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Watch sets how closely the viewer follows a practice that she may see; "" as closely as its workspace.
// Of small edits nobody is told.
func (s *Service) Watch(ctx context.Context, who portal.Identity, id int64, level string) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if _, err := s.db.Practice(ctx, who.Viewer, id); err != nil {
		return err
	}
	if level != "" {
		if err := portal.CheckWatchLevel(level); err != nil {
			return err
		}
	}
	return s.db.WatchPractice(ctx, id, who.MemberID, level)
}

// Level tells how closely the viewer follows a practice.
func (s *Service) Level(ctx context.Context, who portal.Identity, id int64) (string, error) {
	if !who.SignedIn() {
		return portal.WatchNormal, nil
	}
	return s.db.PracticeLevel(ctx, id, who.MemberID)
}

// Restore saves an earlier version of a practice's text anew, as its latest. What came after it
// stays in the list of versions.
func (s *Service) Restore(ctx context.Context, who portal.Identity, id, version, ifVersion int64, why string) (portal.Practice, error) {
	p, err := s.Get(ctx, who, id)
	if err != nil {
		return p, err
	}
	saved, err := s.Version(ctx, who, id, version)
	if err != nil {
		return p, err
	}
	f := FieldsOf(saved.Text)
	sections := make(map[string]string, len(p.Sections))
	for key := range p.Sections {
		sections[key] = "" // what the earlier version did not have
	}
	maps.Copy(sections, saved.Text.Sections)
	f.Sections, f.Why = sections, why
	return s.Update(ctx, who, id, ifVersion, f)
}

// When a published practice is due, its authors are asked; when they do not answer, its moderators
// are told.
const (
	reviewWait  = 30 * 24 * time.Hour
	reviewBatch = 50
	reviewEvery = 10 * time.Minute
)

// Confirm notes that a published practice was looked at and holds; its authors, moderators of its
// workspace and officers do.
func (s *Service) Confirm(ctx context.Context, who portal.Identity, id int64) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := tx.LockPractice(ctx, id)
		if err != nil {
			return err
		}
		if !who.CanSee(p.Audience) {
			return portal.ErrNotFound()
		}
		if !who.Can(portal.ActEdit, p.Audience) && !who.Can(portal.ActLabel, p.Audience) {
			return portal.ErrForbidden()
		}
		if p.Status != portal.Published {
			return portal.ErrOutOfTurn(p.Status)
		}
		if err := tx.Reviewed(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, Changed(who.MemberID, "practice.confirm", p, "confirm_review"))
	})
}

// AskForReviews asks the authors of practices whose time is over, and tells moderators of those
// whose authors did not answer. Any node may call it at any time: each practice is asked about once.
func (s *Service) AskForReviews(ctx context.Context) error {
	for _, passed := range []bool{false, true} {
		step := map[bool]string{false: "review_due", true: "review_overdue"}[passed]
		for more := true; more; {
			err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
				due, err := tx.DueForReview(ctx, passed, reviewWait, reviewBatch)
				if err != nil {
					return err
				}
				for _, p := range due {
					if err := tx.Record(ctx, Changed(0, "practice."+step, p, step)); err != nil {
						return err
					}
				}
				more = len(due) == reviewBatch
				return nil
			})
			if err != nil {
				return fmt.Errorf("ask for reviews: %w", err)
			}
		}
	}
	return nil
}

// RunReviews asks for reviews now and then until the context ends.
func (s *Service) RunReviews(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(reviewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.AskForReviews(ctx); err != nil && ctx.Err() == nil {
				log.Warn("could not ask for reviews", "err", err)
			}
		}
	}
}

// ReviewMonths tells for how many months a published practice is good.
func (s *Service) ReviewMonths(ctx context.Context) (int, error) { return s.db.ReviewMonths(ctx) }

// SetReviewMonths sets it, 1 to 120, for officers; dates that are set already stay.
func (s *Service) SetReviewMonths(ctx context.Context, who portal.Identity, months int) error {
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return portal.ErrOfficersOnly()
	}
	var c portal.Checks
	c.Add(months >= 1 && months <= 120, "review_months", "error.review_months")
	if err := c.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.SetReviewMonths(ctx, months); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "settings.review", Target: portal.Ref{Kind: portal.KindMember, ID: who.MemberID},
			Detail: map[string]any{"months": months}})
	})
}
