// Package admin is what programme officers keep: who is a member of the coalition and by what
// source, and the audit.
package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service holds the officers' rules.
type Service struct{ db *postgres.DB }

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Countries lists all countries with their membership.
func (s *Service) Countries(ctx context.Context) ([]portal.Country, error) {
	return s.db.Countries(ctx)
}

// Organizations lists all organizations with their membership.
func (s *Service) Organizations(ctx context.Context) ([]portal.Organization, error) {
	return s.db.Organizations(ctx)
}

// Coalition counts the coalition.
func (s *Service) Coalition(ctx context.Context) (postgres.Coalition, error) {
	return s.db.Coalition(ctx)
}

// SetCountry writes whether a country is a member, and by what source. Only officers do.
func (s *Service) SetCountry(ctx context.Context, who portal.Identity, code string, member bool, source string) error {
	return s.set(ctx, who, portal.KindCountry, code, member, source, (*postgres.Tx).SetCountryMember)
}

// SetOrganization writes whether an organization is a member, and by what source. Only officers do.
func (s *Service) SetOrganization(ctx context.Context, who portal.Identity, code string, member bool, source string) error {
	return s.set(ctx, who, portal.KindOrg, code, member, source, (*postgres.Tx).SetOrganizationMember)
}

func (s *Service) set(ctx context.Context, who portal.Identity, kind portal.Kind, code string, member bool, source string,
	write func(*postgres.Tx, context.Context, string, bool, string) error) error {
	if !who.SignedIn() {
		return portal.ErrSignIn()
	}
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return portal.ErrOfficersOnly()
	}
	var c portal.Checks
	c.Text("source", source, portal.MaxDescription, false)
	if err := c.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := write(tx, ctx, code, member, source); err != nil {
			return err
		}
		return tx.Record(ctx, postgres.Change{Actor: who.MemberID, Action: "roster.set", Target: portal.Ref{Kind: kind},
			Detail: map[string]any{"code": code, "member": member}})
	})
}

// Audit lists the audit, newest first. Only officers read it; who flagged what is an officer's own, or is no
// more, is not told, as it is not told to any author.
func (s *Service) Audit(ctx context.Context, who portal.Identity, page portal.Page) ([]portal.AuditRow, error) {
	if !who.SignedIn() {
		return nil, portal.ErrSignIn()
	}
	if !who.Can(portal.ActAdminister, portal.Audience{}) {
		return nil, portal.ErrOfficersOnly()
	}
	rows, err := s.db.AuditPage(ctx, page)
	if err != nil {
		return nil, err
	}
	var cases []int64
	for _, r := range rows {
		if r.Action == flagged {
			cases = append(cases, caseOf(r))
		}
	}
	if len(cases) == 0 {
		return rows, nil
	}
	others, err := s.db.CasesNotOwn(ctx, who.MemberID, cases)
	for i, r := range rows {
		if r.Action == flagged && !slices.Contains(others, caseOf(r)) {
			rows[i].Actor = nil
		}
	}
	return rows, err
}

// flagged is how the audit calls a flag; its detail has the case.
const flagged = "flag.create"

func caseOf(r portal.AuditRow) int64 {
	id, _ := r.Detail["case"].(float64)
	return int64(id)
}

// Roster reads the countries and organizations of the seed. Member is set where a source attests
// it; in the demonstration, for those that fill its roster.
func Roster(sqlFiles fs.FS, demo bool) ([]portal.Country, []portal.Organization, error) {
	var countries []portal.Country
	var organizations []portal.Organization
	if err := readJSON(sqlFiles, "seed/countries.json", &countries); err != nil {
		return nil, nil, err
	}
	if err := readJSON(sqlFiles, "seed/organizations.json", &organizations); err != nil {
		return nil, nil, err
	}
	for i := range countries {
		c := &countries[i]
		c.Member = c.Membership == "yes" || demo && c.Demo
	}
	for i := range organizations {
		o := &organizations[i]
		o.Member = o.Membership == "yes" || demo && o.Demo
	}
	return countries, organizations, nil
}

func readJSON(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// Workspaces reads a file of workspaces of the seed.
func Workspaces(sqlFiles fs.FS, name string) ([]portal.Workspace, error) {
	var written []struct {
		Key, Kind, Name, Programme, Access, Country string
		Names, Description                          map[string]string
	}
	if err := readJSON(sqlFiles, name, &written); err != nil {
		return nil, err
	}
	workspaces := make([]portal.Workspace, len(written))
	for i, w := range written {
		workspaces[i] = portal.Workspace{Key: w.Key, Kind: w.Kind, Name: w.Name, Names: w.Names, Description: w.Description["en"],
			About: w.Description, Access: w.Access, Programme: w.Programme, Country: w.Country}
	}
	return workspaces, nil
}

// Cohorts reads the workspaces with which every portal begins: the alumni of each programme.
func Cohorts(sqlFiles fs.FS) ([]portal.Workspace, error) {
	return Workspaces(sqlFiles, "seed/workspaces.json")
}

// SeedRoster adds the countries and organizations that the database does not have yet.
func (s *Service) SeedRoster(ctx context.Context, sqlFiles fs.FS, demo bool) error {
	countries, organizations, err := Roster(sqlFiles, demo)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SeedRoster(ctx, countries, organizations) })
}

// SeedCohorts gives a portal without workspaces those of the programmes. Nobody is in them yet:
// officers invite, and whom they make moderator invites, too.
func (s *Service) SeedCohorts(ctx context.Context, sqlFiles fs.FS) error {
	cohorts, err := Cohorts(sqlFiles)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *postgres.Tx) error {
		added, err := tx.SeedWorkspaces(ctx, cohorts, true)
		if err != nil || len(added) == 0 {
			return err
		}
		var topics []portal.Topic
		var changes []postgres.Change
		for _, id := range added {
			topics = append(topics, portal.WorkspaceTopic(id))
			changes = append(changes, postgres.Change{Action: "workspace.create", Target: portal.Ref{Kind: portal.KindWorkspace, ID: id}, WorkspaceID: id,
				Events: []portal.Event{{Topic: portal.WorkspaceTopic(id), Type: portal.WorkspaceChanged, WorkspaceID: id}}})
		}
		return tx.RecordAll(ctx, topics, slices.Values(changes))
	})
}
