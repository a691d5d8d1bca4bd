package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type memberRow struct {
	ID               int64     `db:"id"`
	Email            string    `db:"email"`
	Name             string    `db:"name"`
	Country          string    `db:"country"`
	Organization     string    `db:"organization"`
	OrganizationText string    `db:"organization_text"`
	Sector           string    `db:"sector"`
	Expertise        string    `db:"expertise"`
	Bio              string    `db:"bio"`
	Locale           string    `db:"locale"`
	TimeZone         string    `db:"time_zone"`
	Programme        string    `db:"programme"`
	Year             int       `db:"year"`
	Officer          bool      `db:"officer"`
	Suspended        bool      `db:"suspended"`
	HasPassword      bool      `db:"has_password"`
	Sharing          string    `db:"sharing"`
	Presence         bool      `db:"presence"`
	Version          int64     `db:"version"`
	CreatedAt        time.Time `db:"created_at"`
	Hidden           bool      `db:"hidden"`
}

const memberColumns = `m.id, m.email, m.name, m.country, coalesce(m.organization, '') as organization, m.organization_text,
	m.sector, m.expertise, m.bio, m.locale, m.time_zone, m.programme, coalesce(m.year, 0) as year, m.officer, m.suspended,
	m.password is not null as has_password, m.sharing::text as sharing, m.presence, m.version, m.created_at,
	m.hidden_at is not null as hidden`

func (r memberRow) member() (portal.Member, error) {
	m := portal.Member{ID: r.ID, Email: r.Email, Name: r.Name, Country: r.Country, Organization: r.Organization,
		OrganizationText: r.OrganizationText, Sector: r.Sector, Expertise: r.Expertise, Bio: r.Bio, Locale: r.Locale,
		TimeZone: r.TimeZone, Programme: r.Programme, Year: r.Year, Officer: r.Officer, Suspended: r.Suspended,
		HasPassword: r.HasPassword, Unseen: !r.Presence, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), Hidden: r.Hidden}
	if err := json.Unmarshal([]byte(r.Sharing), &m.Sharing); err != nil {
		return m, fmt.Errorf("read what member %d shares: %w", r.ID, err)
	}
	return m, nil
}

// Member reads a member, whole; Member.Shown cuts her down to what others may see.
func (c Conn) Member(ctx context.Context, id int64) (portal.Member, error) {
	row, err := get[memberRow](ctx, c, "read a member", `select `+memberColumns+` from members m where m.id = $1`, id)
	if err != nil {
		return portal.Member{}, err
	}
	return row.member()
}

// MemberByEmail reads the member with the address.
func (c Conn) MemberByEmail(ctx context.Context, email string) (portal.Member, error) {
	row, err := get[memberRow](ctx, c, "read a member by address",
		`select `+memberColumns+` from members m where m.email = $1`, portal.NormalEmail(email))
	if err != nil {
		return portal.Member{}, err
	}
	return row.member()
}

// Password reads the hash of a member's password; "" while she has none.
func (c Conn) Password(ctx context.Context, member int64) (string, error) {
	return get[string](ctx, c, "read a password's hash", `select coalesce(password, '') from members where id = $1`, member)
}

// SetPassword replaces the hash of a member's password.
func (tx *Tx) SetPassword(ctx context.Context, member int64, phc string) error {
	_, err := exec(ctx, tx.Conn, "set a password", `update members set password = $2 where id = $1`, member, phc)
	return err
}

// InsertMember adds a member and gives her identifier. A known address answers Conflict.
func (tx *Tx) InsertMember(ctx context.Context, m portal.Member) (int64, error) {
	sharing, err := json.Marshal(m.Sharing)
	if err != nil {
		return 0, fmt.Errorf("write what a member shares: %w", err)
	}
	id, err := get[int64](ctx, tx.Conn, "add a member", `
		insert into members (email, name, country, organization, organization_text, sector, expertise, bio, locale,
		    time_zone, programme, year, officer, sharing)
		values ($1, $2, $3, nullif($4, ''), $5, $6, $7, $8, $9, $10, $11, nullif($12::int, 0), $13, $14::jsonb) returning id`,
		portal.NormalEmail(m.Email), m.Name, m.Country, m.Organization, m.OrganizationText, m.Sector, m.Expertise, m.Bio,
		m.Locale, m.TimeZone, m.Programme, m.Year, m.Officer, string(sharing))
	if _, taken := IsUnique(err); taken {
		return 0, portal.Fail(portal.Conflict, "error.known_address")
	}
	return id, err
}

// UpdateMember writes a member's profile, role and suspension, when her version is still the one
// given; else Stale.
func (tx *Tx) UpdateMember(ctx context.Context, m portal.Member) error {
	sharing, err := json.Marshal(m.Sharing)
	if err != nil {
		return fmt.Errorf("write what a member shares: %w", err)
	}
	n, err := exec(ctx, tx.Conn, "change a member", `
		update members set name = $3, country = $4, organization = nullif($5, ''), organization_text = $6, sector = $7,
		    expertise = $8, bio = $9, locale = $10, time_zone = $11, programme = $12, year = nullif($13::int, 0),
		    officer = $14, suspended = $15, sharing = $16::jsonb, presence = $17, version = version + 1
		where id = $1 and version = $2`,
		m.ID, m.Version, m.Name, m.Country, m.Organization, m.OrganizationText, m.Sector, m.Expertise, m.Bio, m.Locale,
		m.TimeZone, m.Programme, m.Year, m.Officer, m.Suspended, string(sharing), !m.Unseen)
	if err == nil && n == 0 {
		return portal.Fail(portal.Stale, "error.stale")
	}
	return err
}

// LockMember keeps others from changing what belongs to a member until the transaction ends.
func (tx *Tx) LockMember(ctx context.Context, id int64) error {
	_, err := get[int64](ctx, tx.Conn, "lock a member", `select id from members where id = $1 for no key update`, id)
	return err
}

// Directory is a question to the list of members.
type Directory struct {
	Query     string // part of a name, or of what she shares of expertise and organization
	Country   string
	Workspace int64
	Programme string
	Suspended bool // list the suspended too, for officers
	Page      portal.Page
}

// Members lists the members that match, by name; After is the last identifier of the page before.
// What a member keeps to herself never makes her match.
func (c Conn) Members(ctx context.Context, d Directory) ([]portal.Member, error) {
	rows, err := list[memberRow](ctx, c, "list members", `
		select `+memberColumns+` from members m
		where ($7 or not m.suspended and m.password is not null)
		    and ($1 = '' or strpos(lower(m.name), $1) > 0
		        or m.hidden_at is null and (m.sharing ->> 'expertise')::boolean and strpos(lower(m.expertise), $1) > 0
		        or m.hidden_at is null and (m.sharing ->> 'organization')::boolean and strpos(lower(m.organization_text), $1) > 0)
		    and ($2 = '' or m.country = $2)
		    and ($3::bigint = 0 or exists (select from workspace_members w where w.workspace_id = $3 and w.member_id = m.id))
		    and ($4 = '' or m.programme = $4 and (m.sharing ->> 'programme')::boolean)
		    and ($5::bigint = 0 or (lower(m.name), m.id) > (select lower(l.name), l.id from members l where l.id = $5))
		order by lower(m.name), m.id limit $6`,
		strings.ToLower(strings.TrimSpace(d.Query)), d.Country, d.Workspace, d.Programme, d.Page.After, d.Page.Limit, d.Suspended)
	if err != nil {
		return nil, err
	}
	return membersOf(rows)
}

// MembersNamed finds the members who have one of the identifiers or, letters' case apart, one of the
// names. By name only those are found who are in the directory; suspended adds the suspended ones.
func (c Conn) MembersNamed(ctx context.Context, ids []int64, names []string, suspended bool) ([]portal.Person, error) {
	lower := make([]string, len(names))
	for i, name := range names {
		lower[i] = strings.ToLower(name)
	}
	rows, err := list[struct {
		ID   int64  `db:"id"`
		Name string `db:"name"`
	}](ctx, c, "find named members", `
		select m.id, m.name from members m
		where ($3 or not m.suspended) and (m.id = any($1) or lower(m.name) = any($2) and ($3 or m.password is not null))
		order by m.id limit 1000`, pq.Array(ids), pq.Array(lower), suspended)
	people := make([]portal.Person, len(rows))
	for i, r := range rows {
		people[i] = portal.Person{ID: r.ID, Name: r.Name}
	}
	return people, err
}

// MembersByID reads several members, in the order of their identifiers.
func (c Conn) MembersByID(ctx context.Context, ids []int64) ([]portal.Member, error) {
	rows, err := list[memberRow](ctx, c, "read members",
		`select `+memberColumns+` from members m where m.id = any($1) order by m.id`, pq.Array(ids))
	if err != nil {
		return nil, err
	}
	return membersOf(rows)
}

// MembersAfter reads members in the order of their identifiers, for the index.
func (c Conn) MembersAfter(ctx context.Context, after int64, limit int) ([]portal.Member, error) {
	rows, err := list[memberRow](ctx, c, "read members to index", `
		select `+memberColumns+` from members m where m.id > $1 order by m.id limit $2`, after, limit)
	if err != nil {
		return nil, err
	}
	return membersOf(rows)
}

func membersOf(rows []memberRow) ([]portal.Member, error) {
	members := make([]portal.Member, len(rows))
	for i, r := range rows {
		m, err := r.member()
		if err != nil {
			return nil, err
		}
		members[i] = m
	}
	return members, nil
}

type personRow struct {
	ID      int64  `db:"id"`
	Name    string `db:"name"`
	Country string `db:"country"`
	Sector  string `db:"sector"`
}

const personColumns = `m.id, m.name, m.country,
	case when (m.sharing ->> 'expertise')::boolean then m.sector else '' end as sector`

// Persons reads the little that is told of members beside what they wrote.
func (c Conn) Persons(ctx context.Context, ids []int64) (map[int64]portal.Person, error) {
	persons := make(map[int64]portal.Person, len(ids))
	if len(ids) == 0 {
		return persons, nil
	}
	rows, err := list[personRow](ctx, c, "read who they are",
		`select `+personColumns+` from members m where m.id = any($1)`, pq.Array(ids))
	for _, r := range rows {
		persons[r.ID] = portal.Person(r)
	}
	return persons, err
}

// Coalition counts the coalition as the officers keep it.
type Coalition struct {
	Countries     int `db:"countries" json:"countries"`
	Organizations int `db:"organizations" json:"organizations"`
	Members       int `db:"members" json:"members"`
}

// Coalition counts member countries, organizations and people.
func (c Conn) Coalition(ctx context.Context) (Coalition, error) {
	return get[Coalition](ctx, c, "count the coalition", `
		select (select count(*) from countries where member) as countries,
		       (select count(*) from organizations where member) as organizations,
		       (select count(*) from members where not suspended and password is not null) as members`)
}
