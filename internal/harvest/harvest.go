// Package harvest is what everybody may take away with them: the practices that are clear and open, and
// that others are so no longer. Whoever asks, it answers as to a visitor.
package harvest

import (
	"context"
	"time"

	"praxis/internal/portal"
	"praxis/internal/postgres"
)

// Service reads for the world.
type Service struct{ db *postgres.DB }

// New makes the service.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Bounds of what is read at once.
const (
	MaxSets    = 10_000 // workspaces that can be harvested by themselves
	SitemapMax = 50_000 // practices on one page of the site's map, as its protocol bounds it
)

// Record is a practice to harvest; Practice is empty where it is gone.
type Record struct {
	postgres.Harvested
	Practice portal.Practice
}

// Records lists a harvest, with the practices themselves where full.
func (s *Service) Records(ctx context.Context, f postgres.HarvestFilter, full bool) ([]Record, error) {
	found, err := s.db.Harvest(ctx, f)
	if err != nil {
		return nil, err
	}
	records := make([]Record, len(found))
	for i, h := range found {
		records[i].Harvested = h
	}
	if full {
		err = s.fill(ctx, records)
	}
	return records, err
}

// Record reads one; NotFound for what never was open to everybody.
func (s *Service) Record(ctx context.Context, id int64) (Record, error) {
	h, err := s.db.HarvestedPractice(ctx, id)
	if err != nil {
		return Record{}, err
	}
	one := []Record{{Harvested: h}}
	err = s.fill(ctx, one)
	return one[0], err
}

// fill reads the practices of records. What has gone since the record was read is gone.
func (s *Service) fill(ctx context.Context, records []Record) error {
	var ids []int64
	for _, r := range records {
		if !r.Gone {
			ids = append(ids, r.PracticeID)
		}
	}
	byID, err := s.Practices(ctx, ids)
	if err != nil {
		return err
	}
	for i, r := range records {
		p, seen := byID[r.PracticeID]
		records[i].Practice, records[i].Gone = p, r.Gone || !seen
	}
	return nil
}

// Practices reads those of some practices that everybody may see, with all their authors.
func (s *Service) Practices(ctx context.Context, ids []int64) (map[int64]portal.Practice, error) {
	byID := map[int64]portal.Practice{}
	if len(ids) == 0 {
		return byID, nil
	}
	practices, err := s.db.VisiblePractices(ctx, portal.Viewer{}, ids)
	if err != nil {
		return nil, err
	}
	var others []int64
	for _, p := range practices {
		others = append(others, p.CoAuthors...)
	}
	persons := map[int64]portal.Person{}
	if len(others) > 0 {
		if persons, err = s.db.Persons(ctx, others); err != nil {
			return nil, err
		}
	}
	for _, p := range practices {
		for _, m := range p.CoAuthors {
			if person, known := persons[m]; known {
				p.Others = append(p.Others, person)
			}
		}
		byID[p.ID] = p
	}
	return byID, nil
}

// Span tells when the first and the last change for the world was; zero where there was none.
func (s *Service) Span(ctx context.Context) (first, last time.Time, err error) {
	return s.db.HarvestSpan(ctx)
}

// Sets lists the workspaces that can be harvested by themselves.
func (s *Service) Sets(ctx context.Context) ([]portal.Workspace, error) {
	ids, err := s.db.HarvestWorkspaces(ctx, MaxSets)
	if err != nil {
		return nil, err
	}
	named, err := s.db.WorkspacesByID(ctx, ids)
	sets := make([]portal.Workspace, 0, len(ids))
	for _, id := range ids {
		if w, known := named[id]; known {
			sets = append(sets, w)
		}
	}
	return sets, err
}

// SitemapPages lists the pages of the site's map.
func (s *Service) SitemapPages(ctx context.Context) ([]postgres.SitemapPage, error) {
	return s.db.SitemapPages(ctx, SitemapMax)
}

// SitemapEntries lists what is on one page of the site's map.
func (s *Service) SitemapEntries(ctx context.Context, page int64) ([]postgres.SitemapEntry, error) {
	return s.db.SitemapEntries(ctx, page, SitemapMax)
}
