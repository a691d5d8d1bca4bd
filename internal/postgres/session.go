package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type identityRow struct {
	MemberID     int64          `db:"member_id"`
	Name         string         `db:"name"`
	Country      string         `db:"country"`
	Organization string         `db:"organization"`
	Officer      bool           `db:"officer"`
	Presence     bool           `db:"presence"`
	Locale       string         `db:"locale"`
	TimeZone     string         `db:"time_zone"`
	Kind         string         `db:"kind"`
	ID           int64          `db:"id"`
	SeenAt       time.Time      `db:"seen_at"`
	ExpiresAt    time.Time      `db:"expires_at"`
	Scopes       pq.StringArray `db:"scopes"`
	Workspaces   pq.Int64Array  `db:"workspaces"`
	Moderates    pq.Int64Array  `db:"moderates"`
	Unread       int            `db:"unread"`
}

const identityColumns = `m.id as member_id, m.name, m.country, coalesce(m.organization, '') as organization, m.officer, m.presence,
	m.locale, m.time_zone,
	array(select w.workspace_id from workspace_members w where w.member_id = m.id order by 1) as workspaces,
	array(select w.workspace_id from workspace_members w where w.member_id = m.id and w.role = 'moderator' order by 1) as moderates`

// unreadCount counts what Notifications lists unread to the viewer who is a row of the table who.
var unreadCount = `(select count(*) from (
	    select from notifications n
	    left join posts x on x.id = n.post_id
	    left join threads t on t.id = coalesce(x.thread_id, n.thread_id)
	    left join practices p on p.id = n.practice_id and t.id is null
	    where n.member_id = who.member_id and n.read_at is null
	        and (t.id is null or ` + canSeeOf("who", "t", "true") + `) and (p.id is null or ` + canSeeOf("who", "p", "false") + `)
	    limit 100) n)::int as unread`

func (r identityRow) identity() portal.Identity {
	i := portal.Identity{
		Viewer: portal.Viewer{MemberID: r.MemberID, Country: r.Country, Organization: r.Organization, Officer: r.Officer,
			Workspaces: r.Workspaces, Moderates: r.Moderates, Unseen: !r.Presence},
		Name: r.Name, Locale: r.Locale, TimeZone: r.TimeZone, Unread: r.Unread,
		SeenAt: r.SeenAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
	if r.Kind == "token" {
		i.TokenID, i.Scopes = r.ID, r.Scopes
	} else {
		i.SessionID, i.Browser = r.ID, r.Kind == "browser"
	}
	return i
}

// IdentityByHash finds who came with a session or a personal access token, by the hash of what
// was shown; NotFound when it is unknown, over, or its member is suspended.
func (c Conn) IdentityByHash(ctx context.Context, hash []byte) (portal.Identity, error) {
	row, err := get[identityRow](ctx, c, "find who asks", `
		with shown as (
		    select id, member_id, kind, last_seen as seen_at, expires_at, null::text[] as scopes from sessions where hash = $1
		    union all
		    select id, member_id, 'token', coalesce(last_used, created_at), expires_at, scopes from tokens where hash = $1),
		who as (
		    select `+identityColumns+`, s.kind, s.id, s.seen_at, s.expires_at, s.scopes
		    from shown s join members m on m.id = s.member_id
		    where s.expires_at > now() and not m.suspended)
		select who.*, `+unreadCount+` from who`, hash)
	if err != nil {
		return portal.Identity{}, err
	}
	return row.identity(), nil
}

// Viewer reads what decides over a member's access.
func (c Conn) Viewer(ctx context.Context, member int64) (portal.Viewer, error) {
	row, err := get[identityRow](ctx, c, "read a viewer", `
		select `+identityColumns+`, 'api' as kind, 0::bigint as id, now() as seen_at, now() as expires_at, null::text[] as scopes
		from members m where m.id = $1 and not m.suspended`, member)
	if err != nil {
		return portal.Viewer{}, err
	}
	return row.identity().Viewer, nil
}

// InsertSession adds a session and returns its identifier.
func (tx *Tx) InsertSession(ctx context.Context, s portal.Session, hash []byte) (int64, error) {
	return get[int64](ctx, tx.Conn, "add a session", `
		insert into sessions (hash, member_id, kind, agent, address, expires_at)
		values ($1, $2, $3, $4, $5, $6) returning id`, hash, s.MemberID, s.Kind, s.Agent, s.Address, s.ExpiresAt)
}

// TouchSession notes that a session or token was used; the caller does it at most once a minute.
func (c Conn) TouchSession(ctx context.Context, who portal.Identity, until time.Time) error {
	var err error
	if who.TokenID != 0 {
		_, err = exec(ctx, c, "note a token's use", `update tokens set last_used = now() where id = $1`, who.TokenID)
	} else {
		_, err = exec(ctx, c, "note a session's use",
			`update sessions set last_seen = now(), expires_at = least($2::timestamptz, created_at + interval '90 days') where id = $1`, who.SessionID, until)
	}
	return err
}

type sessionRow struct {
	ID        int64     `db:"id"`
	MemberID  int64     `db:"member_id"`
	Kind      string    `db:"kind"`
	Agent     string    `db:"agent"`
	Address   string    `db:"address"`
	CreatedAt time.Time `db:"created_at"`
	LastSeen  time.Time `db:"last_seen"`
	ExpiresAt time.Time `db:"expires_at"`
}

// Sessions lists a member's live sessions, the last used first.
func (c Conn) Sessions(ctx context.Context, member int64) ([]portal.Session, error) {
	rows, err := list[sessionRow](ctx, c, "list sessions", `
		select id, member_id, kind, agent, address, created_at, last_seen, expires_at from sessions
		where member_id = $1 and expires_at > now() order by last_seen desc limit 100`, member)
	sessions := make([]portal.Session, len(rows))
	for i, r := range rows {
		sessions[i] = portal.Session(r)
	}
	return sessions, err
}

// DeleteSession ends one session of the member; NotFound when it is not hers.
func (tx *Tx) DeleteSession(ctx context.Context, member, id int64) error {
	n, err := exec(ctx, tx.Conn, "end a session", `delete from sessions where id = $1 and member_id = $2`, id, member)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// DeleteSessions ends all sessions of the member but one (0: all) and returns how many.
func (tx *Tx) DeleteSessions(ctx context.Context, member, except int64) (int64, error) {
	return exec(ctx, tx.Conn, "end sessions", `delete from sessions where member_id = $1 and id <> $2`, member, except)
}

// Token is a personal access token; the token itself is only known to its owner.
type Token struct {
	ID        int64          `db:"id"`
	Name      string         `db:"name"`
	Scopes    pq.StringArray `db:"scopes"`
	CreatedAt time.Time      `db:"created_at"`
	LastUsed  *time.Time     `db:"last_used"`
	ExpiresAt time.Time      `db:"expires_at"`
}

// InsertToken adds a personal access token and returns its identifier.
func (tx *Tx) InsertToken(ctx context.Context, member int64, t Token, hash []byte) (int64, error) {
	return get[int64](ctx, tx.Conn, "add a token", `
		insert into tokens (hash, member_id, name, scopes, expires_at) values ($1, $2, $3, $4, $5) returning id`,
		hash, member, t.Name, t.Scopes, t.ExpiresAt)
}

// Tokens lists a member's personal access tokens, newest first.
func (c Conn) Tokens(ctx context.Context, member int64) ([]Token, error) {
	return list[Token](ctx, c, "list tokens", `
		select id, name, scopes, created_at, last_used, expires_at from tokens where member_id = $1 order by id desc limit 100`, member)
}

// DeleteToken revokes one token of the member; NotFound when it is not hers.
func (tx *Tx) DeleteToken(ctx context.Context, member, id int64) error {
	n, err := exec(ctx, tx.Conn, "revoke a token", `delete from tokens where id = $1 and member_id = $2`, id, member)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// Attempts slow guessing under one key: after Free failures the key is locked, from one second on
// twice as long each time, up to Longest.
type Attempts struct {
	Key     []byte
	Free    int64
	Longest time.Duration
}

// SignInAttempt counts an attempt under each key before it is judged, so that many at once are
// counted too, and tells how long to wait where one of them is locked (then nothing is counted
// under that key). An hour of peace forgives all.
func (c Conn) SignInAttempt(ctx context.Context, attempts []Attempts) (wait time.Duration, err error) {
	var keys [][]byte
	var free []int64
	var longest []float64
	for _, a := range attempts {
		keys, free, longest = append(keys, a.Key), append(free, a.Free), append(longest, a.Longest.Seconds())
	}
	seconds, err := get[float64](ctx, c, "count a sign-in", `
		with asked as (
		    select * from unnest($1::bytea[], $2::bigint[], $3::float8[]) as k (key, free, longest)),
		counted as (
		    insert into sign_in_failures as f (key, failures, last_at, locked_until, free, longest)
		    select key, 1, clock_timestamp(), clock_timestamp(), free, longest from asked order by key
		    on conflict (key) do update set
		        refused = f.locked_until > clock_timestamp(),
		        failures = case when f.locked_until > clock_timestamp() then f.failures
		            when f.last_at < clock_timestamp() - interval '1 hour' then 1 else f.failures + 1 end,
		        last_at = case when f.locked_until > clock_timestamp() then f.last_at else clock_timestamp() end,
		        locked_until = case when f.locked_until > clock_timestamp() or f.failures < f.free
		                or f.last_at < clock_timestamp() - interval '1 hour' then f.locked_until
		            else clock_timestamp() + make_interval(secs => least(f.longest, power(2, least(f.failures - f.free, 30)))) end
		    returning refused, locked_until)
		select coalesce(max(extract(epoch from locked_until - clock_timestamp())) filter (where refused), 0)::float8 from counted`,
		pq.Array(keys), pq.Array(free), pq.Array(longest))
	return time.Duration(max(seconds, 0) * float64(time.Second)), err
}

// SignInSucceeded forgives the failures under the keys. Under the shared key (nil: none) it takes
// back only what this attempt counted: SignInAttempt counted it before it was judged.
func (c Conn) SignInSucceeded(ctx context.Context, keys [][]byte, shared []byte) error {
	_, err := exec(ctx, c, "forgive failed sign-ins", `
		with forgiven as (delete from sign_in_failures where key = any($1))
		update sign_in_failures set failures = greatest(failures - 1, 0), locked_until = clock_timestamp() where key = $2`,
		pq.Array(keys), shared)
	return err
}

// Sweep removes what is over: sessions, access tokens, failed sign-ins, idempotency keys, after a month
// the names and addresses of who was invited, after thirteen what was looked for in vain.
func (c Conn) Sweep(ctx context.Context) error {
	for _, s := range []string{
		`delete from sessions where expires_at < now() - interval '1 day'`,
		`delete from tokens where expires_at < now() - interval '1 day'`,
		`delete from invitations where expires_at < now() - interval '30 days'`,
		`delete from sign_in_failures where last_at < now() - interval '1 day'`,
		`delete from idempotency_keys where created_at < now() - interval '24 hours'`,
		`delete from drafts where updated_at < now() - interval '6 months'`,
		`delete from empty_searches where day < current_date - interval '13 months'`,
	} {
		if _, err := exec(ctx, c, "sweep what is over", s); err != nil {
			return err
		}
	}
	return nil
}
