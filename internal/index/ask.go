package index

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"

	"praxis/internal/portal"
)

// Search answers a request, or fails with the context's error when its time is over, or with
// ErrNotReady. A viewer without terms sees nothing.
func (x *Index) Search(ctx context.Context, r Request) (Response, error) {
	return read(ctx, x, func(f *Folder) (Response, error) { return f.search(ctx, r) })
}

// Count tells how many documents that the terms of access open have the word as it is written.
func (x *Index) Count(ctx context.Context, word string, access []string) (int, error) {
	return read(ctx, x, func(f *Folder) (int, error) {
		req, err := f.build(Request{Access: access, Filters: []Filter{{wordField, []string{word}}}})
		if err != nil {
			return 0, err
		}
		answer, err := f.bleve.SearchInContext(ctx, req)
		if err != nil {
			return 0, fmt.Errorf("count a word: %w", err)
		}
		return int(answer.Total), nil
	})
}

func (f *Folder) search(ctx context.Context, r Request) (Response, error) {
	req, err := f.build(r)
	if err != nil {
		return Response{}, fmt.Errorf("read the index: %w", err)
	}
	answer, err := f.bleve.SearchInContext(ctx, req)
	if err != nil {
		return Response{}, fmt.Errorf("search the index: %w", err)
	}
	out := Response{Total: int(answer.Total), Facets: facets(answer, r.Facets)}
	for _, m := range answer.Hits {
		ref, ok := refOf(m.ID)
		if !ok {
			continue
		}
		h := Hit{Ref: ref, Score: m.Score}
		if len(m.DecodedSort) == 2 {
			h.Sort = []string{m.DecodedSort[0], m.ID}
			if m.DecodedSort[0] == "_score" {
				h.Sort[0] = strconv.FormatFloat(m.Score, 'g', -1, 64)
			}
		}
		out.Hits = append(out.Hits, h)
	}
	return out, nil
}

func facets(answer *bleve.SearchResult, fields []Field) map[Field][]Count {
	counts := make(map[Field][]Count, len(fields))
	for _, field := range fields {
		counts[field] = []Count{}
		result := answer.Facets[string(field)]
		if result == nil || result.Terms == nil {
			continue
		}
		for _, t := range result.Terms.Terms() {
			counts[field] = append(counts[field], Count{t.Term, t.Count})
		}
	}
	return counts
}

func refOf(key string) (portal.Ref, bool) {
	kind, digits, _ := strings.Cut(key, "/")
	id, err := strconv.ParseInt(digits, 10, 64)
	return portal.Ref{Kind: portal.Kind(kind), ID: id}, err == nil && kind != ""
}
