package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"praxis/internal/portal"
)

// Answer is the first answer to a request with an Idempotency-Key. Status 0 is an answer that was
// not kept: what the request did is committed, and Done is what it was done to.
type Answer struct {
	Status  int
	Headers map[string]string
	Body    []byte
	Done    portal.Ref
}

// Once is the part of the store that keeps first answers, for the doors.
type Once interface {
	BeginOnce(ctx context.Context, owner, key string, request []byte) (first *Answer, claimed bool, err error)
	FinishOnce(ctx context.Context, owner, key string, a Answer) error
	ForgetOnce(ctx context.Context, owner, key string) error
}

type claimKey struct{}

type claim struct{ owner, key string }

// WithClaim lets what is recorded under a context settle the claim of a key in the same commit:
// from then on the request is never done again, even if its node dies before the answer is kept.
func WithClaim(ctx context.Context, owner, key string) context.Context {
	return context.WithValue(ctx, claimKey{}, claim{owner, key})
}

// claimOf gives owner and key of the context's claim, to be added to a statement's arguments; none
// where there is no claim.
func claimOf(ctx context.Context) []any {
	if c, ok := ctx.Value(claimKey{}).(claim); ok {
		return []any{c.owner, c.key}
	}
	return nil
}

// BeginOnce claims a key for a request. Claimed: go on under WithClaim and call FinishOnce or
// ForgetOnce. Not claimed: the first answer, or nil while the first request is still under way. A
// key that was used for another request answers Invalid.
func (c Conn) BeginOnce(ctx context.Context, owner, key string, request []byte) (first *Answer, claimed bool, err error) {
	// A request that died with its node leaves its claim; after a minute another may have it.
	n, err := exec(ctx, c, "claim a key", `
		insert into idempotency_keys as k (owner, key, request) values ($1, $2, $3)
		on conflict (owner, key) do update set request = excluded.request, created_at = now(), status = null, headers = null, body = null,
		    done_kind = null, done_id = null
		where k.created_at < now() - interval '24 hours'
		    or k.status is null and k.done_kind is null and k.created_at < now() - interval '1 minute' and k.request = excluded.request`, owner, key, request)
	if err != nil || n == 1 {
		return nil, n == 1, err
	}
	row, err := get[struct {
		Request []byte  `db:"request"`
		Status  int     `db:"status"`
		Headers *string `db:"headers"`
		Body    []byte  `db:"body"`
		Kind    string  `db:"done_kind"`
		ID      int64   `db:"done_id"`
	}](ctx, c, "read the first answer", `
		select request, coalesce(status, 0) as status, headers::text as headers, body,
		    coalesce(done_kind, '') as done_kind, coalesce(done_id, 0) as done_id from idempotency_keys where owner = $1 and key = $2`, owner, key)
	if portal.KindOf(err) == portal.NotFound {
		return nil, false, nil // forgotten this instant: the caller asks again
	}
	if err != nil {
		return nil, false, err
	}
	if string(row.Request) != string(request) {
		return nil, false, portal.Fail(portal.Invalid, "error.key_reused")
	}
	if row.Status == 0 && row.Kind == "" {
		return nil, false, nil
	}
	answer := &Answer{Status: row.Status, Body: row.Body, Done: portal.Ref{Kind: portal.Kind(row.Kind), ID: row.ID}}
	if row.Headers != nil {
		if err := json.Unmarshal([]byte(*row.Headers), &answer.Headers); err != nil {
			return nil, false, fmt.Errorf("read the first answer's headers: %w", err)
		}
	}
	return answer, false, nil
}

// FinishOnce keeps the answer to a claimed request.
func (c Conn) FinishOnce(ctx context.Context, owner, key string, a Answer) error {
	headers, err := json.Marshal(nonNilMap(a.Headers))
	if err != nil {
		return fmt.Errorf("write the answer's headers: %w", err)
	}
	_, err = exec(ctx, c, "keep the first answer",
		`update idempotency_keys set status = $3, headers = $4::jsonb, body = $5 where owner = $1 and key = $2`, owner, key, a.Status, string(headers), a.Body)
	return err
}

// ForgetOnce gives a claim back after a failure that a repeat may cure: not if it is settled.
func (c Conn) ForgetOnce(ctx context.Context, owner, key string) error {
	_, err := exec(ctx, c, "give a key back", `delete from idempotency_keys where owner = $1 and key = $2 and status is null and done_kind is null`, owner, key)
	return err
}

// ForgetAnswers takes back a member's kept first answers that hold a text, when what they tell of is
// taken away; a repeat is told that it is gone.
func (tx *Tx) ForgetAnswers(ctx context.Context, member int64, text string) error {
	_, err := exec(ctx, tx.Conn, "take kept answers back", `
		update idempotency_keys set status = 410, headers = '{"Content-Type":"application/problem+json"}',
		    body = convert_to('{"type":"about:blank","title":"Gone","status":410}', 'UTF8')
		where owner = 'm:' || $1::bigint and status is not null and position($2::bytea in body) > 0`, member, []byte(text))
	return err
}
