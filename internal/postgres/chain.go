package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type auditRow struct {
	ID          int64     `db:"id"`
	At          time.Time `db:"at"`
	Actor       int64     `db:"actor"`
	ActorName   string    `db:"actor_name"`
	ActorLand   string    `db:"actor_country"`
	Action      string    `db:"action"`
	TargetKind  string    `db:"target_kind"`
	TargetID    int64     `db:"target_id"`
	WorkspaceID int64     `db:"workspace_id"`
	Detail      string    `db:"detail"`
	Position    int64     `db:"position"`
	Hash        []byte    `db:"hash"`
}

// link is the hash of an audit row in the chain: SHA-256 over the hash before it, the row's
// position and the row's fields, each with its length in front, so that no two rows read alike.
func (r auditRow) link(before []byte) []byte {
	h := sha256.New()
	field := func(b []byte) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(b)))
		h.Write(n[:])
		h.Write(b)
	}
	number := func(v int64) { field(binary.BigEndian.AppendUint64(nil, uint64(v))) }
	field(before)
	number(r.Position)
	number(r.ID)
	number(r.At.UnixMicro())
	number(r.Actor)
	field([]byte(r.Action))
	field([]byte(r.TargetKind))
	number(r.TargetID)
	number(r.WorkspaceID)
	field([]byte(r.Detail))
	return h.Sum(nil)
}

const auditColumns = `a.id, a.at, coalesce(a.actor, 0) as actor, a.action, a.target_kind, a.target_id,
	coalesce(a.workspace_id, 0) as workspace_id, a.detail::text as detail`

// chain links the audit rows of freshly sequenced events to the chain. A row has the position of
// its first event.
func (tx *Tx) chain(ctx context.Context, events []sequenced) error {
	ids := make([]int64, 0, len(events))
	position := make(map[int64]int64, len(events))
	for _, e := range events {
		if _, seen := position[e.AuditID]; !seen {
			position[e.AuditID] = e.Position
			ids = append(ids, e.AuditID)
		}
	}
	rows, err := list[auditRow](ctx, tx.Conn, "read the audit rows to chain", `
		select `+auditColumns+` from unnest($1::bigint[]) with ordinality as o (id, n)
		join audit a on a.id = o.id
		where not exists (select from audit_chain c where c.audit_id = a.id) order by o.n`, pq.Array(ids))
	if err != nil || len(rows) == 0 {
		return err
	}
	before, err := list[[]byte](ctx, tx.Conn, "read the end of the chain",
		`select hash from audit_chain order by position desc limit 1`)
	if err != nil {
		return err
	}
	var last []byte
	if len(before) > 0 {
		last = before[0]
	}
	var positions, audits []int64
	var hashes [][]byte
	for _, r := range rows {
		r.Position = position[r.ID]
		last = r.link(last)
		positions, audits, hashes = append(positions, r.Position), append(audits, r.ID), append(hashes, last)
	}
	_, err = exec(ctx, tx.Conn, "chain the audit rows",
		`insert into audit_chain (position, audit_id, hash) select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])`,
		pq.Array(positions), pq.Array(audits), pq.Array(hashes))
	return err
}

const verifyBatch = 5000

// VerifyAudit walks the whole chain and returns how many rows it holds. The error names the first
// row whose hash does not follow from it and what came before.
func (c Conn) VerifyAudit(ctx context.Context) (int, error) {
	var last []byte
	var position int64
	for n := 0; ; {
		rows, err := list[auditRow](ctx, c, "read the chain", `
			select `+auditColumns+`, c.position, c.hash from audit_chain c join audit a on a.id = c.audit_id
			where c.position > $1 order by c.position limit $2`, position, verifyBatch)
		if err != nil {
			return n, err
		}
		for _, r := range rows {
			if last = r.link(last); !bytes.Equal(last, r.Hash) {
				return n, fmt.Errorf("the audit's chain is broken at row %d (position %d, %s): it, or a row before it, was altered or removed", r.ID, r.Position, r.Action)
			}
			position = r.Position
			n++
		}
		if len(rows) < verifyBatch {
			return n, c.unchained(ctx)
		}
	}
}

// unchained tells of audit rows that no sequenced event leads to any more: rows added behind the
// portal's back, or whose chain was cut off at its end.
func (c Conn) unchained(ctx context.Context) error {
	id, err := list[int64](ctx, c, "look for audit rows outside the chain", `
		select a.id from audit a
		where not exists (select from audit_chain c where c.audit_id = a.id)
		    and not exists (select from events e where e.position is null and e.audit_id = a.id)
		order by a.id limit 1`)
	if err == nil && len(id) > 0 {
		err = fmt.Errorf("audit row %d is outside the chain: it was added behind the portal's back, or the end of the chain was cut off", id[0])
	}
	return err
}

// AuditPage lists the audit, newest first, below the id page.After (0: from the newest).
func (c Conn) AuditPage(ctx context.Context, page portal.Page) ([]portal.AuditRow, error) {
	rows, err := list[auditRow](ctx, c, "read the audit", `
		select `+auditColumns+`, coalesce(m.name, '') as actor_name, coalesce(m.country, '') as actor_country,
		    coalesce(c.position, 0) as position, coalesce(c.hash, ''::bytea) as hash
		from audit a
		left join audit_chain c on c.audit_id = a.id
		left join members m on m.id = a.actor
		where $1::bigint = 0 or a.id < $1 order by a.id desc limit $2`, page.After, page.Limit)
	if err != nil {
		return nil, err
	}
	audit := make([]portal.AuditRow, len(rows))
	for i, r := range rows {
		audit[i] = portal.AuditRow{ID: r.ID, Position: r.Position, At: r.At.UTC(), Action: r.Action,
			Target: portal.Ref{Kind: portal.Kind(r.TargetKind), ID: r.TargetID}, Hash: r.Hash}
		if r.Actor != 0 {
			audit[i].Actor = &portal.Person{ID: r.Actor, Name: r.ActorName, Country: r.ActorLand}
		}
		if err := json.Unmarshal([]byte(r.Detail), &audit[i].Detail); err != nil {
			return nil, fmt.Errorf("read the detail of audit row %d: %w", r.ID, err)
		}
	}
	return audit, nil
}
