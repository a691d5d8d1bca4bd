package notify

import (
	"context"
	"io"

	"praxis/internal/mail"
	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// MailSettings tells when the viewer is sent mail.
func (s *Service) MailSettings(ctx context.Context, who portal.Identity) (portal.MailSettings, error) {
	if !who.SignedIn() {
		return portal.MailSettings{}, portal.ErrSignIn()
	}
	w, err := s.db.MailSettings(ctx, who.MemberID)
	return w.MailSettings, err
}

// SetMailSettings sets when the viewer is sent mail; mails that came back until now do not count any more.
func (s *Service) SetMailSettings(ctx context.Context, who portal.Identity, m portal.MailSettings) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if err := m.Check(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SaveMailSettings(ctx, who.MemberID, m) })
}

// maxTroubles is how many mails in trouble are listed.
const maxTroubles = 20

// Troubles lists the latest mails to the viewer that were refused, came back, or wait because of that.
func (s *Service) Troubles(ctx context.Context, who portal.Identity) ([]postgres.MailTrouble, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	return s.db.MailTroubles(ctx, who.MemberID, maxTroubles)
}

// MailState tells officers how sending goes: counts, and the latest mails in trouble.
func (s *Service) MailState(ctx context.Context, who portal.Identity) (postgres.MailState, []postgres.MailTrouble, error) {
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return postgres.MailState{}, nil, portal.ErrOfficersOnly()
	}
	state, err := s.db.MailState(ctx)
	if err != nil {
		return state, nil, err
	}
	troubles, err := s.db.MailTroubles(ctx, 0, maxTroubles)
	return state, troubles, err
}

// Bounced reads a report of a mail server that a mail could not be delivered, which came to the address
// given, or to one that stands in it, and counts it for the member. counted tells whether it did: a report of
// a mere delay is no more than read, and one that is about no mail of ours is NotFound.
func (s *Service) Bounced(ctx context.Context, report io.Reader, to string) (counted bool, err error) {
	b, err := mail.ReadBounce(report)
	if err != nil {
		return false, portal.Fail(portal.Malformed, "error.no_bounce")
	}
	key, err := s.db.Key(ctx, mailKey)
	if err != nil {
		return false, err
	}
	for _, address := range append(b.To, to) {
		id, ours := mail.MailOf(address, key)
		if !ours {
			continue
		}
		if !b.Hard {
			return false, nil
		}
		return true, s.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.CountBounce(ctx, id, b.Why) })
	}
	return false, portal.ErrNotFound()
}
