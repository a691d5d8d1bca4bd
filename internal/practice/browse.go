package practice

import (
	"context"
	"strings"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// maxAround is how much of each thing a country's or an organization's page shows.
const maxAround = 10

// CountLibrary counts the library as List lists it by its properties: what the viewer may not see is
// not counted.
func (s *Service) CountLibrary(ctx context.Context, who portal.Identity, f postgres.PracticeFilter) (postgres.Counts, error) {
	return s.db.CountPractices(ctx, who.Viewer, f, postgres.CountBeside)
}

// CountAdoptions counts the reports as AllAdoptions lists them.
func (s *Service) CountAdoptions(ctx context.Context, who portal.Identity, f postgres.AdoptionFilter) (postgres.Counts, error) {
	return s.db.CountAdoptions(ctx, who.Viewer, f, postgres.CountBeside)
}

// CountPlaces counts the library, as far as a filter lets it, and all reports by their countries.
func (s *Service) CountPlaces(ctx context.Context, who portal.Identity, f postgres.PracticeFilter) (written, tried postgres.Counts, err error) {
	if written, err = s.db.CountPractices(ctx, who.Viewer, f, postgres.CountPlaces); err != nil {
		return nil, nil, err
	}
	tried, err = s.db.CountAdoptions(ctx, who.Viewer, postgres.AdoptionFilter{}, postgres.CountPlaces)
	return written, tried, err
}

// Since tells when the member was here before, and how many practices were published since; it notes
// that she is here. Nothing is new to a visitor, nor on a first visit.
func (s *Service) Since(ctx context.Context, who portal.Identity) (before time.Time, fresh int, err error) {
	if !who.SignedIn() {
		return time.Time{}, 0, nil
	}
	if before, err = s.db.Visit(ctx, who.MemberID); err != nil || before.IsZero() {
		return before, 0, err
	}
	fresh, err = s.db.CountNew(ctx, who.Viewer, before)
	return before, fresh, err
}

// Around is what there is of a country or an organization, as far as the viewer may see it.
type Around struct {
	Practices  []portal.Practice // the latest
	Adoptions  []portal.Adoption // the latest
	Workspaces []portal.Workspace
	Members    []portal.Person // of an organization
	Written    int             // practices in all
	Tried      int             // reports in all
}

// Country gathers what there is of a country.
func (s *Service) Country(ctx context.Context, who portal.Identity, code string) (Around, error) {
	var a Around
	page := portal.Page{Limit: maxAround}
	var err error
	if a.Practices, err = s.List(ctx, who, postgres.PracticeFilter{Country: code, Page: page}); err != nil {
		return a, err
	}
	if a.Adoptions, err = s.db.AllAdoptions(ctx, who.Viewer, postgres.AdoptionFilter{Country: code, Page: page}); err != nil {
		return a, err
	}
	written, err := s.db.CountPractices(ctx, who.Viewer, postgres.PracticeFilter{Country: code}, postgres.CountPlaces)
	if err != nil {
		return a, err
	}
	tried, err := s.db.CountAdoptions(ctx, who.Viewer, postgres.AdoptionFilter{Country: code}, postgres.CountPlaces)
	if err != nil {
		return a, err
	}
	a.Written, a.Tried = written.Total(), tried.Total()
	a.Workspaces, err = s.db.CountryWorkspaces(ctx, who.MemberID, code, maxAround)
	return a, err
}

// Organization gathers what there is of an organization: what names it, by its code or a name of it.
// Which members are of it is told to members.
func (s *Service) Organization(ctx context.Context, who portal.Identity, o portal.Organization) (Around, error) {
	names := []string{strings.ToLower(o.Code), strings.ToLower(o.NameEN)}
	for _, name := range o.Names {
		names = append(names, strings.ToLower(name))
	}
	var a Around
	var err error
	if a.Practices, err = s.List(ctx, who, postgres.PracticeFilter{Organizations: names, Page: portal.Page{Limit: maxAround}}); err != nil {
		return a, err
	}
	if a.Adoptions, err = s.db.AdoptionsBy(ctx, who.Viewer, names, maxAround); err != nil {
		return a, err
	}
	if who.SignedIn() {
		a.Members, err = s.db.OrganizationMembers(ctx, o.Code, maxAround)
	}
	if err != nil {
		return a, err
	}
	written, err := s.db.CountPractices(ctx, who.Viewer, postgres.PracticeFilter{Organizations: names}, postgres.CountPlaces)
	if err != nil {
		return a, err
	}
	a.Written = written.Total()
	a.Tried, err = s.db.CountAdoptionsBy(ctx, who.Viewer, names, postgres.CountPlaces)
	return a, err
}
