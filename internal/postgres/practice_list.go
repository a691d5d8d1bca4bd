package postgres

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// PracticeFilter narrows a list of practices; an empty field does not.
type PracticeFilter struct {
	Workspace     int64
	Country       string
	Language      string
	Sector        string
	Tag           string // a topic or a substance
	Level         string
	Evidence      string
	Status        string // "": published and not hidden
	Author        int64
	TranslationOf int64
	Programme     string   // of its workspace
	Organizations []string // names of one, in lower case
	Page          portal.Page
}

// libraryOrder is the order of the library: the latest published first, drafts by when they were begun.
const libraryOrder = `coalesce(p.published_at, p.created_at) desc, p.id desc`

// nearest is how many practices are looked through, in the order of the list, for those that a filter
// without an order of its own asks for. What is frequent fills a page from them; what is rare is found by
// its index then, and put in order. Left to itself the database walks through the whole library for what
// is hardly in it.
const nearest = 2000

// Practices lists what the viewer may see of the library, the latest published first; drafts among
// them by when they were begun.
func (c Conn) Practices(ctx context.Context, v portal.Viewer, f PracticeFilter) ([]portal.Practice, error) {
	if f.scattered() {
		found, err := c.practices(ctx, v, f, true)
		if err != nil || len(found) >= f.Page.Limit {
			return found, err
		}
	}
	return c.practices(ctx, v, f, false)
}

// scattered tells whether a filter of the library is set that has an index, but not in the order of the
// list, and none that leaves few.
func (f PracticeFilter) scattered() bool {
	return (f.Sector != "" || f.Tag != "" || f.Programme != "" || len(f.Organizations) > 0) && f.Status == "" && f.Workspace == 0 && f.Author == 0 && f.TranslationOf == 0
}

// practices reads a page of the library, near among the nearest only. The page is chosen first, by
// identifiers: what belongs to each practice is read of few.
func (c Conn) practices(ctx context.Context, v portal.Viewer, f PracticeFilter, near bool) ([]portal.Practice, error) {
	w := where{args: viewerArgs(v)}
	w.and(f.Page.After != 0, "(coalesce(p.published_at, p.created_at), p.id) < (select coalesce(l.published_at, l.created_at), l.id from practices l where l.id = $%d and "+CanSee("l", 1)+")", f.Page.After)
	if f.Status == "" {
		w.conditions = append(w.conditions, "p.status = 'published' and p.stage = 'open'")
	}
	from, order := "practices p", libraryOrder
	switch {
	case near:
		from = "(select *, coalesce(p.published_at, p.created_at) as placed from practices p" + w.sql() + " order by " + libraryOrder + " limit " + fmt.Sprint(nearest) + ") p"
		order, w.conditions = "p.placed desc, p.id desc", nil // which is seen to be the order already: it ends where the page is full
	case f.scattered():
		order = `coalesce(p.published_at, p.created_at) + interval '0' desc, p.id desc` // no index has it
	}
	f.and(&w)
	page := `select p.id from ` + from + w.sql() + ` order by ` + order + ` limit ` + w.next(f.Page.Limit)
	rows, err := list[practiceRow](ctx, w.on(c), "list practices", `with page as materialized (`+page+`)
		select `+practiceSeen+practiceSeenFrom+` where p.id in (select id from page) order by `+libraryOrder, w.args...)
	return practicesOf(rows, err)
}

// and adds the filter's conditions, but those of its page, and the rule of access.
func (f PracticeFilter) and(w *where) {
	w.conditions = append(w.conditions, CanSee("p", 1))
	w.and(f.Workspace != 0, "p.workspace_id = $%d", f.Workspace)
	w.and(f.Country != "", "p.country = $%d", f.Country)
	w.and(f.Language != "", "p.language = $%d", f.Language)
	w.and(f.Sector != "", "p.sectors @> array[$%d]", f.Sector)
	w.and(f.Tag != "", "(p.topics @> array[$%[1]d] or p.substances @> array[$%[1]d])", f.Tag)
	w.and(f.Level != "", "p.level = $%d", f.Level)
	w.and(f.Evidence != "", "p.evidence_rating = $%d", f.Evidence)
	w.and(f.Author != 0, "p.author_id = $%d", f.Author)
	w.and(f.TranslationOf != 0, "p.translation_of = $%d and "+ifSeen("p.translation_of")+" <> 0", f.TranslationOf)
	w.and(f.Programme != "", "p.workspace_id in (select r.id from workspaces r where r.programme = $%d)", f.Programme)
	w.and(len(f.Organizations) > 0, "p.organization <> '' and lower(p.organization) = any($%d)", pq.Array(f.Organizations))
	w.and(f.Status != "" && f.Status != "any", "p.status = $%d", f.Status)
}
