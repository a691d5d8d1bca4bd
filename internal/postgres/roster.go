package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"praxis/internal/portal"
)

type countryRow struct {
	Code       string `db:"code"`
	Region     string `db:"region"`
	Subregion  string `db:"subregion"`
	Names      string `db:"names"`
	Member     bool   `db:"member"`
	Membership string `db:"membership"`
	Source     string `db:"source"`
}

// Countries lists all countries with their membership as officers keep it.
func (c Conn) Countries(ctx context.Context) ([]portal.Country, error) {
	rows, err := list[countryRow](ctx, c, "list countries", `
		select code, region, subregion, names::text as names, member, membership, source from countries order by code`)
	countries := make([]portal.Country, len(rows))
	for i, r := range rows {
		countries[i] = portal.Country{Code: r.Code, Region: r.Region, Subregion: r.Subregion, Member: r.Member,
			Membership: r.Membership, Source: r.Source}
		if err := json.Unmarshal([]byte(r.Names), &countries[i].Names); err != nil {
			return nil, fmt.Errorf("read the names of %s: %w", r.Code, err)
		}
	}
	return countries, err
}

type organizationRow struct {
	Code       string `db:"code"`
	Name       string `db:"name"`
	Names      string `db:"names"`
	Type       string `db:"type"`
	Seat       string `db:"seat"`
	Member     bool   `db:"member"`
	Membership string `db:"membership"`
	Source     string `db:"source"`
}

// Organizations lists all organizations with their membership as officers keep it.
func (c Conn) Organizations(ctx context.Context) ([]portal.Organization, error) {
	rows, err := list[organizationRow](ctx, c, "list organizations", `
		select code, name, names::text as names, type, seat, member, membership, source from organizations order by code`)
	organizations := make([]portal.Organization, len(rows))
	for i, r := range rows {
		organizations[i] = portal.Organization{Code: r.Code, NameEN: r.Name, Type: r.Type, Seat: r.Seat, Member: r.Member,
			Membership: r.Membership, Source: r.Source}
		if err := json.Unmarshal([]byte(r.Names), &organizations[i].Names); err != nil {
			return nil, fmt.Errorf("read the names of %s: %w", r.Code, err)
		}
	}
	return organizations, err
}

// SetCountryMember writes whether a country is a member, with the source of that.
func (tx *Tx) SetCountryMember(ctx context.Context, code string, member bool, source string) error {
	n, err := exec(ctx, tx.Conn, "set a country's membership",
		`update countries set member = $2, source = $3, updated_at = now() where code = $1`, code, member, source)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// SetOrganizationMember writes whether an organization is a member, with the source of that.
func (tx *Tx) SetOrganizationMember(ctx context.Context, code string, member bool, source string) error {
	n, err := exec(ctx, tx.Conn, "set an organization's membership",
		`update organizations set member = $2, source = $3, updated_at = now() where code = $1`, code, member, source)
	if err == nil && n == 0 {
		return portal.ErrNotFound()
	}
	return err
}

// SeedRoster adds the countries and organizations that are not there yet; what officers have
// changed stays. member decides for each new one.
func (tx *Tx) SeedRoster(ctx context.Context, countries []portal.Country, organizations []portal.Organization) error {
	var code, region, subregion, names, membership, source []string
	var member []bool
	for _, c := range countries {
		n, err := json.Marshal(c.Names)
		if err != nil {
			return fmt.Errorf("write the names of %s: %w", c.Code, err)
		}
		code, region, subregion, names = append(code, c.Code), append(region, c.Region), append(subregion, c.Subregion), append(names, string(n))
		membership, source, member = append(membership, c.Membership), append(source, c.Source), append(member, c.Member)
	}
	if _, err := exec(ctx, tx.Conn, "add the countries", `
		insert into countries (code, region, subregion, names, member, membership, source)
		select c.code, c.region, c.subregion, c.names::jsonb, c.member, c.membership, c.source
		from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[])
		    as c (code, region, subregion, names, member, membership, source)
		on conflict (code) do nothing`,
		pq.Array(code), pq.Array(region), pq.Array(subregion), pq.Array(names), pq.Array(member), pq.Array(membership), pq.Array(source)); err != nil {
		return err
	}
	for _, o := range organizations {
		n, err := json.Marshal(o.Names)
		if err != nil {
			return fmt.Errorf("write the names of %s: %w", o.Code, err)
		}
		if o.Names == nil {
			n = []byte("{}")
		}
		if _, err := exec(ctx, tx.Conn, "add an organization", `
			insert into organizations (code, name, names, type, seat, member, membership, source)
			values ($1, $2, $3::jsonb, $4, $5, $6, $7, $8) on conflict (code) do nothing`,
			o.Code, o.NameEN, string(n), o.Type, o.Seat, o.Member, o.Membership, o.Source); err != nil {
			return err
		}
	}
	return nil
}

// KnownOrganization tells whether there is an organization of the code.
func (c Conn) KnownOrganization(ctx context.Context, code string) (bool, error) {
	return get[bool](ctx, c, "look for an organization", `select exists (select from organizations where code = $1)`, code)
}
