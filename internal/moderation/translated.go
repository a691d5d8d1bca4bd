package moderation

import (
	"context"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Translated lists the translations of a practice that readers read and the viewer sees: those that she
// may decide over, which are hidden with it, and those that she may not.
func (s *Service) Translated(ctx context.Context, who portal.Identity, original portal.Practice) (hers, others []portal.Practice, err error) {
	if original.TranslationOf != 0 {
		return nil, nil, nil
	}
	return translated(ctx, s.db.Conn, who, original.ID)
}

func translated(ctx context.Context, db postgres.Conn, who portal.Identity, original int64) (hers, others []portal.Practice, err error) {
	ids, err := db.TranslationsOf(ctx, []int64{original})
	if err != nil || len(ids) == 0 {
		return nil, nil, err
	}
	all, err := db.VisiblePractices(ctx, who.Viewer, ids)
	for _, t := range all {
		switch {
		case t.Hidden || t.Status != portal.Published && t.Status != portal.Archived:
		case who.Can(portal.ActDecide, t.Audience) && !wrote(who, t):
			hers = append(hers, t)
		default:
			others = append(others, t)
		}
	}
	return hers, others, err
}

// hideTranslations decides over the translations of a practice that was hidden as over itself: the same
// words in another language do as much harm. Each has a case of its own, in which it can be shown again.
func (s *Service) hideTranslations(ctx context.Context, tx *postgres.Tx, who portal.Identity, of place, d Decision) ([]postgres.Change, error) {
	if d.Action != "hide" || d.KeepTranslations || of.target.Kind != portal.KindPractice {
		return nil, nil
	}
	translations, _, err := translated(ctx, tx.Conn, who, of.practice)
	var changes []postgres.Change
	for _, t := range translations {
		if err != nil {
			break
		}
		var change *postgres.Change
		if change, err = s.hideWith(ctx, tx, who, portal.Ref{Kind: portal.KindPractice, ID: t.ID}, d); change != nil {
			changes = append(changes, *change)
		}
	}
	return changes, err
}

func (s *Service) hideWith(ctx context.Context, tx *postgres.Tx, who portal.Identity, target portal.Ref, d Decision) (*postgres.Change, error) {
	at, err := s.lock(ctx, tx, who, target)
	if kind := portal.KindOf(err); kind == portal.NotFound || kind == portal.Forbidden {
		return nil, nil // it was relabelled meanwhile
	}
	if err != nil {
		return nil, err
	}
	before, err := tx.Before(ctx, target)
	if err != nil {
		return nil, err
	}
	id, _, err := tx.OpenCase(ctx, portal.Case{Kind: "flag", Target: target, WorkspaceID: at.workspace}, at.practice)
	if err != nil {
		return nil, err
	}
	if err := tx.ActOnCase(ctx, id, who.MemberID, d.Action, d.Note, before); err != nil {
		return nil, err
	}
	change, err := s.carryOut(ctx, tx, who, at, Decision{Action: d.Action})
	change.Events = append(change.Events, at.event(portal.CaseClosed, id, d.Action))
	return &change, err
}

// showTranslations takes back the decisions over translations that were taken with d over their original.
// One that somebody has gone on with since stays as it is.
func (s *Service) showTranslations(ctx context.Context, tx *postgres.Tx, who portal.Identity, original place, d postgres.Decided) (changes []postgres.Change, read []int64, err error) {
	if d.Action != "hide" || original.target.Kind != portal.KindPractice {
		return nil, nil, nil
	}
	cases, err := tx.HiddenWith(ctx, original.practice, d)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range cases {
		target := portal.Ref{Kind: portal.KindPractice, ID: k.Practice}
		at, err := s.lock(ctx, tx, who, target)
		if kind := portal.KindOf(err); kind == portal.NotFound || kind == portal.Forbidden {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		mine := d
		mine.Before = k.Before
		told, err := tx.Undo(ctx, k.ID, k.Action, target, postgres.Labelled{Practice: at.practice}, mine)
		if portal.KindOf(err) == portal.Conflict {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		open, err := tx.CloseUnflagged(ctx, k.ID, who.MemberID)
		if err != nil {
			return nil, nil, err
		}
		events := at.changed("undo", "")
		if open {
			events = append(events, at.event(portal.CaseOpened, k.ID, "undo"))
		}
		read = append(read, told...)
		changes = append(changes, postgres.Change{Actor: who.MemberID, Action: "case.undo", Target: target, WorkspaceID: at.workspace,
			Detail: map[string]any{"case": k.ID, "decision": d.Action}, Events: events})
	}
	return changes, read, nil
}

// record writes a decision to the log, and before it what was decided with it.
func record(ctx context.Context, tx *postgres.Tx, decision postgres.Change, with []postgres.Change) error {
	if len(with) == 0 {
		return tx.Record(ctx, decision)
	}
	var topics []portal.Topic
	for _, c := range append(with, decision) {
		for _, e := range c.Events {
			topics = append(topics, e.Topic)
		}
	}
	if err := tx.RecordAll(ctx, topics, slices.Values(with)); err != nil {
		return err
	}
	return tx.Record(ctx, decision)
}
