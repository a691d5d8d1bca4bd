package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// recordBatch is how many changes one statement of RecordAll writes.
const recordBatch = 500

type recordRow struct {
	N         int            `json:"n"`
	Actor     int64          `json:"actor"`
	Action    string         `json:"action"`
	Kind      portal.Kind    `json:"kind"`
	Target    int64          `json:"target"`
	Workspace int64          `json:"workspace"`
	Detail    map[string]any `json:"detail"`
}

type toldRow struct {
	N         int              `json:"n"` // of its change
	Topic     portal.Topic     `json:"topic"`
	Type      portal.EventType `json:"type"`
	Version   int64            `json:"version"`
	Thread    int64            `json:"thread"`
	Practice  int64            `json:"practice"`
	Workspace int64            `json:"workspace"`
	Data      json.RawMessage  `json:"data"`
}

// RecordAll writes many changes to the log, as Record does one, and must be the transaction's last step
// too. All topics are named first, because their locks are taken in sorted order before anything is
// written: an advisory lock each, of which the server has some thousands. It settles no claim.
func (tx *Tx) RecordAll(ctx context.Context, topics []portal.Topic, changes iter.Seq[Change]) error {
	locks := slices.Compact(slices.Sorted(slices.Values(topics)))
	if _, err := exec(ctx, tx.Conn, "lock the topics", `
		select count(pg_advisory_xact_lock(hashtextextended(topic, 0))::text) from unnest($1::text[]) as topic`, pq.Array(nonNil(locks))); err != nil {
		return err
	}
	var audits []recordRow
	var told []toldRow
	write := func() error {
		err := tx.recordBatch(ctx, audits, told)
		audits, told = audits[:0], told[:0]
		return err
	}
	for c := range changes {
		if len(c.Events) == 0 {
			c.Events = []portal.Event{{Topic: "audit", Type: portal.Recorded}}
		}
		n := len(audits)
		audits = append(audits, recordRow{n, c.Actor, c.Action, c.Target.Kind, c.Target.ID, c.WorkspaceID, nonNilMap(c.Detail)})
		for _, e := range c.Events {
			told = append(told, toldRow{n, e.Topic, e.Type, e.Version, e.ThreadID, e.PracticeID, e.WorkspaceID, json.RawMessage(cmp.Or(string(e.Data), "{}"))})
		}
		tx.events = append(tx.events, c.Events...)
		if len(audits) == recordBatch {
			if err := write(); err != nil {
				return err
			}
		}
	}
	if len(audits) == 0 {
		return nil
	}
	return write()
}

func (tx *Tx) recordBatch(ctx context.Context, audits []recordRow, told []toldRow) error {
	changed, err := json.Marshal(audits)
	if err != nil {
		return fmt.Errorf("write the audit: %w", err)
	}
	events, err := json.Marshal(told)
	if err != nil {
		return fmt.Errorf("write the events: %w", err)
	}
	_, err = exec(ctx, tx.Conn, "write to the log", `
		with given as (select * from json_to_recordset($1::json) as x (n int, actor bigint, action text, kind text, target bigint, workspace bigint, detail jsonb)),
		told as (select *, row_number() over () as m from json_to_recordset($2::json)
		    as x (n int, topic text, type text, version bigint, thread bigint, practice bigint, workspace bigint, data jsonb)),
		written as (
		    insert into audit (at, actor, action, target_kind, target_id, workspace_id, detail)
		    select clock_timestamp(), nullif(actor, 0), action, kind, target, nullif(workspace, 0), detail from given order by n
		    returning id, at),
		numbered as (select id, at, row_number() over (order by id) - 1 as n from written) -- changes are numbered from 0
		insert into events (topic, type, actor, entity_kind, entity_id, version, thread_id, practice_id, workspace_id, data, audit_id, at)
		select e.topic, e.type, nullif(g.actor, 0), g.kind, g.target, e.version, nullif(e.thread, 0), nullif(e.practice, 0), nullif(e.workspace, 0), e.data,
		    w.id, w.at
		from told e join given g on g.n = e.n join numbered w on w.n = e.n
		order by e.n, e.m`, string(changed), string(events))
	return err
}
