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
	Owner    int64 `db:"owner"`    // whose it is; 0 where nobody is known
	Practice int64 `db:"practice"` // on which it hangs; 0 for none
}

// Flagged reads whose an adoption report, a file, a reading list or a profile is.
func (c Conn) Flagged(ctx context.Context, target portal.Ref) (Flagged, error) {
	columns := map[portal.Kind]string{
		portal.KindAdoption:   "member_id as owner, practice_id as practice",
		portal.KindAttachment: "uploaded_by as owner, practice_id as practice",
		portal.KindCollection: "coalesce(created_by, 0) as owner, 0::bigint as practice",
		portal.KindMember:     "id as owner, 0::bigint as practice",
	}
	of, known := columns[target.Kind]
	if !known {
		return Flagged{}, fmt.Errorf("ask whose a %s is: it is read whole", target.Kind)
	}
	return get[Flagged](ctx, c, "read what was flagged", `select `+of+` from `+hideable[target.Kind].table+` where id = $1`, target.ID)
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
