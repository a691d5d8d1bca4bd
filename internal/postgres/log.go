package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Bounds of the log.
const (
	MaxSequenced = 5000                // events that get a position in one round
	MaxRead      = 1000                // events in one read
	KeptFor      = 30 * 24 * time.Hour // how long an event can be resumed from
	keptBatch    = 10_000              // rows that leave in one statement
	sequencerKey = 0x7072_6178_6973    // advisory lock of the sequencer
)

// Change is what one step of a rule writes to the log: its audit row and its events.
type Change struct {
	Actor       int64
	Action      string // "post.create"
	Target      portal.Ref
	WorkspaceID int64
	Detail      map[string]any // states and identifiers, never a text
	Events      []portal.Event // topic, type and where the entity lives; the rest is filled in
}

// Record writes a change to the log. It must be the transaction's last step: it locks each topic
// in sorted order, so that within one topic the order of identities is the order of commits, and
// holds those locks until the commit.
func (tx *Tx) Record(ctx context.Context, c Change) error {
	if len(c.Events) == 0 {
		c.Events = []portal.Event{{Topic: "audit", Type: portal.Recorded}}
	}
	var topics, types, data []string
	var threads, practices, workspaces []int64
	for _, e := range c.Events {
		topics = append(topics, string(e.Topic))
		types = append(types, string(e.Type))
		threads = append(threads, e.ThreadID)
		practices = append(practices, e.PracticeID)
		workspaces = append(workspaces, e.WorkspaceID)
		data = append(data, cmp.Or(string(e.Data), "{}"))
	}
	locks := slices.Compact(slices.Sorted(slices.Values(topics)))
	locks = slices.DeleteFunc(locks, func(t string) bool { return t == "audit" })
	detail, err := json.Marshal(c.Detail)
	if err != nil {
		return fmt.Errorf("write the audit's detail: %w", err)
	}
	if c.Detail == nil {
		detail = []byte("{}")
	}
	e := c.Events[0]
	entity := c.Target
	if e.Entity.ID != 0 {
		entity = e.Entity
	}
	statement, claim := recording+telling, claimOf(ctx)
	if len(claim) > 0 {
		statement = recording + `,
		settled as (update idempotency_keys set done_kind = $3, done_id = $4 where owner = $17 and key = $18)` + telling
	}
	_, err = exec(ctx, tx.Conn, "write to the log", statement, append([]any{
		c.Actor, c.Action, string(c.Target.Kind), c.Target.ID, c.WorkspaceID, string(detail),
		string(entity.Kind), entity.ID, e.Version,
		pq.Array(topics), pq.Array(types), pq.Array(threads), pq.Array(practices), pq.Array(workspaces), pq.Array(data), pq.Array(nonNil(locks))},
		claim...)...)
	if err != nil {
		return err
	}
	tx.events = append(tx.events, c.Events...)
	return nil
}

// recording takes the locks and writes the audit's row, telling writes the events; between them
// goes what settles the claim of the request that did it.
const (
	recording = `
		with locked as materialized (
		    -- Rows of unnest come in the array's order, so the locks are taken in sorted order; the
		    -- identities of the rows below are drawn when all are held.
		    select count(pg_advisory_xact_lock(hashtextextended(topic, 0))::text) from unnest($16::text[]) as topic),
		written as (
		    insert into audit (at, actor, action, target_kind, target_id, workspace_id, detail)
		    select clock_timestamp(), nullif($1::bigint, 0), $2, $3, $4, nullif($5::bigint, 0), $6::jsonb from locked
		    returning id, at)`
	telling = `
		insert into events (topic, type, actor, entity_kind, entity_id, version, thread_id, practice_id, workspace_id, data, audit_id, at)
		select e.topic, e.type, nullif($1::bigint, 0), $7, $8, $9, nullif(e.thread, 0), nullif(e.practice, 0), nullif(e.workspace, 0), e.data::jsonb,
		    written.id, written.at
		from written, unnest($10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[])
		    with ordinality as e (topic, type, thread, practice, workspace, data, n)
		order by e.n`
)

// Sequence gives committed events without a position the next ones, in the order of their
// identities, and chains their audit rows in the same order. Whoever finds another node at it
// does nothing. It returns how many events got a position; MaxSequenced means that more wait.
func (db *DB) Sequence(ctx context.Context) (int, error) {
	n := 0
	err := db.InTx(ctx, func(tx *Tx) error {
		n = 0
		mine, err := get[bool](ctx, tx.Conn, "take the sequencer's lock", `select pg_try_advisory_xact_lock($1)`, int64(sequencerKey))
		if err != nil || !mine {
			return err
		}
		audits, err := list[sequenced](ctx, tx.Conn, "give positions", `
			with waiting as (
			    select id, audit_id, row_number() over (order by id) as n
			    from events where position is null order by id limit $1),
			head as (
			    update log_state set position = position + (select count(*) from waiting)
			    where exists (select from waiting)
			    returning position - (select count(*) from waiting) as before),
			given as (
			    update events e set position = head.before + w.n
			    from waiting w, head where e.id = w.id
			    returning e.position, e.audit_id)
			select position, audit_id from given order by position`, MaxSequenced)
		if err != nil || len(audits) == 0 {
			return err
		}
		n = len(audits)
		return tx.chain(ctx, audits)
	})
	return n, err
}

type sequenced struct {
	Position int64 `db:"position"`
	AuditID  int64 `db:"audit_id"`
}

type eventRow struct {
	ID          int64     `db:"id"`
	Position    int64     `db:"position"`
	Topic       string    `db:"topic"`
	Type        string    `db:"type"`
	Actor       int64     `db:"actor"`
	EntityKind  string    `db:"entity_kind"`
	EntityID    int64     `db:"entity_id"`
	Version     int64     `db:"version"`
	ThreadID    int64     `db:"thread_id"`
	PracticeID  int64     `db:"practice_id"`
	WorkspaceID int64     `db:"workspace_id"`
	Data        string    `db:"data"`
	At          time.Time `db:"at"`
}

func (r eventRow) event() portal.Event {
	return portal.Event{ID: r.ID, Position: r.Position, Topic: portal.Topic(r.Topic), Type: portal.EventType(r.Type),
		Actor: r.Actor, Entity: portal.Ref{Kind: portal.Kind(r.EntityKind), ID: r.EntityID}, Version: r.Version,
		ThreadID: r.ThreadID, PracticeID: r.PracticeID, WorkspaceID: r.WorkspaceID,
		Data: json.RawMessage(r.Data), At: r.At.UTC()}
}

const eventColumns = `id, position, topic, type, coalesce(actor, 0) as actor, entity_kind, entity_id, version,
	coalesce(thread_id, 0) as thread_id, coalesce(practice_id, 0) as practice_id,
	coalesce(workspace_id, 0) as workspace_id, data::text as data, at`

// ReadLog reads the events after a position, in order, at most limit (up to MaxRead).
func (c Conn) ReadLog(ctx context.Context, after int64, limit int) ([]portal.Event, error) {
	rows, err := list[eventRow](ctx, c, "read the log",
		`select `+eventColumns+` from events where position > $1 order by position limit $2`, after, min(limit, MaxRead))
	return eventsOf(rows), err
}

// ReadTopic reads a topic's events after a position, up to and including until, at most limit.
func (c Conn) ReadTopic(ctx context.Context, topic portal.Topic, after, until int64, limit int) ([]portal.Event, error) {
	rows, err := list[eventRow](ctx, c, "read a topic of the log", `
		select `+eventColumns+` from events
		where topic = $1 and position is not null and position > $2 and position <= $3 order by position limit $4`,
		string(topic), after, until, limit)
	return eventsOf(rows), err
}

func eventsOf(rows []eventRow) []portal.Event {
	events := make([]portal.Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events
}

// LogState tells where the log stands.
type LogState struct {
	Head             int64  `db:"position"` // the last position handed out
	Oldest           int64  `db:"oldest"`   // positions above this are kept
	SystemIdentifier string `db:"system_identifier"`
	Timeline         int64  `db:"timeline"`
}

// LogState reads where the log stands.
func (c Conn) LogState(ctx context.Context) (LogState, error) {
	return get[LogState](ctx, c, "read the log's state", `select position, oldest, system_identifier, timeline from log_state`)
}

// Resumable tells whether a reader who has seen everything up to after can go on from there:
// not from the future, not older than what is kept, not from a part that a restore removed.
func (c Conn) Resumable(ctx context.Context, after int64) (bool, error) {
	return get[bool](ctx, c, "look where to resume", `
		select $1::bigint <= s.position and $1::bigint >= s.oldest
		    and not exists (select from log_holes h where $1::bigint > h.after and $1::bigint < h.until)
		from log_state s`, after)
}

// ForgetOld lets events older than age leave the log, in batches, and returns how many left. The
// audit stays.
func (db *DB) ForgetOld(ctx context.Context, age time.Duration) (int64, error) {
	var total int64
	for {
		var n int64
		err := db.InTx(ctx, func(tx *Tx) error {
			var err error
			// The old ones go in the order of positions, so that what is kept has no hole.
			n, err = get[int64](ctx, tx.Conn, "let old events leave", `
				with old as (
				    select id, position from events
				    where position is not null and position < coalesce(
				        (select min(position) from events where at >= now() - make_interval(secs => $1) and position is not null),
				        (select position + 1 from log_state))
				    order by position limit $2),
				gone as (delete from events e using old where e.id = old.id returning e.position),
				mark as (update log_state set oldest = greatest(oldest, (select max(position) from gone))
				    where exists (select from gone))
				select count(*) from gone`, age.Seconds(), keptBatch)
			return err
		})
		total += n
		if err != nil || n < keptBatch {
			return total, err
		}
	}
}

// NoticeRestore compares the server's system identifier and timeline with those that the log was
// last written on. When they differ the database was restored (or a standby promoted): positions
// jump to the present, the hole is recorded, and restored is true. The first call only notes them.
func (db *DB) NoticeRestore(ctx context.Context) (restored bool, err error) {
	err = db.InTx(ctx, func(tx *Tx) error {
		now, err := serverNow(ctx, tx.Conn)
		if err != nil {
			return err
		}
		kept, err := get[LogState](ctx, tx.Conn, "lock the log's state",
			`select position, oldest, system_identifier, timeline from log_state for update`)
		if err != nil {
			return err
		}
		same := kept.SystemIdentifier == now.SystemIdentifier && kept.Timeline == now.Timeline
		restored = !same && kept.SystemIdentifier != ""
		if restored {
			return tx.jump(ctx, now.SystemIdentifier, now.Timeline)
		}
		if same {
			return nil
		}
		_, err = exec(ctx, tx.Conn, "note who the server is",
			`update log_state set system_identifier = $1, timeline = $2`, now.SystemIdentifier, now.Timeline)
		return err
	})
	return restored, err
}

// serverNow asks which server, on which timeline, the database lies on.
func serverNow(ctx context.Context, c Conn) (LogState, error) {
	return get[LogState](ctx, c, "ask who the server is", `
		select (select system_identifier::text from pg_control_system()) as system_identifier,
		       (select timeline_id::bigint from pg_control_checkpoint()) as timeline,
		       0::bigint as position, 0::bigint as oldest`)
}

// jump moves the log's head to the present and records the hole, so that no position that was
// handed out after the backup was made is ever handed out again.
func (tx *Tx) jump(ctx context.Context, system string, timeline int64) error {
	_, err := exec(ctx, tx.Conn, "jump to the present", `
		with before as (select position from log_state),
		after as (
		    update log_state set system_identifier = $1, timeline = $2,
		        position = greatest(position + 1, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
		    returning position)
		insert into log_holes (after, until) select before.position, after.position from before, after`, system, timeline)
	return err
}
