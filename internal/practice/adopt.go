package practice

import (
	"context"
	"encoding/json"
	"fmt"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// The steps of a practice that its reports make; "adopt" and "confirm" are told of.
const (
	stepAdopt    = "adopt"
	stepCorrect  = "adopt_correct"
	stepWithdraw = "adopt_withdraw"
	stepConfirm  = "confirm"
)

// Adopt adds the viewer's report of having tried a practice elsewhere.
func (s *Service) Adopt(ctx context.Context, who portal.Identity, id int64, a portal.Adoption) (portal.Adoption, error) {
	if !who.SignedIn() {
		return a, portal.ErrSignIn()
	}
	if a.Country == "" {
		a.Country = who.Country
	}
	if err := a.Check(s.vocab); err != nil {
		// What is not for the viewer's eyes answers so, whatever else is wrong.
		if _, unseen := s.db.Practice(ctx, who.Viewer, id); unseen != nil {
			return a, unseen
		}
		return a, err
	}
	a.Author = portal.Person{ID: who.MemberID, Name: who.Name, Country: who.Country}
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		p, err := lockLiving(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if p.Status != portal.Published && p.Status != portal.Archived {
			return portal.ErrOutOfTurn(p.Status)
		}
		a.PracticeID = p.ID
		made, err := tx.InsertAdoption(ctx, a)
		if err != nil {
			return err
		}
		if a, err = tx.Adoption(ctx, made); err != nil {
			return err
		}
		return tx.Record(ctx, reported(who.MemberID, p, stepAdopt, a, nil))
	})
	return a, err
}

// lockLiving holds still the practice that a report on another goes to: that itself, or the one that it
// was merged into, or of which it is a translation, as far as the viewer sees it.
func lockLiving(ctx context.Context, tx *postgres.Tx, who portal.Identity, id int64) (portal.Practice, error) {
	for {
		p, err := tx.LockPractice(ctx, id)
		if err != nil {
			return p, err
		}
		if !who.CanSee(p.Audience) {
			return p, portal.ErrNotFound()
		}
		if id, err = tx.MergedInto(ctx, who.Viewer, p.ID); err != nil {
			return p, err
		}
		if id == 0 && p.TranslationOf != 0 {
			original, err := tx.Practice(ctx, who.Viewer, p.TranslationOf)
			if err != nil && portal.KindOf(err) != portal.NotFound {
				return p, err
			}
			if original.Status == portal.Published || original.Status == portal.Archived {
				id = original.ID
			}
		}
		if id == 0 {
			return p, nil
		}
	}
}

// Adoption reads a report on a practice that the viewer may see.
func (s *Service) Adoption(ctx context.Context, who portal.Identity, id int64) (portal.Adoption, error) {
	return s.db.AdoptionSeen(ctx, who.Viewer, id)
}

// CorrectAdoption writes a report of the viewer's own anew: change makes the new one of the one that
// stands. Who confirmed it has confirmed other words, so it can be confirmed again.
func (s *Service) CorrectAdoption(ctx context.Context, who portal.Identity, id int64, change func(portal.Adoption) portal.Adoption) (portal.Adoption, error) {
	var a portal.Adoption
	err := s.changeReport(ctx, who, id, func(tx *postgres.Tx, p portal.Practice, before portal.Adoption) error {
		if before.Author.ID != who.MemberID {
			return portal.ErrForbidden()
		}
		a = change(before)
		if before.Hidden && (a.Country != before.Country || a.Year != before.Year) { // it would make room for the same once more
			return portal.Fail(portal.Conflict, "error.hidden_stays")
		}
		if err := a.Check(s.vocab); err != nil {
			return err
		}
		if err := tx.UpdateAdoption(ctx, a); err != nil {
			return err
		}
		var err error
		if a, err = tx.Adoption(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, reported(who.MemberID, p, stepCorrect, a, &before))
	})
	return a, err
}

// OnWithdraw has do called before a report is withdrawn, of which nothing is left then.
func (s *Service) OnWithdraw(do func(ctx context.Context, adoption int64) error) { s.withdraw = do }

// WithdrawAdoption takes a report of the viewer's own back. The audit keeps who said what of where
// and when, not the words.
func (s *Service) WithdrawAdoption(ctx context.Context, who portal.Identity, id int64) error {
	if s.withdraw != nil && who.SignedIn() {
		a, err := s.db.AdoptionSeen(ctx, who.Viewer, id)
		if err == nil && a.Author.ID == who.MemberID {
			err = s.withdraw(ctx, id)
		}
		if err != nil {
			return err
		}
	}
	return s.changeReport(ctx, who, id, func(tx *postgres.Tx, p portal.Practice, before portal.Adoption) error {
		if before.Author.ID != who.MemberID {
			return portal.ErrForbidden()
		}
		if err := tx.DeleteAdoption(ctx, id); err != nil {
			return err
		}
		return tx.Record(ctx, reported(who.MemberID, p, stepWithdraw, before, nil))
	})
}

// ConfirmAdoption has the viewer stand behind another's report: once, and no two do. The reporter is told.
func (s *Service) ConfirmAdoption(ctx context.Context, who portal.Identity, id int64) (portal.Adoption, error) {
	var a portal.Adoption
	err := s.changeReport(ctx, who, id, func(tx *postgres.Tx, p portal.Practice, before portal.Adoption) error {
		switch {
		case before.Author.ID == who.MemberID:
			return portal.Fail(portal.Forbidden, "error.own_report")
		case before.Hidden: // nobody stands behind what others may not read
			return portal.ErrForbidden()
		case before.ConfirmedAt != nil:
			return portal.Fail(portal.Conflict, "error.confirmed_report")
		}
		if err := tx.ConfirmAdoption(ctx, id, who.MemberID); err != nil {
			return err
		}
		var err error
		if a, err = tx.Adoption(ctx, id); err != nil {
			return err
		}
		change := reported(who.MemberID, p, stepConfirm, a, nil)
		change.Events[0].Data, err = json.Marshal(map[string]any{"status": p.Status, "step": stepConfirm, "members": []int64{a.Author.ID}})
		if err != nil {
			return fmt.Errorf("tell of a confirmed report: %w", err)
		}
		return tx.Record(ctx, change)
	})
	return a, err
}

// changeReport holds a report still, by its practice, and judges whether the viewer sees it.
func (s *Service) changeReport(ctx context.Context, who portal.Identity, id int64, change func(*postgres.Tx, portal.Practice, portal.Adoption) error) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		a, err := tx.Adoption(ctx, id)
		if err != nil {
			return err
		}
		p, err := tx.LockPractice(ctx, a.PracticeID)
		if err != nil {
			return err
		}
		if !who.CanSee(p.Audience) {
			return portal.ErrNotFound()
		}
		if a, err = tx.AdoptionSeen(ctx, who.Viewer, id); err != nil { // as it is now that nobody else changes it
			return err
		}
		return change(tx, p, a)
	})
}

// reported tells the log what became of a report; the audit keeps its facts and what they were before.
func reported(actor int64, p portal.Practice, step string, a portal.Adoption, before *portal.Adoption) postgres.Change {
	change := Changed(actor, "practice."+step, p, step)
	change.Detail["report"] = factsOf(a)
	if before != nil {
		change.Detail["before"] = factsOf(*before)
	}
	return change
}

func factsOf(a portal.Adoption) map[string]any {
	return map[string]any{"id": a.ID, "result": a.Result, "country": a.Country, "year": a.Year, "month": a.Month, "confirmed": a.ConfirmedAt != nil}
}

// Adoptions lists the adoption reports of a practice that the viewer may see.
func (s *Service) Adoptions(ctx context.Context, who portal.Identity, id int64, page portal.Page) ([]portal.Adoption, error) {
	if _, err := s.db.Practice(ctx, who.Viewer, id); err != nil {
		return nil, err
	}
	return s.db.Adoptions(ctx, who.Viewer, id, page)
}

// AllAdoptions lists the reports on all practices that the viewer may see, the latest first.
func (s *Service) AllAdoptions(ctx context.Context, who portal.Identity, f postgres.AdoptionFilter) ([]portal.Adoption, error) {
	return s.db.AllAdoptions(ctx, who.Viewer, f)
}

// MaxNear is how many reports from near a member is shown.
const MaxNear = 3

// NearAdoptions lists the latest reports from the viewer's country and its neighbours.
func (s *Service) NearAdoptions(ctx context.Context, who portal.Identity) ([]portal.Adoption, error) {
	if !who.SignedIn() || who.Country == "" {
		return nil, nil
	}
	return s.db.NearAdoptions(ctx, who.Viewer, who.Country, MaxNear)
}
