package postgres

import (
	"context"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// LogHead is the little that a relay asks for in every round.
type LogHead struct {
	Head int64 `db:"position"` // the last position handed out
	Hole int64 `db:"hole"`     // where the last hole ends that a restore left; 0: there is none
}

// LogHead reads the last position handed out. Every position up to it can be read by ReadLog.
func (c Conn) LogHead(ctx context.Context) (LogHead, error) {
	return get[LogHead](ctx, c, "read the log's head",
		`select position, (select coalesce(max(until), 0) from log_holes)::bigint as hole from log_state`)
}

// ReadTopics reads several topics' events after a position, up to and including until, in order,
// at most limit.
func (c Conn) ReadTopics(ctx context.Context, topics []portal.Topic, after, until int64, limit int) ([]portal.Event, error) {
	if len(topics) == 1 {
		return c.ReadTopic(ctx, topics[0], after, until, limit)
	}
	rows, err := list[eventRow](ctx, c, "read topics of the log", `
		select `+eventColumns+` from events
		where topic = any($1::text[]) and position is not null and position > $2 and position <= $3 order by position limit $4`,
		pq.Array(textOf(topics)), after, until, limit)
	return eventsOf(rows), err
}

// CountTopics counts the events that ReadTopics would read, at most limit.
func (c Conn) CountTopics(ctx context.Context, topics []portal.Topic, after, until int64, limit int) (int, error) {
	return get[int](ctx, c, "count the events of topics", `
		select count(*)::int from (
		    select from events
		    where topic = any($1::text[]) and position is not null and position > $2 and position <= $3 limit $4) e`,
		pq.Array(textOf(topics)), after, until, limit)
}

// ModerationTopics lists the topics of the workspaces that the viewer moderates; all of them for
// an officer.
func (c Conn) ModerationTopics(ctx context.Context, v portal.Viewer) ([]portal.Topic, error) {
	ids, err := list[int64](ctx, c, "list what a viewer moderates",
		`select id from workspaces where $1 or id = any($2::bigint[]) order by id`, v.Officer, pq.Array(nonNil(v.Moderates)))
	topics := make([]portal.Topic, len(ids))
	for i, id := range ids {
		topics[i] = portal.ModerationTopic(id)
	}
	if v.Officer {
		topics = append(topics, portal.ModerationTopic(0))
	}
	return topics, err
}

func textOf(topics []portal.Topic) []string {
	text := make([]string, len(topics))
	for i, t := range topics {
		text[i] = string(t)
	}
	return text
}

// Viewers reads what decides over several members' access; suspended ones are left out.
func (c Conn) Viewers(ctx context.Context, members []int64) (map[int64]portal.Viewer, error) {
	rows, err := list[identityRow](ctx, c, "read viewers", `
		select `+identityColumns+`, 'api' as kind, 0::bigint as id, now() as seen_at, now() as expires_at, null::text[] as scopes
		from members m where m.id = any($1) and not m.suspended`, pq.Array(nonNil(members)))
	viewers := make(map[int64]portal.Viewer, len(rows))
	for _, r := range rows {
		viewers[r.MemberID] = r.identity().Viewer
	}
	return viewers, err
}

// Access names a way in: a session or a personal access token; the other is 0.
type Access struct {
	SessionID int64 `db:"session_id"`
	TokenID   int64 `db:"token_id"`
}

// LiveAccess tells which of the sessions and tokens still let their members in.
func (c Conn) LiveAccess(ctx context.Context, of []Access) (map[Access]bool, error) {
	var sessions, tokens []int64
	for _, a := range of {
		if a.SessionID != 0 {
			sessions = append(sessions, a.SessionID)
		} else {
			tokens = append(tokens, a.TokenID)
		}
	}
	rows, err := list[Access](ctx, c, "look which sessions live", `
		select s.id as session_id, 0::bigint as token_id from sessions s join members m on m.id = s.member_id
		where s.id = any($1) and s.expires_at > now() and not m.suspended
		union all
		select 0::bigint, t.id from tokens t join members m on m.id = t.member_id
		where t.id = any($2) and t.expires_at > now() and not m.suspended`, pq.Array(nonNil(sessions)), pq.Array(nonNil(tokens)))
	live := make(map[Access]bool, len(rows))
	for _, a := range rows {
		live[a] = true
	}
	return live, err
}

// SubmissionCases finds the latest case of the submission of each practice.
func (c Conn) SubmissionCases(ctx context.Context, practices []int64) (map[int64]int64, error) {
	rows, err := list[struct {
		Practice int64 `db:"target_id"`
		Case     int64 `db:"id"`
	}](ctx, c, "find the cases of submissions", `
		select target_id, max(id) as id from cases
		where kind = 'submission' and target_kind = 'practice' and target_id = any($1) group by target_id`, pq.Array(nonNil(practices)))
	cases := make(map[int64]int64, len(rows))
	for _, r := range rows {
		cases[r.Practice] = r.Case
	}
	return cases, err
}
