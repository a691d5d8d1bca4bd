package moderation

import (
	"context"
	"slices"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Claim takes a case for the viewer, so that no other moderator decides it for portal.ClaimFor.
// Conflict where another has it, or it is closed; an officer takes over. Claiming again begins the
// time anew.
func (s *Service) Claim(ctx context.Context, who portal.Identity, id int64) (portal.Case, error) {
	return s.hold(ctx, who, id, "case.claim", "claim", func(tx *postgres.Tx) error {
		return tx.Claim(ctx, id, who.MemberID, portal.ClaimFor, who.Officer)
	})
}

// Release gives a case back to the others.
func (s *Service) Release(ctx context.Context, who portal.Identity, id int64) (portal.Case, error) {
	return s.hold(ctx, who, id, "case.release", "release", func(tx *postgres.Tx) error {
		return tx.Release(ctx, id, who.MemberID)
	})
}

func (s *Service) hold(ctx context.Context, who portal.Identity, id int64, action, outcome string, change func(*postgres.Tx) error) (portal.Case, error) {
	k, err := s.Case(ctx, who, id)
	if err != nil {
		return k, err
	}
	err = s.db.InTx(ctx, func(tx *postgres.Tx) error {
		at, err := s.lock(ctx, tx, who, k.Target)
		if err != nil {
			return err
		}
		if _, err := tx.LockCase(ctx, id); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: action, Target: k.Target, WorkspaceID: at.workspace,
			Detail: map[string]any{"case": id}, Events: []portal.Event{at.event(portal.CaseChanged, id, outcome)}})
	})
	if err != nil {
		return k, err
	}
	return s.db.Case(ctx, who.Viewer, id)
}

// Undo takes back the viewer's own last decision on a case within portal.UndoFor: the item is what
// it was before, the case is open again and hers, and who had read of it is told that it was taken back.
// Conflict when it is too late, or things have gone on since.
func (s *Service) Undo(ctx context.Context, who portal.Identity, id int64) (portal.Case, error) {
	if err := moderates(who); err != nil {
		return portal.Case{}, err
	}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		target, err := tx.CaseTarget(ctx, id)
		if err != nil {
			return err
		}
		at, err := s.lock(ctx, tx, who, target)
		if err != nil {
			return err
		}
		if _, err := tx.LockCase(ctx, id); err != nil {
			return err
		}
		action, d, err := tx.LastDecision(ctx, id, portal.UndoFor)
		if err == nil && d.Actor != who.MemberID || portal.KindOf(err) == portal.NotFound {
			return portal.Fail(portal.Conflict, "error.too_late_to_undo", "Seconds", int(portal.UndoFor/time.Second))
		}
		if err != nil {
			return err
		}
		read, err := tx.Undo(ctx, id, action, target, postgres.Labelled{Practice: at.practice, Thread: at.thread}, d)
		if err != nil {
			return err
		}
		if err := tx.Claim(ctx, id, who.MemberID, portal.ClaimFor, false); err != nil {
			return err
		}
		with, also, err := s.showTranslations(ctx, tx, who, at, d)
		if err != nil {
			return err
		}
		read = append(read, also...)
		events := append(at.changed("undo", ""), at.event(portal.CaseOpened, id, "undo"))
		for _, member := range slices.Compact(slices.Sorted(slices.Values(read))) { // who has unread notices again
			events = append(events, portal.Event{Topic: portal.MemberTopic(member), Type: portal.Notified})
		}
		return record(ctx, tx, postgres.Change{Actor: who.MemberID, Action: "case.undo", Target: target, WorkspaceID: at.workspace,
			Detail: map[string]any{"case": id, "decision": d.Action}, Events: events}, with)
	})
	if err != nil {
		return portal.Case{}, err
	}
	return s.db.Case(ctx, who.Viewer, id)
}

// Place tells the author of a submitted practice, and its moderators, where it stands in the queue
// and until when an answer is due; zero where it does not wait.
func (s *Service) Place(ctx context.Context, who portal.Identity, p portal.Practice) (ahead int, due time.Time, err error) {
	if p.Status != portal.Submitted || !who.Wrote(p.Audience) && !who.ModeratorOf(p.WorkspaceID) {
		return 0, time.Time{}, nil
	}
	place, err := s.db.QueuePlace(ctx, p.ID)
	if portal.KindOf(err) == portal.NotFound {
		return 0, time.Time{}, nil
	}
	return place.Ahead, place.OpenedAt.Add(portal.AnswerWithin), err
}

// Record sums up what was decided over an author's submissions, for those who decide.
func (s *Service) Record(ctx context.Context, who portal.Identity, author int64) (postgres.AuthorRecord, error) {
	if err := moderates(who); err != nil {
		return postgres.AuthorRecord{}, err
	}
	return s.db.AuthorRecord(ctx, who.Viewer, author)
}
