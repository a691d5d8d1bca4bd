package index

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2/search"

	"praxis/internal/portal"
)

// Search answers a request, or fails with the context's error when its time is over before anything was
// found, or with ErrNotReady. A viewer without terms sees nothing.
func (x *Index) Search(ctx context.Context, r Request) (Response, error) {
	return read(ctx, x, func(f *Folder) (Response, error) { return f.search(ctx, r) })
}

// Count tells how many documents that the terms of access open have the word as it is written.
func (x *Index) Count(ctx context.Context, word string, access []string) (int, error) {
	answer, err := x.Search(ctx, Request{Access: access, Filters: []Filter{{wordField, []string{word}}}})
	return answer.Total, err
}

// search walks once over what the words find, and makes of it hits, total and facets together: whatever
// counts is what the viewer may see.
func (f *Folder) search(ctx context.Context, r Request) (Response, error) {
	known, others := split(r)
	q, scored, err := f.build(r, others)
	if err != nil {
		return Response{}, fmt.Errorf("read the index: %w", err)
	}
	shot, err := snapshot(f.bleve)
	if err != nil {
		return Response{}, err
	}
	defer shot.Close() // it was only read
	w := &walk{ctx: ctx, shot: shot, filters: known, facets: newFacetCounts(r.Facets), best: newBest(r, shot), weigh: newWeigh(r, scored)}
	if w.segments, err = f.columns.view(ctx, shot, r.Access); err != nil {
		return Response{}, err
	}
	if q == nil {
		err = w.everything()
	} else {
		var found search.Searcher
		options := search.SearcherOptions{}
		if w.weigh.order != byRelevance {
			options.Score = "none"
		}
		if found, err = q.Searcher(ctx, shot, f.bleve.Mapping(), options); err == nil {
			w.best.raise(found)
			err = errors.Join(w.matches(found), found.Close())
		}
	}
	late := errors.Is(err, context.DeadlineExceeded) && w.total > 0
	if err != nil && !late && !errors.Is(err, errEnough) {
		return Response{}, fmt.Errorf("search the index: %w", err)
	}
	answer := Response{Total: w.total, Facets: w.facets.list(), Partial: late}
	answer.Hits, err = w.best.hits()
	return answer, err
}

func refOf(key string) (portal.Ref, bool) {
	kind, digits, _ := strings.Cut(key, "/")
	id, err := strconv.ParseInt(digits, 10, 64)
	return portal.Ref{Kind: portal.Kind(kind), ID: id}, err == nil && kind != ""
}
