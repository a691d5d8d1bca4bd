package moderation

import (
	"context"
	"fmt"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// DecidePractice takes a step of the review by the practice itself rather than by its case:
// approve, request_changes or reject. It closes the case of the submission.
func (s *Service) DecidePractice(ctx context.Context, who portal.Identity, practice int64, d Decision) (portal.Practice, error) {
	if !who.SignedIn() {
		return portal.Practice{}, portal.ErrSignIn()
	}
	target := portal.Ref{Kind: portal.KindPractice, ID: practice}
	if err := s.check(portal.Case{Kind: "submission"}, d); err != nil {
		// What is not for the viewer's eyes answers so, whatever else is wrong.
		if _, unseen := s.db.Practice(ctx, who.Viewer, practice); unseen != nil {
			return portal.Practice{}, unseen
		}
		return portal.Practice{}, err
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		at, err := s.lock(ctx, tx, who, target)
		if err != nil {
			return err
		}
		before, err := tx.Before(ctx, target)
		if err != nil {
			return err
		}
		change, err := s.carryOut(ctx, tx, who, at, d)
		if err != nil {
			return err
		}
		caseID, err := tx.OpenCaseOf(ctx, "submission", target)
		if err != nil {
			return fmt.Errorf("find the case of practice %d: %w", practice, err)
		}
		if err := tx.Unclaimed(ctx, caseID, who.MemberID); err != nil {
			return err
		}
		if err := tx.ActOnCase(ctx, caseID, who.MemberID, d.Action, d.Note, before); err != nil {
			return err
		}
		change.Events = append(change.Events, at.event(portal.CaseClosed, caseID, d.Action))
		return tx.Record(ctx, change)
	})
	if err != nil {
		return portal.Practice{}, err
	}
	return s.db.Practice(ctx, who.Viewer, practice)
}

// wrote tells whether a practice is the viewer's own work: she is one of its authors, or words of hers
// are in it, whoever is named as its author now.
func wrote(who portal.Identity, p portal.Practice) bool {
	if who.Wrote(p.Audience) {
		return true
	}
	for _, edit := range p.Edits {
		if edit.By == who.MemberID {
			return true
		}
	}
	return false
}

func orNotFound(err error) error {
	if err == nil {
		return portal.ErrNotFound()
	}
	return err
}

// carryOut does what was decided and tells what the log is to hold of it.
func (s *Service) carryOut(ctx context.Context, tx *postgres.Tx, who portal.Identity, at place, d Decision) (postgres.Change, error) {
	change := postgres.Change{Actor: who.MemberID, Target: at.target, WorkspaceID: at.workspace, Detail: map[string]any{"decision": d.Action}}
	change.Action = "case." + d.Action
	switch d.Action {
	case "approve", "request_changes", "reject":
		return change, s.review(ctx, tx, who, at, d, &change)
	case "hide":
		if err := tx.SetHidden(ctx, at.target, who.MemberID); err != nil {
			return change, err
		}
		change.Events = at.changed(d.Action, "")
	case "relabel":
		narrowed, err := s.relabel(ctx, tx, who, at, d)
		if err != nil {
			return change, err
		}
		change.Detail["handling"] = d.Handling
		change.Events = at.changed(d.Action, "")
		if at.practice != 0 && at.relabelled(d) && !d.Handling.Narrows(at.audience.Handling) {
			if err := tx.OpenReports(ctx, at.practice, &change); err != nil {
				return change, err
			}
		}
		change.Events = append(change.Events, followed(narrowed, "narrow")...)
	case "escalate":
		named, narrowed, err := s.nameOfficer(ctx, tx, who, at, d)
		if err != nil || !named {
			return change, err
		}
		change.Detail["officer"] = d.Officer
		change.Events = append(at.changed(stepName, ""), followed(narrowed, "narrow")...)
	}
	return change, nil
}

func (s *Service) review(ctx context.Context, tx *postgres.Tx, who portal.Identity, at place, d Decision, change *postgres.Change) error {
	p, err := tx.LockPractice(ctx, at.practice)
	if err != nil {
		return err
	}
	if d.IfVersion != 0 && d.IfVersion != p.Version {
		return portal.Fail(portal.Stale, "error.stale")
	}
	if p.Status, err = p.Status.Next(portal.Step(d.Action)); err != nil {
		return err
	}
	if d.Action == "approve" && p.TranslationOf != 0 {
		there, err := tx.HasTranslation(ctx, who.Viewer, p.TranslationOf, p.ID, p.Language, portal.Published)
		if err != nil {
			return err
		}
		if there { // of two that were handed in, one is published
			return portal.Fail(portal.Conflict, "queue.translated_already")
		}
	}
	evidence := d.Evidence
	if evidence != nil && evidence.Rating == "" {
		evidence = nil
	}
	if evidence != nil {
		if err := ownRating(ctx, tx.Conn, p); err != nil {
			return err
		}
	}
	if err := tx.MovePractice(ctx, p.ID, p.Status, who.MemberID, evidence); err != nil {
		return err
	}
	if evidence != nil {
		if err := tx.KeepRating(ctx, p.ID, p.Version, *evidence, who.MemberID); err != nil {
			return err
		}
	}
	change.Action = "practice." + d.Action
	change.Detail["status"] = p.Status
	if evidence != nil {
		change.Detail["rating"] = evidence.Rating
	}
	change.Events = at.changed(d.Action, string(p.Status))
	return nil
}

// relabel changes the label of the target: a post carries its thread's. A practice's translations reach no
// further than it does now; it tells which were narrowed.
func (s *Service) relabel(ctx context.Context, tx *postgres.Tx, who portal.Identity, at place, d Decision) ([]postgres.Carried, error) {
	known, err := tx.KnownMembers(ctx, d.Named)
	if err != nil {
		return nil, err
	}
	var c portal.Checks
	c.Add(len(known) == len(slices.Compact(slices.Sorted(slices.Values(d.Named)))), "named", "error.unknown_member")
	if err := c.Err(); err != nil {
		return nil, err
	}
	d.Named = known
	if d.Handling == portal.Red {
		// Whoever relabels to red stays among its readers, so that the case can be followed up.
		d.Named = slices.Compact(slices.Sorted(slices.Values(append(d.Named, who.MemberID))))
	}
	return label(ctx, tx, who, at, func(a *portal.Audience) { a.Handling, a.Named = d.Handling, d.Named })
}

// relabelled tells whether a decision gives another label than the place had.
func (p place) relabelled(d Decision) bool {
	return d.Handling != p.audience.Handling || d.Handling == portal.Red && !slices.Equal(d.Named, p.audience.Named)
}

// label changes the label of a thing: a practice's, which its translations follow, or a thread's.
func label(ctx context.Context, tx *postgres.Tx, who portal.Identity, at place, change func(*portal.Audience)) ([]postgres.Carried, error) {
	if at.practice != 0 {
		p, err := tx.LockPractice(ctx, at.practice)
		if err != nil {
			return nil, err
		}
		change(&p.Audience)
		if _, err = tx.UpdatePractice(ctx, p, postgres.Save{Editor: who.MemberID}); err != nil {
			return nil, err
		}
		return tx.NarrowTranslations(ctx, p)
	}
	t, err := tx.LockThread(ctx, at.thread)
	if err != nil {
		return nil, err
	}
	change(&t.Audience)
	_, err = tx.UpdateThread(ctx, t)
	return nil, err
}

// Show makes a hidden item visible again.
func (s *Service) Show(ctx context.Context, who portal.Identity, target portal.Ref) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		at, err := s.lock(ctx, tx, who, target)
		if err != nil {
			return err
		}
		if err := tx.SetHidden(ctx, target, 0); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "case.show", Target: target, WorkspaceID: at.workspace,
			Events: at.changed("show", "")})
	})
}
