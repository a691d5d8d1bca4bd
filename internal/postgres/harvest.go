package postgres

import (
	"context"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// Harvested is a practice that is, or once was, open to everybody. What went is a number and a moment,
// and the sets it was in.
type Harvested struct {
	PracticeID  int64
	ChangedAt   time.Time // when it last changed for the world
	Gone        bool
	WorkspaceID int64
	Sectors     []string
}

// HarvestFilter narrows a harvest; an empty field does not.
type HarvestFilter struct {
	From, Before time.Time // changed at From or later, and earlier than Before
	Workspace    int64
	Sector       string
	AfterAt      time.Time // the last that was seen, with AfterID
	AfterID      int64
	Limit        int
}

type harvestRow struct {
	ID        int64          `db:"practice_id"`
	ChangedAt time.Time      `db:"changed_at"`
	Gone      bool           `db:"gone"`
	Workspace int64          `db:"workspace_id"`
	Sectors   pq.StringArray `db:"sectors"`
}

func (r harvestRow) harvested() Harvested {
	return Harvested{PracticeID: r.ID, ChangedAt: r.ChangedAt.UTC(), Gone: r.Gone, WorkspaceID: r.Workspace, Sectors: r.Sectors}
}

// harvestColumns ask the rule of access once more: the trigger says what is gone, but what a visitor
// (the viewer at the parameters from 1 on) may not see is gone whatever it says.
var harvestColumns = `h.practice_id, h.changed_at, h.workspace_id, h.sectors,
	h.gone or not exists (select from practices p where p.id = h.practice_id and p.stage = 'open' and ` + CanSee("p", 1) + `) as gone`

// Harvest lists what has ever been open to everybody, in the order in which it last changed.
func (c Conn) Harvest(ctx context.Context, f HarvestFilter) ([]Harvested, error) {
	w := where{args: viewerArgs(portal.Viewer{}), conditions: []string{"true"}}
	w.and(!f.From.IsZero(), "h.changed_at >= $%d", f.From)
	w.and(!f.Before.IsZero(), "h.changed_at < $%d", f.Before)
	w.and(f.Workspace != 0, "h.workspace_id = $%d", f.Workspace)
	w.and(f.Sector != "", "h.sectors @> array[$%d]", f.Sector)
	if f.AfterID != 0 {
		w.conditions = append(w.conditions, "(h.changed_at, h.practice_id) > ("+w.next(f.AfterAt)+", "+w.next(f.AfterID)+")")
	}
	rows, err := list[harvestRow](ctx, w.on(c), "list what can be harvested", `select `+harvestColumns+` from harvest h`+w.sql()+
		` order by h.changed_at, h.practice_id limit `+w.next(f.Limit), w.args...)
	found := make([]Harvested, len(rows))
	for i, r := range rows {
		found[i] = r.harvested()
	}
	return found, err
}

// HarvestedPractice reads one practice that is, or was, open to everybody; NotFound when it never was.
func (c Conn) HarvestedPractice(ctx context.Context, id int64) (Harvested, error) {
	row, err := get[harvestRow](ctx, c, "read what can be harvested", `select `+harvestColumns+` from harvest h where h.practice_id = $7`,
		withViewer(portal.Viewer{}, id)...)
	return row.harvested(), err
}

// HarvestSpan tells when the first and the last change for the world was, that of what went included;
// both are zero where there was none.
func (c Conn) HarvestSpan(ctx context.Context) (first, last time.Time, err error) {
	row, err := get[struct {
		First *time.Time `db:"first"`
		Last  *time.Time `db:"last"`
	}](ctx, c, "find the span of the harvest", `select min(changed_at) as first, max(changed_at) as last from harvest`)
	return timeOf(row.First), timeOf(row.Last), err
}

// HarvestWorkspaces lists the workspaces that something can be harvested of.
func (c Conn) HarvestWorkspaces(ctx context.Context, limit int) ([]int64, error) {
	return list[int64](ctx, c, "list the sets", `select distinct workspace_id from harvest order by workspace_id limit $1`, limit)
}

// SitemapPage is one page of the site's map: the practices whose numbers, divided by the page's
// length, give Number.
type SitemapPage struct {
	Number    int64     `db:"number"`
	ChangedAt time.Time `db:"changed_at"`
}

// SitemapPages lists the pages that have anything on them. A practice is always on the same one.
func (c Conn) SitemapPages(ctx context.Context, length int64) ([]SitemapPage, error) {
	return list[SitemapPage](ctx, c, "list the pages of the map", `
		select practice_id / $1::bigint as number, max(changed_at) as changed_at from harvest where not gone group by 1 order by 1`, length)
}

// SitemapEntry is one practice on the site's map.
type SitemapEntry struct {
	ID        int64     `db:"id"`
	Title     string    `db:"title"`
	ChangedAt time.Time `db:"changed_at"`
}

// SitemapEntries lists the practices of one page of the site's map that everybody may see.
func (c Conn) SitemapEntries(ctx context.Context, page, length int64) ([]SitemapEntry, error) {
	return list[SitemapEntry](ctx, c, "read a page of the map", `
		select p.id, p.title, h.changed_at from harvest h join practices p on p.id = h.practice_id
		where h.practice_id >= $7::bigint * $8::bigint and h.practice_id < ($7::bigint + 1) * $8::bigint and not h.gone
		    and p.stage = 'open' and `+CanSee("p", 1)+` order by p.id`, withViewer(portal.Viewer{}, page, length)...)
}
