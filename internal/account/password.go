package account

import (
	"context"
	"errors"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// ChangePassword replaces the viewer's password, who shows the current one, and ends all her
// other sessions.
func (s *Service) ChangePassword(ctx context.Context, who portal.Identity, current, chosen string) error {
	if who.SessionID == 0 {
		return portal.ErrForbidden()
	}
	me, err := s.db.Member(ctx, who.MemberID)
	if err != nil {
		return err
	}
	guess := postgres.Attempts{Key: attemptKey("current", me.Email), Free: 5, Longest: 15 * time.Minute}
	if err := s.slowed(ctx, []postgres.Attempts{guess}); err != nil {
		return err
	}
	stored, err := s.db.Password(ctx, who.MemberID)
	if err != nil {
		return err
	}
	ok, _, err := secret.VerifyPassword(ctx, stored, current)
	if err != nil {
		return busy(err)
	}
	if !ok {
		return &portal.Error{Kind: portal.Invalid, Message: "error.invalid",
			Fields: []portal.FieldError{{Field: "current", Message: "error.wrong_current"}}}
	}
	if err := checkPassword(chosen, me.Email, me.Name); err != nil {
		return err
	}
	if err := s.db.SignInSucceeded(ctx, [][]byte{guess.Key}, nil); err != nil {
		return err
	}
	defer s.identity.clear()
	return s.setPassword(ctx, who.MemberID, chosen, func(tx *postgres.Tx) error {
		if _, err := tx.DeleteSessions(ctx, who.MemberID, who.SessionID); err != nil {
			return err
		}
		if err := tx.EndLinks(ctx, who.MemberID); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "member.password",
			Target: portal.Ref{Kind: portal.KindMember, ID: who.MemberID},
			Events: []portal.Event{{Topic: portal.MemberTopic(who.MemberID), Type: portal.SessionEnded}}})
	})
}

func (s *Service) setPassword(ctx context.Context, member int64, password string, also func(tx *postgres.Tx) error) error {
	phc, err := secret.HashPassword(ctx, password)
	if err != nil {
		return busy(err)
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.SetPassword(ctx, member, phc); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
}

// hash checks a chosen password and hashes it.
func (s *Service) hash(ctx context.Context, password, email, name string) (string, error) {
	if err := checkPassword(password, email, name); err != nil {
		return "", err
	}
	phc, err := secret.HashPassword(ctx, password)
	if err != nil {
		return "", busy(err)
	}
	return phc, nil
}

func checkPassword(password, email, name string) error {
	var refused *secret.PasswordError
	err := secret.CheckPassword(password, email, name)
	if errors.As(err, &refused) {
		return &portal.Error{Kind: portal.Invalid, Message: "error.invalid",
			Fields: []portal.FieldError{{Field: "password", Message: "error.password." + string(refused.Reason)}}}
	}
	return err
}
