package postgres

import (
	"context"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

// CountryWorkspaces lists the workspaces of a country as the viewer stands to them.
func (c Conn) CountryWorkspaces(ctx context.Context, viewer int64, country string, limit int) ([]portal.Workspace, error) {
	rows, err := list[workspaceRow](ctx, c, "list a country's workspaces",
		`select `+workspaceColumns+` from workspaces w where w.country = $2 order by w.id limit $3`, viewer, country, limit)
	if err != nil {
		return nil, err
	}
	workspaces := make([]portal.Workspace, len(rows))
	for i, r := range rows {
		if workspaces[i], err = r.workspace(); err != nil {
			return nil, err
		}
	}
	return workspaces, nil
}

// OrganizationMembers lists the members of an organization who share that they are, by name.
func (c Conn) OrganizationMembers(ctx context.Context, code string, limit int) ([]portal.Person, error) {
	rows, err := list[personRow](ctx, c, "list an organization's members", `
		select `+personColumns+` from members m
		where m.organization = $1 and not m.suspended and m.password is not null and (m.sharing ->> 'organization')::boolean
		order by lower(m.name), m.id limit $2`, code, limit)
	persons := make([]portal.Person, len(rows))
	for i, r := range rows {
		persons[i] = portal.Person(r)
	}
	return persons, err
}

// AdoptionsBy lists the latest reports of an organization, by whatever of its names (in lower case)
// the reporters wrote, on practices that the viewer may see.
func (c Conn) AdoptionsBy(ctx context.Context, v portal.Viewer, names []string, limit int) ([]portal.Adoption, error) {
	return adoptionsOf(list[adoptionRow](ctx, c, "list an organization's reports",
		`select `+adoptionColumns+adoptionFrom+` where d.hidden_at is null and d.organization <> '' and lower(d.organization) = any($7) and p.stage = 'open' and `+CanSee("p", 1)+`
		order by d.id desc limit $8`, withViewer(v, pq.Array(names), limit)...))
}

// CountAdoptionsBy counts what AdoptionsBy lists, the latest bound.
func (c Conn) CountAdoptionsBy(ctx context.Context, v portal.Viewer, names []string, bound int) (int, error) {
	return get[int](ctx, c, "count an organization's reports",
		`select count(*)::int from (select 1`+adoptionFrom+` where d.hidden_at is null and d.organization <> '' and lower(d.organization) = any($7) and p.stage = 'open' and `+CanSee("p", 1)+`
		limit $8) n`, withViewer(v, pq.Array(names), bound)...)
}
