package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// mailKey is the name of the key that signs links to leave and return paths.
const mailKey = "mail"

// leaveToken is what a mail's link to end such mails carries: whose mails, signed. It lasts, for mails are
// kept, and can do nothing but that.
func leaveToken(key []byte, member int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(member))
	return base64.RawURLEncoding.EncodeToString(append(raw, leaveMAC(key, raw)...))
}

func leaveMAC(key, raw []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("leave "))
	mac.Write(raw)
	return mac.Sum(nil)[:16]
}

// LeaveToken makes the token of a member's link to end such mails.
func (s *Service) LeaveToken(ctx context.Context, member int64) (string, error) {
	key, err := s.db.Key(ctx, mailKey)
	return leaveToken(key, member), err
}

// Leaver finds whose mails a link ends; NotFound where the portal did not sign it.
func (s *Service) Leaver(ctx context.Context, token string) (int64, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != 24 {
		return 0, portal.ErrNotFound()
	}
	key, err := s.db.Key(ctx, mailKey)
	if err != nil {
		return 0, err
	}
	if !hmac.Equal(raw[8:], leaveMAC(key, raw[:8])) {
		return 0, portal.ErrNotFound()
	}
	return int64(binary.BigEndian.Uint64(raw[:8])), nil
}

// Leave ends the mails of whoever the link is of. Again does no harm.
func (s *Service) Leave(ctx context.Context, token string) error {
	member, err := s.Leaver(ctx, token)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		now, err := tx.MailSettings(ctx, member)
		if err != nil {
			return err
		}
		now.Mode = portal.MailOff
		return tx.SaveMailSettings(ctx, member, now.MailSettings)
	})
}
