package search

import (
	"context"
	"slices"
	"strconv"

	"praxis/internal/index"
)

// counted lists what hits are counted by.
var counted = []index.Field{index.Kind, index.Country, index.Language, index.Sector, index.Tag, index.Level, index.Evidence, index.Workspace}

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

// facets counts what is found by each field. Where a filter is set, its own facet is counted
// without it: so the reader sees what the other values would bring.
func (s *Service) facets(within, ctx context.Context, q Query, r index.Request) (map[string][]Facet, error) {
	r.Quick, r.Limit, r.After, r.Facets = true, 0, nil, counted
	answer, err := s.ix.Search(within, r)
	if err != nil {
		return nil, err
	}
	counts := answer.Facets
	for i, f := range r.Filters {
		if !slices.Contains(counted, f.Field) {
			continue
		}
		without := r
		without.Filters = slices.Delete(slices.Clone(r.Filters), i, i+1)
		without.Facets = []index.Field{f.Field}
		if answer, err = s.ix.Search(within, without); err != nil {
			return nil, err
		}
		counts[f.Field] = answer.Facets[f.Field]
	}
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
	list := map[index.Field]string{index.Country: "country", index.Sector: "sectors", index.Level: "levels", index.Evidence: "evidence"}[field]
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
