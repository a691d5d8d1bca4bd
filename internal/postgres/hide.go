package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// hideable are the tables of what can be hidden, and what else changes with it: pages of threads and posts
// are kept by their version. Of a member only what she wrote freely of herself is hidden.
var hideable = map[portal.Kind]struct{ table, also string }{
	portal.KindPractice:   {"practices", ""},
	portal.KindThread:     {"threads", ", version = version + 1"},
	portal.KindPost:       {"posts", ", version = version + 1"},
	portal.KindAdoption:   {"adoptions", ""},
	portal.KindAttachment: {"attachments", ""},
	portal.KindCollection: {"collections", ""},
	portal.KindMember:     {"members", ""},
}

// SetHidden hides a thing from all but its author and the moderators, or shows it again (by 0). It is
// reversible and keeps who did it.
func (tx *Tx) SetHidden(ctx context.Context, target portal.Ref, by int64) error {
	of, known := hideable[target.Kind]
	if !known {
		return fmt.Errorf("hide a %s: it cannot be hidden", target.Kind)
	}
	n, err := exec(ctx, tx.Conn, "hide or show an item", `
		update `+of.table+` set hidden_at = case when $2::bigint = 0 then null else now() end, hidden_by = nullif($2::bigint, 0)`+of.also+`
		where id = $1`, target.ID, by)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// Flagged is what is asked of a thing that hangs on another, or on none, before it is decided over.
type Flagged struct {
	Owner    int64         `db:"owner"`    // whose it is; 0 where nobody is known
	Practice int64         `db:"practice"` // on which it hangs; 0 for none
	Makers   pq.Int64Array `db:"makers"`   // whose work it is, the owner and whoever wrote in it
}

// Flagged reads whose an adoption report, a file, a reading list or a profile is.
func (c Conn) Flagged(ctx context.Context, target portal.Ref) (Flagged, error) {
	columns := map[portal.Kind]string{
		portal.KindAdoption:   "member_id as owner, practice_id as practice, array[member_id] as makers",
		portal.KindAttachment: "uploaded_by as owner, practice_id as practice, array[uploaded_by] as makers",
		portal.KindCollection: "coalesce(created_by, 0) as owner, 0::bigint as practice, array_remove(written_by || created_by, null) as makers",
		portal.KindMember:     "id as owner, 0::bigint as practice, array[id] as makers",
	}
	of, known := columns[target.Kind]
	if !known {
		return Flagged{}, fmt.Errorf("ask whose a %s is: it is read whole", target.Kind)
	}
	return get[Flagged](ctx, c, "read what was flagged", `select `+of+` from `+hideable[target.Kind].table+` where id = $1`, target.ID)
}

// waiting tells of a thing whether it is hidden, and whether a case about it is open. A report and its files
// go together, so what waits for one of them waits for all.
var waiting = map[portal.Kind]string{
	portal.KindAdoption: `
		exists (select from adoptions where id = $1 and hidden_at is not null) or exists (select from attachments where adoption_id = $1 and hidden_at is not null) as hidden,
		exists (select from cases where closed_at is null and (adoption_id = $1 or attachment_id in (select id from attachments where adoption_id = $1))) as open`,
	portal.KindAttachment: `
		exists (select from attachments a left join adoptions d on d.id = a.adoption_id where a.id = $1 and (a.hidden_at is not null or d.hidden_at is not null)) as hidden,
		exists (select from cases where closed_at is null and (attachment_id = $1 or adoption_id = (select adoption_id from attachments where id = $1))) as open`,
	portal.KindPost: `
		exists (select from posts where id = $1 and hidden_at is not null) as hidden,
		exists (select from cases where closed_at is null and target_kind = 'post' and target_id = $1) as open`,
	portal.KindCollection: `
		exists (select from collections where id = $1 and hidden_at is not null) as hidden,
		exists (select from cases where closed_at is null and collection_id = $1) as open`,
}

// PostWaits refuses to let a post, or a file on it, go or change that is hidden or that moderators have yet to
// decide over; the post is locked by the caller.
func (tx *Tx) PostWaits(ctx context.Context, post int64) error {
	return tx.waits(ctx, portal.Ref{Kind: portal.KindPost, ID: post})
}

// waits refuses to let a thing go that is hidden, or that moderators have yet to decide over: with it
// would go who flagged it, and what was decided and why. The thing is locked by the caller, as it is by
// whoever flags it.
func (tx *Tx) waits(ctx context.Context, target portal.Ref) error {
	is, err := get[struct {
		Hidden bool `db:"hidden"`
		Open   bool `db:"open"`
	}](ctx, tx.Conn, "see what waits for moderators", `select `+waiting[target.Kind], target.ID)
	switch {
	case err != nil:
		return err
	case is.Open:
		return portal.Fail(portal.Conflict, "error.flagged_stays")
	case is.Hidden:
		return portal.Fail(portal.Conflict, "error.hidden_stays")
	}
	return nil
}

// Officers lists those who administer the portal, by name.
func (c Conn) Officers(ctx context.Context) ([]portal.Person, error) {
	rows, err := list[personRow](ctx, c, "list the officers",
		`select `+personColumns+` from members m where m.officer and not m.suspended and m.password is not null order by lower(m.name), m.id limit 100`)
	persons := make([]portal.Person, len(rows))
	for i, r := range rows {
		persons[i] = portal.Person(r)
	}
	return persons, err
}

// Hiding tells who hid a thing, when and why.
type Hiding struct {
	By      portal.Person
	At      time.Time
	Note    string   // what the moderator wrote to the author
	Reasons []string // why it was flagged
}

// Hidings tells of those of the things that are hidden who did it, whoever may know. They are of one kind.
func (c Conn) Hidings(ctx context.Context, kind portal.Kind, ids []int64) (map[int64]Hiding, error) {
	of, known := hideable[kind]
	if !known || len(ids) == 0 {
		return nil, nil
	}
	rows, err := list[struct {
		personRow
		Target  int64          `db:"target"`
		At      time.Time      `db:"at"`
		Note    string         `db:"note"`
		Reasons pq.StringArray `db:"reasons"`
	}](ctx, c, "read who hid things", `
		select `+personColumns+`, h.id as target, h.hidden_at as at, coalesce(k.note, '') as note,
		    array(select distinct f.reason from flags f where f.case_id = k.id order by 1) as reasons
		from `+of.table+` h join members m on m.id = h.hidden_by
		left join lateral (select c.id, x.note from cases c join case_actions x on x.case_id = c.id
		    where c.target_kind = $1 and c.target_id = h.id and x.action = 'hide' and x.undone_at is null order by x.id desc limit 1) k on true
		where h.id = any($2) and h.hidden_at is not null`, string(kind), pq.Array(ids))
	hidings := make(map[int64]Hiding, len(rows))
	for _, r := range rows {
		hidings[r.Target] = Hiding{By: portal.Person(r.personRow), At: r.At.UTC(), Note: r.Note, Reasons: r.Reasons}
	}
	return hidings, err
}
