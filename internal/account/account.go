// Package account is who is who: invitations, passwords, sessions, personal access tokens,
// profiles and the directory.
package account

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"strings"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
	"praxis/internal/secret"
)

// Bounds of sessions and links.
const (
	SessionIdle    = 14 * 24 * time.Hour // a session that is not used ends after this
	InvitationLife = 14 * 24 * time.Hour
	ResetLife      = 2 * time.Hour
	resetGap       = 5 * time.Minute // between two mails that a visitor can cause
	resetAnswer    = 300 * time.Millisecond
	MaxTokenDays   = 365 // of a personal access token
	tokenDays      = 90  // where nobody says how many
	MaxTokens      = 20
	touchEvery     = time.Minute
)

// Service holds the rules of accounts.
type Service struct {
	db       *postgres.DB
	vocab    *portal.Vocabulary
	mailing  bool
	log      *slog.Logger
	locales  []string
	identity identityCache
}

// New makes the service. mailing tells whether links can be sent by mail; where they cannot,
// they are given to whoever invites. locales are the languages that a member can choose.
func New(db *postgres.DB, vocab *portal.Vocabulary, mailing bool, locales []string, log *slog.Logger) *Service {
	return &Service{db: db, vocab: vocab, mailing: mailing, locales: locales, log: log}
}

// Identify finds who shows a token: a session's or a personal access token. An unknown one is
// answered by NotFound.
func (s *Service) Identify(ctx context.Context, token string) (portal.Identity, error) {
	hash := secret.HashToken(token)
	if who, fresh := s.identity.get(hash); fresh {
		return who, nil
	}
	generation := s.identity.generation.Load()
	who, err := s.db.IdentityByHash(ctx, hash)
	if err != nil {
		return portal.Identity{}, err
	}
	if now := time.Now(); now.Sub(who.SeenAt) > touchEvery {
		if err := s.db.TouchSession(ctx, who, now.Add(SessionIdle)); err != nil {
			s.log.Warn("could not note that a session was used", "session", who.SessionID, "err", err)
		}
	}
	s.identity.put(hash, who, generation)
	return who, nil
}

// SignIn is an attempt to sign in.
type SignIn struct {
	Email, Password string
	Kind            string // browser or api
	Agent, Address  string
}

// SignIn checks an address and password and opens a session. Unknown addresses, wrong passwords
// and suspended members are answered alike, in words and in time; many failures slow both the
// account and the network address down (TooMany with RetryAfter).
func (s *Service) SignIn(ctx context.Context, in SignIn) (token string, who portal.Member, err error) {
	if portal.NormalEmail(in.Email) == "" || in.Password == "" {
		var c portal.Checks
		c.Add(in.Email != "", "email", "error.required")
		c.Add(in.Password != "", "password", "error.required")
		return "", portal.Member{}, c.Err()
	}
	attempts := attemptsOf(in)
	if err := s.slowed(ctx, attempts); err != nil {
		return "", portal.Member{}, err
	}
	who, err = s.verified(ctx, in)
	if portal.KindOf(err) == portal.Unauthorized {
		if failure := s.failed(ctx, in); failure != nil {
			return "", portal.Member{}, failure
		}
	}
	if err != nil {
		return "", portal.Member{}, err
	}
	if err := s.db.SignInSucceeded(ctx, [][]byte{attempts[0].Key, attempts[1].Key}, attempts[2].Key); err != nil {
		return "", portal.Member{}, err
	}
	token, err = s.OpenSession(ctx, who.ID, in)
	return token, who, err
}

// verified finds the member whose password it is.
func (s *Service) verified(ctx context.Context, in SignIn) (portal.Member, error) {
	wrong := portal.Fail(portal.Unauthorized, "error.wrong_password")
	member, err := s.db.MemberByEmail(ctx, in.Email)
	if err != nil || member.Suspended || !member.HasPassword {
		if err != nil && portal.KindOf(err) != portal.NotFound {
			return portal.Member{}, err
		}
		// Spend the same time as for a known account, so that the clock tells nothing.
		if err := secret.VerifyNothing(ctx); err != nil {
			return portal.Member{}, busy(err)
		}
		return portal.Member{}, wrong
	}
	stored, err := s.db.Password(ctx, member.ID)
	if err != nil {
		return portal.Member{}, err
	}
	ok, rehash, err := secret.VerifyPassword(ctx, stored, in.Password)
	if err != nil {
		return portal.Member{}, busy(err)
	}
	if !ok {
		return portal.Member{}, wrong
	}
	if rehash {
		if err := s.setPassword(ctx, member.ID, in.Password, nil); err != nil {
			s.log.Warn("could not renew a password's hash", "member", member.ID, "err", err)
		}
	}
	return member, nil
}

// Guessing is slowed under three keys. An account alone is locked for half a minute at most, so
// that nobody can lock a colleague out for long; an account from one address, and an address, for
// a quarter of an hour. A success forgives the account; of the address it takes back only itself,
// for else whoever has one password could guess at everybody's without end.
func attemptsOf(in SignIn) []postgres.Attempts {
	email := portal.NormalEmail(in.Email)
	return []postgres.Attempts{
		{Key: attemptKey("account", email), Free: 10, Longest: 30 * time.Second},
		{Key: attemptKey("pair", email+"\x00"+in.Address), Free: 5, Longest: 15 * time.Minute},
		{Key: attemptKey("address", in.Address), Free: 30, Longest: 15 * time.Minute}, // an office may share one
	}
}

// attemptKey names an account or address among the failed sign-ins without storing it.
func attemptKey(kind, value string) []byte {
	sum := sha256.Sum256([]byte("sign-in\x00" + kind + "\x00" + value))
	return sum[:]
}

// slowed counts an attempt and answers TooMany where it must wait.
func (s *Service) slowed(ctx context.Context, attempts []postgres.Attempts) error {
	wait, err := s.db.SignInAttempt(ctx, attempts)
	if err != nil || wait <= 0 {
		return err
	}
	slow := portal.Fail(portal.TooMany, "error.sign_in_slowed", "Seconds", int(wait.Seconds())+1)
	slow.RetryAfter = wait
	return slow
}

// failed notes a refusal in the audit.
func (s *Service) failed(ctx context.Context, in SignIn) error {
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		change := postgres.Change{Action: "session.refused", Target: portal.Ref{Kind: portal.KindMember}}
		if m, err := tx.MemberByEmail(ctx, in.Email); err == nil {
			change.Target.ID = m.ID
		}
		return tx.Record(ctx, change)
	})
}

// OpenSession opens a session for a member who has just proved herself, by her password or by a
// one-time link.
func (s *Service) OpenSession(ctx context.Context, member int64, in SignIn) (string, error) {
	token, hash := secret.NewToken()
	err := s.db.InTx(ctx, func(tx *postgres.Tx) error {
		id, err := tx.InsertSession(ctx, portal.Session{MemberID: member, Kind: cmp.Or(in.Kind, "api"),
			Agent: cut(in.Agent, 300), Address: cut(in.Address, 64), ExpiresAt: time.Now().Add(SessionIdle)}, hash)
		if err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: member, Action: "session.open", Target: portal.Ref{Kind: portal.KindSession, ID: id}})
	})
	return token, err
}

// SignOut ends the session that the request came with.
func (s *Service) SignOut(ctx context.Context, who portal.Identity) error {
	if who.SessionID == 0 {
		return portal.ErrSignIn()
	}
	return s.EndSession(ctx, who, who.SessionID)
}

// Sessions lists the viewer's own sessions.
func (s *Service) Sessions(ctx context.Context, who portal.Identity) ([]portal.Session, error) {
	return s.db.Sessions(ctx, who.MemberID)
}

// EndSession ends one of the viewer's sessions, its open sockets included.
func (s *Service) EndSession(ctx context.Context, who portal.Identity, id int64) error {
	defer s.identity.clear()
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := tx.DeleteSession(ctx, who.MemberID, id); err != nil {
			return err
		}
		return tx.Record(ctx, ended(who.MemberID, id))
	})
}

// EndOtherSessions ends all of the viewer's sessions but the one that the request came with.
func (s *Service) EndOtherSessions(ctx context.Context, who portal.Identity) error {
	defer s.identity.clear()
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if _, err := tx.DeleteSessions(ctx, who.MemberID, who.SessionID); err != nil {
			return err
		}
		return tx.Record(ctx, ended(who.MemberID, 0))
	})
}

// ended tells every node that sessions of the member are over: sockets ask again who they are.
func ended(member, session int64) postgres.Change {
	return postgres.Change{Actor: member, Action: "session.end", Target: portal.Ref{Kind: portal.KindSession, ID: session},
		Events: []portal.Event{{Topic: portal.MemberTopic(member), Type: portal.SessionEnded}}}
}

func busy(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	b := portal.Fail(portal.Unavailable, "error.busy")
	b.RetryAfter, b.Cause = 2*time.Second, err
	return b
}

// cut keeps at most n bytes of what a program says of itself, as text that PostgreSQL takes.
func cut(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	for i := range s {
		if i > n-4 {
			return s[:i]
		}
	}
	return s
}
