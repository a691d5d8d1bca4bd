package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Invitation is a one-time link: to join, or (MemberID set) to set a password.
type Invitation struct {
	ID         int64         `db:"id"`
	Email      string        `db:"email"`
	MemberID   int64         `db:"member_id"`
	Name       string        `db:"name"`
	Country    string        `db:"country"`
	Programme  string        `db:"programme"`
	Year       int           `db:"year"`
	Locale     string        `db:"locale"`
	Officer    bool          `db:"officer"`
	Workspaces pq.Int64Array `db:"workspaces"`
	InvitedBy  int64         `db:"invited_by"`
	CreatedAt  time.Time     `db:"created_at"`
	ExpiresAt  time.Time     `db:"expires_at"`
	AcceptedAt *time.Time    `db:"accepted_at"`
}

const invitationColumns = `id, email, coalesce(member_id, 0) as member_id, name, country, programme, coalesce(year, 0) as year,
	locale, officer, workspaces, coalesce(invited_by, 0) as invited_by, created_at, expires_at, accepted_at`

// InsertInvitation adds an invitation; an earlier open one to the same address ends.
func (tx *Tx) InsertInvitation(ctx context.Context, i Invitation, hash []byte) (int64, error) {
	if _, err := exec(ctx, tx.Conn, "end earlier invitations", `
		update invitations set expires_at = now()
		where email = $1 and accepted_at is null and expires_at > now() and (member_id is null) = ($2::bigint = 0)`,
		portal.NormalEmail(i.Email), i.MemberID); err != nil {
		return 0, err
	}
	return get[int64](ctx, tx.Conn, "add an invitation", `
		insert into invitations (hash, email, member_id, name, country, programme, year, locale, officer, workspaces, invited_by, expires_at)
		values ($1, $2, nullif($3::bigint, 0), $4, $5, $6, nullif($7::int, 0), $8, $9, $10, nullif($11::bigint, 0), $12) returning id`,
		hash, portal.NormalEmail(i.Email), i.MemberID, i.Name, i.Country, i.Programme, i.Year, i.Locale, i.Officer,
		pq.Array(nonNil([]int64(i.Workspaces))), i.InvitedBy, i.ExpiresAt)
}

// InvitationByHash finds an invitation that can still be accepted.
func (c Conn) InvitationByHash(ctx context.Context, hash []byte) (Invitation, error) {
	return get[Invitation](ctx, c, "find an invitation", `
		select `+invitationColumns+` from invitations where (hash = $1 or earlier_hash = $1) and accepted_at is null and expires_at > now()`, hash)
}

// TakeInvitation marks an invitation as accepted; NotFound when another has just done so.
func (tx *Tx) TakeInvitation(ctx context.Context, id int64) error {
	n, err := exec(ctx, tx.Conn, "accept an invitation",
		`update invitations set accepted_at = now() where id = $1 and accepted_at is null and expires_at > now()`, id)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// RenewInvitation gives an open invitation a new token, whose hash is given, when its mail is sent. keep has
// the token of before go on working: nobody knows whether the mail with it arrived.
func (c Conn) RenewInvitation(ctx context.Context, id int64, hash []byte, keep bool) (Invitation, error) {
	return get[Invitation](ctx, c, "renew an invitation", `
		update invitations set hash = $2, earlier_hash = case when $3 then hash else earlier_hash end where id = $1 and accepted_at is null and expires_at > now()
		returning `+invitationColumns, id, hash, keep)
}

// OpenInvitation finds the open invitation to an address.
func (c Conn) OpenInvitation(ctx context.Context, email string) (Invitation, error) {
	return get[Invitation](ctx, c, "find an open invitation", `
		select `+invitationColumns+` from invitations
		where email = $1 and accepted_at is null and expires_at > now() and member_id is null order by id desc limit 1`, portal.NormalEmail(email))
}

// Invitations lists a page of the open invitations that a member sent (0: everybody's), newest first.
func (c Conn) Invitations(ctx context.Context, by int64, page portal.Page) ([]Invitation, error) {
	return list[Invitation](ctx, c, "list invitations", `
		select `+invitationColumns+` from invitations
		where accepted_at is null and expires_at > now() and member_id is null and ($1::bigint = 0 or invited_by = $1) and ($2::bigint = 0 or id < $2)
		order by id desc limit $3`, by, page.After, page.Limit)
}

// ResetSince tells whether a link to set a password was made for the member within the time.
func (c Conn) ResetSince(ctx context.Context, member int64, within time.Duration) (bool, error) {
	return get[bool](ctx, c, "look for a recent link", `
		select exists (select from invitations where member_id = $1 and created_at > now() - make_interval(secs => $2))`, member, within.Seconds())
}

// EndInvitationsBy ends the open invitations and links that a member sent to others: all of them, or
// only what an officer alone may send.
func (tx *Tx) EndInvitationsBy(ctx context.Context, member int64, all bool) error {
	_, err := exec(ctx, tx.Conn, "end a member's invitations", `
		update invitations set expires_at = now()
		where invited_by = $1 and accepted_at is null and expires_at > now() and ($2 or officer or member_id is not null)`, member, all)
	return err
}

// EndLinks ends a member's open links to set a password.
func (tx *Tx) EndLinks(ctx context.Context, member int64) error {
	_, err := exec(ctx, tx.Conn, "end links", `update invitations set expires_at = now() where member_id = $1 and accepted_at is null and expires_at > now()`, member)
	return err
}

// RevokeAll ends a member's open links and her personal access tokens, when she takes her account
// back by a link.
func (tx *Tx) RevokeAll(ctx context.Context, member int64) error {
	if err := tx.EndLinks(ctx, member); err != nil {
		return err
	}
	_, err := exec(ctx, tx.Conn, "revoke tokens", `delete from tokens where member_id = $1`, member)
	return err
}
