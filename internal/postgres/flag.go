package postgres

import "context"

// flagMemory is how many of a member's latest flags tell how much her next one weighs, and lightFlag
// is from which weight down a flag alone does not hurry anybody.
const (
	flagMemory = 20
	lightFlag  = 0.5
)

// InsertFlag adds a member's flag to a case; a second one of hers replaces the first. It weighs
// (1 + upheld) / (1 + decided) of her latest flags: 1 for whoever never flagged, less the more of
// them were unfounded. A case of light flags alone waits behind the others.
func (tx *Tx) InsertFlag(ctx context.Context, caseID, member int64, reason, note string) (int64, error) {
	id, err := get[int64](ctx, tx.Conn, "add a flag", `
		insert into flags (case_id, member_id, reason, note, weight)
		select $1, $2, $3, $4, (1 + count(*) filter (where outcome in ('hide', 'relabel'))) / (1 + count(*))::real
		from (select c.outcome from flags f join cases c on c.id = f.case_id
		    where f.member_id = $2 and c.closed_at is not null order by f.id desc limit $5) earlier
		on conflict (case_id, member_id) do update set reason = excluded.reason, note = excluded.note, at = now() returning id`,
		caseID, member, reason, note, flagMemory)
	if err != nil {
		return 0, err
	}
	_, err = exec(ctx, tx.Conn, "weigh a case", `
		update cases set light = kind = 'flag' and not exists (select from flags where case_id = $1 and weight >= $2) where id = $1`, caseID, lightFlag)
	return id, err
}
