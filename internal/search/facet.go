package search

import (
	"context"
	"strconv"

	"praxis/internal/index"
)

// counted lists what hits are counted by. Where a filter is set, its own facet is counted without it: so the
// reader sees what the other values would bring.
var counted = []index.Field{index.Kind, index.Country, index.Language, index.Sector, index.Tag, index.Level, index.Evidence, index.Programme, index.Workspace}

type filter struct {
	field index.Field
	value string
}

// filters lists the query's filters, set or not.
func (q Query) filters() []filter {
	workspace := ""
	if q.Workspace != 0 {
		workspace = strconv.FormatInt(q.Workspace, 10)
	}
	return append([]filter{{index.Kind, q.Kind}, {index.Country, q.Country}, {index.Language, baseLanguage(q.Language)},
		{index.Workspace, workspace}, {index.Tag, q.Tag}, {index.Sector, q.Sector}, {index.Level, q.Level},
		{index.Evidence, q.Evidence}, {index.Programme, q.Programme}}, q.typed...)
}

// facets names what the index counted.
func (s *Service) facets(ctx context.Context, q Query, counts map[index.Field][]index.Count) (map[string][]Facet, error) {
	facets := make(map[string][]Facet, len(counts))
	for field, values := range counts {
		list := make([]Facet, len(values))
		for i, c := range values {
			list[i] = Facet{Value: c.Value, Label: s.label(field, c.Value, q.Locale), Count: c.Count}
		}
		facets[string(field)] = list
	}
	return facets, s.nameWorkspaces(ctx, facets[string(index.Workspace)], q.Locale)
}

// label names a value where the vocabulary does.
func (s *Service) label(field index.Field, value, locale string) string {
	list := map[index.Field]string{index.Country: "country", index.Sector: "sectors", index.Level: "levels", index.Evidence: "evidence", index.Programme: "programmes"}[field]
	if field == index.Tag {
		list = "topics"
		if !s.vocab.Has(list, value) {
			list = "substances"
		}
	}
	return s.vocab.Name(list, value, locale)
}

func (s *Service) nameWorkspaces(ctx context.Context, facets []Facet, locale string) error {
	var ids []int64
	for _, f := range facets {
		if id, err := strconv.ParseInt(f.Value, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	names, err := s.db.WorkspacesByID(ctx, ids)
	if err != nil {
		return err
	}
	for i, f := range facets {
		if id, err := strconv.ParseInt(f.Value, 10, 64); err == nil && names[id].ID != 0 {
			facets[i].Label = names[id].NameIn(locale)
		}
	}
	return nil
}
