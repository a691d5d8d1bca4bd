package practice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Submit hands the practice to its workspace's moderators. What is missing is said field by
// field; a red practice needs one of them among its named readers.
func (s *Service) Submit(ctx context.Context, who portal.Identity, id int64) (portal.Practice, error) {
	if !who.SignedIn() {
		return portal.Practice{}, portal.ErrSignIn()
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := s.lockOwn(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if p.WorkspaceID != 0 && !who.Can(portal.ActWrite, portal.Audience{WorkspaceID: p.WorkspaceID}) {
			return portal.Fail(portal.Forbidden, "error.not_your_workspace")
		}
		if p.Status, err = p.Status.Next(portal.StepSubmit); err != nil {
			return err
		}
		if err := s.complete(p); err != nil {
			return err
		}
		if err := submittable(ctx, tx.Conn, p); err != nil {
			return err
		}
		if err := standsBeside(ctx, tx, who, p); err != nil {
			return err
		}
		if err := tx.MovePractice(ctx, id, p.Status, who.MemberID, nil); err != nil {
			return err
		}
		target := portal.Ref{Kind: portal.KindPractice, ID: id}
		caseID, _, err := tx.OpenCase(ctx, portal.Case{Kind: "submission", Target: target, WorkspaceID: p.WorkspaceID}, id)
		if err != nil {
			return err
		}
		change := Changed(who.MemberID, "practice.submit", p, string(portal.StepSubmit))
		change.Events = append(change.Events, portal.Event{Topic: portal.ModerationTopic(p.WorkspaceID), Type: portal.CaseOpened,
			PracticeID: id, WorkspaceID: p.WorkspaceID, Data: json.RawMessage(fmt.Sprintf(`{"case":%d}`, caseID))})
		return tx.Record(ctx, change)
	})
	if err != nil {
		return portal.Practice{}, err
	}
	return s.Get(ctx, who, id)
}

func (s *Service) lockOwn(ctx context.Context, tx *postgres.Tx, who portal.Identity, id int64) (portal.Practice, error) {
	p, err := tx.LockPractice(ctx, id)
	if err != nil {
		return p, err
	}
	if !who.CanSee(p.Audience) {
		return p, portal.ErrNotFound()
	}
	if !who.Can(portal.ActEdit, p.Audience) {
		return p, portal.ErrForbidden()
	}
	return p, nil
}

// complete tells what is still missing for submission.
func (s *Service) complete(p portal.Practice) error {
	var c portal.Checks
	for _, field := range p.Missing(s.vocab) {
		c.Add(false, field, "error.needed_to_submit")
	}
	return c.Err()
}

// submittable holds what must be true of a practice in any hands but its author's: it has a
// workspace, and a red one names a moderator of it.
func submittable(ctx context.Context, c postgres.Conn, p portal.Practice) error {
	if p.WorkspaceID == 0 || p.Handling != portal.Red {
		return nil
	}
	moderators, err := c.ModeratorsAmong(ctx, p.WorkspaceID, p.Named)
	if err != nil {
		return err
	}
	var checks portal.Checks
	checks.Add(len(moderators) > 0, "named", "error.red_needs_moderator")
	return checks.Err()
}

// Archive takes a published practice out of the lists; it stays readable at its address. Its
// author, its workspace's moderators and officers do.
func (s *Service) Archive(ctx context.Context, who portal.Identity, id int64) (portal.Practice, error) {
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
		if !who.Can(portal.ActLabel, p.Audience) {
			return portal.ErrForbidden()
		}
		if err := p.StillIn(who.Viewer); err != nil {
			return err
		}
		if p.Status, err = p.Status.Next(portal.StepArchive); err != nil {
			return err
		}
		if err := tx.MovePractice(ctx, id, p.Status, who.MemberID, nil); err != nil {
			return err
		}
		return tx.Record(ctx, Changed(who.MemberID, "practice.archive", p, string(portal.StepArchive)))
	})
	if err != nil {
		return portal.Practice{}, err
	}
	return s.Get(ctx, who, id)
}

// Readers counts whom each label would let read an item of the viewer's in the workspace (0: in
// none). That is told to those who write there; NotFound to others.
func (s *Service) Readers(ctx context.Context, who portal.Identity, workspace int64) ([]postgres.Readers, error) {
	if !who.SignedIn() || workspace != 0 && !who.Can(portal.ActWrite, portal.Audience{WorkspaceID: workspace}) {
		return nil, portal.ErrNotFound()
	}
	return s.db.Readers(ctx, workspace, who.Viewer)
}

// Translations lists the practices that say the same in another language: the original and its
// translations, without the one asked about.
func (s *Service) Translations(ctx context.Context, who portal.Identity, p portal.Practice) ([]portal.Practice, error) {
	original := p.ID
	if p.TranslationOf != 0 {
		original = p.TranslationOf
	}
	found, err := s.db.Practices(ctx, who.Viewer, postgres.PracticeFilter{TranslationOf: original, Page: portal.Page{Limit: portal.DefaultPage}})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(t portal.Practice) bool { return t.ID == p.ID })
	if original != p.ID {
		first, err := s.db.VisiblePractices(ctx, who.Viewer, []int64{original})
		if err != nil {
			return nil, err
		}
		found = append(first, found...)
	}
	return found, nil
}

// Decisions lists what moderators decided about the practice, for its author and them; what they
// wrote to each other when they escalated it is theirs alone, and not for one of them who wrote it.
func (s *Service) Decisions(ctx context.Context, who portal.Identity, p portal.Practice) ([]portal.CaseAction, error) {
	if !who.Wrote(p.Audience) && !who.ModeratorOf(p.WorkspaceID) || !who.CanSee(p.Audience) {
		return nil, nil
	}
	return s.db.PracticeDecisions(ctx, p.ID, !who.ModeratorOf(p.WorkspaceID) || who.Wrote(p.Audience))
}
