package index

import (
	"context"
	"errors"
	"fmt"

	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"praxis/internal/portal"
)

// Naming lists, whoever may see them, the documents of which a concept was found, and those that have all the
// words of one of its names: more than name it now, and all that do or did.
func (x *Index) Naming(ctx context.Context, key string, names []ConceptName) ([]portal.Ref, error) {
	return read(ctx, x, func(f *Folder) (refs []portal.Ref, err error) {
		reader, err := snapshot(f.bleve)
		if err != nil {
			return nil, err
		}
		defer reader.Close() // it was only read
		q, err := f.naming(key, names)
		if err != nil {
			return nil, err
		}
		found, err := q.Searcher(ctx, reader, f.bleve.Mapping(), search.SearcherOptions{Score: "none"})
		if err != nil {
			return nil, fmt.Errorf("look for a concept: %w", err)
		}
		defer func() { err = errors.Join(err, found.Close()) }()
		room := &search.SearchContext{DocumentMatchPool: search.NewDocumentMatchPool(found.DocumentMatchPoolSize()+1, 0)}
		for {
			m, err := found.Next(room)
			if err != nil || m == nil {
				return refs, err
			}
			id, err := reader.ExternalID(m.IndexInternalID)
			if err != nil {
				return nil, fmt.Errorf("look for a concept: %w", err)
			}
			if ref, ok := refOf(id); ok {
				refs = append(refs, ref)
			}
			room.DocumentMatchPool.Put(m)
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
	})
}

func (f *Folder) naming(key string, names []ConceptName) (query.Query, error) {
	mean := f.lengths.means()
	any := []query.Query{anyTerm(conceptField, []string{key})}
	for _, n := range names {
		var all []query.Query
		for _, w := range QueryWords(n.Text) {
			if w.Stop {
				continue // a text in its language does not have it
			}
			q, err := f.word(w, mean)
			if err != nil {
				return nil, err
			}
			all = append(all, q)
		}
		if len(all) == 0 { // WHO
			for _, w := range PlainWords(n.Text) {
				all = append(all, anyTerm(wordField, []string{w}))
			}
		}
		if len(all) > 0 {
			any = append(any, query.NewConjunctionQuery(all))
		}
	}
	return query.NewDisjunctionQuery(any), nil
}
