package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type workspaceRow struct {
	ID          int64     `db:"id"`
	Key         string    `db:"key"`
	Kind        string    `db:"kind"`
	Name        string    `db:"name"`
	Names       string    `db:"names"`
	Description string    `db:"description"`
	About       string    `db:"about"`
	Access      string    `db:"access"`
	Programme   string    `db:"programme"`
	Country     string    `db:"country"`
	Members     int       `db:"members"`
	Countries   int       `db:"countries"`
	Role        string    `db:"role"`
	Requested   bool      `db:"requested"`
	Version     int64     `db:"version"`
	CreatedAt   time.Time `db:"created_at"`
}

// workspaceColumns wants the viewer's member identifier as $1.
const workspaceColumns = `w.id, coalesce(w.key, '') as key, w.kind, w.name, w.names::text as names, w.description,
	w.about::text as about, w.access, w.programme, coalesce(w.country, '') as country, w.version, w.created_at,
	(select count(*) from workspace_members x where x.workspace_id = w.id)::int as members,
	(select count(distinct m.country) from workspace_members x join members m on m.id = x.member_id where x.workspace_id = w.id)::int as countries,
	coalesce((select x.role from workspace_members x where x.workspace_id = w.id and x.member_id = $1), '') as role,
	exists (select from workspace_requests r where r.workspace_id = w.id and r.member_id = $1) as requested`

func (r workspaceRow) workspace() (portal.Workspace, error) {
	w := portal.Workspace{ID: r.ID, Key: r.Key, Kind: r.Kind, Name: r.Name, Description: r.Description, Access: r.Access,
		Programme: r.Programme, Country: r.Country, Members: r.Members, Countries: r.Countries, Role: r.Role,
		Requested: r.Requested, Version: r.Version, CreatedAt: r.CreatedAt.UTC()}
	if err := json.Unmarshal([]byte(r.Names), &w.Names); err != nil {
		return w, fmt.Errorf("read the names of workspace %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.About), &w.About); err != nil {
		return w, fmt.Errorf("read the descriptions of workspace %d: %w", r.ID, err)
	}
	return w, nil
}

// Workspace reads a workspace as the viewer stands to it. That a workspace exists is told to
// everybody; what is in it, the labels decide.
func (c Conn) Workspace(ctx context.Context, viewer, id int64) (portal.Workspace, error) {
	row, err := get[workspaceRow](ctx, c, "read a workspace",
		`select `+workspaceColumns+` from workspaces w where w.id = $2`, viewer, id)
	if err != nil {
		return portal.Workspace{}, err
	}
	return row.workspace()
}

// Workspaces lists the workspaces after an identifier, or only those of the viewer.
func (c Conn) Workspaces(ctx context.Context, viewer int64, mine bool, page portal.Page) ([]portal.Workspace, error) {
	rows, err := list[workspaceRow](ctx, c, "list workspaces", `
		select `+workspaceColumns+` from workspaces w
		where w.id > $2 and (not $3 or exists (select from workspace_members x where x.member_id = $1 and x.workspace_id = w.id))
		order by w.id limit $4`, viewer, page.After, mine, page.Limit)
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

// InsertWorkspace adds a workspace and returns its identifier.
func (tx *Tx) InsertWorkspace(ctx context.Context, w portal.Workspace) (int64, error) {
	names, err := json.Marshal(nonNilMap(w.Names))
	if err != nil {
		return 0, fmt.Errorf("write a workspace's names: %w", err)
	}
	about, err := json.Marshal(nonNilMap(w.About))
	if err != nil {
		return 0, fmt.Errorf("write a workspace's descriptions: %w", err)
	}
	return get[int64](ctx, tx.Conn, "add a workspace", `
		insert into workspaces (key, kind, name, names, description, about, access, programme, country)
		values (nullif($1, ''), $2, $3, $4::jsonb, $5, $6::jsonb, $7, $8, nullif($9, '')) returning id`,
		w.Key, w.Kind, w.Name, string(names), w.Description, string(about), w.Access, w.Programme, w.Country)
}

// SeedWorkspaces adds those of the keyed workspaces that are not there yet and returns what it added;
// with first only while the portal has no workspace at all, so that none comes to one that is in use.
// Nodes that do so at once add each once.
func (tx *Tx) SeedWorkspaces(ctx context.Context, workspaces []portal.Workspace, first bool) ([]int64, error) {
	var key, kind, name, names, description, about, access, programme, country []string
	for _, w := range workspaces {
		n, err := json.Marshal(nonNilMap(w.Names))
		if err != nil {
			return nil, fmt.Errorf("write the names of %s: %w", w.Key, err)
		}
		a, err := json.Marshal(nonNilMap(w.About))
		if err != nil {
			return nil, fmt.Errorf("write the descriptions of %s: %w", w.Key, err)
		}
		key, kind, name, names, description = append(key, w.Key), append(kind, w.Kind), append(name, w.Name), append(names, string(n)), append(description, w.Description)
		about, access, programme, country = append(about, string(a)), append(access, w.Access), append(programme, w.Programme), append(country, w.Country)
	}
	return list[int64](ctx, tx.Conn, "add the seed's workspaces", `
		insert into workspaces (key, kind, name, names, description, about, access, programme, country)
		select w.key, w.kind, w.name, w.names::jsonb, w.description, w.about::jsonb, w.access, w.programme, nullif(w.country, '')
		from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
		    with ordinality as w (key, kind, name, names, description, about, access, programme, country, place)
		where not $10 or not exists (select from workspaces)
		order by w.place on conflict (key) do nothing returning id`,
		pq.Array(key), pq.Array(kind), pq.Array(name), pq.Array(names), pq.Array(description), pq.Array(about), pq.Array(access),
		pq.Array(programme), pq.Array(country), first)
}

// WorkspaceKeys gives the workspaces of the seed by their keys.
func (tx *Tx) WorkspaceKeys(ctx context.Context) (map[string]int64, error) {
	rows, err := list[struct {
		ID  int64
		Key string
	}](ctx, tx.Conn, "list the seed's workspaces", `select id, key from workspaces where key is not null`)
	keys := map[string]int64{}
	for _, r := range rows {
		keys[r.Key] = r.ID
	}
	return keys, err
}

// UpdateWorkspace writes a workspace's facts when its version is still the one given.
func (tx *Tx) UpdateWorkspace(ctx context.Context, w portal.Workspace) error {
	n, err := exec(ctx, tx.Conn, "change a workspace", `
		update workspaces set kind = $3, name = $4, description = $5, access = $6, country = nullif($7, ''), programme = $8,
		    names = case when name = $4 then names else '{}' end,
		    about = case when description = $5 then about else '{}' end, version = version + 1
		where id = $1 and version = $2`,
		w.ID, w.Version, w.Kind, w.Name, w.Description, w.Access, w.Country, w.Programme)
	if err == nil && n == 0 {
		return portal.Fail(portal.Stale, "error.stale")
	}
	return err
}

// WorkspaceMembers lists a workspace's members by identifier.
func (c Conn) WorkspaceMembers(ctx context.Context, workspace int64, page portal.Page) ([]portal.WorkspaceMember, error) {
	rows, err := list[struct {
		personRow
		Role     string    `db:"role"`
		JoinedAt time.Time `db:"joined_at"`
	}](ctx, c, "list a workspace's members", `
		select `+personColumns+`, x.role, x.joined_at from workspace_members x join members m on m.id = x.member_id
		where x.workspace_id = $1 and x.member_id > $2 order by x.member_id limit $3`, workspace, page.After, page.Limit)
	members := make([]portal.WorkspaceMember, len(rows))
	for i, r := range rows {
		members[i] = portal.WorkspaceMember{Member: portal.Person(r.personRow), Role: r.Role, JoinedAt: r.JoinedAt.UTC()}
	}
	return members, err
}

// WorkspaceRole reads a member's role in a workspace; NotFound when she is not in it.
func (c Conn) WorkspaceRole(ctx context.Context, workspace, member int64) (string, error) {
	return get[string](ctx, c, "read a role",
		`select role from workspace_members where workspace_id = $1 and member_id = $2`, workspace, member)
}

// PutWorkspaceMember lets a member in, or changes her role; a request of hers is answered by it.
// changed is false when she already had the role.
func (tx *Tx) PutWorkspaceMember(ctx context.Context, workspace, member int64, role string) (changed bool, err error) {
	return tx.letIn(ctx, workspace, member, role, `do update set role = excluded.role where x.role <> excluded.role`)
}

// JoinWorkspace lets a member in as a member; a request of hers is answered by it. Whatever role she
// has by now stays, and joined is false.
func (tx *Tx) JoinWorkspace(ctx context.Context, workspace, member int64) (joined bool, err error) {
	return tx.letIn(ctx, workspace, member, portal.RoleMember, `do nothing`)
}

func (tx *Tx) letIn(ctx context.Context, workspace, member int64, role, inAlready string) (changed bool, err error) {
	n, err := exec(ctx, tx.Conn, "let a member in", `
		insert into workspace_members as x (workspace_id, member_id, role) values ($1, $2, $3)
		on conflict (member_id, workspace_id) `+inAlready, workspace, member, role)
	if err != nil {
		return false, err
	}
	_, err = exec(ctx, tx.Conn, "answer a request",
		`delete from workspace_requests where workspace_id = $1 and member_id = $2`, workspace, member)
	return n > 0, err
}

// DeleteWorkspaceMember takes a member out; NotFound when she was not in.
func (tx *Tx) DeleteWorkspaceMember(ctx context.Context, workspace, member int64) error {
	n, err := exec(ctx, tx.Conn, "take a member out",
		`delete from workspace_members where workspace_id = $1 and member_id = $2`, workspace, member)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// RequestWorkspace notes that a member asks to be let in; false when she had asked already.
func (tx *Tx) RequestWorkspace(ctx context.Context, workspace, member int64) (bool, error) {
	n, err := exec(ctx, tx.Conn, "ask to be let in",
		`insert into workspace_requests (workspace_id, member_id) values ($1, $2) on conflict do nothing`, workspace, member)
	return n > 0, err
}

// RefuseWorkspace takes a member's request away without letting her in; false when she does not ask.
func (tx *Tx) RefuseWorkspace(ctx context.Context, workspace, member int64) (bool, error) {
	n, err := exec(ctx, tx.Conn, "refuse a request", `delete from workspace_requests where workspace_id = $1 and member_id = $2`, workspace, member)
	return n > 0, err
}

// WorkspaceRequests lists who asks to be let in, the longest waiting first, after a member; after one
// whose request has been answered since, from the start.
func (c Conn) WorkspaceRequests(ctx context.Context, workspace int64, page portal.Page) ([]portal.Person, error) {
	rows, err := list[personRow](ctx, c, "list requests", `
		select `+personColumns+` from workspace_requests r join members m on m.id = r.member_id
		where r.workspace_id = $1
		    and coalesce((r.at, m.id) > (select x.at, x.member_id from workspace_requests x where x.workspace_id = $1 and x.member_id = $2), true)
		order by r.at, m.id limit $3`, workspace, page.After, page.Limit)
	persons := make([]portal.Person, len(rows))
	for i, r := range rows {
		persons[i] = portal.Person(r)
	}
	return persons, err
}

// Readers counts whom a label would let read an item of the workspace by the author, moderators
// and officers included: members and their countries. Clear counts every member, too.
type Readers struct {
	Handling  portal.Handling
	Members   int
	Countries int
	By        []CountryReaders // those with most readers first
}

// CountryReaders is how many of a label's readers are from a country.
type CountryReaders struct {
	Country string
	Members int
}

// Readers counts the readers of each label but red, whose readers are named.
func (c Conn) Readers(ctx context.Context, workspace int64, author portal.Viewer) ([]Readers, error) {
	rows, err := list[struct {
		Handling portal.Handling `db:"handling"`
		Country  string          `db:"country"`
		Members  int             `db:"members"`
	}](ctx, c, "count readers", `
		with m as (
		    select m.id, m.country, m.organization, m.officer, x.member_id is not null as inside, coalesce(x.role = 'moderator', false) as moderator
		    from members m left join workspace_members x on x.workspace_id = $1 and x.member_id = m.id
		    where not m.suspended),
		reads as (
		    select 1 as n, 'green' as handling, country from m
		    union all
		    select 2, 'amber', country from m where inside or officer or id = $2
		    union all
		    select 3, 'amber+strict', country from m
		    where officer or moderator or id = $2 or inside and (country = $3 or organization = nullif($4, '')))
		select handling, country, count(*)::int as members from reads group by n, handling, country order by n, members desc, country`,
		workspace, author.MemberID, author.Country, author.Organization)
	var all []Readers
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].Handling != r.Handling {
			all = append(all, Readers{Handling: r.Handling})
		}
		of := &all[len(all)-1]
		of.Members += r.Members
		of.Countries++
		of.By = append(of.By, CountryReaders{r.Country, r.Members})
	}
	return all, err
}

// KnownMembers tells which of the identifiers are members that are not suspended.
func (c Conn) KnownMembers(ctx context.Context, ids []int64) ([]int64, error) {
	return list[int64](ctx, c, "look for members",
		`select id from members where id = any($1) and not suspended order by id`, pq.Array(nonNil(ids)))
}

// ModeratorsAmong tells which of the members moderate the workspace, officers included.
func (c Conn) ModeratorsAmong(ctx context.Context, workspace int64, ids []int64) ([]int64, error) {
	return list[int64](ctx, c, "look for moderators", `
		select m.id from members m
		where m.id = any($2) and not m.suspended and (m.officer or exists (
		    select from workspace_members x where x.workspace_id = $1 and x.member_id = m.id and x.role = 'moderator'))`,
		workspace, pq.Array(nonNil(ids)))
}

func nonNilMap[T any](m map[string]T) map[string]T {
	if m == nil {
		return map[string]T{}
	}
	return m
}

// InWorkspaces tells in which of several workspaces a member is.
func (c Conn) InWorkspaces(ctx context.Context, member int64, among []int64) ([]int64, error) {
	return list[int64](ctx, c, "look in which workspaces a member is",
		`select workspace_id from workspace_members where member_id = $1 and workspace_id = any($2)`, member, pq.Array(nonNil(among)))
}
